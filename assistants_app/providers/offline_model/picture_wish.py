"""Takes a wish for pictures apart: how many, of what, in which format.

A wish keeps the words as they were asked. `playground.lib.picture_prompt` reads style,
light, composition and exclusions out of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from assistants_app.providers.offline_model.intent import (
    SURPRISE,
    WishText,
    is_vague,
    wish_sentences,
)
from assistants_app.providers.offline_model.phrases import NUMBER, number_of
from assistants_app.providers.offline_model.shape import Shape, take_shape
from assistants_app.providers.offline_model.things import names_a_thing
from playground.lib.picture_prompt import PicturePrompt, read_prompt
from playground.lib.picture_words import LIGHTS, STYLES

MOST_PICTURES = 4


@dataclass(frozen=True)
class Wish:
    """One picture that is wanted: the asked words, their format, which variation."""

    brief: str
    shape: Shape = field(default_factory=Shape)
    variation: int = 0
    more_wanted: int = 0

    @property
    def read(self) -> PicturePrompt:
        return read_prompt(self.brief)


_KIND = (
    r"(?:pictures?|images?|variations?|versions?|options?|drawings?|paintings?|sketches|"
    r"takes|alternatives|illustrations?|pics|renderings?|photos?|posters?|logos?|icons?|"
    r"ideas|proposals)"
)
_SEVERAL = re.compile(
    rf"^(?P<count>{NUMBER})\s+(?:(?:different|separate|distinct|new|possible)\s+)*"
    rf"(?P<kind>{_KIND})\s+(?P<of>of|for|showing|with|about)\s+(?P<rest>.+)$",
    re.I | re.S,
)
_SEVERAL_LAST = re.compile(
    rf"^(?P<rest>.+?)[,.]?\s+(?:(?:in|as)\s+)?(?P<count>{NUMBER})\s+(?:different\s+|"
    r"separate\s+)?(?:variations?|versions?|takes|options|alternatives)\s*$",
    re.I | re.S,
)
_SECOND = re.compile(
    r"[,;]?\s*\b(?:and|then|and then|plus)?,?\s*(?:in|on|as|for)\s+(?:a|an|the)?\s*(?:"
    r"second|third|fourth|another|separate|different|other|next|2nd|3rd)\s+"
    r"(?:picture|image|one|drawing|painting|illustration|pic|photo)\s*[,:]?\s*",
    re.I,
)
_ONE_AND_ONE = re.compile(
    r"^(?:(?:one|a|an)\s+(?:(?:picture|image|drawing|pic)\s+)?of\s+)?(?P<first>.+?)[,;]?"
    r"\s+(?:and|plus)\s+(?:one|another|a second)(?:\s+(?:one|picture|image|drawing))?\s+of\s+"
    r"(?P<second>.+)$",
    re.I | re.S,
)
_SEPARATELY = re.compile(
    r"[,;]?\s*(?:\(?(?:as|in|on|each in)\s+(?:(?:two|three|four|2|3|4|its own|their own)"
    r"\s+)?(?:separate|different|individual|own|two|three|four)?\s*(?:pictures?|images?)"
    r"\)?|separately)\s*$",
    re.I,
)
_AND_DRAW = re.compile(
    r"(?:[,;.]?\s*\b(?:and then|then|and|plus)\b|;),?\s*(?:(?:also|then|please)\s+)*"
    r"(?P<verb>draw|paint|sketch|make|create|generate|illustrate|photograph)\s+(?:me\s+|us\s+)?"
    rf"(?=(?:an?|another|one|some|{NUMBER})\s)",
    re.I,
)
_NEXT_THING = re.compile(r";\s+(?=(?:an?|another)\s)", re.I)
_ITEM = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*•])\s+(?P<item>\S.*)$", re.M)
_LEAD = re.compile(
    r"^(?:and|then|also|please|make it|make this|it should be|it should have|use|in the|"
    r"i want it|keep it|style|mood|light(?:ing)?|composition|size|format|let it be)\b"
    r"[\s:]*",
    re.I,
)
_TALK = re.compile(
    r"\b(?:i|i'm|you|we|my|your|thanks|thank|hello|hi|hey|how|what|why|tell)\b|\?", re.I
)
_POINTS_BACK = re.compile(r"\b(?:it|them|this|that|him|her)\b", re.I)


def read_wishes(text: str) -> list[Wish]:
    """Return the pictures a message wishes for, at most four; none if it wishes none."""
    items = [match["item"] for match in _ITEM.finditer(text)]
    head = text[: text.find(items[0])] if items else ""
    if len(items) > 1 and re.search(
        r"\b(draw|paint|picture|image|sketch|creat)", head, re.I
    ):
        return _at_most([_wish(WishText(item)) for item in items])
    found: list[Wish] = []
    for brief in _joined_briefs(text):
        found += _split(brief)
    return _at_most(found)


def whole_text_as_wish(text: str) -> Wish:
    """Make a picture's subject out of any text, for a turn that must draw something."""
    rest, shape = take_shape(" ".join(text.split())[:600])
    greeting = re.match(
        r"^(?:hi|hello|hey|good \w+|hallo|bonjour|hola)\b[\s!.,]*$", rest, re.I
    )
    if greeting:
        return Wish(f"a friendly greeting, two birds on a branch, {SURPRISE}", shape)
    return Wish(rest.strip(" ?!.") or SURPRISE, shape)


