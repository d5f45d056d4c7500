"""Reads an answer's body and never waits for ever.

aiohttp sets a timer anew for each piece, and stops it, and wakes nobody, when the
framing of a body breaks while it is read (seen in 3.14.5). A timeout around each read
would cost as much as parsing what was read, so one timer looks from time to time.
"""

from __future__ import annotations

import asyncio

import aiohttp


class WatchedBody:
    """The pieces of one body; `close` must be called.

    A read raises a TimeoutError after `seconds` of silence.
    """

    def __init__(self, response: aiohttp.ClientResponse, seconds: float) -> None:
        self._content = response.content
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._waiting_since: float | None = None
        self._timer = self._loop.call_later(seconds, self._look)

    async def read(self) -> bytes:
        """What has arrived, or the next piece; b"" at the end."""
        self._waiting_since = self._loop.time()
        block = await self._content.readany()
        self._waiting_since = None
        return block

    async def read_up_to(self, limit: int) -> bytes:
        """The body, or its first `limit` bytes (and what came with them)."""
        blocks: list[bytes] = []
        size = 0
        while size < limit and (block := await self.read()):
            blocks.append(block)
            size += len(block)
        return b"".join(blocks)

    def close(self) -> None:
        """Stop the timer."""
        self._timer.cancel()

    def _look(self) -> None:
        # A reader that is busy elsewhere is no silence of the server.
        since = self._waiting_since
        now = self._loop.time()
        left = self._seconds if since is None else since + self._seconds - now
        if left > 0:
            self._timer = self._loop.call_later(left, self._look)
        else:
            silence = f"Nothing came for {self._seconds} s."
            self._content.set_exception(aiohttp.SocketTimeoutError(silence))
