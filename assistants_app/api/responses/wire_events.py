"""A run as a response: its object, and its events as they are streamed.

One reading of a run's events makes both, so that they cannot differ.
"""

from __future__ import annotations

from assistants_app.api.responses.wire_output import JsonObject, OutputWire, Preview
from assistants_app.api.responses.wire_pictures import Facts
from assistants_app.engine.events import (
    ArgumentsAdded,
    FunctionCallStarted,
    ImageCallEnded,
    ImageCallStarted,
    ImagePreviewed,
    MessageEnded,
    MessageStarted,
    Numbered,
    RunCancelled,
    RunCompleted,
    RunExpired,
    RunFailed,
    RunIncomplete,
    RunQueued,
    RunStarted,
    TextAdded,
    ToolStepEnded,
    ToolStepStarted,
    TurnFinished,
)
from assistants_app.models import Run
from assistants_app.services.item_ids import response_id
from assistants_app.services.withdrawal import BEFORE

# What is kept of a request, but said in another way or not at all.
UNTOLD = frozenset({"store", BEFORE})
REASONS = {"max_completion_tokens": "max_output_tokens"}


def head_of(run: Run) -> JsonObject:
    """The parts of a response that do not change while it is made."""
    return {
        "id": response_id(run.public_id),
        "object": "response",
        "created_at": int(run.created_at.timestamp()),
        "model": run.model,
        "instructions": run.instructions or None,
        "metadata": run.metadata,
        "background": run.is_background,
        "store": bool(run.asked.get("store", True)),
        "max_output_tokens": run.max_completion_tokens,
        "parallel_tool_calls": run.parallel_tool_calls,
        "temperature": 1.0 if run.temperature is None else run.temperature,
        "top_p": 1.0 if run.top_p is None else run.top_p,
        **{key: value for key, value in run.asked.items() if key not in UNTOLD},
    }


class ResponseWire(OutputWire):
    """Follows one run from its first event on.

    `feed` returns what a stream sends for an event, `body` the response as it is then.
    """

    def __init__(self, run: Run, *, after: int = -1, is_silent: bool = False) -> None:
        self.head = head_of(run)
        super().__init__(run, after=after, is_silent=is_silent)
        self.status = "queued" if run.is_background else "in_progress"
        self.error: JsonObject | None = None
        self.completed_at: int | None = None
        self.tokens: tuple[int, int] | None = None
        self.is_over = False
        self._has_started = False

    def body(self) -> JsonObject:
        """The response as it is now."""
        return {
            **self.head,
            "status": self.status,
            "output": list(self.output),
            "error": self.error,
            "incomplete_details": {"reason": self.reason} if self.reason else None,
            "completed_at": self.completed_at,
            "usage": self._usage() if self.is_over else None,
        }

    def feed(
        self,
        numbered: Numbered,
        facts: Facts | None = None,
        preview: Preview | None = None,
    ) -> bytes:
        """What is sent for this event; `facts` and `preview` are of its picture."""
        match numbered.event:
            case TextAdded(text=text):
                return self._add_text(text)
            case ArgumentsAdded() as event:
                return self._add_arguments(event)
            case MessageStarted(message_id=message_id):
                self._message_id, self._message, self._texts = message_id, None, []
                return b""
            case MessageEnded() as event:
                return self._end_message(event)
            case ToolStepStarted():
                self._places = {}
                return b""
            case FunctionCallStarted() as event:
                return self._start_call(event)
            case ToolStepEnded() as event:
                return self._end_calls(event)
            case ImageCallStarted() as event:
                return self._start_picture(event.index, event.generation_id)
            case ImagePreviewed() as event:
                return self._preview(event, preview)
            case ImageCallEnded() as event:
                return self._end_picture(event, facts)
            case TurnFinished() as event:
                self._count(event)
                return b""
            case RunQueued() | RunStarted() as event:
                return self._begin(event)
            case _:
                return self._end(numbered)

    # The response.

    def _begin(self, event: RunQueued | RunStarted) -> bytes:
        if isinstance(event, RunQueued):
            if self.sequence:
                return b""
            created = self._say("response.created", response=self.body())
            if self.status != "queued":
                return created
            return created + self._say("response.queued", response=self.body())
        if self._has_started:
            return b""
        self._has_started, self.status = True, "in_progress"
        return self._say("response.in_progress", response=self.body())

    def _end(self, numbered: Numbered) -> bytes:
        match numbered.event:
            case RunCompleted():
                self.status = "incomplete" if self.reason else "completed"
                if not self.reason:
                    self.completed_at = numbered.at // 1000
            case RunIncomplete(reason=reason):
                self.status, self.reason = "incomplete", REASONS.get(reason, reason)
            case RunFailed(code=code, text=text):
                self.status, self.reason = "failed", None
                self.error = {"code": code, "message": text}
            case RunCancelled():
                self.status, self.reason = "cancelled", None
            case RunExpired():
                self.status = "failed"
                self.error = {"code": "server_error", "message": "The run expired."}
            case _:
                return b""
        self.is_over = True
        # There is no event for a response that was stopped; it is one that is cut.
        name = "incomplete" if self.status == "cancelled" else self.status
        return self._say(f"response.{name}", response=self.body())

    def _count(self, event: TurnFinished) -> None:
        if event.counted:
            asked, written = self.tokens or (0, 0)
            self.tokens = (
                asked + event.prompt_tokens,
                written + event.completion_tokens,
            )

    def _usage(self) -> JsonObject | None:
        if self.tokens is None:
            return None
        asked, written = self.tokens
        return {
            "input_tokens": asked,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": written,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": asked + written,
        }
