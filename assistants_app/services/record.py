"""Persists what a run's events mean, before any reader sees that a thing is over."""

from __future__ import annotations

import asyncio
import time

from channels.db import database_sync_to_async

from assistants_app.engine.events import (
    ENDINGS,
    ArgumentsAdded,
    Numbered,
    RunEvent,
    TextAdded,
)
from assistants_app.services import hub, rows

# Text is written at most this often; everything else at once.
FLUSH_SECONDS = 0.05
STREAMED = (TextAdded, ArgumentsAdded)


class Recorder:
    """Numbers events, stores them in batches and shows them to readers.

    Streamed text is shown at once and stored a little later, off its path. Any other
    event is stored first: who sees that something ended can read it from the store.
    """

    def __init__(self, run_id: str, last_sequence: int) -> None:
        self.run_id = run_id
        self.live = hub.open_run(run_id, last_sequence)
        self._sequence = last_sequence
        self._unsaved: list[Numbered] = []
        self._flush_task: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()

    async def add(self, event: RunEvent) -> None:
        """Number, store and show one event.

        Being cancelled in the middle is held back until it is stored and shown, so
        that readers never miss a number.
        """
        self._sequence += 1
        numbered = Numbered(self._sequence, time.time_ns() // 1_000_000, event)
        self._unsaved.append(numbered)
        if isinstance(event, STREAMED):
            self.live.publish([numbered])
            self._flush_later()
            return
        work = asyncio.ensure_future(self._store_and_show(numbered))
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            await work
            raise

    async def _store_and_show(self, numbered: Numbered) -> None:
        await self.flush()
        self.live.publish([numbered])
        if isinstance(numbered.event, ENDINGS):
            self.close()

    def _flush_later(self) -> None:
        if self._flush_task is None or self._flush_task.done():
            self._flush_task = asyncio.create_task(self._flush_soon())

    async def _flush_soon(self) -> None:
        await asyncio.sleep(FLUSH_SECONDS)
        await self.flush()

    async def flush(self) -> None:
        """Store what is not stored yet, in order, in one transaction."""
        async with self._writing:
            batch, self._unsaved = self._unsaved, []
            if not batch:
                return
            try:
                await database_sync_to_async(rows.store)(self.run_id, batch)
            except Exception:
                self._unsaved = [*batch, *self._unsaved]  # the next flush tries again
                raise

    def close(self) -> None:
        """No more events come from here."""
        if self._flush_task is not None:
            self._flush_task.cancel()
        hub.close_run(self.live)
