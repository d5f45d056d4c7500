"""Where the bars of a month's chart stand. Pure; the template only writes it down.

Lengths are in units of the drawing's own box, as texts with one decimal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from playground.lib.money import usd
from playground.organizations.services.ledger import month_after
from playground.organizations.services.usage import DayCost

WIDTH, HEIGHT = 640, 216
TOP, BOTTOM = 10, 198
STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
LINES = 5


@dataclass(frozen=True)
class Line:
    """A line across, with what it stands for."""

    y: str
    text_y: str
    label: str


@dataclass(frozen=True)
class Bar:
    """One day: pictures at the bottom, text above them, a mark for unknown prices."""

    day: date
    cost: DayCost
    x: str
    middle: str
    image: tuple[str, str]
    chat: tuple[str, str]
    mark_y: str


@dataclass(frozen=True)
class Chart:
    """A month's bars and what is written around them."""

    left: str
    width: str
    lines: list[Line]
    bars: list[Bar]
    days: list[tuple[str, int]]
    today_x: str
    today_width: str
    described: str


def month_chart(month: date, days: Mapping[date, DayCost], today: date) -> Chart | None:
    """The chart of a month's days; None where nothing was called."""
    used = {
        day: cost
        for day, cost in sorted(days.items())
        if month <= day < month_after(month)
    }
    if not used:
        return None
    tops = scale(max(cost.total for cost in used.values()))
    left = 12 + Decimal("5.5") * max(len(usd_short(top)) for top in tops)
    length = (month_after(month) - month).days
    slot = (WIDTH - left) / length
    starts = {
        month + timedelta(days=n): left + slot * n + slot * Decimal("0.16")
        for n in range(length)
    }
    width = slot * Decimal("0.68")
    is_present = today in starts
    return Chart(
        left=_text(left),
        width=_text(width),
        lines=[_line(top, tops[-1]) for top in tops],
        bars=[
            _bar(day, cost, starts[day], width, tops[-1]) for day, cost in used.items()
        ],
        days=[
            (_text(starts[day] + width / 2), day.day)
            for day in starts
            if day.day == 1 or (day.day % 5 == 0 and day.day <= 30)
        ],
        today_x=_text(starts[today] - slot * Decimal("0.16")) if is_present else "",
        today_width=_text(slot),
        described=_described(used),
    )


def scale(most: Decimal) -> list[Decimal]:
    """Round numbers from 0 to the first at or above `most`, five of them at most."""
    if not most:
        return [Decimal(0), Decimal(1)]
    power = Decimal(10) ** (most / (LINES - 1)).adjusted()
    step = next(s * power for s in STEPS if s * power * (LINES - 1) >= most)
    tops = [step * n for n in range(LINES)]
    last = next(n for n, top in enumerate(tops) if top >= most)
    return tops[: last + 1]


def usd_short(amount: Decimal) -> str:
    """A round sum without needless cents."""
    return usd(amount).removesuffix(".00")


def _line(top: Decimal, most: Decimal) -> Line:
    y = BOTTOM - _height(top, most)
    return Line(_text(y), _text(y + 3), usd_short(top))


def _bar(
    day: date, cost: DayCost, start: Decimal, width: Decimal, most: Decimal
) -> Bar:
    image, chat = _height(cost.image, most), _height(cost.chat, most)
    # A hairline parts the two, and what was spent at all can be seen.
    parting = 1 if image and chat > 1 else 0
    image, chat = _visible(image), _visible(chat)
    top = BOTTOM - image - chat
    return Bar(
        day=day,
        cost=cost,
        x=_text(start),
        middle=_text(start + width / 2),
        image=(_text(BOTTOM - image), _text(image)),
        chat=(_text(top), _text(chat - parting)),
        mark_y=_text(max(top - 6, Decimal(4))),
    )


def _visible(height: Decimal) -> Decimal:
    return max(height, Decimal("1.5")) if height else height


def _height(amount: Decimal, most: Decimal) -> Decimal:
    return amount / most * (BOTTOM - TOP)


def _text(value: Decimal) -> str:
    return f"{value:.1f}"


def _described(used: Mapping[date, DayCost]) -> str:
    """The chart in a sentence, for whoever cannot see it."""
    highest = max(used, key=lambda day: used[day].total)
    most = used[highest].total
    if not most:
        return "Nothing was spent, as far as prices are known."
    least = min(cost.total for cost in used.values())
    span = usd(most) if least == most else f"{usd(least)} to {usd(most)}"
    day = f"{highest.day} {highest:%B}"
    return f"{span} on days with calls; the most on {day}."
