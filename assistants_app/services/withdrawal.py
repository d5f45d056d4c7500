"""Takes back what a request wrote whose run was refused before it said anything."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from assistants_app.models import Message, Run, Thread

# Where a run keeps, among what was asked, how its thread was before the request.
BEFORE = "before"
_FIELDS = ("head_id", "title", "assistant_id")


def state_of(thread: Thread | None, end: Message | None = None) -> dict[str, Any]:
    """How a thread is before a request writes into it, for `RunOptions.asked`.

    None is a thread that the request makes. `end` is the message that the request goes
    on from; None for a first message.
    """
    if thread is None:
        return {BEFORE: None}
    state = {name: getattr(thread, name) for name in _FIELDS}
    return {BEFORE: {**state, "end": end.pk if end else None}}


def makes_its_thread(run: Run) -> bool:
    """Whether the request that the run answers has made its thread, too."""
    return BEFORE in run.asked and run.asked[BEFORE] is None


@transaction.atomic
def withdraw_run(run_id: str) -> tuple[str, ...]:
    """Remove a run without steps and what came with it, a thread of its own included.

    Returns whose readers have to be told: the thread and the organization, or nobody
    when nothing was removed. Pictures that it brought stay among the files.
    """
    rows = Run.objects.select_for_update(of=("self",))
    run = rows.select_related("thread__organization").filter(public_id=run_id).first()
    if run is None or BEFORE not in run.asked or run.steps.exists():
        return ()
    subjects = run.thread.public_id, run.thread.organization.public_id
    if run.asked[BEFORE] is None:
        run.thread.delete()
    else:
        _restore(run, **run.asked[BEFORE])
    return subjects


def _restore(run: Run, end: int | None, **fields: Any) -> None:
    """The thread as it was, unless somebody has gone on in it meanwhile."""
    brought = _brought(run, end)
    shown = {run.input_message_id, *(message.pk for message in brought)}
    Thread.objects.filter(pk=run.thread_id, head_id__in=shown).update(**fields)
    run.delete()
    for message in brought:
        message.answers.update(parent=end)
        Run.objects.filter(input_message=message).update(input_message=end)
        message.delete()


def _brought(run: Run, end: int | None) -> list[Message]:
    """The messages behind `end` on the run's path, the last first."""
    found: list[Message] = []
    message = run.input_message
    while message is not None and message.pk != end:
        found.append(message)
        message = message.parent
    is_whole = message is not None or end is None
    return found if is_whole else []
