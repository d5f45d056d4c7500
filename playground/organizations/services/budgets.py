"""Budgets as admins set them, and how each one stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import DecimalField, F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from playground.lib.clock import now
from playground.organizations.models import (
    ApiKey,
    Budget,
    DailyUsage,
    Organization,
    Reservation,
    User,
)
from playground.organizations.services.audit import difference, record
from playground.organizations.services.ledger import ZERO, month_after, month_of

NEAR = Decimal("0.8")
"""From this part of a budget on, admins are told."""
_MONEY: DecimalField[Any, Any] = DecimalField(max_digits=16, decimal_places=8)


@dataclass(frozen=True)
class Standing:
    """A budget in the present month: what was paid, and what is set aside."""

    budget: Budget
    paid: Decimal
    reserved: Decimal

    @property
    def total(self) -> Decimal:
        """What cannot be spent any more."""
        return self.paid + self.reserved

    @property
    def is_used_up(self) -> bool:
        """Whether nothing is left."""
        return self.total >= self.budget.amount

    @property
    def is_near(self) -> bool:
        """Whether its end is so near that admins are told."""
        return self.total >= NEAR * self.budget.amount

    @property
    def percent(self) -> int:
        """How much of it is gone, rounded down."""
        if not self.budget.amount:
            return 100
        return int(100 * self.total / self.budget.amount)

    @property
    def is_of_organization(self) -> bool:
        """Whether it bounds all calls, not those of one member or key."""
        return self.budget.user_id is None and self.budget.api_key_id is None

    @property
    def subject(self) -> str:
        """Whose it is, in a heading."""
        return subject_of(self.budget)


def subject_of(budget: Budget) -> str:
    """Whose a budget is: “Organization”, “Bob”, “ci-smoke, key”."""
    if budget.user is not None:
        return str(budget.user)
    if budget.api_key is not None:
        return f"{budget.api_key.name}, key"
    return "Organization"


def standings(organization: Organization, month: date | None = None) -> list[Standing]:
    """How every budget stands, the organization's first; one query.

    `month` is the present one unless told; in an earlier one nothing is set aside.
    """
    present = month_of(now())
    month = month or present
    open_ones = Reservation.objects.all()
    budgets = (
        Budget.objects.filter(organization=organization)
        .select_related("user", "api_key")
        .annotate(
            paid=_sum_of(
                DailyUsage.objects.filter(day__gte=month, day__lt=month_after(month)),
                "cost",
            ),
            reserved=_sum_of(
                open_ones if month == present else open_ones.none(), "amount"
            ),
        )
    )
    found = [Standing(budget, budget.paid, budget.reserved) for budget in budgets]
    return sorted(found, key=_place)


def _place(standing: Standing) -> tuple[bool, bool, str]:
    """The organization first, then members, then keys, each by name."""
    is_key = standing.budget.api_key_id is not None
    return not standing.is_of_organization, is_key, standing.subject.lower()


def _sum_of(rows: Any, field: str) -> Any:
    """What the rows of a budget's own subject add up to."""
    own = rows.filter(
        organization=OuterRef("organization"),
        user_number=Coalesce(OuterRef("user"), F("user_number")),
        api_key_number=Coalesce(OuterRef("api_key"), F("api_key_number")),
    )
    added = own.order_by().values("organization").annotate(added=Sum(field))
    return Coalesce(Subquery(added.values("added")), ZERO, output_field=_MONEY)


def warnings_of(organization: Organization) -> list[Standing]:
    """The budgets that admins have to know of, the fullest first; one query."""
    near = [standing for standing in standings(organization) if standing.is_near]
    return sorted(near, key=lambda standing: -standing.percent)


@transaction.atomic
def add_budget(
    organization: Organization,
    *,
    amount: Decimal,
    mode: str,
    stops_unknown: bool,
    member: User | None = None,
    api_key: ApiKey | None = None,
    by: User | None,
) -> Budget:
    """A budget for the organization, or for one of its members or API keys."""
    budget = Budget(
        organization=organization,
        user=member,
        api_key=api_key,
        amount=amount,
        mode=mode,
        stops_unknown=stops_unknown,
    )
    # One after the other, so that the second is told and does not fail.
    Organization.objects.select_for_update().get(pk=organization.pk)
    if organization.budgets.filter(user=member, api_key=api_key).exists():
        raise ValidationError({"subject": "This one has a budget. Change that one."})
    budget.full_clean()
    budget.save()
    changes = difference({}, values_of(budget))
    record(organization, by, "budget.added", _audited(budget), {"changes": changes})
    return budget


@transaction.atomic
def change_budget(
    budget: Budget, *, amount: Decimal, mode: str, stops_unknown: bool, by: User | None
) -> None:
    """Another amount or mode; from the next call on."""
    before = values_of(budget)
    budget.amount = amount
    budget.mode = mode
    budget.stops_unknown = stops_unknown
    budget.full_clean()
    budget.save(update_fields=["amount", "mode", "stops_unknown"])
    if changes := difference(before, values_of(budget)):
        detail = {"changes": changes}
        record(budget.organization, by, "budget.changed", _audited(budget), detail)


@transaction.atomic
def remove_budget(budget: Budget, *, by: User | None) -> None:
    """From now on nothing is refused or warned of on its account."""
    detail = {"changes": difference(values_of(budget), {})}
    record(budget.organization, by, "budget.removed", _audited(budget), detail)
    budget.delete()


def values_of(budget: Budget) -> dict[str, Any]:
    """What an admin can set, as the audit log keeps it."""
    return {
        "amount": f"${budget.amount:.2f} a month",
        "mode": str(budget.mode),
        "stops_unknown": budget.stops_unknown,
    }


def _audited(budget: Budget) -> str:
    """Whose it is, so that nobody is mistaken for somebody else later."""
    if budget.user is not None:
        return f"member {budget.user.email}"
    if budget.api_key is not None:
        return f"API key {budget.api_key}"
    return "organization"
