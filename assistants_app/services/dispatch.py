"""Starts and stops runs in this process: each in a task that outlives its request."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Sequence

from asgiref.sync import ThreadSensitiveContext

from assistants_app.engine.events import Numbered
from assistants_app.models import Run, Thread
from assistants_app.services import endings, hub, runs, stored, threads
from assistants_app.services.execute import Execution
from playground.lib.clock import now
from playground.lib.database import in_database

# A task must be held by somebody to stay alive.
_watches: set[asyncio.Task[None]] = set()
_working: dict[str, tuple[Execution, asyncio.Task[None]]] = {}


async def submit_outputs(run: Run, outputs: Sequence[tuple[str, str]]) -> Run:
    """`runs.submit_outputs`, then go on with the run."""
    run = await in_database(runs.submit_outputs, run, outputs)
    launch(run)
    return run


async def cancel_run(run: Run) -> Run:
    """Ask a run to stop; one that nobody works on ends at once.

    RunStateError when it has ended already.
    """
    if run.public_id in _working:
        await _working[run.public_id][0].cancel()
        await run.arefresh_from_db(fields=stored.REFRESHED)
        if run.status in {Run.Status.CANCELLING, Run.Status.CANCELLED}:
            return run
        # Its segment was over already: it has ended, or waits for tool outputs.
    run = await in_database(endings.end_idle_run, run)
    hub.ring(run.thread.public_id)
    await run.arefresh_from_db(fields=stored.REFRESHED)
    return run


async def delete_thread(thread: Thread) -> None:
    """Delete a thread with all its rows; runs that are not finished are stopped."""
    async for run in thread.runs.filter(status__in=Run.UNFINISHED):
        await _stop(run)
    subjects = (thread.public_id, thread.organization.public_id)
    await in_database(threads.delete_thread, thread)
    for subject in subjects:
        hub.ring(subject)


async def _stop(run: Run) -> None:
    """Cancel a run and wait until nothing is written for it any more."""
    working = _working.get(run.public_id)
    if working is not None:
        execution, task = working
        await execution.cancel()
        await asyncio.wait({task})


def launch(run: Run) -> None:
    """Work on a queued run from now on (needs the running loop)."""
    execution = Execution(run.public_id, run.last_sequence, _earlier(run))
    work = _work(execution, run.thread.public_id, run.thread.organization.public_id)
    # A context of its own: one that is inherited from a request keeps that request's
    # thread and database connection open for as long as the run lives.
    task = asyncio.create_task(work, context=contextvars.Context())
    _working[run.public_id] = (execution, task)
    task.add_done_callback(lambda _: _forget(run.public_id, task))


def _earlier(run: Run) -> list[Numbered]:
    """All that a new run has stored, so that its first readers need not ask for it."""
    if run.last_sequence != 1:
        return []
    return [stored.first_event(run)]


def _forget(run_id: str, task: asyncio.Task[None]) -> None:
    """The next segment may have begun before this one's task was quite over."""
    if run_id in _working and _working[run_id][1] is task:
        del _working[run_id]


async def _work(execution: Execution, thread_id: str, organization_id: str) -> None:
    hub.ring(thread_id)
    hub.ring(organization_id)
    async with ThreadSensitiveContext():
        await execution.run()
    hub.ring(thread_id)
    hub.ring(organization_id)
    if not execution.has_paused:
        return
    waiting = await in_database(_seconds_to_wait, execution.run_id)
    if waiting is not None:
        watch = _expire(execution.run_id, waiting, (thread_id, organization_id))
        task = asyncio.create_task(watch)
        _watches.add(task)
        task.add_done_callback(_watches.discard)


def _seconds_to_wait(run_id: str) -> float | None:
    """How long a paused run may still wait for its outputs; None if it does not."""
    run = Run.objects.get(public_id=run_id)
    if not run.waits or run.expires_at is None:
        return None
    # A little more, so that the clock is surely past it.
    return max(0.0, (run.expires_at - now()).total_seconds()) + 0.1


async def _expire(run_id: str, seconds: float, subjects: tuple[str, ...]) -> None:
    """End a run whose outputs never came, so that open pages see it.

    After a restart nobody watches; then the next look at the thread ends it.
    """
    await asyncio.sleep(seconds)
    expired = await in_database(_expire_row, run_id)
    if expired:
        for subject in subjects:
            hub.ring(subject)


def _expire_row(run_id: str) -> bool:
    run = Run.objects.filter(public_id=run_id).first()
    return run is not None and endings.expire_if_overdue(run)
