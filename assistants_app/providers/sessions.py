"""One pool of sockets for each event loop, shared by all connections and requests.

A socket of the pool serves the same scheme, host and port only, and the key goes along
with each request: sharing the pool between connections shares nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import aiohttp

_Holder = AsyncGenerator[aiohttp.ClientSession, None]

_held: dict[asyncio.AbstractEventLoop, tuple[aiohttp.ClientSession, _Holder]] = {}


async def shared_session() -> aiohttp.ClientSession:
    """The session of the running loop; it ends with that loop."""
    loop = asyncio.get_running_loop()
    if loop not in _held:
        holder = _hold(loop)
        _held[loop] = await anext(holder), holder
    return _held[loop][0]


async def _hold(loop: asyncio.AbstractEventLoop) -> _Holder:
    """Opens a session, and closes it when the loop ends: it closes its generators."""
    session = aiohttp.ClientSession(
        # Each request brings its own.
        timeout=aiohttp.ClientTimeout(total=None),
        # How many runs go on at once is not for a socket pool to decide.
        connector=aiohttp.TCPConnector(limit=0),
        cookie_jar=aiohttp.DummyCookieJar(),
    )
    try:
        yield session
    finally:
        del _held[loop]
        await session.close()