def compose_brief(
    subject: str,
    styles: Iterable[str],
    moods: Iterable[str],
    composition: Iterable[str],
    exclusions: Iterable[str],
) -> str:
    """Write the parts of a wish as one phrase that reads back to the same parts."""
    parts = [
        subject,
        *(MOOD_PHRASES.get(mood, mood) for mood in moods if mood != subject),
        *styles,
        *composition,
        *(f"no {what}" for what in exclusions),
    ]
    return ", ".join(part for part in parts if part)


def as_said(
    text: str, group: Mapping[str, tuple[str, ...]], names: Iterable[str]
) -> list[str]:
    """Give each canonical name in the words of the text: "sepia", not "monochrome"."""
    lowered = text.lower()
    said: list[str] = []
    for name in names:
        words = [name, *sorted(group.get(name, ()), key=len, reverse=True)]
        found = [
            word for word in words if re.search(rf"\b{re.escape(word)}\b", lowered)
        ]
        said.append(found[0] if found else name)
    return said


def styles_as_said(text: str) -> list[str]:
    return as_said(text, STYLES, read_prompt(text).styles)


def moods_as_said(text: str) -> list[str]:
    return as_said(text, LIGHTS, read_prompt(text).moods)


MOOD_PHRASES = {
    "golden hour": "at golden hour",
    "sunset": "at sunset",
    "sunrise": "at sunrise",
    "night": "at night",
    "fog": "in fog",
    "noon": "at noon",
    "storm": "in a storm",
    "rain": "in the rain",
    "snow": "in snow",
    "autumn": "in autumn",
    "spring": "in spring",
    "overcast": "under an overcast sky",
    "dramatic": "in dramatic light",
    "neon": "in neon light",
    "vivid": "in vivid colours",
    "winter": "in winter",
    "dusk": "at dusk",
    "dawn": "at dawn",
    "midnight": "at midnight",
    "midday": "at midday",
    "twilight": "at twilight",
    "evening": "in the evening",
    "morning": "in the morning",
    "mist": "in mist",
    "daylight": "in daylight",
    "moonlight": "in moonlight",
    "thunderstorm": "in a thunderstorm",
}
_VERB_STYLES = {
    "sketch": "pencil sketch",
    "doodl": "doodle",
    "photograph": "photograph",
}


def _joined_briefs(text: str) -> list[WishText]:
    """Join each wish with the short sentences after it that say how it should look."""
    briefs: list[WishText] = []
    before: list[str] = []
    for sentence, wish in wish_sentences(text):
        bare = wish is not None and not wish.verb and wish.language == "en"
        if wish is not None and (not bare or not briefs):
            briefs.append(_with_context(wish, before))
        elif briefs and len(sentence.split()) <= 14 and not _TALK.search(sentence):
            last = briefs[-1]
            said = _LEAD.sub("", sentence.rstrip(".!")).strip()
            briefs[-1] = replace(last, brief=f"{last.brief}, {said}")
        elif not briefs:
            before.append(sentence.rstrip(".!?"))
    return briefs


