"""Counts chat calls: one usage entry for each, an unknown count or cost left unknown."""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary

from assistants_app.providers.base import Usage
from playground.lib.database import in_database
from playground.organizations.kinds import get_kind
from playground.organizations.models import Connection, UsageEntry


def chat_entry(
    *,
    organization_id: int,
    user_id: int | None,
    api_key_id: int | None,
    connection: Connection | None,
    model: str,
    usage: Usage | None,
    reference: str,
) -> UsageEntry:
    """The entry of one call of a chat model, not saved yet."""
    is_free = connection is not None and get_kind(connection.kind).is_free
    units = {}
    if usage is not None:
        units = {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
        }
    origin = UsageEntry.CostOrigin
    return UsageEntry(
        organization_id=organization_id,
        user_id=user_id,
        api_key_id=api_key_id,
        connection=connection,
        connection_name=connection.name if connection else "",
        kind=UsageEntry.Kind.CHAT,
        model=model,
        units=units,
        cost=0 if is_free else None,
        cost_origin=origin.COMPUTED if is_free else origin.UNKNOWN,
        reference=reference,
    )


class _Writer:
    """Writes what came while it wrote the last time: many calls, few transactions."""

    def __init__(self) -> None:
        self.waiting: list[tuple[UsageEntry, asyncio.Future[None]]] = []
        self.task: asyncio.Task[None] | None = None

    def add(self, entry: UsageEntry) -> asyncio.Future[None]:
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append((entry, written))
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self._write())
        return written

    async def _write(self) -> None:
        while self.waiting:
            batch, self.waiting = self.waiting, []
            entries = [entry for entry, _ in batch]
            try:
                await in_database(UsageEntry.objects.bulk_create, entries)
            except Exception as exc:  # each caller has to know
                _finish(batch, exc)
            else:
                _finish(batch, None)


def _finish(
    batch: list[tuple[UsageEntry, asyncio.Future[None]]], exc: Exception | None
) -> None:
    for _, written in batch:
        if written.done():
            continue
        if exc is None:
            written.set_result(None)
        else:
            written.set_exception(exc)


_writers: WeakKeyDictionary[asyncio.AbstractEventLoop, _Writer] = WeakKeyDictionary()


async def record(entry: UsageEntry) -> None:
    """Store an entry, together with others that come at the same time."""
    writer = _writers.setdefault(asyncio.get_running_loop(), _Writer())
    await asyncio.shield(writer.add(entry))
