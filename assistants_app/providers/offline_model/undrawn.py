"""What a picture lacks of its wish, read from the provider's own note about it."""

from __future__ import annotations

import re

from assistants_app.providers.offline_model.conversation import Made
from assistants_app.providers.offline_model.phrases import join_words, lower_first
from assistants_app.providers.offline_model.picture_wish import Wish

_NOT_DRAWN = re.compile(
    r"(?P<shown>.+?)\. Not drawn, because .{1,60} has no shape for it: (?P<missing>.+)",
    re.S,
)
_MOST_WORDS = 8  # of a wish that is told without quotation marks
_CAN_DRAW = (
    "a lighthouse",
    "a fox in snow",
    "a castle",
    "a sailboat",
    "an otter",
    "a bouquet",
)


def undrawn_in(made: Made) -> str:
    """Say what has no shape and what there is instead; empty when nothing is missing."""
    revised = str((made.result or {}).get("revised_prompt") or "")
    match = _NOT_DRAWN.fullmatch(revised.strip())
    if not match:
        return ""
    missing = _as_asked(match["missing"].rstrip(". "), made.wish.brief)
    shown = match["shown"][:1].lower() + match["shown"][1:]
    return f"I can’t draw {missing}; here is {shown} instead."


def offer_others(wish: Wish) -> str:
    """Offer three things that can be drawn, other ones for other words."""
    start = len(wish.brief) % len(_CAN_DRAW)
    three = (_CAN_DRAW * 2)[start : start + 3]
    return f"I can draw, for example, {join_words(three, 'or')}."


def _as_asked(missing: str, brief: str) -> str:
    """The asked words with their article; what is mine is yours to the reader."""
    pattern = rf"\b(?:(?:an?|the|two|three|four|some)\s+)?{re.escape(missing)}"
    found = re.search(pattern, brief, re.I)
    asked = lower_first(found[0] if found else missing)
    if missing.endswith("…") or len(missing.split()) > _MOST_WORDS:
        return f"“{asked}”"
    return re.sub(r"^my\b", "your", asked, flags=re.I)
