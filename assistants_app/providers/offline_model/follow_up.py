"""Reads what a message changes about an earlier picture, and applies it to its wish.

"Make it night and add a boat" is taken clause by clause. The result is the changed
wish, an instruction for an edit, and whether a new composition is needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assistants_app.providers.offline_model.change_draft import Draft
from assistants_app.providers.offline_model.clauses import (
    ADD,
    AGAIN,
    ANOTHER,
    ASIDE,
    BECOME,
    COMPARATIVE,
    EASEL,
    INSTEAD,
    JOINT,
    LEAD,
    REMOVE,
    REPLACE,
    SAME,
    TALK,
    VERB,
)
from assistants_app.providers.offline_model.phrases import number_of
from assistants_app.providers.offline_model.picture_wish import MOST_PICTURES, Wish
from assistants_app.providers.offline_model.shape import SQUARE, Shape, step, take_shape
from playground.lib.picture_prompt import read_prompt


@dataclass(frozen=True)
class Change:
    """What is wanted now: the new wish, an edit's words, whether it is drawn anew."""

    wish: Wish
    instruction: str
    anew: bool = False
    count: int = 1


def read_change(text: str, earlier: Wish) -> Change | None:
    """Return how a message changes an earlier wish, or None when it does not."""
    text = " ".join(text.replace("\u2019", "'").split()).strip(" .!?")
    text = re.sub(r"\b(it|that|this)'s\b", r"\1 is", text, flags=re.I)
    bare = re.sub(rf"^{ASIDE}", "", text, flags=re.I)
    if not bare or EASEL.search(bare) or TALK.match(bare) or len(bare) > 300:
        return None
    draft = Draft.of(earlier)
    clauses = [bare] if SAME.match(bare) else _clauses(bare)
    for number, clause in enumerate(clauses):
        if not _apply(clause, draft):
            if number == 0:
                return None
            draft.detail(clause)
    if not draft.told and not draft.anew:
        return None
    return Change(draft.wish(), draft.instruction(), draft.anew, draft.count)


def _clauses(text: str) -> list[str]:
    parts = (re.sub(rf"^{ASIDE}", "", part, flags=re.I) for part in JOINT.split(text))
    bare = (
        re.sub(r"[\s,]+(?:please|pls|thanks|now|for me)$", "", p, flags=re.I)
        for p in parts
    )
    return [part.strip(" ,.") for part in bare if part.strip(" ,.")]


def _apply(clause: str, draft: Draft) -> bool:
    """Apply one clause; False when its meaning is not known."""
    if match := AGAIN.match(clause):
        count = number_of(match["more"] or match["several"] or "1")
        draft.again(min(count, MOST_PICTURES))
        rest = clause[match.end() :].strip()
        return _apply(rest, draft) or draft.detail(rest) if rest else True
    steps = (_new_subject, _format, _degree, _look, _become, _part)
    return any(apply(clause, draft) for apply in steps)


def _new_subject(clause: str, draft: Draft) -> bool:
    if match := REPLACE.match(clause):
        return draft.swap(match["old"] or match["old2"], match["new"])
    if match := INSTEAD.match(clause):
        return draft.swap(
            match["old"] or match["old2"] or "", match["new"] or match["new2"]
        )
    if match := SAME.match(clause):
        return draft.swap("", match["new"])
    if match := ANOTHER.match(clause):
        return draft.swap("", f"a {match['new']}")
    return False


def _become(clause: str, draft: Draft) -> bool:
    """ "Turn it into a dragon"; styles and lights were read before."""
    match = BECOME.match(clause)
    return bool(match) and draft.swap("", match["new"] if match else "")


_FINER = frozenset(
    ("higher resolution", "higher quality", "better quality", "hd", "high quality")
)


def _format(clause: str, draft: Draft) -> bool:
    """Another format is another composition: wider, square, 16:9."""
    words = LEAD.sub("", clause).strip().lower()
    words = re.sub(
        r"^(?:(?:much|a bit|a little|slightly|even|in a|in|a|as) )+", "", words
    )
    if words in _FINER:
        return draft.reshape(Shape(quality="high"))
    turned = {"wider": 1, "broader": 1, "taller": -1, "narrower": -1, "higher": -1}
    if words in turned:
        ratio = step(draft.shape.ratio or SQUARE, turned[words])
        return draft.reshape(replace(draft.shape, size="", ratio=ratio))
    if words in {
        "portrait",
        "landscape",
        "wide",
        "square",
        "tall",
        "vertical",
        "horizontal",
    }:
        words = f"{words} format"
    rest, shape = take_shape(words)
    if rest and not re.fullmatch(
        r"(?:a|an|the|in|as|it|version|picture|image)(?: \w+)?", rest
    ):
        return False
    return shape != Shape() and draft.reshape(shape)


