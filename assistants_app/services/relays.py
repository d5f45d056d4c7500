"""Chat completions that are passed on: routed, counted, and not paid for twice.

A relay has no row of its own. While it works, and for a while afterwards, it is in the
memory of this process, so that a client that lost the answer can be given it again. A
stream is kept like a whole answer; whoever asks for it twice gets it when it has ended.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import threading
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

from assistants_app.catalog.load import catalog_kind
from assistants_app.providers.registry import make_chat_relay
from assistants_app.providers.relay import (
    ChatRelay,
    Counted,
    RelayBody,
    WholeAnswer,
)
from assistants_app.services import metering
from assistants_app.services.chat_prices import most_it_may_cost
from assistants_app.services.shared_streams import SharedStream
from playground.lib.database import in_database
from playground.lib.errors import ProviderError
from playground.lib.ids import new_id
from playground.organizations.models import ApiKey, Connection, Organization, User
from playground.organizations.services.connections import Route, choose_connection
from playground.organizations.services.ledger import (
    Payer,
    has_budgets,
    release,
    reserve,
)

# How long answers are kept, how many bytes of them, and of one at most.
KEPT_SECONDS = 600.0
KEPT_BYTES = 64 * 1024 * 1024
KEPT_ANSWER = 1024 * 1024
# The usage entry has room for as many.
REFERENCE_LENGTH = 40
# What is left of a body whose answer is there.
DONE_WITH = RelayBody({}, b"{}")

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class Relay:
    """One chat completion on its way; `body` has the connection's own model name."""

    reference: str
    organization_id: int
    user_id: int | None
    api_key_id: int | None
    connection: Connection
    service: ChatRelay
    body: RelayBody
    shows_usage: bool = False
    has_reserved: bool = False
    begun_at: float = field(default_factory=time.monotonic)
    work: asyncio.Task[WholeAnswer] | None = None
    shared: SharedStream | None = None
    size: int = 0
    is_kept: bool = False

    @property
    def is_streamed(self) -> bool:
        """Whether its client asked for a stream."""
        return self.body.members.get("stream") is True

    @property
    def is_working(self) -> bool:
        """Whether its answer is still to come."""
        if self.shared is not None:
            return not self.shared.end.done()
        return self.work is not None and not self.work.done()

    def launch(self) -> None:
        """Begin a completion that is not streamed; it outlives its request."""
        self.work = asyncio.create_task(self._complete(), context=contextvars.Context())
        self.work.add_done_callback(self._done)

    def _done(self, work: asyncio.Task[WholeAnswer]) -> None:
        # Asked for, so that nobody is told of an error that nobody waited for.
        if work.cancelled():
            forget_relay(self.reference)
        elif work.exception() is None:
            _keep(self, len(work.result().content))
        self.body = DONE_WITH

    async def _complete(self) -> WholeAnswer:
        try:
            answer = await self.service.complete(self.body)
        except ProviderError as exc:
            self._log(exc)
            if exc.may_have_cost:
                await self._count(Counted())
            else:
                await self._release()
            raise
        except asyncio.CancelledError:
            await self._count(Counted())
            raise
        await self._count(answer.counted)
        return answer

    def stream(self) -> AsyncGenerator[bytes, None]:
        """Ask for the stream and yield its pieces; ProviderError as they say."""
        self.shared = SharedStream(self._ask(), KEPT_ANSWER)
        self.shared.end.add_done_callback(lambda _: self._stream_done())
        return self.shared.read()

    def _stream_done(self) -> None:
        self.body = DONE_WITH
        if self.shared is not None and self.shared.is_kept:
            _keep(self, self.shared.size)
        else:
            forget_relay(self.reference)

    async def _ask(self) -> AsyncGenerator[bytes, None]:
        """The provider's pieces; counted however it ends, and by the time it has."""
        try:
            answer = await self.service.stream(self.body, shows_usage=self.shows_usage)
        except ProviderError as exc:
            self._log(exc)
            if exc.may_have_cost:
                await self._count(Counted())
            else:
                await self._release()
            raise
        is_refused = False
        try:
            async with aclosing(answer.pieces()) as pieces:
                async for piece in pieces:
                    yield piece
        except ProviderError as exc:
            self._log(exc)
            is_refused = not exc.may_have_cost
            raise
        finally:
            if is_refused:
                await self._release()
            else:
                await self._count(answer.counted)

    def _log(self, exc: ProviderError) -> None:
        """Whose matter it is; what was asked and answered is nobody's here."""
        logger.warning(
            "Chat completion failed: connection “%s”, %s",
            self.connection.name,
            exc.summary,
        )

    async def _count(self, counted: Counted) -> None:
        fits = 0 < len(counted.id) <= REFERENCE_LENGTH
        entry = metering.chat_entry(
            organization_id=self.organization_id,
            user_id=self.user_id,
            api_key_id=self.api_key_id,
            connection=self.connection,
            model=(counted.model or self.body.members["model"])[:200],
            usage=counted.usage,
            reference=counted.id if fits else self.reference,
            asked_model=self.body.members["model"],
        )
        reservation = self.reference if self.has_reserved else ""
        await metering.record(entry, reservation)

    async def _release(self) -> None:
        """It was refused without cost."""
        if self.has_reserved:
            await in_database(release, self.reference)


