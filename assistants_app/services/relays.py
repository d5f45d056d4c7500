"""Chat completions that are passed on: routed, counted, and not paid for twice.

A relay has no row of its own. While it works, and for a while afterwards, it is in the
memory of this process, so that a client that lost the answer can be given it again.
"""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from assistants_app.catalog.load import catalog_kind
from assistants_app.providers.registry import make_chat_relay
from assistants_app.providers.relay import (
    ChatRelay,
    Counted,
    WholeAnswer,
)
from assistants_app.services import metering
from playground.lib.errors import ProviderError
from playground.lib.ids import new_id
from playground.organizations.models import ApiKey, Connection, Organization, User
from playground.organizations.services.connections import choose_connection

# How long answers are kept, how many bytes of them, and of one at most.
KEPT_SECONDS = 600.0
KEPT_BYTES = 64 * 1024 * 1024
KEPT_ANSWER = 1024 * 1024
# The usage entry has room for as many.
REFERENCE_LENGTH = 40


@dataclass(eq=False)
class Relay:
    """One chat completion on its way; `body` has the connection's own model name."""

    reference: str
    organization_id: int
    user_id: int | None
    api_key_id: int | None
    connection: Connection
    service: ChatRelay
    body: Mapping[str, Any]
    shows_usage: bool = False
    begun_at: float = field(default_factory=time.monotonic)
    work: asyncio.Task[WholeAnswer] | None = None

    @property
    def is_streamed(self) -> bool:
        """Whether its client asked for a stream."""
        return self.body.get("stream") is True

    @property
    def size(self) -> int:
        """Bytes that its kept answer takes."""
        if self.work is None or not self.work.done() or self.work.exception():
            return 0
        return len(self.work.result().content)

    def launch(self) -> None:
        """Begin a completion that is not streamed; it outlives its request."""
        self.work = asyncio.create_task(self._complete(), context=contextvars.Context())
        self.work.add_done_callback(self._done)

    def _done(self, work: asyncio.Task[WholeAnswer]) -> None:
        # Asked for, so that nobody is told of an error that nobody waited for.
        if work.cancelled() or work.exception() is None and self.size > KEPT_ANSWER:
            forget_relay(self.reference)
        self.body = {}

    async def _complete(self) -> WholeAnswer:
        try:
            answer = await self.service.complete(self.body)
        except ProviderError as exc:
            if exc.may_have_cost:
                await self._count(Counted())
            raise
        except asyncio.CancelledError:
            await self._count(Counted())
            raise
        await self._count(answer.counted)
        return answer

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Ask for the stream, then yield its pieces; ProviderError as they say.

        Counted however it ends, and by the time it has ended.
        """
        try:
            answer = await self.service.stream(self.body, shows_usage=self.shows_usage)
        except ProviderError as exc:
            if exc.may_have_cost:
                await self._count(Counted())
            raise
        is_refused = False
        try:
            async with aclosing(answer.pieces()) as pieces:
                async for piece in pieces:
                    yield piece
        except ProviderError as exc:
            is_refused = not exc.may_have_cost
            raise
        finally:
            if not is_refused:
                await self._count(answer.counted)

    async def _count(self, counted: Counted) -> None:
        fits = 0 < len(counted.id) <= REFERENCE_LENGTH
        entry = metering.chat_entry(
            organization_id=self.organization_id,
            user_id=self.user_id,
            api_key_id=self.api_key_id,
            connection=self.connection,
            model=(counted.model or self.body["model"])[:200],
            usage=counted.usage,
            reference=counted.id if fits else self.reference,
        )
        await metering.record(entry)


# The oldest first.
_relays: dict[str, Relay] = {}


def begin_relay(
    *,
    organization: Organization,
    user: User | None,
    api_key: ApiKey | None,
    body: Mapping[str, Any],
) -> Relay:
    """Choose who answers this body; NoConnectionError when nobody can."""
    route = choose_connection(
        organization, body["model"], "chat", catalog_kind, with_key=True
    )
    connection = route.connection
    options = body.get("stream_options") or {}
    relay = Relay(
        reference=new_id("chatcmpl-"),
        organization_id=organization.pk,
        user_id=user.pk if user else None,
        api_key_id=api_key.pk if api_key else None,
        connection=connection,
        service=make_chat_relay(
            connection.kind,
            base_url=connection.base_url,
            api_key=connection.api_key,
            options=connection.options,
        ),
        body={**body, "model": route.model},
        shows_usage=options.get("include_usage") is True,
    )
    _forget_old()
    _relays[relay.reference] = relay
    return relay


def find_relay(reference: str) -> Relay | None:
    """A relay that still works or whose answer is kept."""
    return _relays.get(reference)


def forget_relay(reference: str) -> None:
    """Drop a relay whose answer is streamed, or too large to be kept."""
    _relays.pop(reference, None)


def _forget_old() -> None:
    """Drop answers beyond the limits of time and memory; never a relay in work."""
    oldest = time.monotonic() - KEPT_SECONDS
    over = sum(relay.size for relay in _relays.values()) - KEPT_BYTES
    for relay in [*_relays.values()]:
        if relay.work is not None and not relay.work.done():
            continue
        if relay.begun_at > oldest and over <= 0:
            return
        over -= relay.size
        forget_relay(relay.reference)
