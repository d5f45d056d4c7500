from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from playground.organizations.models import (
    ApiKey,
    Budget,
    DailyUsage,
    Reservation,
    UsageEntry,
)
from playground.organizations.services import ledger
from playground.organizations.services.ledger import (
    BudgetExceededError,
    Payer,
    Spent,
)
from tests.people import People, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


def budget(people: People, amount: str = "1.00", **fields) -> Budget:
    return Budget.objects.create(
        organization=people.organization, amount=Decimal(amount), **fields
    )


def payer(people: People, user=None, api_key=None) -> Payer:
    return Payer(
        people.organization.pk,
        user.pk if user else None,
        api_key.pk if api_key else None,
    )


def make_key(people: People, name: str = "key") -> ApiKey:
    return ApiKey.objects.create(
        organization=people.organization, name=name, key_hash=name, key_end="1234"
    )


def entry(people: People, cost: str | None = "0.25", **fields) -> UsageEntry:
    known = cost is not None
    values = {
        "organization": people.organization,
        "kind": "image",
        "model": "gpt-image-2",
        "connection_name": "openai",
        "units": {"pictures": 2},
        "reference": "ig_1",
    }
    return UsageEntry(
        cost=Decimal(cost) if cost is not None else None,
        cost_origin="computed" if known else "unknown",
        **{**values, **fields},
    )


def test_without_a_budget_nothing_is_set_aside(people):
    assert ledger.reserve(payer(people), "ig_1", Decimal(1000)) is False
    assert not Reservation.objects.exists()


def test_what_is_set_aside_cannot_be_spent_twice(people):
    limit = budget(people)
    assert ledger.reserve(payer(people), "ig_1", Decimal("0.60")) is True
    with pytest.raises(BudgetExceededError, match=r"\$0\.60 of \$1\.00"):
        ledger.reserve(payer(people), "ig_2", Decimal("0.41"))
    assert ledger.reserve(payer(people), "ig_3", Decimal("0.40")) is True
    assert ledger.spent_of(limit) == Spent(reserved=Decimal("1.00"))


def test_settling_gives_back_what_was_set_aside_and_counts_the_true_cost(people):
    limit = budget(people)
    ledger.reserve(payer(people), "ig_1", Decimal("0.60"))
    ledger.settle(entry(people, "0.25"), reservation="ig_1")
    assert ledger.spent_of(limit) == Spent(paid=Decimal("0.25"))
    assert UsageEntry.objects.get().cost == Decimal("0.25")


def test_releasing_leaves_nothing_behind(people):
    limit = budget(people)
    ledger.reserve(payer(people), "ig_1", Decimal("0.60"))
    ledger.release("ig_1")
    assert ledger.spent_of(limit) == Spent()


def test_an_unknown_cost_is_counted_as_unknown_and_not_as_nothing(people):
    limit = budget(people)
    ledger.settle(entry(people, None))
    assert ledger.spent_of(limit) == Spent(unknown_calls=1)
    assert UsageEntry.objects.get().cost is None


def test_an_unknown_price_passes_unless_the_admin_said_otherwise(people):
    limit = budget(people)
    assert ledger.reserve(payer(people), "ig_1", None) is True
    limit.stops_unknown = True
    limit.save()
    with pytest.raises(BudgetExceededError, match="price is unknown"):
        ledger.reserve(payer(people), "ig_2", None)


def test_a_used_up_budget_stops_calls_of_unknown_price_too(people):
    budget(people)
    ledger.settle(entry(people, "1.00"))
    with pytest.raises(BudgetExceededError):
        ledger.reserve(payer(people), "ig_2", None)


def test_a_call_without_cost_passes_a_used_up_budget(people):
    budget(people)
    ledger.settle(entry(people, "1.00"))
    assert ledger.reserve(payer(people), "ig_2", Decimal(0)) is True


def test_a_call_without_cost_passes_a_budget_that_is_overspent(people):
    limit = budget(people)
    ledger.settle(entry(people, "1.00"))
    limit.amount = Decimal("0.10")
    limit.save()
    assert ledger.reserve(payer(people), "ig_2", Decimal(0)) is True


def test_a_soft_budget_stops_nothing(people):
    limit = budget(people, mode="soft", stops_unknown=True)
    ledger.settle(entry(people, "5.00"))
    assert ledger.reserve(payer(people), "ig_2", Decimal(1)) is True
    assert ledger.reserve(payer(people), "ig_3", None) is True
    assert ledger.spent_of(limit).total == Decimal(6)


def test_a_members_budget_is_about_that_member(people):
    budget(people, user=people.bob)
    with pytest.raises(BudgetExceededError, match="Your own budget"):
        ledger.reserve(payer(people, people.bob), "ig_1", Decimal(2))
    assert ledger.reserve(payer(people, people.alice), "ig_2", Decimal(2)) is False


def test_a_keys_budget_is_about_that_key(people):
    mine, other = make_key(people, "mine"), make_key(people, "other")
    limit = budget(people, api_key=mine)
    ledger.settle(entry(people, "0.90", api_key=other))
    assert ledger.reserve(payer(people, api_key=mine), "ig_1", Decimal(1)) is True
    assert ledger.spent_of(limit) == Spent(reserved=Decimal(1))
    with pytest.raises(BudgetExceededError, match="This API key's budget"):
        ledger.reserve(payer(people, api_key=mine), "ig_2", Decimal("0.01"))


def test_the_smallest_of_several_budgets_counts(people):
    budget(people, "100.00")
    budget(people, "0.10", user=people.bob)
    with pytest.raises(BudgetExceededError, match="Your own"):
        ledger.reserve(payer(people, people.bob), "ig_1", Decimal("0.11"))
    assert not Reservation.objects.exists()


def test_another_organizations_spending_is_its_own(people):
    budget(people)
    ledger.settle(entry(people, "9.00", organization=people.other_organization))
    assert ledger.reserve(payer(people), "ig_1", Decimal(1)) is True


def test_last_months_spending_is_over(people):
    limit = budget(people)
    now = datetime.now(UTC)
    before = now.replace(year=now.year - 1)
    ledger.settle(entry(people, "1.00", created_at=before))
    assert ledger.spent_of(limit) == Spent()
    month = before.date().replace(day=1)
    assert ledger.spent_in(people.organization.pk, month).paid == Decimal(1)


def test_equal_entries_of_a_day_are_one_sum(people):
    at = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)
    tokens = {"prompt_tokens": 10, "completion_tokens": 5}
    for cost in ("0.10", "0.20", None):
        ledger.settle(entry(people, cost, created_at=at, user=people.bob))
    ledger.settle(entry(people, "1.00", created_at=at, kind="chat", units=tokens))
    sums = DailyUsage.objects.get(kind="image")
    assert sums.day == date(2026, 3, 31)
    assert (sums.calls, sums.pictures, sums.unknown_calls) == (3, 6, 1)
    assert sums.cost == Decimal("0.30")
    assert sums.user_number == people.bob.pk
    assert DailyUsage.objects.get(kind="chat").tokens == 15


def test_a_call_is_reserved_once(people):
    budget(people)
    ledger.reserve(payer(people), "ig_1", Decimal("0.10"))
    with pytest.raises(IntegrityError), transaction.atomic():
        ledger.reserve(payer(people), "ig_1", Decimal("0.10"))
