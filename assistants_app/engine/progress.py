"""What of a run is open: enough to close it properly, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistants_app.engine.events import (
    ImageCallEnded,
    ImageCallStarted,
    MessageEnded,
    MessageStarted,
    PictureShown,
    RunEvent,
    StepStatus,
    TextAdded,
    ToolStepEnded,
    ToolStepStarted,
    TurnFinished,
)

# Why a message is incomplete, by how its step ended.
REASONS: dict[StepStatus, str] = {
    "failed": "run_failed",
    "cancelled": "run_cancelled",
    "expired": "run_expired",
}


class Progress:
    """Follows a run's events; knows the open message or tool step and the tokens."""

    def __init__(self) -> None:
        self.message: MessageStarted | None = None
        self.tool_step: str = ""
        self.content: list[dict[str, Any]] = []
        self.image_calls: dict[int, ImageCallStarted] = {}
        self.prompt_tokens = 0
        self.completion_tokens = 0

    def apply(self, event: RunEvent) -> None:
        match event:
            case TextAdded(index=index, text=text):  # first, for it comes most often
                self._add_text(index, text)
            case MessageStarted():
                self.message, self.content = event, []
            case PictureShown(file_id=file_id):
                self.content.append(picture_part(file_id))
            case MessageEnded():
                self.message = None
            case ToolStepStarted(step_id=step_id):
                self.tool_step, self.image_calls = step_id, {}
            case ImageCallStarted(index=index):
                self.image_calls[index] = event
            case ImageCallEnded(index=index):
                self.image_calls.pop(index, None)
            case ToolStepEnded():
                self.tool_step = ""
            case TurnFinished():
                self.prompt_tokens += event.prompt_tokens
                self.completion_tokens += event.completion_tokens

    def _add_text(self, index: int, text: str) -> None:
        if index < len(self.content):
            self.content[index]["text"]["value"] += text
        else:
            self.content.append(text_part(text))

    def close(self, status: StepStatus) -> Iterator[RunEvent]:
        """The events that end what is open, for a run that ends early."""
        if self.message:
            yield MessageEnded(
                self.message.step_id,
                self.message.message_id,
                [*self.content],
                step_status=status,
                incomplete_reason=REASONS[status],
            )
        for index, call in sorted(self.image_calls.items()):
            yield ImageCallEnded(
                call.step_id,
                index,
                call.generation_id,
                "cancelled" if status == "cancelled" else "unknown",
                output='{"status": "stopped"}',
            )
        if self.tool_step:
            yield ToolStepEnded(self.tool_step, status)


def text_part(text: str) -> dict[str, Any]:
    """A written part as it is stored."""
    return {"type": "text", "text": {"value": text, "annotations": []}}


def picture_part(file_id: str, detail: str = "auto") -> dict[str, Any]:
    """A picture part as it is stored."""
    return {
        "type": "image_file",
        "image_file": {"file_id": file_id, "detail": detail},
    }
