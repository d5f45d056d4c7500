"""Runs: created, answered by tool outputs, ended. The synchronous half."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from assistants_app.engine.events import (
    ImageCallEnded,
    MessageEnded,
    Numbered,
    OutputGiven,
    RunCancelled,
    RunCancelling,
    RunEvent,
    RunExpired,
    RunFailed,
    RunQueued,
    ToolStepEnded,
    from_json,
)
from assistants_app.engine.progress import Progress
from assistants_app.models import Assistant, Message, Run, RunStep, Thread
from assistants_app.services import rows
from images_app.models import Generation
from playground.lib.clock import now
from playground.organizations.models import ApiKey, User

COPIED = (
    "assistant",
    "input_message",
    "previous_run",
    "model",
    "instructions",
    "tools",
    "image_options",
    "metadata",
    "temperature",
    "top_p",
    "max_prompt_tokens",
    "max_completion_tokens",
    "truncation_strategy",
    "tool_choice",
    "parallel_tool_calls",
    "response_format",
    "reasoning_effort",
)
REFRESHED = (
    "status",
    "last_sequence",
    "usage",
    "error_text",
    "last_error",
    "started_at",
    "cancelled_at",
    "failed_at",
    "completed_at",
    "finished_at",
)


class RunInProgressError(Exception):
    """The thread has a run that is not finished; it may have one at a time."""

    def __init__(self, thread: Thread, run: Run | None) -> None:
        self.thread = thread
        self.run = run
        name = f" {run.public_id}" if run else ""
        super().__init__(f"Thread {thread.public_id} already has an active run{name}.")


class RunStateError(Exception):
    """The run's status does not allow this; the text is the published API's."""


class ToolOutputsError(Exception):
    """The outputs don't fit the calls that wait; the text names both."""


@dataclass(frozen=True)
class RunOptions:
    """What a request may say about a run; None means "as the assistant says"."""

    model: str | None = None
    instructions: str | None = None
    additional_instructions: str | None = None
    tools: list[dict[str, Any]] | None = None
    image_options: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    temperature: float | None = None
    top_p: float | None = None
    max_prompt_tokens: int | None = None
    max_completion_tokens: int | None = None
    truncation_strategy: Mapping[str, Any] | None = None
    tool_choice: Any = None
    parallel_tool_calls: bool = True
    response_format: Any = None
    reasoning_effort: str | None = None


@transaction.atomic
def create_run(
    *,
    thread: Thread,
    assistant: Assistant,
    options: RunOptions | None = None,
    user: User | None = None,
    api_key: ApiKey | None = None,
    input_message: Message | None = None,
) -> Run:
    """A queued run that answers `input_message`, or else the thread's last message.

    It copies everything it needs. RunInProgressError when another run is unfinished.
    """
    options = options or RunOptions()
    expire_overdue(thread)
    run = Run(
        thread=thread,
        assistant=assistant,
        input_message=input_message or thread.head,
        created_by=user,
        api_key=api_key,
        **_copied(assistant, options),
    )
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError as exc:
        raise RunInProgressError(thread, unfinished_run(thread)) from exc
    append(run, [RunQueued()])
    return _locked(run)


def _copied(assistant: Assistant, options: RunOptions) -> dict[str, Any]:
    """The fields of a run: the assistant's, with the request's own over them."""
    said = options.instructions
    instructions = assistant.instructions if said is None else said
    if options.additional_instructions:
        instructions = f"{instructions}\n\n{options.additional_instructions}".strip()
    return {
        "model": _first(options.model, assistant.model),
        "instructions": instructions,
        "tools": _first(options.tools, assistant.tools),
        "image_options": dict(options.image_options),
        "metadata": dict(options.metadata),
        "temperature": _first(options.temperature, assistant.temperature),
        "top_p": _first(options.top_p, assistant.top_p),
        "max_prompt_tokens": options.max_prompt_tokens,
        "max_completion_tokens": options.max_completion_tokens,
        "truncation_strategy": options.truncation_strategy,
        "tool_choice": options.tool_choice,
        "parallel_tool_calls": options.parallel_tool_calls,
        "response_format": _first(options.response_format, assistant.response_format),
        "reasoning_effort": _first(
            options.reasoning_effort, assistant.reasoning_effort
        ),
    }


def _first(said: Any, default: Any) -> Any:
    return default if said is None else said


def unfinished_run(thread: Thread) -> Run | None:
    """The run that keeps this thread busy, if there is one."""
    return thread.runs.filter(status__in=Run.UNFINISHED, locks_thread=True).first()


@transaction.atomic
def append(run: Run, events: Sequence[RunEvent]) -> None:
    """Store events of a run that nobody works on at this moment."""
    last = Run.objects.select_for_update().get(pk=run.pk).last_sequence
    at = time.time_ns() // 1_000_000
    batch = [
        Numbered(last + number, at, event)
        for number, event in enumerate(events, start=1)
    ]
    if batch:
        rows.store(run.public_id, batch)
        # Named fields only: a whole refresh would forget the loaded relations.
        run.refresh_from_db(fields=REFRESHED)


