from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from playground.organizations.models import ApiKey, AuditEntry, Budget, Reservation
from playground.organizations.services import ledger
from playground.organizations.services.budgets import (
    add_budget,
    change_budget,
    remove_budget,
    standings,
    warnings_of,
)
from tests.people import People, make_people
from tests.playground.organizations.usage_rows import spend

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


def add(people: People, amount: str = "10", **fields) -> Budget:
    values = {"mode": "hard", "stops_unknown": False, "by": people.alice, **fields}
    return add_budget(people.organization, amount=Decimal(amount), **values)


def make_key(people: People) -> ApiKey:
    return ApiKey.objects.create(
        organization=people.organization, name="ci", key_hash="x", key_end="1234"
    )


def reserve(people: People, amount: str, **fields) -> None:
    Reservation.objects.create(
        organization=people.organization, reference=amount, amount=amount, **fields
    )


def test_every_budget_stands_as_the_ledger_counts_it(people):
    key = make_key(people)
    budgets = [
        add(people),
        add(people, member=people.bob),
        add(people, api_key=key),
    ]
    spend(people.organization, "1", user_number=people.bob.pk)
    spend(people.organization, "2", user_number=people.alice.pk)
    spend(people.organization, "4", api_key_number=key.pk)
    spend(people.other_organization, "8")
    reserve(people, "0.5", user_number=people.bob.pk)
    reserve(people, "0.25", api_key_number=key.pk)
    found = standings(people.organization)
    assert [(s.paid, s.reserved) for s in found] == [
        (7, Decimal("0.75")),
        (1, Decimal("0.5")),
        (4, Decimal("0.25")),
    ]
    assert [s.total for s in found] == [ledger.spent_of(b).total for b in budgets]


def test_all_budgets_take_one_query(people, django_assert_num_queries):
    add(people)
    add(people, member=people.bob)
    with django_assert_num_queries(1):
        assert [s.subject for s in standings(people.organization)] == [
            "Organization",
            "Bob",
        ]


@pytest.mark.parametrize(
    ("spent", "percent", "is_near", "is_used_up"),
    [
        ("0", 0, False, False),
        ("7.99", 79, False, False),
        ("8", 80, True, False),
        ("9.999", 99, True, False),
        ("10", 100, True, True),
        ("25", 250, True, True),
    ],
)
def test_admins_are_told_from_80_percent_on(
    people, spent, percent, is_near, is_used_up
):
    add(people)
    spend(people.organization, spent)
    (standing,) = standings(people.organization)
    assert standing.percent == percent
    assert (standing.is_near, standing.is_used_up) == (is_near, is_used_up)
    assert bool(warnings_of(people.organization)) == is_near


def test_the_fullest_budget_is_told_first(people):
    add(people)
    add(people, "1", member=people.bob)
    spend(people.organization, "8.5", user_number=people.bob.pk)
    subjects = [s.subject for s in warnings_of(people.organization)]
    assert subjects == ["Bob", "Organization"]


def test_a_budget_of_nothing_is_used_up(people):
    add(people, "0")
    (standing,) = standings(people.organization)
    assert (standing.percent, standing.is_used_up) == (100, True)


def test_a_second_budget_of_the_same_is_refused(people):
    key = make_key(people)
    for whose in ({}, {"member": people.bob}, {"api_key": key}):
        add(people, **whose)
        with pytest.raises(ValidationError, match="Change that one"):
            add(people, **whose)
    assert Budget.objects.count() == 3


def test_each_change_says_who_what_from_and_to(people):
    budget = add(people, "10", member=people.bob)
    values = {"amount": Decimal("12.50"), "mode": "soft", "stops_unknown": False}
    change_budget(budget, by=people.alice, **values)
    change_budget(budget, by=people.alice, **values)  # changes nothing
    remove_budget(budget, by=people.alice)
    removed, changed, added = AuditEntry.objects.all()
    assert [e.action for e in (added, changed, removed)] == [
        "budget.added",
        "budget.changed",
        "budget.removed",
    ]
    assert {e.subject for e in (added, changed, removed)} == {"member bob@example.com"}
    assert {e.user for e in (added, changed, removed)} == {people.alice}
    assert changed.detail["changes"] == {
        "amount": {"from": "$10.00 a month", "to": "$12.50 a month"},
        "mode": {"from": "hard", "to": "soft"},
    }
