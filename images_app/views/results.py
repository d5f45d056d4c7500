"""One result of the tester: its card, and what this person may do with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from images_app.cards import Card, card
from images_app.models import Generation
from playground.organizations.models import Membership


@dataclass(frozen=True)
class Result:
    """A card under its heading. `admin_text` is empty for all but admins."""

    card: Card
    title: str
    prompt: str
    created_at: datetime
    author: str
    can_act: bool
    settings_key: str
    admin_text: str


def result(generation: Generation, membership: Membership) -> Result:
    """What the tester shows of a generation to this member."""
    prompt = generation.asked_prompt.strip()
    return Result(
        card=card(generation),
        title=_title(prompt),
        prompt=prompt,
        created_at=generation.created_at,
        author=str(generation.created_by or ""),
        can_act=membership.can_run,
        settings_key=generation.public_id,
        admin_text=_admin_text(generation, membership),
    )


def _title(prompt: str) -> str:
    """The prompt's first words: a name to find it by."""
    words = prompt.split()
    return " ".join(words[:7])[:80] + ("…" if len(words) > 7 else "")


def _admin_text(generation: Generation, membership: Membership) -> str:
    """The provider's own words, where they add something."""
    text = generation.error_admin_text
    if not membership.can_administer or text == generation.error_text:
        return ""
    return text
