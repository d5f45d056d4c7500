"""How runs end that nobody works on: stopped, expired, left behind by a dead process."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from assistants_app.engine.events import (
    ImageCallEnded,
    RunCancelled,
    RunCancelling,
    RunEvent,
    RunExpired,
    RunFailed,
    from_json,
)
from assistants_app.engine.progress import Progress
from assistants_app.models import Run, Thread
from assistants_app.services.stored import (
    REFRESHED,
    RunStateError,
    append,
    locked,
    unfinished_run,
)
from images_app.models import Generation
from playground.lib.clock import now


@transaction.atomic
def end_idle_run(run: Run) -> Run:
    """Cancel a run that nobody works on; RunStateError when it has ended already.

    It waits for outputs, or for its launch (which refuses it from now on), or was left
    behind.
    """
    run = locked(run)
    if run.is_finished:
        raise RunStateError(f"Cannot cancel run with status '{run.status}'.")
    closing = _open_parts(run, "cancelled")
    append(run, [RunCancelling(), *closing, RunCancelled()])
    return run


def expire_overdue(thread: Thread) -> None:
    """End this thread's run if it has waited for outputs too long."""
    busy_run(thread)


def busy_run(thread: Thread) -> Run | None:
    """The unfinished run of this thread; one that has waited too long is ended first."""
    run = unfinished_run(thread)
    if run is None or expire_if_overdue(run):
        return None
    return run


def expire_if_overdue(run: Run) -> bool:
    """Expire a run that has waited for outputs past its time; True when it did.

    `run` is brought up to date, should somebody have been faster.
    """
    return _is_overdue(run) and _expire(run)


def _is_overdue(run: Run) -> bool:
    return run.waits and run.expires_at is not None and run.expires_at <= now()


@transaction.atomic
def _expire(run: Run) -> bool:
    if not _is_overdue(locked(run)):
        run.refresh_from_db(fields=REFRESHED)
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
