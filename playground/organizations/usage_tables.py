"""A month's sums as tables: one line for each member, API key, assistant or model."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from playground.organizations.services.budgets import Standing
from playground.organizations.services.usage import MOST_LINES, Sums, total
from playground.organizations.services.usage_names import Names

Groups = list[tuple[tuple[Any, ...], Sums]]


@dataclass(frozen=True)
class Line:
    """What one of them has used; `standing` is its own budget, where it has one."""

    name: str
    sums: Sums
    note: str = ""
    standing: Standing | None = None


@dataclass(frozen=True)
class Table:
    """The most expensive lines, and what all others come to. `all` is both."""

    id: str
    title: str
    column: str
    lines: list[Line]
    others: int
    rest: Sums
    all: Sums

    @property
    def has_budgets(self) -> bool:
        """Whether lines are held against their own budgets, not against the sum."""
        return any(line.standing for line in self.lines)

    @property
    def shares(self) -> list[tuple[Line, int]]:
        """Each line with its part of what was spent, in percent."""
        whole = self.all.cost or 1
        return [(line, round(100 * line.sums.cost / whole)) for line in self.lines]


def member_table(groups: Groups, names: Names, standings: Iterable[Standing]) -> Table:
    """Who has spent it; calls of API keys have no member."""
    own = {s.budget.user_id: s for s in standings}

    def line(key: tuple[Any, ...], sums: Sums) -> Line:
        (number,) = key
        if not number:
            return Line("No member", sums, "calls of API keys")
        return Line(names.member(number), sums, standing=own.get(number))

    return _table("members", "By member", "Member", groups, line)


def api_key_table(groups: Groups, names: Names, standings: Iterable[Standing]) -> Table:
    """What programs have spent."""
    own = {s.budget.api_key_id: s for s in standings}

    def line(key: tuple[Any, ...], sums: Sums) -> Line:
        (number,) = key
        return Line(names.api_key(number), sums, standing=own.get(number))

    return _table("api-keys", "By API key", "Key", groups, line)


def assistant_table(groups: Groups, names: Names) -> Table:
    """For which assistants it was spent."""

    def line(key: tuple[Any, ...], sums: Sums) -> Line:
        (public_id,) = key
        if not public_id:
            return Line("No assistant", sums, "pictures and calls made directly")
        is_deleted = public_id not in names.assistants
        return Line(names.assistant(public_id), sums, "deleted" if is_deleted else "")

    return _table("assistants", "By assistant", "Assistant", groups, line)


def model_table(groups: Groups) -> Table:
    """Which models it was spent on; a key is connection, kind, model."""

    def line(key: tuple[Any, ...], sums: Sums) -> Line:
        connection, _, model = key
        return Line(model, sums, connection)

    return _table("models", "By model", "Model", groups, line)


def _table(
    id: str,
    title: str,
    column: str,
    groups: Groups,
    line: Callable[[tuple[Any, ...], Sums], Line],
) -> Table:
    shown, rest = groups[:MOST_LINES], groups[MOST_LINES:]
    return Table(
        id=id,
        title=title,
        column=column,
        lines=[line(key, sums) for key, sums in shown],
        others=len(rest),
        rest=total(rest),
        all=total(groups),
    )
