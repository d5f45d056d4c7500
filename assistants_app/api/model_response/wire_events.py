"""The seed dialect's answer: a run's events as output items and stream events.

The same object makes both, so that a stream's last event is what the plain answer
would have been.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from assistants_app.api.model_response.wire_items import Event, OutputItems
from assistants_app.engine.events import (
    RunCancelled,
    RunCompleted,
    RunEvent,
    RunExpired,
    RunFailed,
    RunIncomplete,
    RunPaused,
    RunQueued,
    RunStarted,
    TurnFinished,
)

DONE = b"data: [DONE]\n\n"

# The stream's last event. A pause is a completed request whose response says
# `requires_action`: the dialect has no event of its own for it.
LAST_EVENTS = {"failed": "response.failed", "cancelled": "response.cancelled"}


@dataclass(frozen=True)
class Head:
    """What of a response is known when it begins."""

    run_id: str
    thread_id: str
    organization_id: str
    assistant_id: str | None
    model: str
    created_at: int
    metadata: dict[str, str] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)


def response_id(run_id: str) -> str:
    """A response is a run: both have the same letters behind their prefix."""
    return f"resp_{run_id.removeprefix('run_')}"


def run_id_of(response_id: str) -> str:
    """The run behind a response's id, whether there is one or not."""
    return f"run_{response_id.removeprefix('resp_')}"


class ModelResponse:
    """Grows with each event of a run; `to_json` is the response so far."""

    def __init__(self, head: Head, base_url: str) -> None:
        self.head = head
        self.items = OutputItems(base_url)
        self.status = "queued"
        self.error: dict[str, Any] | None = None
        self.incomplete_reason = ""
        self.usage: dict[str, int] | None = None
        self._sequence = 0

    def to_json(self) -> dict[str, Any]:
        """The response as the seed platform writes it."""
        reason = self.incomplete_reason
        return {
            "id": response_id(self.head.run_id),
            "object": "response",
            "created_at": self.head.created_at,
            "status": self.status,
            "model": self.head.model,
            "organization_id": self.head.organization_id,
            "assistant_id": self.head.assistant_id,
            "thread_id": self.head.thread_id,
            "previous_response_id": self.head.asked.get("previous_response_id"),
            "instructions": self.head.asked.get("instructions"),
            "output": self.items.output,
            "usage": self.usage,
            "error": self.error,
            "incomplete_details": {"reason": reason} if reason else None,
            "metadata": self.head.metadata,
        }

    def opening(self) -> bytes:
        """The stream's first event."""
        self.status = "in_progress"
        return self._encode(*self._about_itself("response.created"))

    def encoded(self, event: RunEvent) -> bytes:
        """What a stream says of an event of the run."""
        return b"".join(self._encode(*said) for said in self.apply(event))

    def failed(self, code: str, text: str) -> bytes:
        """The last event of a stream that cannot go on."""
        ending = self._end("failed", {"code": code, "message": text})
        return b"".join(self._encode(*said) for said in ending)

    def apply(self, event: RunEvent) -> Iterator[Event]:
        """Take over one event; yields what a stream says of it. Read it to its end."""
        match event:
            case RunQueued():
                self.status = "queued"
            case RunStarted():
                self.status = "in_progress"
            case TurnFinished():
                self._count(event)
            case RunPaused():
                yield from self.items.close_functions("completed")
                yield from self._end("requires_action")
            case RunCompleted():
                yield from self._end("completed")
            case RunIncomplete():
                self.incomplete_reason = "max_output_synapses"
                yield from self._end("incomplete")
            case RunFailed(code=code, text=text, cause=cause):
                yield from self._end("failed", {"code": cause or code, "message": text})
            case RunCancelled():
                yield from self._end("cancelled")
            case RunExpired():
                text = "The outputs of the function calls did not come in time."
                yield from self._end("failed", {"code": "expired", "message": text})
            case _:
                yield from self.items.apply(event)

    def _end(self, status: str, error: dict[str, Any] | None = None) -> Iterator[Event]:
        self.status, self.error = status, error
        yield self._about_itself(LAST_EVENTS.get(status, "response.completed"))

    def _about_itself(self, name: str) -> Event:
        told = {
            "status": self.status,
            "thread_id": self.head.thread_id,
            "response_id": response_id(self.head.run_id),
            "response": self.to_json(),
        }
        return name, told | ({"error": self.error} if self.error else {})

    def _count(self, turn: TurnFinished) -> None:
        if turn.counted:
            counted = self.usage or {"input_tokens": 0, "output_tokens": 0}
            read = counted["input_tokens"] + turn.prompt_tokens
            written = counted["output_tokens"] + turn.completion_tokens
            self.usage = {
                "input_tokens": read,
                "output_tokens": written,
                "total_tokens": read + written,
            }

    def _encode(self, name: str, told: dict[str, Any]) -> bytes:
        """One event: its name in the `event:` line and again in the JSON."""
        number = self._sequence
        self._sequence += 1
        body = {"event": name, "type": name, "sequence_number": number, **told}
        return b"event: " + name.encode() + b"\ndata: " + orjson.dumps(body) + b"\n\n"