def _with_context(wish: WishText, before: list[str]) -> WishText:
    """Keep what "it" stands for: "I own a bakery. Make a logo for it."."""
    if before and _POINTS_BACK.search(wish.brief):
        thing = re.sub(
            r"\s*\b(?:for|of|about)\s+(?:it|them|this|that)\b", "", wish.brief
        )
        return replace(wish, brief=f"{thing} for this: \u201c{before[-1]}\u201d")
    return wish


def _split(text: WishText) -> list[Wish]:
    """The pictures of one wish: "a cat and draw a dog" are two."""
    first, *rest = _AND_DRAW.split(text.brief)
    wishes = _split_things(replace(text, brief=first))
    for verb, brief in zip(rest[::2], rest[1::2], strict=True):
        wishes += _split_things(replace(text, brief=brief, verb=verb.lower()))
    return wishes


def _split_things(text: WishText) -> list[Wish]:
    brief = text.brief
    things = _NEXT_THING.split(brief)
    if len(things) > 1 and all(names_a_thing(thing) for thing in things):
        return [_wish(replace(text, brief=thing)) for thing in things]
    if match := _SEVERAL.match(brief) or _SEVERAL_LAST.match(brief):
        count = number_of(match["count"])
        one = _wish(replace(text, brief=_kept_kind(match)))
        if count > 1:
            shown = min(count, MOST_PICTURES)
            wanted = [replace(one, variation=number + 1) for number in range(shown)]
            return [replace(wish, more_wanted=count - shown) for wish in wanted]
    if match := _ONE_AND_ONE.match(brief):
        return [_wish(replace(text, brief=match[name])) for name in ("first", "second")]
    if _SEPARATELY.search(brief):
        parts = re.split(r"\s*(?:,|;|\band\b)\s*", _SEPARATELY.sub("", brief))
        return [_wish(replace(text, brief=part)) for part in parts if part]
    parts = [part for part in _SECOND.split(brief) if part.strip(" ,")]
    return [_wish(replace(text, brief=part)) for part in parts]


def _kept_kind(match: re.Match[str]) -> str:
    """Three posters for a fair: each of them is "a poster for a fair"."""
    kind = match.groupdict().get("kind") or ""
    if re.match(
        r"(?:poster|logo|icon|sketch|photo|painting|drawing|illustration)", kind, re.I
    ):
        single = (
            re.sub(r"e?s$", "", kind) if kind.endswith("ches") else kind.rstrip("s")
        )
        article = "an" if single[0] in "aeiou" else "a"
        return f"{article} {single} {match['of']} {match['rest']}"
    return match["rest"]


def _wish(text: WishText) -> Wish:
    brief, shape = take_shape(text.brief)
    if len(brief) > 3 and brief.isupper():
        brief = brief.lower()
    if not brief or is_vague(brief):
        brief = SURPRISE
    brief = re.sub(r"^(?:and|then|also|plus)\s+", "", brief.strip(" ,.;"), flags=re.I)
    style = next(
        (s for verb, s in _VERB_STYLES.items() if text.verb.startswith(verb)), ""
    )
    if style and not read_prompt(brief).styles:
        brief = f"{brief}, {style}"
    if text.verb.startswith("paint") and not read_prompt(brief).styles:
        has_article = re.match(rf"(?:a|an|the|{NUMBER})\s", brief, re.I)
        brief = f"a painting of {brief}" if has_article else f"{brief}, painted"
    return Wish(brief, shape)


def _at_most(wishes: list[Wish]) -> list[Wish]:
    left = len(wishes) - MOST_PICTURES
    if left <= 0:
        return wishes
    return [replace(wish, more_wanted=left) for wish in wishes[:MOST_PICTURES]]
