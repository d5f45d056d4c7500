"""The offline chat model: a demonstration that needs no key, no network, no download.

It is no language model. What it says is decided by the rules in `offline_model`; this
file only streams it, at the pace of a person who types fast.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Iterator
from typing import Any

from assistants_app.providers.base import (
    ChatDelta,
    ChatMessage,
    ChatRequest,
    FinishReason,
    Picture,
    Text,
    TextArrived,
    ToolCallArrived,
    TurnEnded,
    Usage,
)
from assistants_app.providers.offline_model.respond import Call, Reply, respond
from playground.lib.errors import ErrorKind, ProviderError
from playground.lib.ids import new_id

MODEL = "offline-chat"
PACE = 0.03
_WORDS_AT_ONCE = 3
_FRAGMENT = 48
_WORD = re.compile(r"\s*\S+|\s+$")


class OfflineChatProvider:
    """Answers a conversation by rules, without any service.

    `pace` is in seconds per word; 0 streams as fast as it is read.
    """

    def __init__(self, pace: float = PACE) -> None:
        self._pace = pace

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatDelta, None]:
        """Yield the answer in groups of words, or the calls in fragments."""
        if request.model != MODEL:
            raise ProviderError(
                ErrorKind.INVALID,
                f"The offline demonstration has no model “{request.model}”. Its only"
                f" one is {MODEL}.",
                code="model_not_found",
                param="model",
            )
        # Reading a long prompt or a picture takes time that other runs must not wait for.
        reply = await asyncio.to_thread(respond, request)
        if reply.calls:
            for index, call in enumerate(reply.calls):
                for delta in _call_deltas(index, call):
                    await asyncio.sleep(self._pace)
                    yield delta
            yield _ended(request, reply, FinishReason.TOOL_CALLS)
            return
        groups, cut = _word_groups(reply.text, request.max_tokens)
        for group in groups:
            await asyncio.sleep(self._pace * _WORDS_AT_ONCE)
            yield TextArrived(group)
        reason = FinishReason.LENGTH if cut else FinishReason.STOP
        yield _ended(request, Reply("".join(groups)), reason)

    async def aclose(self) -> None:
        """Nothing is held open."""


def _word_groups(text: str, most: int | None) -> tuple[list[str], bool]:
    """Split a text for streaming; with a limit on tokens, say whether it was cut."""
    words = _WORD.findall(text)
    # As many words as make that many tokens, but never none.
    limit = None if most is None else max(1, most * 3 // 4)
    cut = limit is not None and len([word for word in words if word.strip()]) > limit
    kept = words[:limit] if cut else words
    groups = [
        "".join(kept[start : start + _WORDS_AT_ONCE])
        for start in range(0, len(kept), _WORDS_AT_ONCE)
    ]
    return groups, cut


def _call_deltas(index: int, call: Call) -> Iterator[ChatDelta]:
    yield ToolCallArrived(index, new_id("call_"), call.name)
    for start in range(0, len(call.arguments), _FRAGMENT):
        yield ToolCallArrived(
            index, arguments=call.arguments[start : start + _FRAGMENT]
        )


def _ended(request: ChatRequest, reply: Reply, reason: FinishReason) -> TurnEnded:
    written = [reply.text, *(call.arguments for call in reply.calls)]
    asked = [
        part.text
        for m in request.messages
        for part in m.content
        if isinstance(part, Text)
    ]
    asked += [call.arguments for m in request.messages for call in m.tool_calls]
    return TurnEnded(
        reason=reason,
        usage=Usage(_tokens(asked), _tokens(written)),
        model=request.model,
        sent=_summary(request),
    )


def _tokens(texts: list[str]) -> int:
    """Estimate tokens as four for every three words, as is usual for English."""
    words = sum(len(text.split()) for text in texts)
    return (words * 4 + 2) // 3


def _summary(request: ChatRequest) -> dict[str, Any]:
    summary: dict[str, Any] = {
        "model": request.model,
        "messages": [_message(message) for message in request.messages],
    }
    if request.tools:
        summary["tools"] = [tool.name for tool in request.tools]
    for name in ("tool_choice", "parallel_tool_calls", "max_tokens"):
        value = getattr(request, name)
        if value is not None:
            summary[name] = value
    return summary


def _message(message: ChatMessage) -> dict[str, Any]:
    content = [
        {"type": "image", "note": _picture_note(part)}
        if isinstance(part, Picture)
        else {"type": "text", "text": part.text}
        for part in message.content
    ]
    said: dict[str, Any] = {"role": message.role, "content": content}
    if message.tool_calls:
        said["tool_calls"] = [
            {"id": call.id, "name": call.name, "arguments": call.arguments}
            for call in message.tool_calls
        ]
    if message.tool_call_id:
        said["tool_call_id"] = message.tool_call_id
    return said


def _picture_note(picture: Picture) -> str:
    if picture.data:
        return f"{len(picture.data):,} bytes of {picture.mime or 'an image'}"
    return picture.url
