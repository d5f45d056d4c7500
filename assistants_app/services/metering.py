"""Counts chat calls: one usage entry for each, an unknown count or cost left unknown."""

from __future__ import annotations

import asyncio
from typing import Any
from weakref import WeakKeyDictionary

from django.db import transaction

from assistants_app.providers.base import Usage
from assistants_app.services.chat_prices import cost_of
from playground.lib.database import in_database
from playground.organizations.models import Connection, UsageEntry
from playground.organizations.services.ledger import settle


def chat_entry(
    *,
    organization_id: int,
    user_id: int | None,
    api_key_id: int | None,
    connection: Connection | None,
    model: str,
    usage: Usage | None,
    reference: str,
    asked_model: str = "",
    assistant: str = "",
) -> UsageEntry:
    """The entry of one call of a chat model, not saved yet.

    `asked_model` is the name that was sent, which has the price and is counted by;
    `model` is what the provider says that has answered.
    """
    asked = asked_model or model
    units: dict[str, Any] = {}
    tokens = None
    if usage is not None:
        tokens = usage.prompt_tokens, usage.completion_tokens
        units = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1]}
    if model and model != asked:
        units["answered_by"] = model[:200]
    cost = cost_of(connection, asked, tokens)
    origin = UsageEntry.CostOrigin
    return UsageEntry(
        organization_id=organization_id,
        user_id=user_id,
        api_key_id=api_key_id,
        connection=connection,
        connection_name=connection.name if connection else "",
        kind=UsageEntry.Kind.CHAT,
        model=asked[:200],
        units=units,
        cost=cost,
        cost_origin=origin.UNKNOWN if cost is None else origin.COMPUTED,
        reference=reference,
        assistant=assistant,
    )


_Waiting = tuple[UsageEntry, str, asyncio.Future[None]]


class _Writer:
    """Writes what came while it wrote the last time: many calls, few transactions."""

    def __init__(self) -> None:
        self.waiting: list[_Waiting] = []
        self.task: asyncio.Task[None] | None = None

    def add(self, entry: UsageEntry, reservation: str) -> asyncio.Future[None]:
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append((entry, reservation, written))
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self._write())
        return written

    async def _write(self) -> None:
        while self.waiting:
            batch, self.waiting = self.waiting, []
            try:
                await in_database(_settle, batch)
            except Exception as exc:  # each caller has to know
                _finish(batch, exc)
            else:
                _finish(batch, None)


@transaction.atomic
def _settle(batch: list[_Waiting]) -> None:
    for entry, reservation, _ in batch:
        settle(entry, reservation=reservation)


def _finish(batch: list[_Waiting], exc: Exception | None) -> None:
    for _, _, written in batch:
        if written.done():
            continue
        if exc is None:
            written.set_result(None)
        else:
            written.set_exception(exc)


_writers: WeakKeyDictionary[asyncio.AbstractEventLoop, _Writer] = WeakKeyDictionary()


async def record(entry: UsageEntry, reservation: str = "") -> None:
    """Settle an entry, together with others that come at the same time."""
    writer = _writers.setdefault(asyncio.get_running_loop(), _Writer())
    await asyncio.shield(writer.add(entry, reservation))
