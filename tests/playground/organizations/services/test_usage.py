from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from playground.lib.clock import today
from playground.organizations.services import usage
from playground.organizations.services.usage import DayCost, likely_total
from tests.people import make_people
from tests.playground.organizations.usage_rows import spend

MONTH = date(2026, 11, 1)


def cost(amount: str) -> DayCost:
    return DayCost(image=Decimal(amount))


def november(*amounts: str) -> dict[date, DayCost]:
    """The first days of November, one after the other."""
    return {date(2026, 11, n): cost(a) for n, a in enumerate(amounts, start=1)}


def test_a_forecast_goes_on_at_the_pace_of_the_last_seven_whole_days():
    days = november("50", *["1"] * 9)  # the first lies more than a week back
    # 59 so far, today's among them, and 20 more days of 1
    assert likely_total(days, MONTH, date(2026, 11, 10)) == 79


def test_a_forecast_expects_the_rest_of_today():
    days = november("2", "2", "0.5")
    assert (
        likely_total(days, MONTH, date(2026, 11, 3))
        == Decimal("4.5") + Decimal("1.5") + 54
    )


def test_a_young_organization_is_not_divided_by_days_before_its_first_call():
    days = november("3", "3", "3")
    assert likely_total(days, MONTH, date(2026, 11, 3)) == 9 + 27 * 3


def test_days_of_the_month_before_count_for_the_pace_alone():
    days = {date(2026, 10, 25) + timedelta(days=n): cost("7") for n in range(7)}
    assert likely_total(days, MONTH, date(2026, 11, 1)) == 30 * 7


@pytest.mark.parametrize("days", [{}, {date(2026, 11, 9): cost("4")}])
def test_nothing_is_foretold_before_a_whole_day_has_passed(days):
    assert likely_total(days, MONTH, date(2026, 11, 9)) is None


def test_on_the_last_day_only_the_rest_of_it_is_expected():
    days = {date(2026, 11, n): cost("1") for n in range(1, 30)}
    assert likely_total(days, MONTH, date(2026, 11, 30)) == 30


@pytest.mark.django_db
def test_sums_are_those_of_one_month_and_one_organization():
    people = make_people()
    spend(people.organization, "1.50", day=date(2026, 10, 31))
    spend(people.organization, "2", day=date(2026, 11, 30))
    spend(people.organization, "4", day=date(2026, 12, 1))
    spend(people.other_organization, "8", day=date(2026, 11, 30))
    rows = usage.daily_usage(people.organization, MONTH)
    assert [sums.cost for _, sums in usage.grouped(rows, "kind")] == [2]


@pytest.mark.django_db
def test_groups_stand_with_the_most_expensive_first_and_add_up():
    people = make_people()
    for user, amount, unknown in ((1, "1", 0), (2, "3", 2), (1, "0.5", 1)):
        spend(
            people.organization,
            amount,
            user_number=user,
            unknown_calls=unknown,
            model=f"m{unknown}",
        )
    rows = usage.daily_usage(people.organization, today().replace(day=1))
    groups = usage.grouped(rows, "user_number")
    assert [(key, sums.cost) for key, sums in groups] == [((2,), 3), ((1,), 1.5)]
    total = usage.total(groups)
    assert (total.cost, total.calls, total.unknown_calls) == (4.5, 3, 3)


@pytest.mark.django_db
def test_a_picture_of_unknown_price_does_not_make_the_others_cheaper():
    people = make_people()
    spend(people.organization, "0.40", pictures=4)
    spend(people.organization, "0", pictures=4, unknown_calls=1, model="mystery")
    spend(people.organization, "9", pictures=0, kind="chat", model="talk")
    rows = usage.daily_usage(people.organization, today().replace(day=1))
    total = usage.total(usage.grouped(rows, "kind"))
    assert total.picture_cost == Decimal("0.1")
    assert total.pictures == 8


@pytest.mark.django_db
def test_without_a_picture_of_known_price_there_is_no_average():
    people = make_people()
    spend(people.organization, "0", unknown_calls=1)
    rows = usage.daily_usage(people.organization, today().replace(day=1))
    assert usage.total(usage.grouped(rows, "kind")).picture_cost is None


@pytest.mark.django_db
def test_a_day_tells_pictures_from_text():
    people = make_people()
    spend(people.organization, "1", day=MONTH)
    spend(people.organization, "2", day=MONTH, kind="chat", unknown_calls=3)
    days = usage.by_day(people.organization, MONTH)
    assert days == {MONTH: DayCost(Decimal(1), Decimal(2), 3)}


@pytest.mark.django_db
def test_one_members_days_are_his_alone():
    people = make_people()
    spend(people.organization, "1", day=MONTH, user_number=people.bob.pk)
    spend(people.organization, "2", day=MONTH, user_number=people.alice.pk)
    days = usage.by_day(people.organization, MONTH, user_id=people.bob.pk)
    assert days[MONTH].total == 1
