"""The live side of runs in this process: what was just said, and who listens.

Everything here runs on the event loop, so that no lock is needed; only `tell` may be
called elsewhere. Nothing here is the only copy of anything that counts: the store is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from django.db import transaction

from assistants_app.engine.events import Numbered


class LiveRun:
    """The events of a run's present segment, from its first, and its listeners.

    `earlier` are stored events before it, the last of them `last_sequence`; who begins
    to read there needs no look into the store.
    """

    def __init__(
        self, run_id: str, last_sequence: int, earlier: Sequence[Numbered] = ()
    ) -> None:
        self.run_id = run_id
        self.first = last_sequence + 1 - len(earlier)
        self.events: list[Numbered] = [*earlier]
        self.ended = False
        self._bell = Bell()

    @property
    def last(self) -> int:
        """The number of the newest event, stored or live."""
        return self.first + len(self.events) - 1

    def publish(self, events: list[Numbered]) -> None:
        """Show events to all listeners; they follow the last one without a gap."""
        self.events.extend(events)
        self._bell.ring()

    def end(self) -> None:
        """No more events come in this segment."""
        self.ended = True
        self._bell.ring()

    def after(self, sequence: int) -> list[Numbered]:
        """The events behind this number; the caller has all before `first`."""
        return self.events[max(0, sequence + 1 - self.first) :]

    async def changed(self, sequence: int) -> None:
        """Wait until there is an event behind this number, or the end."""
        while self.last <= sequence and not self.ended:
            await self._bell.wait()


class Bell:
    """Wakes everybody who waits; those who come later wait for the next ring."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def wait(self) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)


class Doorbell:
    """Says "look again" about one subject; carries no data and forgets nothing.

    A listener remembers the count that it has acted on, so that a ring between two
    looks is never lost.
    """

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.count = 0
        self.listeners = 0
        self._bell = Bell()

    def ring(self) -> None:
        self.count += 1
        self._bell.ring()

    async def changed(self, count: int) -> int:
        """Wait until the count is another one, and return it."""
        while self.count == count:
            await self._bell.wait()
        return self.count


live_runs: dict[str, LiveRun] = {}
_doorbells: dict[str, Doorbell] = {}


def open_run(
    run_id: str, last_sequence: int, earlier: Sequence[Numbered] = ()
) -> LiveRun:
    """Begin the live segment of a run, after its stored events."""
    live = live_runs[run_id] = LiveRun(run_id, last_sequence, earlier)
    return live


def close_run(live: LiveRun) -> None:
    """End the segment; its events are all in the store by now."""
    live.end()
    if live_runs.get(live.run_id) is live:
        del live_runs[live.run_id]


def ring(subject: str) -> None:
    """Tell whoever watches this subject (a thread's or organization's public id)."""
    if subject in _doorbells:
        _doorbells[subject].ring()


def tell(*subjects: str) -> None:
    """Ring from the thread that stores rows, once everybody can read them."""
    transaction.on_commit(partial(_tell, subjects))


def _tell(subjects: Sequence[str]) -> None:
    for subject in subjects:
        doorbell = _doorbells.get(subject)
        if doorbell is not None:
            doorbell.loop.call_soon_threadsafe(doorbell.ring)


class watching:
    """`async with watching(subject) as doorbell`: removed with its last listener."""

    def __init__(self, subject: str) -> None:
        self.subject = subject

    async def __aenter__(self) -> Doorbell:
        if self.subject not in _doorbells:
            _doorbells[self.subject] = Doorbell()
        self.doorbell = _doorbells[self.subject]
        self.doorbell.listeners += 1
        return self.doorbell

    async def __aexit__(self, *_: object) -> None:
        self.doorbell.listeners -= 1
        if not self.doorbell.listeners:
            _doorbells.pop(self.subject, None)
