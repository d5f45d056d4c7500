"""A stream of bytes that one reader passes on as it comes, and others get at its end."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncGenerator, Coroutine
from typing import Any

from playground.lib.errors import ProviderError

Source = AsyncGenerator[bytes, None]
Piece = bytes | None  # None is the end

# What is read although its reader has left: a task must be held to stay alive.
_held: set[asyncio.Task[None]] = set()


class SharedStream:
    """Reads `source` once and keeps what came, if it is at most `limit` bytes.

    Needs a running loop. `end` is set when nothing more will come.
    """

    def __init__(self, source: Source, limit: int) -> None:
        self.end: asyncio.Future[ProviderError | None]
        self.end = asyncio.get_running_loop().create_future()
        self.size = 0
        self._source = source
        self._limit = limit
        self._pieces: list[bytes] = []
        self._is_whole = True
        self._waiting = 0

    @property
    def is_kept(self) -> bool:
        """Whether all that came, or comes, can be given again."""
        return self._is_whole

    async def read(self) -> AsyncGenerator[bytes, None]:
        """The pieces as they come; ProviderError as the source says.

        A reader that leaves closes the source, unless it got nothing yet or others
        wait: then the rest is read for those who ask again.
        """
        is_new = True
        pending: asyncio.Task[Piece] | None = None
        try:
            while True:
                if is_new or self._waiting:
                    pending = asyncio.create_task(self._next())
                    piece = await asyncio.shield(pending)
                else:
                    piece = await self._next()
                pending = None
                if piece is None:
                    break
                self._add(piece)
                yield piece
                is_new = False
        except ProviderError as exc:
            self._finish(exc)
            raise
        except BaseException as exc:
            has_left = isinstance(exc, asyncio.CancelledError | GeneratorExit)
            if has_left and (is_new or self._waiting):
                _hold(self._read_on(pending))
            else:
                await self._give_up(pending)
            raise
        self._finish(None)

    async def wait(self) -> tuple[bytes, ProviderError | None] | None:
        """All of it and the error that ended it; None where that is not kept."""
        if not self.is_kept:
            return None
        self._waiting += 1
        try:
            error = await asyncio.shield(self.end)
        finally:
            self._waiting -= 1
        return (b"".join(self._pieces), error) if self.is_kept else None

    async def _next(self) -> Piece:
        return await anext(self._source, None)

    async def _read_on(self, pending: asyncio.Task[Piece] | None) -> None:
        try:
            piece = await (pending or self._next())
            while piece is not None:
                self._add(piece)
                piece = await self._next()
        except ProviderError as exc:
            self._finish(exc)
        except BaseException:
            await self._give_up()
            raise
        else:
            self._finish(None)

    async def _give_up(self, pending: asyncio.Task[Piece] | None = None) -> None:
        self._drop()
        try:
            if pending is not None:  # a source that is being read cannot be closed
                pending.cancel()
                await asyncio.wait({pending})
            await self._source.aclose()
        finally:
            self._finish(None)

    def _add(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size > self._limit:
            self._drop()
        if self.is_kept:
            self._pieces.append(piece)

    def _drop(self) -> None:
        self._is_whole = False
        self._pieces = []

    def _finish(self, error: ProviderError | None) -> None:
        if not self.end.done():
            self.end.set_result(error)


def _hold(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(work, context=contextvars.Context())
    _held.add(task)
    task.add_done_callback(_held.discard)