_ZOOM = {
    "closer": "close-up",
    "zoom in": "close-up",
    "bigger": "close-up",
    "larger": "close-up",
    "further": "wide angle",
    "farther": "wide angle",
    "zoom out": "wide angle",
    "smaller": "wide angle",
}
_TOO = {
    "dark": "brighter",
    "bright": "darker",
    "small": "bigger",
    "big": "smaller",
    "cold": "warmer",
    "warm": "cooler",
}
_TONES = {
    "warmer": "warmer colours",
    "cooler": "cooler colours",
    "colder": "cooler colours",
    "redder": "more red",
    "bluer": "more blue",
    "greener": "more green",
}


def _degree(clause: str, draft: Draft) -> bool:
    """ "More red", "bigger sun", "make the sky darker", "closer"."""
    words = LEAD.sub("", clause).strip(" ,").lower()
    if (match := re.fullmatch(r"(?:a bit |a little )?too (\w+)", words)) and match[
        1
    ] in _TOO:
        return draft.degree(_TOO[match[1]], "")
    zoom = re.sub(r"\s*(?:away|up|a bit|a little|view|in on.*)$", "", words).strip()
    if zoom in _ZOOM or words in _ZOOM:
        return draft.compose(_ZOOM.get(zoom) or _ZOOM[words])
    match = COMPARATIVE.match(re.sub(r"^(?:a|an)\s+", "", words))
    if not match:
        return False
    more, thing = match["more"].lower(), match["thing"] or match["after"] or ""
    return draft.degree(_TONES.get(more, more), re.sub(r"^(?:the|its)\s+", "", thing))


_DAYTIME = {
    "day": "daylight",
    "the day": "daylight",
    "summer": "sunny",
    "dark": "night",
}


def _look(clause: str, draft: Draft) -> bool:
    """Light, style and composition: "at night", "in watercolour", "from above"."""
    words = LEAD.sub("", clause).strip(" ,")
    if re.match(r"(?:without|no|with no|remove)\b", words, re.I):
        return False
    words = re.sub(
        rf"^(?:{VERB}|use|with|change)\s+(?:some |a |an |the )?", "", words, flags=re.I
    )
    words = _DAYTIME.get(words.lower(), words)
    read = read_prompt(words)
    only_look = read.subject in ("", ", ".join(read.moods)) or re.fullmatch(
        r"(?:a |an |the |more |some |like |very |really |time|look|version|please|of it|"
        r"painting|style|\s)*",
        read.subject,
        re.I,
    )
    if not only_look or not (read.styles or read.moods or read.composition):
        return False
    return draft.look(words, read)


def _part(clause: str, draft: Draft) -> bool:
    """Things that come, go, or change: "add a boat", "without the birds"."""
    if match := REMOVE.match(LEAD.sub("", clause) or clause):
        return draft.remove(match["what"])
    lead = LEAD.match(clause)
    withs = bool(lead and lead[0].rstrip().endswith(("with", "had")))
    added = LEAD.sub("with ", clause) if withs else clause
    if match := ADD.match(added):
        if match["whom"]:
            return draft.give(match["whom"], match["what"])
        return draft.add(match["what"])
    wears = r"^(?:[\w']+\s){1,3}should (?:be|have|wear|look|hold|sit|stand|smile|face|carry)\b"
    if re.match(wears, clause, re.I):
        return draft.detail(clause)
    changes = rf"^(?:{VERB}|move|rotate|flip|mirror|fix|colou?r|fill|blur|crop)\s"
    aside = r"^(?:a bit |a little )?(?:more |further |farther )?to the (?:left|right)"
    if re.match(aside, clause, re.I):
        return draft.detail(f"move it {clause}")
    if re.match(changes, clause, re.I):
        if re.match(rf"^{VERB}\s+(?:me\s+)?(?:a|an|two|three)\s", clause, re.I):
            return False
        return draft.detail(clause)
    return False
