"""What a change asks of a picture: one prompt for the result, and its tones.

Chat models write "The whole result. Edit: the change. Everything else stays as it is."
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from playground.lib.picture_prompt import PicturePrompt, read_prompt

from .colours import luminance, mix, rgb, saturate
from .lexicon import find_colour, find_features, find_places, find_things, lone_colour
from .noise import Array
from .palettes import LIGHT_VARIANTS

# Moods that say which hour or weather it is; a new one takes the place of the old.
_HOURS = frozenset(LIGHT_VARIANTS) - {"fog", "pastel"}
_EDIT = re.compile(r"^(?P<whole>.*?)[\s.]*(?:^|\s)Edit:\s*(?P<change>.+)$", re.I | re.S)
_REST = re.compile(
    r"[\s.;,]*\b(?:(?:and )?(?:everything|all)(?: else)? (?:stays?|remains?) as it is|"
    r"(?:and )?(?:keep|leave) (?:everything|all|the rest)(?: else)?(?: as it is| the same| "
    r"unchanged)?)[\s.]*$",
    re.I,
)
_REMOVE = re.compile(
    r"\b(?:remove|erase|delete|take away|take out|get rid of)\s+(?:(?:the|all|any)\s+)*"
    r"(?P<what>[\w' -]+)",
    re.I,
)
_VERBS = re.compile(
    r"\b(?:please|now|also|too|make|turn|change|transform|convert|put|add|draw|paint|"
    r"place|insert|include|give|have|let|edit|it|this|that|them|the picture|the image|"
    r"the scene|picture|image|into|to be|more|much|a bit|a little|look|like|there)\b",
    re.I,
)
_UNSEEN = re.compile(r"^\W*the attached picture\b", re.I)
_MORE = re.compile(r"\bmore ([a-z]+)\b", re.I)
_LESS = re.compile(r"\bless ([a-z]+)\b", re.I)


@dataclass(frozen=True)
class Wanted:
    """A change apart: the whole result (or nothing) and what differs."""

    whole: str
    change: str


def split_change(prompt: str) -> Wanted:
    """Take an edit's prompt apart; without "Edit:" all of it is the change."""
    bare = _REST.sub("", prompt)
    match = _EDIT.match(bare)
    if match is None:
        return Wanted("", _removals(bare))
    whole = "" if _UNSEEN.match(match["whole"]) else match["whole"]
    return Wanted(whole.strip(), _removals(match["change"].strip(" .")))


def result_prompt(old: str, wanted: Wanted) -> str:
    """One prompt for the picture after the change.

    The whole result counts where it is told. What it does not say, the hour above all,
    stays as it was.
    """
    if not wanted.whole:
        return merge_prompts(old, wanted.change)
    before, after = read_prompt(old), read_prompt(wanted.whole)
    hours = [mood for mood in before.moods if mood in _HOURS]
    loses = _LESS.search(wanted.change) or set(after.moods) & (_HOURS | {"fog"})
    kept = [] if loses else [mood for mood in hours if mood not in after.moods]
    return ", ".join([wanted.whole, *kept])


def merge_prompts(old: str, change: str) -> str:
    """One prompt for the picture after a change that names only what differs.

    A new hour or style replaces the old one; a new place replaces the subject; other
    things join it.
    """
    before, after = read_prompt(old), read_prompt(change)
    hours = set(after.moods) & _HOURS
    kept = [mood for mood in before.moods if not hours or mood not in _HOURS]
    parts = [
        _merged_subject(before, after),
        *(after.styles or before.styles),
        *dict.fromkeys([*kept, *after.moods]),
        *dict.fromkeys([*before.composition, *after.composition]),
        *(
            f"no {what}"
            for what in dict.fromkeys([*before.exclusions, *after.exclusions])
        ),
    ]
    return ", ".join(part for part in parts if part)


def names_something(words: str) -> bool:
    """Whether words name a place or a thing that can be painted."""
    subject = read_prompt(words).subject
    return bool(find_places(subject) or find_things(subject))


def tone(pixels: Array, subject: str) -> Array:
    """Brighter, darker, warmer, cooler, more of a colour: what the words say."""
    said = subject.lower()
    if re.search(r"\b(?:brighter|lighter)\b", said):
        pixels = np.clip(pixels, 0, 1) ** np.float32(0.72)
    if re.search(r"\bdarker\b", said):
        pixels = np.clip(pixels, 0, 1) ** np.float32(1.4)
    if re.search(r"\bwarmer\b", said):
        pixels = pixels * np.array([1.1, 1.0, 0.84], np.float32)
    if re.search(r"\b(?:cooler|colder)\b", said):
        pixels = pixels * np.array([0.88, 1.0, 1.1], np.float32)
    if re.search(
        r"\b(?:more (?:colou?r\w*|contrast|vibrant|vivid)|colou?rful)\b", said
    ):
        pixels = saturate(np.clip(pixels, 0, 1), 1.4)
    for more, share in ((_MORE, 0.32), (_LESS, -0.3)):
        for match in more.finditer(said):
            if (colour := find_colour(match[1])) is not None:
                pixels = tint(pixels, colour, share)
    if (colour := lone_colour(subject)) is not None and not find_things(subject):
        pixels = tint(pixels, colour, 0.32)
    return np.asarray(np.clip(pixels, 0, 1), np.float32)


def tint(pixels: Array, colour: str, share: float) -> Array:
    """Lead all tones toward a colour, or away from it when the share is negative."""
    target = rgb(colour)
    own = target / max(0.05, float(luminance(target)))
    toned = np.clip(luminance(pixels)[..., None] * own, 0, 1)
    return np.clip(mix(pixels, toned.astype(np.float32), share), 0, 1)


def _removals(text: str) -> str:
    return _REMOVE.sub(lambda found: f", no {found['what'].strip()}", text)


def _merged_subject(before: PicturePrompt, after: PicturePrompt) -> str:
    wish = " ".join(_VERBS.sub(" ", after.subject).split()).strip(" ,.")
    moods_only = set(wish.replace(", ", ",").split(",")) <= set(after.moods) | {""}
    names = find_places(wish) or find_things(wish) or find_features(wish)
    if moods_only:
        return before.subject
    if not names:
        return f"{before.subject}, {after.subject}" if _is_tone(after.subject) else (
            before.subject
        )  # fmt: skip
    replaces = find_places(wish) and not re.search(r"\badd\b", after.subject, re.I)
    head, stop, prose = before.subject.partition(". ")
    return wish if replaces else f"{head} with {wish}{stop}{prose}"


def _is_tone(words: str) -> bool:
    tones = (
        r"\b(?:brighter|lighter|darker|warmer|cooler|colder|bigger|larger|smaller)\b"
    )
    return bool(re.search(tones, words, re.I) or _MORE.search(words))
