"""One way to read a run: stored events first, then live ones, no gap, no repeat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from assistants_app.engine.events import ENDINGS, Numbered, from_json
from assistants_app.models import Run, RunEvents
from assistants_app.services import hub
from playground.lib.database import in_database

# How often the store is asked about a run that another process works on.
POLL_SECONDS = 0.25


async def follow(run_id: str, *, after: int = 0) -> AsyncIterator[list[Numbered]]:
    """Yield the run's events behind number `after`, in batches, as they come.

    Ends when the run has ended or waits for tool outputs. A reader may leave and come
    back with the last number that it saw.
    """
    while True:
        live = hub.live_runs.get(run_id)
        if live is not None and live.first <= after + 1:
            async for batch in _follow_live(live, after):
                after = batch[-1].sequence
                yield batch
            # None are there in a segment that was stopped before it began.
            if live.events and isinstance(live.events[-1].event, ENDINGS):
                return
            continue
        stored, still = await in_database(_read, run_id, after)
        if stored:
            after = stored[-1].sequence
            yield stored
        if still:
            return
        if not stored and run_id not in hub.live_runs:
            await asyncio.sleep(POLL_SECONDS)


async def _follow_live(live: hub.LiveRun, after: int) -> AsyncIterator[list[Numbered]]:
    while True:
        events = live.after(after)
        if events:
            after = events[-1].sequence
            yield events
        elif live.ended:
            return
        else:
            await live.changed(after)


def _read(run_id: str, after: int) -> tuple[list[Numbered], bool]:
    """Stored events behind a number, and whether no more will come by themselves.

    The status is read first: events that are stored between the two reads are seen by
    the second.
    """
    run = Run.objects.only("status", "last_sequence").get(public_id=run_id)
    batches = RunEvents.objects.filter(run=run, last__gt=after).order_by("first")
    events = [
        from_json(stored)
        for batch in batches
        for stored in batch.events
        if stored["sequence"] > after
    ]
    known = events[-1].sequence if events else after
    return events, (run.is_finished or run.waits) and known >= run.last_sequence
