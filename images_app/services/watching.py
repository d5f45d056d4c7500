"""Waiting for a generation: its previews as they come, and its end.

A generation that runs in this process is watched in memory, and its previews are told
again for as long as their files are there. One that another process runs or ran is
looked at in its row from time to time; its previews are not seen then.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import datetime

from images_app.models import Generation
from images_app.services.generate import start_generation
from images_app.services.outcome import PREVIEW_LIFETIME
from playground.lib.clock import now
from playground.lib.database import in_database

LOOK_EVERY = 0.5
"""Seconds between two looks at a row that somebody else works on."""


@dataclass(frozen=True)
class Preview:
    """A stored preview: its number from 0, and its file's public id."""

    number: int
    file_id: str


@dataclass
class _Watch:
    """What all watchers of one generation share."""

    previews: list[Preview] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    over_at: datetime | None = None

    async def add(self, number: int, file_id: str) -> None:
        self.previews.append(Preview(number, file_id))
        self._tell()

    def end(self) -> None:
        self.over_at = now()
        self._tell()

    def _tell(self) -> None:
        """Wake those who wait; who comes later waits for what is next."""
        news, self.news = self.news, asyncio.Event()
        news.set()


_watches: dict[str, _Watch] = {}


def start_watched(public_id: str) -> None:
    """Start a generation so that its previews can be followed (needs a loop)."""
    _forget_old()
    watch = _watches[public_id] = _Watch()
    task = start_generation(public_id, watch.add)
    task.add_done_callback(lambda _: _end(public_id))


def _end(public_id: str) -> None:
    watch = _watches.get(public_id)
    if watch is not None:
        watch.end()


def _forget_old() -> None:
    """Drop what nobody can repeat any more: the files of its previews are gone."""
    oldest = now() - PREVIEW_LIFETIME
    for public_id, watch in list(_watches.items()):
        if watch.over_at is not None and watch.over_at < oldest:
            del _watches[public_id]


async def previews(public_id: str) -> AsyncGenerator[Preview]:
    """The previews of a generation from the first on; ends when the generation does.

    One that has ended gives them again while `PREVIEW_LIFETIME` lasts, later none.
    Whoever stops reading stops nothing.
    """
    watch = _watches.get(public_id)
    if watch is None:
        await _wait_for_row(public_id)
        return
    seen = 0
    while True:
        news = watch.news
        while seen < len(watch.previews):
            yield watch.previews[seen]
            seen += 1
        if watch.over_at is not None:
            return
        if news is watch.news:
            await news.wait()


async def wait_until_finished(public_id: str) -> None:
    """Return when the generation has ended, however it did."""
    async for _ in previews(public_id):
        pass


async def _wait_for_row(public_id: str) -> None:
    while True:
        if await in_database(_is_finished, public_id):
            return
        await asyncio.sleep(LOOK_EVERY)


def _is_finished(public_id: str) -> bool:
    generation = Generation.objects.filter(public_id=public_id).only("status").first()
    return generation is None or generation.is_finished