# The oldest first. Requests begin in threads and end on the event loop.
_relays: dict[str, Relay] = {}
_kept_bytes = 0
_lock = threading.Lock()


def begin_relay(
    *,
    organization: Organization,
    user: User | None,
    api_key: ApiKey | None,
    body: RelayBody,
) -> Relay:
    """Choose who answers this body; NoConnectionError when nobody can."""
    route = choose_connection(
        organization, body.members["model"], "chat", catalog_kind, with_key=True
    )
    connection = route.connection
    options = body.members.get("stream_options") or {}
    reference = new_id("chatcmpl-")
    payer = Payer(
        organization.pk, user.pk if user else None, api_key.pk if api_key else None
    )
    relay = Relay(
        reference=reference,
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
        body=body.with_members(model=route.model),
        shows_usage=options.get("include_usage") is True,
        has_reserved=_set_aside(payer, reference, route, body),
    )
    _forget_old()
    _relays[relay.reference] = relay
    return relay


def _set_aside(payer: Payer, reference: str, route: Route, body: RelayBody) -> bool:
    """Whether money was set aside; BudgetExceededError when there is too little."""
    if not has_budgets(payer):
        return False
    asked = body.members
    limit = asked.get("max_completion_tokens") or asked.get("max_tokens")
    amount = most_it_may_cost(
        route.connection,
        route.model,
        prompt_bytes=len(body.text),
        max_tokens=limit if isinstance(limit, int) else None,
    )
    return reserve(payer, reference, amount)


def find_relay(reference: str) -> Relay | None:
    """A relay that still works or whose answer is kept."""
    return _relays.get(reference)


def forget_relay(reference: str) -> None:
    """Drop a relay whose answer nobody can be given again."""
    global _kept_bytes
    with _lock:
        relay = _relays.pop(reference, None)
        if relay is not None and relay.is_kept:
            _kept_bytes -= relay.size


def _keep(relay: Relay, size: int) -> None:
    """Keep an answer of so many bytes, unless it is too large."""
    global _kept_bytes
    if size > KEPT_ANSWER:
        forget_relay(relay.reference)
        return
    with _lock:
        if relay.reference in _relays:
            relay.size, relay.is_kept = size, True
            _kept_bytes += size


def _forget_old() -> None:
    """Drop answers beyond the limits of time and memory; never a relay in work."""
    oldest = time.monotonic() - KEPT_SECONDS
    for relay in [*_relays.values()]:
        if relay.is_working:
            continue
        if relay.begun_at > oldest and _kept_bytes <= KEPT_BYTES:
            return
        forget_relay(relay.reference)
