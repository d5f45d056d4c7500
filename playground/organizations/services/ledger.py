"""Reserve before a call, settle after it: what may be spent, and what was.

Money is USD. Months and days are UTC. A price that nobody knows is None, never 0: it
lets a call pass unless a budget says otherwise, and is counted as unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from playground.lib import written_rows
from playground.lib.clock import now
from playground.lib.written_query import WrittenQuery
from playground.organizations.models import (
    Budget,
    DailyUsage,
    Organization,
    Reservation,
    UsageEntry,
)

ZERO = Decimal(0)
TOKENS = ("prompt_tokens", "completion_tokens", "input_tokens", "output_tokens")

_budgets = WrittenQuery(lambda: Budget.objects.filter(organization_id=0).order_by("pk"))


@dataclass(frozen=True)
class Payer:
    """On whose account a call is made; None for no member or no API key."""

    organization_id: int
    user_id: int | None = None
    api_key_id: int | None = None


@dataclass(frozen=True)
class Spent:
    """How a month stands: what was paid, what is set aside, what nobody knows."""

    paid: Decimal = ZERO
    reserved: Decimal = ZERO
    unknown_calls: int = 0

    @property
    def total(self) -> Decimal:
        """What cannot be spent any more."""
        return self.paid + self.reserved


class BudgetExceededError(Exception):
    """A hard budget leaves too little for a call; nothing was sent. The text says which
    budget, how it stands and what to do."""

    def __init__(self, budget: Budget, spent: Spent, amount: Decimal | None) -> None:
        self.budget = budget
        self.spent = spent
        self.amount = amount
        super().__init__(_refusal(budget, spent, amount))


def has_budgets(payer: Payer) -> bool:
    """Whether anything has to be set aside for this payer's calls."""
    return bool(_budgets_of(payer))


def check(payer: Payer, amount: Decimal | None) -> None:
    """BudgetExceededError when no call of this cost would be let pass now."""
    for budget in _budgets_of(payer):
        spent = spent_of(budget)
        if _is_refused(budget, spent, amount):
            raise BudgetExceededError(budget, spent, amount)


def reserve(payer: Payer, reference: str, amount: Decimal | None) -> bool:
    """Set money aside for a call that is about to be made.

    BudgetExceededError when a hard budget has too little left. False where there is no
    budget: then nothing is set aside.
    """
    if not _budgets_of(payer):
        return False
    with transaction.atomic():
        # One at a time: whoever comes second sees what the first has set aside.
        Organization.objects.select_for_update().get(pk=payer.organization_id)
        for budget in _budgets_of(payer):
            spent = spent_of(budget)
            if _is_refused(budget, spent, amount):
                raise BudgetExceededError(budget, spent, amount)
        reservation = Reservation(
            organization_id=payer.organization_id,
            reference=reference,
            user_number=payer.user_id or 0,
            api_key_number=payer.api_key_id or 0,
            amount=amount or ZERO,
        )
        written_rows.insert(reservation)
    return True


def settle(entry: UsageEntry, *, reservation: str = "") -> None:
    """Store what a call has cost and give back what was set aside for it.

    `entry` is not saved yet; `reservation` is the reference that was reserved.
    """
    with transaction.atomic():
        written_rows.insert(entry)
        written_rows.add(_daily(entry), DailyUsage.KEYS, DailyUsage.SUMS)
        if reservation:
            release(reservation)


def release(reference: str) -> None:
    """Give back what was set aside for a call that has cost nothing."""
    Reservation.objects.filter(reference=reference).delete()


def release_all() -> None:
    """Give back everything: after a start, nobody makes a call any more."""
    Reservation.objects.all().delete()


def spent_of(budget: Budget) -> Spent:
    """How this budget stands in the present month."""
    return spent_in(
        budget.organization_id,
        month_of(now()),
        user_id=budget.user_id,
        api_key_id=budget.api_key_id,
    )


def spent_in(
    organization_id: int,
    month: date,
    *,
    user_id: int | None = None,
    api_key_id: int | None = None,
) -> Spent:
    """What an organization, or one of its members or keys, has spent in a month."""
    whose: dict[str, int] = {"organization_id": organization_id}
    if user_id is not None:
        whose["user_number"] = user_id
    if api_key_id is not None:
        whose["api_key_number"] = api_key_id
    days = DailyUsage.objects.filter(
        **whose, day__gte=month, day__lt=month_after(month)
    )
    sums = days.aggregate(cost=Sum("cost"), unknown=Sum("unknown_calls"))
    open_ones = Reservation.objects.filter(**whose)
    reserved = open_ones.aggregate(amount=Sum("amount"))["amount"]
    return Spent(sums["cost"] or ZERO, reserved or ZERO, sums["unknown"] or 0)


def month_of(moment: datetime) -> date:
    """The first day of a moment's month."""
    return moment.astimezone(UTC).date().replace(day=1)


def month_after(month: date) -> date:
    """The first day of the next month."""
    over = month.month == 12
    return date(month.year + over, 1 if over else month.month + 1, 1)


def _budgets_of(payer: Payer) -> list[Budget]:
    """The organization's own budget, the member's and the key's, where there are any."""
    return [
        budget
        for budget in _budgets.rows(payer.organization_id)
        if budget.user_id in {None, payer.user_id}
        and budget.api_key_id in {None, payer.api_key_id}
    ]


def _is_refused(budget: Budget, spent: Spent, amount: Decimal | None) -> bool:
    if budget.mode != Budget.Mode.HARD or amount == 0:
        return False
    if amount is None:
        return budget.stops_unknown or spent.total >= budget.amount
    return spent.total + amount > budget.amount


def _daily(entry: UsageEntry) -> DailyUsage:
    """An entry as a day's sum of one."""
    units = entry.units
    pictures = _whole(units.get("pictures"))
    return DailyUsage(
        organization_id=entry.organization_id,
        day=entry.created_at.astimezone(UTC).date(),
        user_number=entry.user_id or 0,
        api_key_number=entry.api_key_id or 0,
        assistant=entry.assistant,
        connection_name=entry.connection_name,
        kind=entry.kind,
        model=entry.model,
        calls=1,
        pictures=pictures,
        priced_pictures=0 if entry.cost is None else pictures,
        tokens=sum(_whole(units.get(name)) for name in TOKENS),
        cost=entry.cost or ZERO,
        unknown_calls=int(entry.cost is None),
    )


def _whole(value: object) -> int:
    return value if type(value) is int and value > 0 else 0


def _refusal(budget: Budget, spent: Spent, amount: Decimal | None) -> str:
    whose = "The organization's"
    if budget.user_id is not None:
        whose = "Your own"
    if budget.api_key_id is not None:
        whose = "This API key's"
    month = now().astimezone(UTC).strftime("%B")
    stands = f"${spent.total:.2f} of ${budget.amount:.2f}"
    if amount is None and budget.stops_unknown:
        return (
            f"{whose} budget for {month} stops calls whose price is unknown. An admin can"
            " give this model a price, or allow such calls."
        )
    need = f" and this call may cost ${amount:.4f}" if amount is not None else ""
    return (
        f"{whose} budget for {month} does not allow this call: {stands} are spent or"
        f" set aside{need}. An admin can raise the budget."
    )
