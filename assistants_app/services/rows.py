"""What each event means in the database: one batch, one transaction.

Text is not rewritten with every flush: while a message streams, its words are in the
stored events; the message gets its content when it ends.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from assistants_app.engine.events import (
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
    TextAdded,
    ToolStepEnded,
    ToolStepStarted,
    TurnFinished,
    to_json,
)
from assistants_app.models import Message, Run, RunEvents, RunStep
from assistants_app.services.row_values import (
    STATE,
    change_status,
    count_turn,
    end_step,
    function_call,
    image_call,
)
from playground.lib import written_rows
from playground.organizations.models import Connection

# Words and pictures of a message are in its events until it ends.
UNSTORED = (TextAdded, PictureShown, ImagePreviewed)
# What the end of a message changes in its row.
ENDED = ("content", "status", "incomplete_reason", "incomplete_at", "completed_at")


def store(run_id: str, batch: list[Numbered]) -> None:
    """Store a batch of consecutive events and everything that they change."""
    RunRows(run_id).store(batch)


class RunRows:
    """The rows of one run, for its only writer: what it has read, it need not read again.

    After a failed batch everything is read anew, and the batch can be stored again.
    """

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        self._run: Run | None = None
        self._route: tuple[Connection | None, str] | None = None
        self._steps: dict[str, RunStep] = {}
        self._messages: dict[str, Message] = {}
        self._next_index: int | None = None
        self._has_reserved = False

    def begin(self, run: Run, *, has_reserved: bool) -> None:
        """Take over a run that was just read, with its thread and connection.

        `has_reserved` says whether money is set aside for each of its turns.
        """
        self._run = run
        self._has_reserved = has_reserved
        self._route = run.connection, run.sent_model
        if run.started_at is None:
            self._next_index = 0

    def store(self, batch: list[Numbered]) -> None:
        """Store a batch of consecutive events and everything that they change."""
        try:
            with transaction.atomic():
                self._store(batch)
        except BaseException:
            self._forget()
            raise

    def _forget(self) -> None:
        self._run = None
        self._next_index = None
        self._steps.clear()
        self._messages.clear()

    def _store(self, batch: list[Numbered]) -> None:
        run = self._run or self._read()
        for numbered in batch:
            self._apply(run, numbered)
        events = RunEvents(
            run=run,
            first=batch[0].sequence,
            last=batch[-1].sequence,
            events=[to_json(numbered) for numbered in batch],
        )
        written_rows.insert(events)
        run.last_sequence = batch[-1].sequence
        written_rows.update(run, STATE)

    def _read(self) -> Run:
        self._run = (
            Run.objects.select_for_update(of=("self",))
            .select_related("thread", "connection", "assistant")
            .defer("connection__api_key")
            .get(public_id=self.run_id)
        )
        if self._route is not None:
            self._run.connection, self._run.sent_model = self._route
        return self._run

    def _apply(self, run: Run, numbered: Numbered) -> None:
        event = numbered.event
        if isinstance(event, UNSTORED):
            return
        at = datetime.fromtimestamp(numbered.at / 1000, UTC)
        match event:
            case MessageStarted():
                self._start_message(run, event, at)
            case MessageEnded():
                self._end_message(run, event, at)
            case ToolStepStarted(step_id=step_id):
                self._create_step(run, step_id, RunStep.Type.TOOL_CALLS, at)
            case FunctionCallStarted():
                self._add_call(event.step_id, function_call(event))
            case ArgumentsAdded():
                self._add_arguments(event)
            case OutputGiven():
                self._give_output(event)
            case ImageCallStarted():
                self._add_call(event.step_id, image_call(event), index=event.index)
            case ImageCallEnded():
                self._end_image_call(event)
            case ToolStepEnded():
                step = self._step(event.step_id)
                end_step(step, event.step_status, event.usage, at, run)
            case TurnFinished():
                count_turn(run, event, has_reserved=self._has_reserved)
            case _:
                change_status(run, event, at)

    def _start_message(self, run: Run, event: MessageStarted, at: datetime) -> None:
        message = Message(
            public_id=event.message_id,
            thread=run.thread,
            parent_id=self._last_message_id(run),
            role=Message.Role.ASSISTANT,
            status=Message.Status.IN_PROGRESS,
            assistant_id=run.assistant_id,
            run=run,
            created_at=at,
        )
        written_rows.insert(message)
        self._messages[event.message_id] = message
        kind = RunStep.Type.MESSAGE_CREATION
        self._create_step(run, event.step_id, kind, at, message)
        if run.locks_thread or run.thread.is_hidden:  # not for a fork of a conversation
            run.thread.head, run.thread.updated_at = message, at
            written_rows.update(run.thread, ("head", "updated_at"))

    def _last_message_id(self, run: Run) -> int | None:
        if self._next_index == 0:
            return run.input_message_id  # there is no step, so there is no message
        written = run.messages.order_by("-pk").values_list("pk", flat=True).first()
        return written or run.input_message_id

    def _end_message(self, run: Run, event: MessageEnded, at: datetime) -> None:
        message = self._messages.pop(event.message_id, None)
        if message is None:
            message = Message.objects.get(public_id=event.message_id)
        message.content = event.content
        message.incomplete_reason = event.incomplete_reason
        if event.incomplete_reason:
            message.status, message.incomplete_at = Message.Status.INCOMPLETE, at
        else:
            message.status, message.completed_at = Message.Status.COMPLETED, at
        written_rows.update(message, ENDED)
        end_step(self._step(event.step_id), event.step_status, event.usage, at, run)

    def _create_step(
        self,
        run: Run,
        step_id: str,
        kind: RunStep.Type,
        at: datetime,
        message: Message | None = None,
    ) -> None:
        if self._next_index is None:
            self._next_index = run.steps.count()
        step = RunStep(
            public_id=step_id,
            run=run,
            index=self._next_index,
            type=kind,
            message=message,
            created_at=at,
        )
        written_rows.insert(step)
        self._steps[step_id] = step
        self._next_index += 1

    def _step(self, step_id: str) -> RunStep:
        if step_id not in self._steps:
            self._steps[step_id] = RunStep.objects.get(public_id=step_id)
        return self._steps[step_id]

    def _add_call(
        self, step_id: str, call: dict[str, Any], index: int | None = None
    ) -> None:
        """Calls are drawn side by side, so one may start before an earlier one."""
        step = self._step(step_id)
        step.tool_calls.append(call)
        if index is not None:
            call["index"] = index
            step.tool_calls.sort(key=lambda entry: entry["index"])
        step.save(update_fields=["tool_calls"])

    def _add_arguments(self, event: ArgumentsAdded) -> None:
        step = self._step(event.step_id)
        step.tool_calls[event.index]["function"]["arguments"] += event.text
        step.save(update_fields=["tool_calls"])

    def _give_output(self, event: OutputGiven) -> None:
        step = self._step(event.step_id)
        step.tool_calls[event.index]["function"]["output"] = event.output
        step.save(update_fields=["tool_calls"])

    def _end_image_call(self, event: ImageCallEnded) -> None:
        step = self._step(event.step_id)
        call = next((c for c in step.tool_calls if c.get("index") == event.index), None)
        if call is None:  # refused before it was planned
            started = ImageCallStarted(
                event.step_id, event.index, "", "", "", event.generation_id, "", ""
            )
            call = {**image_call(started), "index": event.index}
            step.tool_calls.append(call)
        call.update(
            status=event.status,
            file_ids=event.file_ids,
            revised_prompt=event.revised_prompt,
            error=event.error,
            output=event.output,
        )
        step.save(update_fields=["tool_calls"])