@transaction.atomic
def submit_outputs(run: Run, outputs: Sequence[tuple[str, str]]) -> Run:
    """Answer all waiting calls with (call id, output) pairs; the run is queued again.

    RunStateError when it does not wait, ToolOutputsError when the ids don't fit.
    """
    run = _locked(run)
    expire_if_overdue(run)
    if not run.waits:
        raise RunStateError(
            f'Runs in status "{run.status}" do not accept tool outputs.'
        )
    step = waiting_step(run)
    waiting = {call["id"] for call in step.open_calls}
    given = dict(outputs)
    if set(given) != waiting or len(given) != len(outputs):
        raise ToolOutputsError(
            f"Expected tool outputs for call_ids {sorted(waiting)}, got"
            f" {[call_id for call_id, _ in outputs]}"
        )
    events: list[RunEvent] = [
        OutputGiven(step.public_id, index, call["id"], given[call["id"]])
        for index, call in enumerate(step.tool_calls)
        if call["id"] in given
    ]
    append(run, [*events, ToolStepEnded(step.public_id), RunQueued()])
    return run


@transaction.atomic
def retry_run(run: Run, *, user: User | None = None) -> Run:
    """A new run with the same settings for the same message; the old one stays.

    The shown path goes back to that message, so that the answer takes its place.
    """
    thread = Thread.objects.select_for_update().get(pk=run.thread_id)
    busy = unfinished_run(thread)
    if busy is not None:
        raise RunInProgressError(thread, busy)
    thread.head = run.input_message
    thread.save(update_fields=["head"])
    copied = {name: getattr(run, name) for name in COPIED}
    again = Run.objects.create(
        thread=thread, created_by=user or run.created_by, api_key=run.api_key, **copied
    )
    append(again, [RunQueued()])
    return _locked(again)


def _locked(run: Run) -> Run:
    """The run as it is now, with what readers need of its thread."""
    rows_of_run = Run.objects.select_for_update(of=("self",))
    return rows_of_run.select_related("thread__organization").get(pk=run.pk)


def waiting_step(run: Run) -> RunStep:
    """The open step whose function calls wait for outputs."""
    return run.steps.get(
        type=RunStep.Type.TOOL_CALLS, status=RunStep.Status.IN_PROGRESS
    )


@transaction.atomic
def end_idle_run(run: Run) -> Run:
    """Cancel a run that nobody works on: it waits for outputs, or was left behind."""
    run = _locked(run)
    if run.is_finished:
        raise RunStateError(f"Cannot cancel run with status '{run.status}'.")
    closing = _open_parts(run, "cancelled")
    append(run, [RunCancelling(), *closing, RunCancelled()])
    return run


def expire_overdue(thread: Thread) -> None:
    """End this thread's run if it has waited for outputs too long."""
    run = unfinished_run(thread)
    if run is not None:
        expire_if_overdue(run)


@transaction.atomic
def expire_if_overdue(run: Run) -> bool:
    """Expire a run that has waited for outputs past its time; True when it did."""
    if not run.waits or run.expires_at is None or run.expires_at > now():
        return False
    append(run, [*_open_parts(run, "expired"), RunExpired()])
    return True


def recover() -> int:
    """After a restart: end every run that nobody works on; returns how many.

    Runs that wait for tool outputs go on waiting, unless their time is over.
    """
    ended = 0
    for run in Run.objects.filter(status__in=Run.UNFINISHED):
        if run.waits:
            ended += expire_if_overdue(run)
            continue
        failure = RunFailed("server_error", "Easel was restarted during this run.")
        if run.status == Run.Status.CANCELLING:
            append(run, [*_open_parts(run, "cancelled"), RunCancelled()])
        else:
            append(run, [*_open_parts(run, "failed"), failure])
        ended += 1
    return ended


def _open_parts(run: Run, status: Any) -> list[RunEvent]:
    """The events that close what is open, read from the stored events."""
    progress = Progress()
    for batch in run.event_batches.order_by("first"):
        for stored in batch.events:
            progress.apply(from_json(stored).event)
    return [_as_stored(event) for event in progress.close(status)]


def _as_stored(event: RunEvent) -> RunEvent:
    """What became of a picture whose run ended: its own row knows."""
    if not isinstance(event, ImageCallEnded):
        return event
    generation = (
        Generation.objects.filter(public_id=event.generation_id)
        .prefetch_related("pictures__file")
        .first()
    )
    if generation is None or not generation.is_finished:
        return event
    return ImageCallEnded(
        event.step_id,
        event.index,
        event.generation_id,
        generation.status,  # type: ignore[arg-type]
        event.output,
        [picture.file.public_id for picture in generation.pictures.all()],
        error=generation.error_text,
    )


def content_so_far(message: Message) -> list[dict[str, Any]]:
    """A message's parts, read from its run's events while it is being written."""
    if message.status != Message.Status.IN_PROGRESS or message.run is None:
        return list(message.content)
    progress = Progress()
    for batch in message.run.event_batches.order_by("first"):
        for stored in batch.events:
            event = from_json(stored).event
            progress.apply(event)
            if isinstance(event, MessageEnded):
                progress.content = []
    return progress.content
