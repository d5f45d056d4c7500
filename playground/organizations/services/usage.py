"""What a month's calls have cost, read from the daily sums alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Min, Q, QuerySet, Sum

from playground.lib.clock import today
from playground.organizations.models import DailyUsage, Organization, UsageEntry
from playground.organizations.services.ledger import ZERO, month_after

WEEK = timedelta(days=7)
MOST_LINES = 50
"""So many members, keys, assistants or models a page lists; all are in the CSV."""


@dataclass(frozen=True)
class Sums:
    """What some calls come to. `priced_pictures` are those of calls whose price is
    known, and `priced_cost` is what they have cost."""

    calls: int = 0
    pictures: int = 0
    cost: Decimal = ZERO
    unknown_calls: int = 0
    priced_pictures: int = 0
    priced_cost: Decimal = ZERO

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.calls + other.calls,
            self.pictures + other.pictures,
            self.cost + other.cost,
            self.unknown_calls + other.unknown_calls,
            self.priced_pictures + other.priced_pictures,
            self.priced_cost + other.priced_cost,
        )

    @property
    def is_unknown(self) -> bool:
        """Whether nothing at all is known of what it has cost."""
        return not self.cost and 0 < self.calls == self.unknown_calls

    @property
    def picture_cost(self) -> Decimal | None:
        """What a picture has cost on average; None without a picture of known price."""
        pictures = self.priced_pictures
        return self.priced_cost / pictures if pictures else None


@dataclass(frozen=True)
class DayCost:
    """What one day's calls have cost, by what they made."""

    image: Decimal = ZERO
    chat: Decimal = ZERO
    unknown_calls: int = 0

    @property
    def total(self) -> Decimal:
        """Pictures and text together."""
        return self.image + self.chat


def daily_usage(
    organization: Organization, month: date, *, user_id: int | None = None
) -> QuerySet[DailyUsage]:
    """The month's sums, of all or of one member."""
    rows = DailyUsage.objects.filter(
        organization=organization, day__gte=month, day__lt=month_after(month)
    )
    return rows if user_id is None else rows.filter(user_number=user_id)


def grouped(
    rows: QuerySet[DailyUsage], *names: str
) -> list[tuple[tuple[Any, ...], Sums]]:
    """The sums of rows that are alike in these fields, the most expensive first."""
    of_pictures = Q(kind=UsageEntry.Kind.IMAGE)
    found = (
        rows.order_by()
        .values(*names)
        .annotate(
            all_calls=Sum("calls"),
            all_pictures=Sum("pictures"),
            all_cost=Sum("cost"),
            all_unknown=Sum("unknown_calls"),
            all_priced=Sum("priced_pictures"),
            priced_cost=Sum("cost", filter=of_pictures, default=ZERO),
        )
        .order_by("-all_cost", "-all_calls", *names)
    )
    return [(tuple(row[name] for name in names), _sums(row)) for row in found]


def _sums(row: Mapping[str, Any]) -> Sums:
    return Sums(
        row["all_calls"],
        row["all_pictures"],
        row["all_cost"],
        row["all_unknown"],
        row["all_priced"],
        row["priced_cost"],
    )


def total(groups: Iterable[tuple[Any, Sums]]) -> Sums:
    """All groups together."""
    return sum((sums for _, sums in groups), Sums())


def by_day(
    organization: Organization, month: date, *, user_id: int | None = None
) -> dict[date, DayCost]:
    """The days of a month on which something was called; of the present one also those
    of the week before today, since a forecast looks back so far."""
    first = min(month, today() - WEEK) if is_present(month) else month
    rows = DailyUsage.objects.filter(
        organization=organization, day__gte=first, day__lt=month_after(month)
    )
    if user_id is not None:
        rows = rows.filter(user_number=user_id)
    found = (
        rows.order_by()
        .values("day", "kind")
        .annotate(all_cost=Sum("cost"), all_unknown=Sum("unknown_calls"))
    )
    days: dict[date, DayCost] = {}
    for row in found:
        so_far = days.get(row["day"], DayCost())
        is_image = row["kind"] == UsageEntry.Kind.IMAGE
        days[row["day"]] = DayCost(
            so_far.image + (row["all_cost"] if is_image else ZERO),
            so_far.chat + (ZERO if is_image else row["all_cost"]),
            so_far.unknown_calls + row["all_unknown"],
        )
    return days


def is_present(month: date) -> bool:
    """Whether it is the month of today."""
    return month == today().replace(day=1)


def likely_total(
    days: Mapping[date, DayCost], month: date, today: date
) -> Decimal | None:
    """What the month of today may come to, at the pace of the last seven whole days.

    Fewer where the first call is younger; None until one whole day has passed.
    """
    begin = max(min(days, default=today), today - WEEK)
    length = (today - begin).days
    if length < 1:
        return None
    week = [cost.total for day, cost in days.items() if begin <= day < today]
    pace = sum(week, ZERO) / length
    spent = sum((cost.total for day, cost in days.items() if day >= month), ZERO)
    of_today = days.get(today, DayCost()).total
    days_left = (month_after(month) - today).days - 1
    return spent + pace * days_left + max(pace - of_today, ZERO)


def first_month(organization: Organization) -> date:
    """The month of the first call, or the present one."""
    rows = DailyUsage.objects.filter(organization=organization)
    first: date | None = rows.aggregate(first=Min("day"))["first"]
    return (first or today()).replace(day=1)
