from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from playground.organizations.services.usage import DayCost
from playground.organizations.usage_chart import month_chart, scale, usd_short

MONTH = date(2026, 11, 1)
LATER = date(2026, 12, 5)


def day(number: int, image: str = "0", chat: str = "0", unknown: int = 0):
    return {date(2026, 11, number): DayCost(Decimal(image), Decimal(chat), unknown)}


@pytest.mark.parametrize(
    ("most", "labels"),
    [
        ("7.6", ["$0", "$2", "$4", "$6", "$8"]),
        ("1", ["$0", "$0.25", "$0.50", "$0.75", "$1"]),
        ("0.0031", ["$0", "$0.001", "$0.002", "$0.003", "$0.004"]),
        ("430", ["$0", "$200", "$400", "$600"]),
        ("0", ["$0", "$1"]),
    ],
)
def test_the_scale_has_round_steps_up_to_the_highest_day(most, labels):
    tops = scale(Decimal(most))
    assert [usd_short(top) for top in tops] == labels
    assert tops[-1] >= Decimal(most)


def test_a_bar_is_as_high_as_its_part_of_the_scale():
    chart = month_chart(MONTH, day(2, "6", "2"), LATER)
    (bar,) = chart.bars
    top, height = map(float, bar.image)
    assert (top + height, height) == pytest.approx((198, 0.75 * 188))
    chat_top, chat_height = map(float, bar.chat)
    assert chat_top == pytest.approx(10)
    assert chat_top + chat_height < top, "A hairline parts the two."


def test_the_smallest_sum_can_be_seen():
    chart = month_chart(MONTH, {**day(1, "0.0001"), **day(2, "100")}, LATER)
    assert float(chart.bars[0].image[1]) >= 1


def test_every_day_stands_within_the_drawing():
    for month, days in ((MONTH, 30), (date(2026, 2, 1), 28), (date(2026, 12, 1), 31)):
        cost = DayCost(Decimal("123.45"))
        used = {month.replace(day=n): cost for n in range(1, days + 1)}
        chart = month_chart(month, used, LATER)
        assert len(chart.bars) == days
        right = float(chart.bars[-1].x) + float(chart.width)
        assert float(chart.left) < float(chart.bars[0].x)
        assert right <= 640
        assert [number for _, number in chart.days][:3] == [1, 5, 10]


def test_days_of_other_months_are_not_drawn():
    days = {**day(3, "1"), date(2026, 10, 31): DayCost(Decimal(99))}
    chart = month_chart(MONTH, days, date(2026, 11, 3))
    assert [bar.day.day for bar in chart.bars] == [3]
    assert chart.today_x


def test_today_is_marked_in_its_own_month_only():
    assert month_chart(MONTH, day(3, "1"), LATER).today_x == ""


def test_a_month_without_calls_has_no_chart():
    assert month_chart(MONTH, {}, LATER) is None


def test_who_cannot_see_it_is_told_the_highest_day():
    chart = month_chart(MONTH, {**day(1, "1"), **day(12, "7.6")}, LATER)
    assert "$1.00 to $7.60" in chart.described
    assert "12 November" in chart.described
    only_unknown = month_chart(MONTH, day(1, unknown=2), LATER)
    assert "as far as prices are known" in only_unknown.described
