"""Database work from coroutines, one thread hop for each phase.

A few threads do all of it and keep their SQLite connections: a thread and a connection
for each run or request cost more than the queries themselves.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from asgiref.sync import AsyncToSync
from django.db import connections

_P = ParamSpec("_P")
_R = TypeVar("_R")

# More would only wait for each other: SQLite has one writer, Python one interpreter. Two,
# so that a slow one (a picture that is read) holds up no more than itself.
THREADS = 2

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="database")


async def in_database(
    work: Callable[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs
) -> _R:
    """Do synchronous work that reads or writes rows, away from the event loop.

    Being cancelled is held back until the work is done: nobody goes on beside rows that
    are still being written.
    """
    loop = asyncio.get_running_loop()
    executor: Executor = _threads
    if loop in AsyncToSync.loop_thread_executors:
        # A synchronous caller waits for this loop: its transaction is its thread's.
        # Of nested callers in that thread only the innermost one takes work.
        innermost = getattr(AsyncToSync.executors, "current", None)
        executor = innermost or AsyncToSync.loop_thread_executors[loop]
    context = contextvars.copy_context()
    call = partial(context.run, _call, partial(work, *args, **kwargs))
    done = loop.run_in_executor(executor, call)
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        await asyncio.wait({done})
        raise


def _call(work: Callable[[], _R]) -> _R:
    try:
        return work()
    finally:
        _tidy()


def _tidy() -> None:
    """Keep what the next caller can use; close what is broken or too old."""
    for connection in connections.all(initialized_only=True):
        if connection.vendor == "sqlite" and not connection.errors_occurred:
            continue  # a file needs no time limit
        connection.close_if_unusable_or_obsolete()
