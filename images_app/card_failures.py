"""A call that gave no picture: who failed, why, what was paid, and the one next step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from images_app.models import Generation
from playground.lib.money import usd

Status = Generation.Status


@dataclass(frozen=True)
class Failure:
    """What stands in the empty frame. `retry_label` is the text of the button.

    `admin_text` holds the provider's own words where they say more, for admins only.
    `tone` and `icon` keep the four outcomes apart without relying on colour alone.
    """

    title: str
    text: str
    charge: str
    icon: str
    tone: str
    badge: str
    retry_label: str
    admin_text: str = ""


def failure(generation: Generation) -> Failure | None:
    """The failure of a generation that ended without pictures; None for all others."""
    makers = {
        Status.FAILED: _failed,
        Status.MODERATED: _moderated,
        Status.UNKNOWN: _unknown,
        Status.CANCELLED: _cancelled,
    }
    maker = makers.get(Status(generation.status))
    if maker is None:
        return None
    words = generation.error_admin_text
    more = "" if words == generation.error_text else words
    return replace(maker(generation), admin_text=more)


def _failed(generation: Generation) -> Failure:
    return Failure(
        title=_who_failed(generation),
        text=generation.error_text,
        charge=_charge(generation),
        icon="circle-x",
        tone="madder",
        badge="failed",
        retry_label=_retry(generation),
    )


def _who_failed(generation: Generation) -> str:
    if generation.sent_at is None:
        return "Nothing was sent."  # the wish itself was refused by the plan
    return f"{generation.connection_name} made no picture."


def _moderated(generation: Generation) -> Failure:
    return Failure(
        title=f"Refused by the rules of {generation.connection_name}.",
        text=generation.error_text,
        charge=_charge(generation),
        icon="shield-alert",
        tone="ochre",
        badge="moderated",
        retry_label=_retry(generation),
    )


def _unknown(generation: Generation) -> Failure:
    return Failure(
        title="Outcome unknown. It may have been billed.",
        text=generation.error_text,
        charge=f"Look at your account with {generation.connection_name} first.",
        icon="circle-help",
        tone="violet",
        badge="unknown",
        retry_label=_retry(generation),
    )


def _cancelled(generation: Generation) -> Failure:
    return Failure(
        title="Stopped before a picture was there.",
        text=generation.error_text,
        charge=_charge(generation),
        icon="square",
        tone="",
        badge="stopped",
        retry_label="Draw it again",
    )


def _charge(generation: Generation) -> str:
    return "It may have been charged." if generation.may_have_cost else "Not charged."


def _retry(generation: Generation) -> str:
    if not generation.may_have_cost:
        return "Try again"
    amount = generation.plan.get("price", {}).get("amount")
    again = f"another {usd(Decimal(amount))}" if amount else "again"
    return f"Try again, may cost {again}"
