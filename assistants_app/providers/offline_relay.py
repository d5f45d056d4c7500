"""Chat completions of the offline model: its answers in the shape that others send."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import orjson

from assistants_app.providers.base import (
    ChatDelta,
    ChatRequest,
    TextArrived,
    ToolCallArrived,
    TurnEnded,
    Usage,
)
from assistants_app.providers.offline import PACE, OfflineChatProvider
from assistants_app.providers.openai_turn import DONE
from assistants_app.providers.read_request import read_request
from assistants_app.providers.relay import Counted, RelayBody, WholeAnswer
from playground.lib.ids import new_id
from playground.lib.sse import encode


class OfflineRelay:
    """Takes the same bodies as a real server; what it has no use for is ignored."""

    def __init__(self, pace: float = PACE) -> None:
        self._provider = OfflineChatProvider(pace)

    async def complete(self, body: RelayBody) -> WholeAnswer:
        """See `ChatRelay.complete`."""
        text = ""
        calls: list[dict[str, Any]] = []
        async for delta in self._provider.stream(read_request(body.members)):
            match delta:
                case TextArrived():
                    text += delta.text
                case ToolCallArrived():
                    _add_fragment(calls, delta)
                case TurnEnded() as end:
                    pass
        message: dict[str, Any] = {"role": "assistant", "content": text or None}
        message["refusal"] = None
        if calls:
            message["tool_calls"] = calls
        head = _head(end.model, "chat.completion")
        choice = {"index": 0, "message": message, "logprobs": None}
        choices = [{**choice, "finish_reason": end.reason.value}]
        content = {**head, "choices": choices, "usage": _usage(end.usage)}
        counted = Counted(head["id"], end.model, end.usage)
        return WholeAnswer(orjson.dumps(content), counted)

    async def stream(self, body: RelayBody, *, shows_usage: bool) -> OfflineStream:
        """See `ChatRelay.stream`."""
        return OfflineStream(self._provider, read_request(body.members), shows_usage)


class OfflineStream:
    """One answer of the offline model as chunks."""

    def __init__(
        self, provider: OfflineChatProvider, request: ChatRequest, shows_usage: bool
    ) -> None:
        self._provider = provider
        self._request = request
        self._shows_usage = shows_usage
        self._head = _head(request.model, "chat.completion.chunk")
        self.counted = Counted(self._head["id"], request.model)

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """See `StreamedAnswer.pieces`."""
        # Sent with the first delta: before it the request may still be refused.
        opening = self._chunk({"role": "assistant", "content": ""})
        deltas = self._provider.stream(self._request)
        try:
            async for delta in deltas:
                yield opening + self._piece(delta)
                opening = b""
        finally:
            await deltas.aclose()

    def _piece(self, delta: ChatDelta) -> bytes:
        match delta:
            case TextArrived(text=text):
                return self._chunk({"content": text})
            case ToolCallArrived():
                return self._chunk({"tool_calls": [_fragment(delta)]})
        self.counted = Counted(self._head["id"], delta.model, delta.usage)
        events = [self._chunk({}, delta.reason.value)]
        if self._shows_usage:
            usage = {**self._head, "choices": [], "usage": _usage(delta.usage)}
            events.append(encode(orjson.dumps(usage)))
        return b"".join(events) + encode(DONE)

    def _chunk(self, delta: Mapping[str, Any], reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        return encode(orjson.dumps({**self._head, "choices": [choice]}))


def _head(model: str, kind: str) -> dict[str, Any]:
    return {
        "id": new_id("chatcmpl-"),
        "object": kind,
        "created": int(time.time()),
        "model": model,
    }


def _usage(usage: Usage | None) -> dict[str, int] | None:
    if usage is None:
        return None
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.total_tokens,
    }


def _fragment(delta: ToolCallArrived) -> dict[str, Any]:
    """The first fragment of a call names it."""
    if delta.name:
        function = {"name": delta.name, "arguments": delta.arguments}
        head = {"index": delta.index, "id": delta.id, "type": "function"}
        return {**head, "function": function}
    return {"index": delta.index, "function": {"arguments": delta.arguments}}


def _add_fragment(calls: list[dict[str, Any]], delta: ToolCallArrived) -> None:
    if delta.index < len(calls):
        calls[delta.index]["function"]["arguments"] += delta.arguments
        return
    function = {"name": delta.name, "arguments": delta.arguments}
    calls.append({"id": delta.id, "type": "function", "function": function})
