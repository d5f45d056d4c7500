"""Runs as they are stored: their state, and events of those that nobody works on."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from assistants_app.engine.events import (
    MessageEnded,
    Numbered,
    RunEvent,
    RunQueued,
    from_json,
    to_json,
)
from assistants_app.engine.progress import Progress
from assistants_app.models import Message, Run, RunEvents, Thread
from assistants_app.services import rows
from playground.lib import written_rows
from playground.lib.written_query import WrittenQuery

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


class RunStateError(Exception):
    """The run's status does not allow this; the text is the published API's."""


# At most one: a constraint sees to it.
_unfinished = WrittenQuery(
    lambda: (
        Run.objects.filter(thread_id=0)
        .filter(status__in=Run.UNFINISHED)
        .filter(locks_thread=True)
        .order_by()
    )
)


def unfinished_run(thread: Thread) -> Run | None:
    """The run that keeps this thread busy, if there is one."""
    return next(iter(_unfinished.rows(thread.pk, *Run.UNFINISHED)), None)


def is_at_end(run: Run) -> bool:
    """Whether nothing was said since this run on the path that is shown."""
    head_id = Thread.objects.values_list("head_id", flat=True).get(pk=run.thread_id)
    answered = run.messages.filter(pk=head_id).exists()
    return answered or head_id == run.input_message_id


def locked(run: Run) -> Run:
    """The run as it is now, with what readers need of its thread."""
    rows_of_run = Run.objects.select_for_update(of=("self",))
    return rows_of_run.select_related("thread__organization").get(pk=run.pk)


def first_event(run: Run) -> Numbered:
    """What every new run has said: that it is queued."""
    return Numbered(1, int(run.created_at.timestamp() * 1000), RunQueued())


def add_first_event(run: Run) -> None:
    """Store it; the run, just created, has 1 as its last sequence number."""
    event = to_json(first_event(run))
    written_rows.insert(RunEvents(run=run, first=1, last=1, events=[event]))


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


def content_so_far(
    message: Message, *, until: int | None = None
) -> list[dict[str, Any]]:
    """A message's parts, read from its run's events while it is being written.

    `until` is the last event that counts: a reader that goes on behind it must not
    have seen later words already.
    """
    if message.status != Message.Status.IN_PROGRESS or message.run is None:
        return list(message.content)
    progress = Progress()
    for batch in message.run.event_batches.order_by("first"):
        for stored in batch.events:
            if until is not None and stored["sequence"] > until:
                return progress.content
            event = from_json(stored).event
            progress.apply(event)
            if isinstance(event, MessageEnded):
                progress.content = []
    return progress.content
