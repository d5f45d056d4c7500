"""Waits and asks again where that is safe: nothing was paid, nothing was shown yet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Protocol

from assistants_app.providers.base import (
    ChatDelta,
    ChatProvider,
    ChatRequest,
    TurnEnded,
)
from playground.lib.errors import ProviderError

# Somebody watches the run: a longer wait is better shown as a failure.
PATIENCE_SECONDS = 10.0
FIRST_WAIT_SECONDS = 0.5
MAX_TRIES = 4


class Account(Protocol):
    """Keeps the books of a run's turns; what has come to its end is booked elsewhere."""

    async def begin(self, request: ChatRequest) -> None:
        """A turn is about to be asked for; ProviderError when it may not."""
        ...

    async def failed(self, *, may_have_cost: bool) -> None:
        """The turn ended without its account."""
        ...


class PatientProvider:
    """Another provider, asked again after errors that are `retry_safe`.

    All waits of one turn together take at most `patience` seconds; a server that wants
    a longer one is not asked again. What has begun to answer is never repeated.
    """

    def __init__(
        self,
        provider: ChatProvider,
        *,
        account: Account | None = None,
        patience: float = PATIENCE_SECONDS,
        first_wait: float = FIRST_WAIT_SECONDS,
    ) -> None:
        self.provider = provider
        self.account = account
        self.patience = patience
        self.first_wait = first_wait

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatDelta, None]:
        if self.account is not None:
            await self.account.begin(request)
        left, attempt = self.patience, 0
        while True:
            begun = has_ended = False
            try:
                async with aclosing(_generator(self.provider, request)) as deltas:
                    async for delta in deltas:
                        begun = True
                        has_ended = isinstance(delta, TurnEnded)
                        yield delta
                return
            except ProviderError as exc:
                wait = exc.retry_after or self.first_wait * 2**attempt
                attempt += 1
                over = attempt >= MAX_TRIES or wait > left
                if begun or not exc.retry_safe or over:
                    await self._failed(may_have_cost=begun or exc.may_have_cost)
                    raise
            except BaseException:  # whoever reads has left: what was said is paid
                if not has_ended:
                    await self._failed(may_have_cost=True)
                raise
            left -= wait
            await asyncio.sleep(wait)

    async def _failed(self, *, may_have_cost: bool) -> None:
        if self.account is not None:
            await self.account.failed(may_have_cost=may_have_cost)

    async def aclose(self) -> None:
        await self.provider.aclose()


async def _generator(
    provider: ChatProvider, request: ChatRequest
) -> AsyncGenerator[ChatDelta, None]:
    """A provider's iterator as a generator, which can always be closed."""
    async for delta in provider.stream(request):
        yield delta
