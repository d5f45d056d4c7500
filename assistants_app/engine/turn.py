"""One turn of the chat model, gathered while it streams."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

from assistants_app.engine.events import (
    ArgumentsAdded,
    FunctionCallStarted,
    MessageEnded,
    MessageStarted,
    PictureShown,
    RunEvent,
    TextAdded,
    ToolStepStarted,
    TurnFinished,
)
from assistants_app.engine.progress import picture_part, text_part
from assistants_app.providers.base import (
    ChatDelta,
    ChatProvider,
    ChatRequest,
    FinishReason,
    TextArrived,
    ToolCall,
    ToolCallArrived,
    TurnEnded,
    Usage,
)
from playground.lib.ids import new_id


@dataclass
class DraftCall:
    """A tool call whose arguments are still arriving."""

    id: str
    name: str
    arguments: str = ""

    def finished(self) -> ToolCall:
        return ToolCall(self.id, self.name, self.arguments)


@dataclass
class Turn:
    """Streams one turn as events and remembers what came.

    `pictures` are shown at the head of the message, if one is written. Function calls
    are streamed as they come unless `hold_calls`: where the model may also call for
    pictures, their step has to come first, and only the whole turn tells.
    """

    pictures: list[str] = field(default_factory=list)
    hold_calls: bool = False
    calls: list[DraftCall] = field(default_factory=list)
    reason: FinishReason = FinishReason.STOP
    usage: Usage | None = None
    model: str = ""
    text: str = ""
    step_id: str = ""
    message_id: str = ""
    tool_step_id: str = ""

    async def stream(
        self, provider: ChatProvider, request: ChatRequest
    ) -> AsyncGenerator[RunEvent, None]:
        """Ask the provider; the message (if any) is closed at the end, a tool step
        stays open for its calls to be answered."""
        async with aclosing(provider.stream(request)) as deltas:
            async for delta in deltas:
                for event in self._on_delta(delta):
                    yield event
        for event in self._finish(request.model):
            yield event

    def _on_delta(self, delta: ChatDelta) -> list[RunEvent]:
        if isinstance(delta, TextArrived):
            return self._on_text(delta.text)
        if isinstance(delta, ToolCallArrived):
            return self._on_call(delta)
        self._on_end(delta)
        return []

    def _on_text(self, text: str) -> list[RunEvent]:
        events: list[RunEvent] = []
        if not self.message_id and not self.tool_step_id:
            if not text.strip():
                return []  # blanks before a tool call are no message
            events.extend(self._open_message())
        if self.tool_step_id:
            return []  # words after a call would overlap its step; no API shows them
        self.text += text
        events.append(TextAdded(self.message_id, len(self.pictures), text))
        return events

    def _open_message(self) -> list[RunEvent]:
        self.step_id, self.message_id = new_id("step_"), new_id("msg_")
        shown = [
            PictureShown(self.message_id, index, file_id)
            for index, file_id in enumerate(self.pictures)
        ]
        return [MessageStarted(self.step_id, self.message_id), *shown]

    def _on_call(self, delta: ToolCallArrived) -> list[RunEvent]:
        events: list[RunEvent] = []
        is_new = delta.index >= len(self.calls)
        if is_new:
            self.calls.append(DraftCall(delta.id or new_id("call_"), delta.name))
            if not self.hold_calls:
                events.extend(self._open_call(len(self.calls) - 1))
        index = min(delta.index, len(self.calls) - 1)
        call = self.calls[index]
        call.arguments += delta.arguments
        if delta.arguments and not self.hold_calls:
            events.append(
                ArgumentsAdded(self.tool_step_id, index, call.id, delta.arguments)
            )
        return events

    def _open_call(self, index: int) -> list[RunEvent]:
        events: list[RunEvent] = []
        if not self.tool_step_id:
            events.extend(self.close_message())
            self.tool_step_id = new_id("step_")
            events.append(ToolStepStarted(self.tool_step_id))
        call = self.calls[index]
        events.append(FunctionCallStarted(self.tool_step_id, index, call.id, call.name))
        return events

    def _on_end(self, end: TurnEnded) -> None:
        self.reason, self.usage, self.model = end.reason, end.usage, end.model

    def _finish(self, asked_model: str) -> list[RunEvent]:
        usage = self.usage or Usage(0, 0)
        finished = TurnFinished(
            self.model or asked_model,
            self.usage is not None,
            usage.prompt_tokens,
            usage.completion_tokens,
        )
        events: list[RunEvent] = [finished]
        if self.pictures and not self.message_id and not self.calls:
            events.extend(self._open_message())
        events.extend(self.close_message())
        return events

    def close_message(self) -> list[RunEvent]:
        """End the open message, if there is one that has not been ended."""
        if not self.message_id:
            return []
        content = [picture_part(file_id) for file_id in self.pictures]
        if self.text:
            content.append(text_part(self.text))
        ended = MessageEnded(
            self.step_id,
            self.message_id,
            content,
            incomplete_reason=_incomplete_reason(self.reason),
            usage=None if self.calls else self.usage_json(),
        )
        self.message_id, self.pictures = "", []
        return [ended]

    def usage_json(self) -> dict[str, int] | None:
        """Tokens of this turn as the API spells them, or None where nobody counted."""
        if self.usage is None:
            return None
        return {
            "prompt_tokens": self.usage.prompt_tokens,
            "completion_tokens": self.usage.completion_tokens,
            "total_tokens": self.usage.total_tokens,
        }


def _incomplete_reason(reason: FinishReason) -> str:
    if reason == FinishReason.LENGTH:
        return "max_tokens"
    return "content_filter" if reason == FinishReason.CONTENT_FILTER else ""
