"""Starts and stops runs in this process: each in a task that outlives its request."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Sequence
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from channels.db import database_sync_to_async

from assistants_app.models import Run
from assistants_app.services import endings, hub, runs, stored
from assistants_app.services.execute import Execution

# A task must be held by somebody to stay alive.
_working: dict[str, tuple[Execution, asyncio.Task[None]]] = {}


async def start_run(**arguments: Any) -> Run:
    """`runs.create_run`, then work on it."""
    run = await database_sync_to_async(runs.create_run)(**arguments)
    launch(run)
    return run


async def submit_outputs(run: Run, outputs: Sequence[tuple[str, str]]) -> Run:
    """`runs.submit_outputs`, then go on with the run."""
    run = await database_sync_to_async(runs.submit_outputs)(run, outputs)
    launch(run)
    return run


async def cancel_run(run: Run) -> Run:
    """Ask a run to stop; one that nobody works on ends at once.

    RunStateError when it has ended already.
    """
    if run.public_id in _working:
        await _working[run.public_id][0].cancel()
    else:
        run = await database_sync_to_async(endings.end_idle_run)(run)
        hub.ring(run.thread.public_id)
    await run.arefresh_from_db(fields=stored.REFRESHED)
    return run


def launch(run: Run) -> None:
    """Work on a queued run from now on (needs the running loop)."""
    execution = Execution(run.public_id, run.last_sequence)
    work = _work(execution, run.thread.public_id, run.thread.organization.public_id)
    # A context of its own: one that is inherited from a request keeps that request's
    # thread and database connection open for as long as the run lives.
    task = asyncio.create_task(work, context=contextvars.Context())
    _working[run.public_id] = (execution, task)
    task.add_done_callback(lambda _: _working.pop(run.public_id, None))


async def _work(execution: Execution, thread_id: str, organization_id: str) -> None:
    hub.ring(thread_id)
    hub.ring(organization_id)
    async with ThreadSensitiveContext():
        await execution.run()
    hub.ring(thread_id)
    hub.ring(organization_id)


async def finish_all() -> None:
    """Wait for every run in work; for tests and for shutting down."""
    while _working:
        await asyncio.gather(*(task for _, task in _working.values()))
