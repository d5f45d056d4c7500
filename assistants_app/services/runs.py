"""Runs: created, answered by tool outputs, ended. The synchronous half."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from assistants_app.engine.events import (
    MessageEnded,
    OutputGiven,
    RunEvent,
    RunQueued,
    ToolStepEnded,
    TurnFinished,
    from_json,
)
from assistants_app.models import Assistant, Message, Run, RunStep, Thread
from assistants_app.services.endings import expire_if_overdue, expire_overdue
from assistants_app.services.stored import (
    RunStateError,
    add_first_event,
    append,
    is_at_end,
    locked,
    unfinished_run,
)
from playground.lib import written_rows
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


class RunInProgressError(Exception):
    """The thread has a run that is not finished; it may have one at a time."""

    def __init__(self, thread: Thread, run: Run | None) -> None:
        self.thread = thread
        self.run = run
        name = f" {run.public_id}" if run else ""
        super().__init__(f"Thread {thread.public_id} already has an active run{name}.")


class ToolOutputsError(Exception):
    """The outputs don't fit the calls that wait; the text names both."""


@dataclass(frozen=True)
class RunOptions:
    """What a request may say about a run; None means "as the assistant says"."""

    model: str | None = None
    # What `model` leads to as far as is known now: clients are told it until the run
    # has begun, where neither they nor the assistant name one.
    sent_model: str = ""
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
    asked: Mapping[str, Any] = field(default_factory=dict)
    previous_run: Run | None = None
    locks_thread: bool = True
    pauses: bool = True
    is_stored: bool = True
    is_background: bool = False


def create_run(
    *,
    thread: Thread,
    assistant: Assistant | None,
    options: RunOptions | None = None,
    user: User | None = None,
    api_key: ApiKey | None = None,
    input_message: Message | None = None,
) -> Run:
    """A queued run that answers `input_message`, or else the thread's last message.

    It copies everything it needs. Without an assistant the options say it all.
    RunInProgressError when another run is unfinished.
    """
    options = options or RunOptions()
    expire_overdue(thread)
    run = Run(
        thread=thread,
        assistant=assistant,
        input_message_id=input_message.pk if input_message else thread.head_id,
        last_sequence=1,
        created_by=user,
        api_key=api_key,
        **_copied(assistant or Assistant(), options),
        **_own(options),
    )
    try:
        with transaction.atomic():
            written_rows.insert(run)
            add_first_event(run)
    except IntegrityError as exc:
        raise RunInProgressError(thread, unfinished_run(thread)) from exc
    return run


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


def _own(options: RunOptions) -> dict[str, Any]:
    """What only a request can say."""
    return {
        "sent_model": options.sent_model,
        "asked": dict(options.asked),
        "previous_run": options.previous_run,
        "locks_thread": options.locks_thread,
        "pauses": options.pauses,
        "is_stored": options.is_stored,
        "is_background": options.is_background,
    }


def _first(said: Any, default: Any) -> Any:
    return default if said is None else said


def submit_outputs(run: Run, outputs: Sequence[tuple[str, str]]) -> Run:
    """Answer all waiting calls with (call id, output) pairs; the run is queued again.

    RunStateError when it does not wait, ToolOutputsError when the ids don't fit.
    """
    # In a transaction of its own: the refusal must not undo it.
    expire_if_overdue(Run.objects.get(pk=run.pk))
    return _submit(run, outputs)


@transaction.atomic
def _submit(run: Run, outputs: Sequence[tuple[str, str]]) -> Run:
    run = locked(run)
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
    ended = ToolStepEnded(step.public_id, usage=_usage_of_pause(run))
    append(run, [*events, ended, RunQueued()])
    return run


@transaction.atomic
def retry_run(run: Run, *, user: User | None = None) -> Run:
    """A new run with the same settings for the same message; the old one stays.

    The shown path goes back to that message, so that the answer takes its place. Only
    the last run of a thread can be tried again (RunStateError): what was said since
    would leave the path.
    """
    # With its organization: whoever launches the new run cannot read rows.
    threads = Thread.objects.select_for_update(of=("self",))
    thread = threads.select_related("organization").get(pk=run.thread_id)
    busy = unfinished_run(thread)
    if busy is not None:
        raise RunInProgressError(thread, busy)
    if not is_at_end(run):
        raise RunStateError("The thread has gone on since this run.")
    thread.head = run.input_message
    thread.save(update_fields=["head"])
    copied = {name: getattr(run, name) for name in COPIED}
    again = Run.objects.create(
        thread=thread,
        created_by=user or run.created_by,
        api_key=run.api_key,
        last_sequence=1,
        **copied,
    )
    add_first_event(again)
    return again


def _usage_of_pause(run: Run) -> dict[str, int] | None:
    """Tokens of the turn that made the waiting calls, unless a step before them in the
    same turn has been given them."""
    for batch in run.event_batches.order_by("-first"):
        for stored in reversed(batch.events):
            event = from_json(stored).event
            if isinstance(event, ToolStepEnded | MessageEnded) and event.usage:
                return None
            if isinstance(event, TurnFinished):
                return event.usage
    return None


def waiting_step(run: Run) -> RunStep:
    """The open step whose function calls wait for outputs."""
    return run.steps.get(
        type=RunStep.Type.TOOL_CALLS, status=RunStep.Status.IN_PROGRESS
    )
