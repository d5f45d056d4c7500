"""What the conformance page may say: claims, each with the request that shows it.

A claim is a parameter, a value that is really sent, and what must be seen then. The
page is made from the claims alone, and `test_claims.py` tries every one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.conformance.outcome import Outcome, at

SERVED = "served"
IGNORED = "accepted and ignored"
REFUSED = "refused"

Check = Callable[[Outcome], object]


@dataclass(frozen=True)
class Claim:
    """One parameter in one state.

    `value` is sent, or called with the probe to make it; None leaves the field out. `label` is what the page
    calls it where one parameter has several claims. `beside` are further fields that
    the value needs; None among them leaves a field of the base out.
    """

    parameter: str
    value: Any
    state: str
    holds: Check
    shown_by: str
    label: str = ""
    beside: Mapping[str, Any] = field(default_factory=dict)

    def called(self, label: str) -> Claim:
        return replace(self, label=label)

    def needing(self, **fields: Any) -> Claim:
        return replace(self, beside=fields)


@dataclass(frozen=True)
class Operation:
    """A method and a path, the smallest request that works, and its claims."""

    name: str
    summary: str
    base: Mapping[str, Any] | None = None
    claims: tuple[Claim, ...] = ()
    form: bool = False
    key: str = "stories"
    # A query string belongs to a POST only where this says so.
    query: frozenset[str] = frozenset()

    @property
    def method(self) -> str:
        return self.name.split()[0]

    @property
    def path(self) -> str:
        return self.name.split()[1]


@dataclass(frozen=True)
class Surface:
    """A chapter of the page."""

    title: str
    text: str
    operations: tuple[Operation, ...]


def echoed(parameter: str, value: Any, as_: Any = ..., place: str = "") -> Claim:
    """The answer holds the value, or `as_`, at `place`, which is the parameter's name."""
    expected = value if as_ is ... else as_

    def holds(seen: Outcome) -> bool:
        return bool(at(seen.json, place or parameter) == expected)

    return Claim(parameter, value, SERVED, holds, "the answer tells it")


def passed(parameter: str, value: Any, place: str = "", as_: Any = ...) -> Claim:
    """The provider's request holds it."""
    expected = value if as_ is ... else as_

    def holds(seen: Outcome) -> bool:
        found = [at(body, place or parameter) for body in seen.asked]
        return expected in found

    return Claim(parameter, value, SERVED, holds, "the provider is asked for it")


def served(parameter: str, value: Any, holds: Check, shown_by: str) -> Claim:
    """Whatever else shows it."""
    return Claim(parameter, value, SERVED, holds, shown_by)


def ignored(parameter: str, value: Any, why: str) -> Claim:
    """Taken without an effect, which is said."""
    return Claim(parameter, value, IGNORED, lambda seen: True, why)


def refused(parameter: str, value: Any, says: str = "", why: str = "") -> Claim:
    """A 4xx that names the parameter, or that holds the words of `says`."""

    def holds(seen: Outcome) -> bool:
        if not 400 <= seen.status < 500:
            return False
        return says in seen.error_text if says else parameter in seen.error_place

    return Claim(parameter, value, REFUSED, holds, why or "the error names it")


UNKNOWN = refused("colour", "red", why="the error names it").called("any other name")
