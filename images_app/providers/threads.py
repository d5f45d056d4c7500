"""Threads for calls that block while they wait for the network.

They are apart from asyncio's own few threads, which also look up host names: slow
pictures must not stop every other connection from being opened.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

MAX_CALLS = 32

P = ParamSpec("P")
T = TypeVar("T")

_pool = ThreadPoolExecutor(MAX_CALLS, thread_name_prefix="image-provider")


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What the blocking function returns; cancelling does not stop it."""
    call = partial(function, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_pool, call)
