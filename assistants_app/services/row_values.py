"""What single events mean for a run and its steps, as values; `rows.py` saves them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from assistants_app.engine.events import (
    FunctionCallStarted,
    ImageCallStarted,
    RunCancelled,
    RunCancelling,
    RunCompleted,
    RunExpired,
    RunFailed,
    RunIncomplete,
    RunPaused,
    RunQueued,
    RunStarted,
    TurnFinished,
)
from assistants_app.models import Run, RunStep
from assistants_app.providers.base import Usage
from assistants_app.services.metering import chat_entry
from playground.lib import written_rows
from playground.organizations.services.ledger import settle

Status = Run.Status

# What events change of a run.
STATE = (
    "status",
    "connection",
    "sent_model",
    "last_error",
    "error_cause",
    "error_text",
    "error_admin_text",
    "incomplete_reason",
    "usage",
    "turns",
    "last_sequence",
    "started_at",
    "cancelled_at",
    "failed_at",
    "completed_at",
    "finished_at",
)


def end_step(
    step: RunStep,
    status: str,
    usage: dict[str, int] | None,
    at: datetime,
    run: Run,
) -> None:
    step.status = status
    step.usage = usage
    ended = f"{status}_at"
    setattr(step, ended, at)
    if status == RunStep.Status.FAILED:
        step.last_error = run.last_error
    written_rows.update(step, ("status", "usage", "last_error", ended))


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


def turn_reference(run_id: str, turn: int) -> str:
    """What a turn's reservation is called; turns count from 0."""
    return f"{run_id}:{turn}"


def count_turn(run: Run, event: TurnFinished, *, has_reserved: bool) -> None:
    reservation = turn_reference(run.public_id, run.turns) if has_reserved else ""
    run.turns += 1
    usage = run.usage or {"prompt_tokens": 0, "completion_tokens": 0}
    usage["prompt_tokens"] += event.prompt_tokens
    usage["completion_tokens"] += event.completion_tokens
    usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]
    run.usage = usage
    entry = chat_entry(
        organization_id=run.thread.organization_id,
        user_id=run.created_by_id,
        api_key_id=run.api_key_id,
        connection=run.connection,
        model=event.model,
        usage=Usage(event.prompt_tokens, event.completion_tokens)
        if event.counted
        else None,
        reference=run.public_id,
        asked_model=run.sent_model,
        assistant=run.assistant_name,
    )
    settle(entry, reservation=reservation)


def change_status(run: Run, event: object, at: datetime) -> None:
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
