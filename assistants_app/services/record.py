"""Persists what a run's events mean, before any reader sees that a thing is over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from assistants_app.engine.events import (
    ENDINGS,
    ArgumentsAdded,
    Numbered,
    RunCancelling,
    RunEvent,
    RunStarted,
    TextAdded,
)
from assistants_app.services import hub
from assistants_app.services.rows import RunRows
from playground.lib.database import in_database

# Text is written at most this often, off its path.
FLUSH_SECONDS = 0.1
# Shown at once and stored with what follows.
STREAMED = (TextAdded, ArgumentsAdded, RunStarted)
# Whoever adds one of these goes on only when readers can see it.
AWAITED = (*ENDINGS, RunCancelling)


class Recorder:
    """Numbers events, stores them in batches and shows them to readers in order.

    Streamed text, and that work has begun, is shown at once, unless something before it
    is not shown yet, and stored a little later. Any other event is stored first: who sees that something
    began or ended can read it from the store. What comes while a batch is written makes
    the next one, so a fast run takes few transactions.
    """

    def __init__(
        self, run_id: str, last_sequence: int, earlier: Sequence[Numbered] = ()
    ) -> None:
        self.run_id = run_id
        self.rows = RunRows(run_id)
        self.live = hub.open_run(run_id, last_sequence, earlier)
        self._sequence = last_sequence
        self._unsaved: list[Numbered] = []
        self._unshown: list[Numbered] = []
        self._later: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None
        self._failure: Exception | None = None

    async def add(self, event: RunEvent) -> None:
        """Number one event; it is stored and shown by itself.

        For an ending, returns when readers can see it. Being cancelled meanwhile is held
        back until then. An earlier event that could not be stored raises here.
        """
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
        self._sequence += 1
        numbered = Numbered(self._sequence, time.time_ns() // 1_000_000, event)
        self._unsaved.append(numbered)
        if isinstance(event, STREAMED):
            self._show_at_once(numbered)
            return
        self._unshown.append(numbered)
        self._write_now()
        if isinstance(event, AWAITED):
            await self._shown()
            if isinstance(event, ENDINGS):
                self.close()

    def _show_at_once(self, numbered: Numbered) -> None:
        if self._unshown:
            self._unshown.append(numbered)
            return
        self.live.publish([numbered])
        self._write_later(FLUSH_SECONDS)

    async def flush(self) -> None:
        """Store and show what is there; raises if it cannot be."""
        if self._unsaved:
            self._write_now()
        await self._shown()

    async def _shown(self) -> None:
        """Wait until everything so far is stored and shown; raises if it cannot be."""
        cancelled = None
        while self._writing is not None:
            try:
                await asyncio.shield(self._writing)
            except asyncio.CancelledError as exc:
                cancelled = exc
        if cancelled is not None:
            raise cancelled
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def _write_later(self, seconds: float) -> None:
        if self._later is None and self._writing is None:
            loop = asyncio.get_running_loop()
            self._later = loop.call_later(seconds, self._write_now)

    def _write_now(self) -> None:
        if self._later is not None:
            self._later.cancel()
            self._later = None
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        """Store what is there, and what has come meanwhile, in order."""
        try:
            await self._store()
            while self._unshown:
                await self._store()
        except Exception as exc:  # whoever adds the next event is told
            self._failure = exc
        finally:
            self._writing = None
        if self._unsaved and self._failure is None:
            self._write_later(FLUSH_SECONDS)

    async def _store(self) -> None:
        """Store what is not stored yet in one transaction, then show it."""
        batch, self._unsaved = self._unsaved, []
        if not batch:
            return
        try:
            await in_database(self.rows.store, batch)
        except Exception:
            self._unsaved = [*batch, *self._unsaved]  # the next write tries again
            raise
        self._show(batch[-1].sequence)

    def _show(self, stored: int) -> None:
        """Show what is stored, and the text behind it."""
        ready = 0
        for numbered in self._unshown:
            is_streamed = isinstance(numbered.event, STREAMED)
            if numbered.sequence > stored and not is_streamed:
                break
            ready += 1
        if ready:
            self.live.publish(self._unshown[:ready])
            del self._unshown[:ready]

    def close(self) -> None:
        """No more events come from here."""
        if self._later is not None:
            self._later.cancel()
            self._later = None
        hub.close_run(self.live)
