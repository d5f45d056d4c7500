"""A run's events as the event stream of Assistants v2.

Fed from the run's first event on, it knows every object as it was at that moment; so a
stream that is read late, or again, is the same stream.
"""

from __future__ import annotations

from typing import Any, assert_never

import orjson

from assistants_app.api.assistants_v2.wire_objects import required_action, usage_json
from assistants_app.api.assistants_v2.wire_open_parts import OpenParts, Told
from assistants_app.engine.events import (
    ENDINGS,
    ArgumentsAdded,
    FunctionCallStarted,
    ImageCallEnded,
    ImageCallStarted,
    ImagePreviewed,
    MessageEnded,
    MessageStarted,
    Numbered,
    OutputGiven,
    PictureShown,
    RunCancelled,
    RunCancelling,
    RunCompleted,
    RunEvent,
    RunExpired,
    RunFailed,
    RunIncomplete,
    RunPaused,
    RunQueued,
    RunStarted,
    TextAdded,
    ToolStepEnded,
    ToolStepStarted,
    TurnFinished,
)

DONE = b"event: done\ndata: [DONE]\n\n"
TEXT_TAIL = b"}}]}}\n\n"
_dumps = orjson.dumps


def event_bytes(name: str, data: Any) -> bytes:
    """One event of the stream."""
    return b"event: " + name.encode() + b"\ndata: " + _dumps(data) + b"\n\n"


class RunStream:
    """Turns batches of events into bytes, those behind number `after` only.

    `run` is the run as it was created (`created_run_json`), `thread` the thread if it
    was made by the same request. `is_over` becomes true with the segment's last event.
    """

    def __init__(
        self,
        run: dict[str, Any],
        *,
        thread: dict[str, Any] | None = None,
        after: int = 0,
    ) -> None:
        self.run = run
        self.thread = thread
        self.after = after
        self.is_over = False
        self.parts = OpenParts(run)
        self.tokens = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}

    def feed(self, batch: list[Numbered]) -> bytes:
        """The bytes of these events, as one piece."""
        pieces: list[bytes] = []
        for numbered in batch:
            if self.is_over:
                break
            event = numbered.event
            is_new = numbered.sequence > self.after
            if isinstance(event, TextAdded) and self.parts.text_head:
                if is_new:
                    text = _dumps(event.text)
                    pieces.append(self.parts.text_head + text + TEXT_TAIL)
                continue
            told = self._tell(event, numbered.at // 1000)
            if is_new:
                pieces.extend(event_bytes(name, data) for name, data in told)
                if isinstance(event, ENDINGS):
                    self.is_over = True
                    pieces.append(DONE)
        return b"".join(pieces)

    def _tell(self, event: RunEvent, at: int) -> Told:
        """What clients are told of an event; the state follows it either way."""
        match event:
            case TextAdded():
                return self.parts.begin_text(event)
            case PictureShown():
                return self.parts.add_picture(event)
            case MessageStarted():
                return self.parts.start_message(event, at)
            case MessageEnded():
                return self.parts.end_message(event, at)
            case ToolStepStarted(step_id=step_id):
                return self.parts.start_tool_step(step_id, at)
            case FunctionCallStarted():
                return self.parts.start_call(event)
            case ArgumentsAdded():
                return self.parts.add_arguments(event)
            case OutputGiven():
                return self.parts.give_output(event)
            case ImageCallStarted():
                return self.parts.start_image(event)
            case ImageCallEnded():
                return self.parts.end_image(event)
            case ImagePreviewed():
                return []  # this API has no event for previews
            case ToolStepEnded(step_status=status, usage=usage):
                return self.parts.end_tool_step(status, usage, at)
            case TurnFinished():
                return self._count(event)
            case RunQueued():
                return self._queue()
            case RunStarted():
                return self._status(
                    "in_progress", started_at=self.run["started_at"] or at
                )
            case RunCancelling():
                return self._status("cancelling")
            case RunPaused():
                action = required_action(self.parts.waiting_calls())
                return self._status("requires_action", required_action=action)
            case RunCompleted():
                return self._end("completed", completed_at=at)
            case RunIncomplete(reason=reason):
                return self._end("incomplete", incomplete_details={"reason": reason})
            case RunFailed(code=code, text=text):
                step = self.parts.tell_failed_step(code, text)
                error = {"code": code, "message": text}
                return [*step, *self._end("failed", failed_at=at, last_error=error)]
            case RunCancelled():
                return self._end("cancelled", cancelled_at=at)
            case RunExpired():
                return self._end("expired", expires_at=self.run["expires_at"])
            case _:
                assert_never(event)

    def _count(self, event: TurnFinished) -> Told:
        self.tokens["prompt_tokens"] += event.prompt_tokens
        self.tokens["completion_tokens"] += event.completion_tokens
        self.tokens["total_tokens"] += event.prompt_tokens + event.completion_tokens
        return []

    def _queue(self) -> Told:
        """The run is new, or goes on with its tool outputs."""
        queued = self._status("queued", required_action=None)
        if self.run["started_at"] is not None:
            return queued
        made: Told = [("thread.created", self.thread)] if self.thread else []
        return [*made, ("thread.run.created", self.run), *queued]

    def _end(self, status: str, **fields: Any) -> Told:
        ended = {
            "usage": usage_json(self.tokens),
            "required_action": None,
            "expires_at": None,
        }
        return self._status(status, **{**ended, **fields})

    def _status(self, status: str, **fields: Any) -> Told:
        self.run |= {"status": status, **fields}
        return [(f"thread.run.{status}", self.run)]
