"""The message and the step of a run that are open, as Assistants v2 tells them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from assistants_app.api.assistants_v2.wire_objects import (
    message_details,
    tool_call_json,
    tool_details,
    usage_json,
)
from assistants_app.engine.events import (
    ArgumentsAdded,
    FunctionCallStarted,
    ImageCallEnded,
    ImageCallStarted,
    MessageEnded,
    MessageStarted,
    OutputGiven,
    PictureShown,
    StepStatus,
    TextAdded,
)

_dumps = orjson.dumps

Told = list[tuple[str, dict[str, Any]]]
"""Events of the stream: their names and data."""


class OpenParts:
    """Follows what is open; each method says what clients are told of an event.

    `text_head` is all of a text delta up to its words, once the message's text has
    begun: most events of a stream differ in nothing else.
    """

    def __init__(self, run: Mapping[str, Any]) -> None:
        self.run = run
        self.step: dict[str, Any] = {}
        self.message: dict[str, Any] = {}
        # The calls of the open tool step, by their index.
        self.calls: dict[int, dict[str, Any]] = {}
        # A failed step is told together with the error, which comes after it.
        self.failed_step: dict[str, Any] | None = None
        self.text_head = b""

    def start_message(self, event: MessageStarted, at: int) -> Told:
        told = self._start_step(event.step_id, message_details(event.message_id), at)
        self.text_head = b""
        self.message = {
            "id": event.message_id,
            "object": "thread.message",
            "created_at": at,
            "thread_id": self.run["thread_id"],
            "status": "in_progress",
            "incomplete_details": None,
            "completed_at": None,
            "incomplete_at": None,
            "role": "assistant",
            "content": [],
            "assistant_id": self.run["assistant_id"] or None,
            "run_id": self.run["id"],
            "attachments": [],
            "metadata": {},
        }
        return [
            *told,
            ("thread.message.created", self.message),
            ("thread.message.in_progress", self.message),
        ]

    def add_picture(self, event: PictureShown) -> Told:
        picture = {"file_id": event.file_id, "detail": "auto"}
        part = {"index": event.index, "type": "image_file", "image_file": picture}
        return [_message_delta(event.message_id, part)]

    def begin_text(self, event: TextAdded) -> Told:
        """The first words, with the annotations that only they carry."""
        text = {"value": event.text, "annotations": []}
        part = {"index": event.index, "type": "text", "text": text}
        self.text_head = (
            b'event: thread.message.delta\ndata: {"id":'
            + _dumps(event.message_id)
            + b',"object":"thread.message.delta","delta":{"content":[{"index":'
            + _dumps(event.index)
            + b',"type":"text","text":{"value":'
        )
        return [_message_delta(event.message_id, part)]

    def end_message(self, event: MessageEnded, at: int) -> Told:
        self.text_head = b""
        reason = event.incomplete_reason
        status = "incomplete" if reason else "completed"
        self.message |= {
            "status": status,
            "content": event.content,
            "incomplete_details": {"reason": reason} if reason else None,
            f"{status}_at": at,
        }
        told = (f"thread.message.{status}", self.message)
        return [told, *self._end_step(event.step_status, event.usage, at)]

    def start_tool_step(self, step_id: str, at: int) -> Told:
        self.calls = {}
        return self._start_step(step_id, tool_details([]), at)

    def start_call(self, event: FunctionCallStarted) -> Told:
        function = {"name": event.name, "arguments": "", "output": None}
        call = {"id": event.call_id, "type": "function", "function": function}
        self.calls[event.index] = call
        return self._step_delta({"index": event.index, **call})

    def add_arguments(self, event: ArgumentsAdded) -> Told:
        self.calls[event.index]["function"]["arguments"] += event.text
        function = {"arguments": event.text}
        call = {"index": event.index, "type": "function", "function": function}
        return self._step_delta(call)

    def give_output(self, event: OutputGiven) -> Told:
        self.calls[event.index]["function"]["output"] = event.output
        return []

    def start_image(self, event: ImageCallStarted) -> Told:
        self.calls[event.index] = _image_call(event.generation_id, event)
        return []  # no delta of a step knows pictures

    def end_image(self, event: ImageCallEnded) -> Told:
        call = self.calls.setdefault(event.index, _image_call(event.generation_id))
        call |= {
            "status": event.status,
            "file_ids": event.file_ids,
            "revised_prompt": event.revised_prompt,
            "error": event.error,
        }
        return []

    def end_tool_step(
        self, status: StepStatus, usage: dict[str, int] | None, at: int
    ) -> Told:
        calls = [tool_call_json(call) for _, call in sorted(self.calls.items())]
        self.step["step_details"] = tool_details(calls)
        return self._end_step(status, usage, at)

    def waiting_calls(self) -> list[dict[str, Any]]:
        """Function calls without an output."""
        calls = [call for _, call in sorted(self.calls.items())]
        return [call for call in calls if call["function"]["output"] is None]

    def tell_failed_step(self, code: str, text: str) -> Told:
        """The end of the step that failed with its run, if one did."""
        step, self.failed_step = self.failed_step, None
        if step is None:
            return []
        is_rate = code == "rate_limit_exceeded"
        step["last_error"] = {
            "code": code if is_rate else "server_error",
            "message": text,
        }
        return [("thread.run.step.failed", step)]

    def _start_step(self, step_id: str, details: dict[str, Any], at: int) -> Told:
        self.step = {
            "id": step_id,
            "object": "thread.run.step",
            "created_at": at,
            "assistant_id": self.run["assistant_id"],
            "thread_id": self.run["thread_id"],
            "run_id": self.run["id"],
            "type": details["type"],
            "status": "in_progress",
            "step_details": details,
            "last_error": None,
            "expired_at": None,
            "cancelled_at": None,
            "failed_at": None,
            "completed_at": None,
            "metadata": {},
            "usage": None,
        }
        return [
            ("thread.run.step.created", self.step),
            ("thread.run.step.in_progress", self.step),
        ]

    def _end_step(
        self, status: StepStatus, usage: dict[str, int] | None, at: int
    ) -> Told:
        self.step |= {"status": status, f"{status}_at": at, "usage": usage_json(usage)}
        if status == "failed":
            self.failed_step = self.step
            return []
        return [(f"thread.run.step.{status}", self.step)]

    def _step_delta(self, call: dict[str, Any]) -> Told:
        data = {
            "id": self.step["id"],
            "object": "thread.run.step.delta",
            "delta": {"step_details": tool_details([call])},
        }
        return [("thread.run.step.delta", data)]


def _message_delta(message_id: str, part: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    data = {
        "id": message_id,
        "object": "thread.message.delta",
        "delta": {"content": [part]},
    }
    return "thread.message.delta", data


def _image_call(
    generation_id: str, started: ImageCallStarted | None = None
) -> dict[str, Any]:
    """A picture call as a step's row holds it; one may be refused before it began."""
    return {
        "id": started.call_id if started else "",
        "type": "image_generation_call",
        "status": "in_progress",
        "prompt": started.prompt if started else "",
        "sent_prompt": started.sent_prompt if started else "",
        "revised_prompt": "",
        "file_ids": [],
        "generation_id": generation_id,
        "error": "",
    }
