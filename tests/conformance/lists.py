"""The claims that all lists share. `probe.listed` is what the base request found."""

from __future__ import annotations

from tests.conformance.claims import Claim, refused, served

SHOWN = "the list differs as it must"


def limit() -> tuple[Claim, ...]:
    return (
        served(
            "limit",
            1,
            lambda seen: seen.ids == seen.probe.listed[:1] and seen.json["has_more"],
            SHOWN,
        ),
        refused("limit", 0).called("limit out of range"),
    )


def order() -> Claim:
    return served(
        "order",
        "asc",
        lambda seen: seen.ids and seen.ids[0] != seen.probe.listed[0],
        SHOWN,
    )


def after() -> tuple[Claim, ...]:
    return (
        served(
            "after",
            lambda probe: probe.listed[0],
            lambda seen: seen.ids[:1] == seen.probe.listed[1:2],
            SHOWN,
        ),
        refused("after", "nothing_of_this_list").called("after an unknown id"),
    )


def before() -> Claim:
    return served(
        "before",
        lambda probe: probe.listed[1],
        lambda seen: seen.ids == seen.probe.listed[:1],
        SHOWN,
    )


CURSORS = (*limit(), order(), *after(), before())
FORWARD = (*limit(), order(), *after())
