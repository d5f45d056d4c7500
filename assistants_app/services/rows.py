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
    RunCancelled,
    RunCancelling,
    RunCompleted,
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
    to_json,
)
from assistants_app.models import Message, Run, RunEvents, RunStep, Thread
from playground.organizations.kinds import get_kind
from playground.organizations.models import UsageEntry

Status = Run.Status


@transaction.atomic
def store(run_id: str, batch: list[Numbered]) -> None:
    """Store a batch of consecutive events and everything that they change."""
    run = (
        Run.objects.select_for_update(of=("self",))
        .select_related("thread", "connection", "assistant")
        .get(public_id=run_id)
    )
    for numbered in batch:
        _apply(run, numbered)
    RunEvents.objects.create(
        run=run,
        first=batch[0].sequence,
        last=batch[-1].sequence,
        events=[to_json(numbered) for numbered in batch],
    )
    run.last_sequence = batch[-1].sequence
    run.save()


def _apply(run: Run, numbered: Numbered) -> None:
    at = datetime.fromtimestamp(numbered.at / 1000, UTC)
    match numbered.event:
        case TextAdded() | PictureShown() | ImagePreviewed():
            pass
        case MessageStarted() as event:
            _start_message(run, event, at)
        case MessageEnded() as event:
            _end_message(run, event, at)
        case ToolStepStarted(step_id=step_id):
            _create_step(run, step_id, RunStep.Type.TOOL_CALLS, at)
        case FunctionCallStarted() as event:
            _add_call(event.step_id, function_call(event))
        case ArgumentsAdded() as event:
            _add_arguments(event)
        case OutputGiven() as event:
            _give_output(event)
        case ImageCallStarted() as event:
            _add_call(event.step_id, image_call(event), index=event.index)
        case ImageCallEnded() as event:
            _end_image_call(event)
        case ToolStepEnded() as event:
            step = RunStep.objects.get(public_id=event.step_id)
            _end_step(step, event.step_status, event.usage, at, run)
        case TurnFinished() as event:
            _count_turn(run, event)
        case _:
            _change_status(run, numbered.event, at)


def _start_message(run: Run, event: MessageStarted, at: datetime) -> None:
    previous = run.messages.order_by("pk").last()
    message = Message.objects.create(
        public_id=event.message_id,
        thread=run.thread,
        parent=previous or run.input_message,
        role=Message.Role.ASSISTANT,
        status=Message.Status.IN_PROGRESS,
        assistant=run.assistant,
        run=run,
        created_at=at,
    )
    step = _create_step(run, event.step_id, RunStep.Type.MESSAGE_CREATION, at)
    step.message = message
    step.save(update_fields=["message"])
    Thread.objects.filter(pk=run.thread_id).update(head=message, updated_at=at)


def _end_message(run: Run, event: MessageEnded, at: datetime) -> None:
    message = Message.objects.get(public_id=event.message_id)
    message.content = event.content
    message.incomplete_reason = event.incomplete_reason
    if event.incomplete_reason:
        message.status, message.incomplete_at = Message.Status.INCOMPLETE, at
    else:
        message.status, message.completed_at = Message.Status.COMPLETED, at
    message.save()
    step = RunStep.objects.get(public_id=event.step_id)
    _end_step(step, event.step_status, event.usage, at, run)


def _create_step(run: Run, step_id: str, kind: RunStep.Type, at: datetime) -> RunStep:
    return RunStep.objects.create(
        public_id=step_id,
        run=run,
        index=run.steps.count(),
        type=kind,
        created_at=at,
    )


def _end_step(
    step: RunStep,
    status: str,
    usage: dict[str, int] | None,
    at: datetime,
    run: Run,
) -> None:
    step.status = status
    step.usage = usage
    setattr(step, f"{status}_at", at)
    if status == RunStep.Status.FAILED:
        step.last_error = run.last_error
    step.save()


def function_call(event: FunctionCallStarted) -> dict[str, Any]:
    """A client's function as a step holds it; its output is null until submitted."""
    function = {"name": event.name, "arguments": "", "output": None}
    return {"id": event.call_id, "type": "function", "function": function}


