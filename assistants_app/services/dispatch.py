"""Starts and stops runs in this process: each in a task that outlives its request."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import ThreadSensitiveContext

from assistants_app.models import Run, Thread
from assistants_app.services import (
    conversations,
    endings,
    hub,
    runs,
    stored,
    threads,
)
from assistants_app.services.execute import Execution
from playground.api import request_ids
from playground.lib.clock import now
from playground.lib.database import in_database

_P = ParamSpec("_P")
_Result = TypeVar("_Result")

# A task must be held by somebody to stay alive.
_held: set[asyncio.Task[Any]] = set()


@dataclass(frozen=True)
class Working:
    """A segment in work, and the task that does it."""

    execution: Execution
    task: asyncio.Task[None]


_working: dict[str, Working] = {}
# Runs that are being ended in the store: nobody may begin to work on them.
_ending: set[str] = set()


async def start(make: Callable[_P, Run], /, *args: _P.args, **kwargs: _P.kwargs) -> Run:
    """Write a queued run and work on it, also when whoever asks leaves meanwhile."""

    async def begin() -> Run:
        run = await in_database(make, *args, **kwargs)
        launch(run)
        return run

    return await asyncio.shield(_hold(begin()))


async def submit_outputs(run: Run, outputs: Sequence[tuple[str, str]]) -> Run:
    """`runs.submit_outputs`, then go on with the run."""
    return await start(runs.submit_outputs, run, outputs)


async def cancel_run(run: Run) -> Run:
    """Ask a run to stop; one that nobody works on ends at once.

    RunStateError when it has ended already. A caller that leaves stops it all the same.
    """
    return await asyncio.shield(_hold(_cancel(run)))


async def _cancel(run: Run) -> Run:
    if not await _stop_work(run.public_id):
        # Nothing was awaited since that look, so nobody has begun to work on it.
        _ending.add(run.public_id)
        try:
            ended = await in_database(endings.end_idle_run, run)
        finally:
            _ending.discard(run.public_id)
        hub.ring(ended.thread.public_id)
        hub.ring(ended.thread.organization.public_id)
    await run.arefresh_from_db(fields=stored.REFRESHED)
    return run


async def _stop_work(run_id: str) -> bool:
    """Stop the segment in work; False when nobody works on the run.

    While one segment is waited for, the next one may begin.
    """
    execution = None
    while (working := _working.get(run_id)) and working.execution is not execution:
        execution = working.execution
        if await execution.cancel():
            return True
    return False


async def delete_thread(thread: Thread) -> None:
    """Delete a thread with all its rows; runs that are not finished are stopped."""
    await _delete(thread, threads.delete_thread)


async def delete_conversation(thread: Thread) -> None:
    """The same, but responses that were made in it can still be read."""
    await _delete(thread, conversations.delete_conversation)


async def _delete(thread: Thread, delete: Callable[[Thread], None]) -> None:
    async for run in thread.runs.filter(status__in=Run.UNFINISHED):
        working = _working.get(run.public_id)
        if working is not None:
            await working.execution.cancel()
            await asyncio.wait({working.task})  # until nothing is written any more
    subjects = (thread.public_id, thread.organization.public_id)
    await in_database(delete, thread)
    for subject in subjects:
        hub.ring(subject)


def launch(run: Run) -> None:
    """Work on a queued run from now on (needs the running loop)."""
    if run.public_id in _ending:
        return
    execution = Execution(run)
    work = _work(execution, run.thread.public_id, run.thread.organization.public_id)
    # A context of its own: one that is inherited from a request keeps that request's
    # thread and database connection open for as long as the run lives. Only its id goes
    # with the run, for the log.
    context = contextvars.Context()
    context.run(request_ids.go_on_as, request_ids.current())
    task = asyncio.create_task(work, context=context)
    _working[run.public_id] = Working(execution, task)
    task.add_done_callback(lambda _: _forget(run.public_id, task))


def _forget(run_id: str, task: asyncio.Task[None]) -> None:
    """The next segment may have begun before this one's task was quite over."""
    if run_id in _working and _working[run_id].task is task:
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
        _hold(watch)


def _hold(work: Coroutine[Any, Any, _Result]) -> asyncio.Task[_Result]:
    """Do it in a task that outlives its caller."""
    task = asyncio.create_task(work)
    _held.add(task)
    task.add_done_callback(_held.discard)
    return task


def _seconds_to_wait(run_id: str) -> float | None:
    """How long a paused run may still wait for its outputs; None if it does not."""
    run = Run.objects.filter(public_id=run_id).first()
    if run is None or not run.waits or run.expires_at is None:
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
