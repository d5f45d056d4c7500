"""The books of a run's turns: money set aside before each, a lost one counted."""

from __future__ import annotations

from dataclasses import dataclass

from assistants_app.models import Run
from assistants_app.providers.base import ChatMessage, ChatRequest, Text
from assistants_app.services.chat_prices import most_it_may_cost
from assistants_app.services.metering import chat_entry
from assistants_app.services.row_values import turn_reference
from playground.lib.database import in_database
from playground.lib.errors import ErrorKind, ProviderError
from playground.organizations.services.ledger import (
    BudgetExceededError,
    Payer,
    release,
    reserve,
    settle,
)

# What a picture that is shown to a model comes to, where nobody has counted.
PICTURE_BYTES = 4000


@dataclass
class TurnAccount:
    """One segment's account; `turn` is the number of its present turn.

    `has_budgets` says whether money has to be set aside; else only lost turns are
    booked.
    """

    run: Run
    payer: Payer
    has_budgets: bool
    turn: int

    async def begin(self, request: ChatRequest) -> None:
        """See `Account.begin`."""
        if not self.has_budgets:
            return
        try:
            await in_database(self._reserve, request)
        except BudgetExceededError as exc:
            raise ProviderError(
                ErrorKind.QUOTA, str(exc), code="insufficient_quota"
            ) from exc
        self.turn += 1

    async def failed(self, *, may_have_cost: bool) -> None:
        """See `Account.failed`."""
        await in_database(self._book_lost if may_have_cost else self._release)

    def _reserve(self, request: ChatRequest) -> None:
        assert self.run.connection is not None
        amount = most_it_may_cost(
            self.run.connection,
            self.run.sent_model,
            prompt_bytes=sum(_size(message) for message in request.messages),
            max_tokens=request.max_tokens,
        )
        reserve(self.payer, turn_reference(self.run.public_id, self.turn), amount)

    def _book_lost(self) -> None:
        """A turn that was asked for and never told what it took."""
        entry = chat_entry(
            organization_id=self.payer.organization_id,
            user_id=self.payer.user_id,
            api_key_id=self.payer.api_key_id,
            connection=self.run.connection,
            model=self.run.sent_model,
            usage=None,
            reference=self.run.public_id,
            assistant=self.run.assistant_name,
        )
        settle(entry, reservation=self._reservation)

    def _release(self) -> None:
        if self._reservation:
            release(self._reservation)

    @property
    def _reservation(self) -> str:
        """What is set aside at this moment; "" for nothing."""
        if not self.has_budgets:
            return ""
        return turn_reference(self.run.public_id, self.turn - 1)


def _size(message: ChatMessage) -> int:
    """About how many bytes of text a message is."""
    size = sum(len(call.arguments) for call in message.tool_calls)
    for part in message.content:
        size += len(part.text.encode()) if isinstance(part, Text) else PICTURE_BYTES
    return size