def image_call(event: ImageCallStarted) -> dict[str, Any]:
    """A picture call as a step holds it."""
    return {
        "id": event.call_id,
        "type": "image_generation_call",
        "status": "in_progress",
        "name": event.name,
        "arguments": event.arguments,
        "generation_id": event.generation_id,
        "prompt": event.prompt,
        "sent_prompt": event.sent_prompt,
        "revised_prompt": "",
        "file_ids": [],
        "error": "",
        "output": None,
    }


def _add_call(step_id: str, call: dict[str, Any], index: int | None = None) -> None:
    """Calls are drawn side by side, so one may start before an earlier one."""
    step = RunStep.objects.get(public_id=step_id)
    if index is None:
        step.tool_calls.append(call)
    else:
        call["index"] = index
        step.tool_calls.append(call)
        step.tool_calls.sort(key=lambda entry: entry["index"])
    step.save(update_fields=["tool_calls"])


def _add_arguments(event: ArgumentsAdded) -> None:
    step = RunStep.objects.get(public_id=event.step_id)
    step.tool_calls[event.index]["function"]["arguments"] += event.text
    step.save(update_fields=["tool_calls"])


def _give_output(event: OutputGiven) -> None:
    step = RunStep.objects.get(public_id=event.step_id)
    step.tool_calls[event.index]["function"]["output"] = event.output
    step.save(update_fields=["tool_calls"])


def _end_image_call(event: ImageCallEnded) -> None:
    step = RunStep.objects.get(public_id=event.step_id)
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


def _count_turn(run: Run, event: TurnFinished) -> None:
    run.turns += 1
    usage = run.usage or {"prompt_tokens": 0, "completion_tokens": 0}
    usage["prompt_tokens"] += event.prompt_tokens
    usage["completion_tokens"] += event.completion_tokens
    usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]
    run.usage = usage
    connection = run.connection
    is_free = connection is not None and get_kind(connection.kind).is_free
    units = {
        "prompt_tokens": event.prompt_tokens,
        "completion_tokens": event.completion_tokens,
    }
    UsageEntry.objects.create(
        organization_id=run.thread.organization_id,
        user_id=run.created_by_id,
        api_key_id=run.api_key_id,
        connection=connection,
        connection_name=connection.name if connection else "",
        kind=UsageEntry.Kind.CHAT,
        model=event.model,
        units=units if event.counted else {},
        cost=0 if is_free else None,
        cost_origin="computed" if is_free else "unknown",
        reference=run.public_id,
    )


def _change_status(run: Run, event: object, at: datetime) -> None:
    match event:
        case RunQueued():
            run.status = Status.QUEUED
        case RunStarted():
            run.status = Status.IN_PROGRESS
            run.started_at = run.started_at or at
        case RunCancelling():
            run.status = Status.CANCELLING
        case RunPaused():
            run.status = Status.REQUIRES_ACTION
        case RunCompleted():
            run.status, run.completed_at = Status.COMPLETED, at
        case RunIncomplete(reason=reason):
            run.status, run.incomplete_reason = Status.INCOMPLETE, reason
        case RunFailed(code=code, text=text, admin_text=admin_text, cause=cause):
            run.status, run.failed_at = Status.FAILED, at
            run.last_error = {"code": code, "message": text}
            run.error_text, run.error_admin_text = text, admin_text
            run.error_cause = cause[:100]
            _note_error(run)
        case RunCancelled():
            run.status, run.cancelled_at = Status.CANCELLED, at
        case RunExpired():
            run.status = Status.EXPIRED
    if run.is_finished:
        run.finished_at = at


def _note_error(run: Run) -> None:
    """A step that failed with its run names the same cause."""
    code = (run.last_error or {}).get("code")
    error = {
        "code": code if code == "rate_limit_exceeded" else "server_error",
        "message": run.error_text,
    }
    run.steps.filter(status=RunStep.Status.FAILED, last_error__isnull=True).update(
        last_error=error
    )
