"""Database work from coroutines, one thread hop for each phase."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async

_P = ParamSpec("_P")
_R = TypeVar("_R")


async def in_database(
    work: Callable[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs
) -> _R:
    """Do synchronous work that reads or writes rows, away from the event loop."""
    return await database_sync_to_async(work)(*args, **kwargs)
