"""Word lists and small helpers for reading and writing the sentences of this package."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence


def word_set(words: str) -> frozenset[str]:
    """Make a set of the words of a text."""
    return frozenset(words.split())


PICTURE_NOUN = (
    r"(?:picture|image|illustration|drawing|painting|sketch|photo(?:graph)?|pic|poster|"
    r"logo|icon|artwork|art|portrait|wallpaper|banner|postcard|greeting card|cover|"
    r"scene|rendering|render|watercolou?r|cartoon|comic|doodle|graphic|avatar|mural|"
    r"sticker|emblem|engraving|etching|collage|thumbnail|vector|visual|mascot|pattern|"
    r"still life|landscape|seascape|cityscape|skyline)"
)
PLAIN_PICTURE = r"(?:picture|image|pic|graphic|visual|scene|rendering|render)"

# What somebody may ask to be made or given that is no picture.
NOT_PICTURES = word_set(
    "account advice agent answer answers api app apology assistant assistants bit book "
    "break budget bug call chance change choice code command connection connections "
    "conversation copy cost date day deal decision definition demo description detail "
    "details difference doc docs document email endpoint error essay estimate example "
    "examples explanation fact facts favour favor feedback file fix function guess hand "
    "haiku help hint idea ideas instruction instructions introduction issue job joke "
    "json key keys lesson letter limerick link list login look lot lunch member message "
    "minute mistake model models moment name names note number option options "
    "organization organisation outline overview paragraph password plan poem price "
    "problem prompt prompts project provider question questions quiz reason recipe "
    "reminder reply report request response review riddle rule run sandwich schedule "
    "second sense sentence settings setup shot show song sound story strategy suggestion "
    "suggestions summary table tale task test text thought thoughts thread time tip tips "
    "title token tool tools topic translation try tutorial url user users video way ways "
    "website word words"
)
_NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "a couple of": 2,
    "a few": 3,
    "several": 3,
    "some": 3,
}
NUMBER = r"(?:\d{1,2}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + ")"


def number_of(word: str) -> int:
    """Read "3", "three" or "a few"; anything else is 1."""
    word = word.strip().lower()
    return int(word) if word.isdecimal() else _NUMBERS.get(word, 1)


def choose(options: Sequence[str], key: str) -> str:
    """Pick one of several wordings, always the same one for the same key."""
    digest = hashlib.sha256(key.encode("utf-8", "replace")).digest()
    return options[int.from_bytes(digest[:4], "big") % len(options)]


def sentences(text: str) -> list[str]:
    """Split at full stops, question and exclamation marks, and line ends."""
    parts = re.split(r"(?<=[.!?])\s+|\s*\n+\s*", text.strip())
    return [part for part in parts if part]


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """Make "A fox" fit inside a sentence; "NASA" and "Oslo" stay as they are."""
    head = text.split(" ", 1)[0]
    small = {"A", "An", "The", "Two", "Three", "Four", "Some", "One", "Five"}
    return text[:1].lower() + text[1:] if head in small else text


def join_words(words: Sequence[str], last: str = "and") -> str:
    """Write "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def shorten(text: str, limit: int) -> str:
    """Cut at a word and mark the cut with an ellipsis."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"
