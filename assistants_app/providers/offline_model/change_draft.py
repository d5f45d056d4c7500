"""The words of a wish while the clauses of a follow-up change them, one by one.

The asked words stay as they are, except those that a change takes the place of.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from assistants_app.providers.offline_model.enhance import LIGHT
from assistants_app.providers.offline_model.phrases import capital, lower_first
from assistants_app.providers.offline_model.picture_wish import (
    MOOD_PHRASES,
    Wish,
    as_said,
    compose_brief,
    moods_as_said,
    styles_as_said,
)
from assistants_app.providers.offline_model.shape import Shape, words_for
from playground.lib.picture_prompt import PicturePrompt, read_prompt
from playground.lib.picture_words import COMPOSITIONS

# Of each group one holds at a time: a new one takes the place of the old one.
_EXCLUSIVE = (
    frozenset(("golden hour", "sunset", "sunrise", "night", "noon")),
    frozenset(("fog", "storm", "rain", "overcast", "noon")),
    frozenset(("autumn", "spring", "snow")),
    frozenset(("pastel", "vivid", "monochrome", "neon")),
    frozenset(("calm", "dramatic")),
)
_NOUNS = frozenset(("poster", "photo", "photograph", "sketch", "cartoon", "portrait"))
_AROUND = (
    r"(?:,?\s*\b(?:(?:in|at|as|with|under|during|on|by|from|of)\s+)?(?:(?:the style of|a|an|"
    r"the|soft|warm|very|heavy|thick|light)\s+)*)?(?<![\w-])"
)
_BEHIND = r"(?![\w-])(?:\s+(?:style|light|lighting|mood|colou?rs|tones|painting|shadows|view))?"


@dataclass
class Draft:
    """The words that may change, the format, and what was told about each change."""

    text: str
    shape: Shape
    told: list[str] = field(default_factory=list)
    anew: bool = False
    count: int = 1

    @classmethod
    def of(cls, wish: Wish) -> Draft:
        return cls(wish.brief, wish.shape)

    def wish(self) -> Wish:
        return Wish(self.text, self.shape)

    def instruction(self) -> str:
        """What an edit is told: the whole result first, then what differs."""
        told = "; ".join(self.told)
        return f"{capital(self.text)}. Edit: {told}. Everything else stays as it is."

    def again(self, count: int) -> None:
        self.anew, self.count = True, count

    def reshape(self, shape: Shape) -> bool:
        """Take another format; the picture is extended or cropped, not invented anew."""
        self.shape = shape.over(self.shape)
        told = words_for(shape) if shape.ratio else "higher quality"
        self.told.append(f"recompose it: {told or 'another format'}")
        return True

    def compose(self, said: str) -> bool:
        """Take another framing of the same things."""
        old = read_prompt(self.text).composition
        self._drop(as_said(self.text, COMPOSITIONS, old))
        self.text = f"{self.text}, {said}"
        self.told.append(f"show it in another framing: {said}")
        return True

    def look(self, words: str, read: PicturePrompt) -> bool:
        """Take over the light, style and composition that a clause names."""
        for mood, said in zip(read.moods, moods_as_said(words), strict=True):
            self._set_mood(mood, said)
        if read.styles:
            self._set_styles(styles_as_said(words))
        if read.composition:
            self.compose(as_said(words, COMPOSITIONS, read.composition)[0])
        for what in read.exclusions:
            self.remove(what)
        return True

    def add(self, what: str) -> bool:
        what = re.sub(r"^(?:more|some more)\s+", "more ", what.strip(" ,."))
        if (read := _only_light(what)) is not None:
            return self.look(what, read)
        self._allow(what)
        self._into_head(f"{self._joint()} {what}")
        self.told.append(f"add {what}")
        return True

    def give(self, whom: str, what: str) -> bool:
        if whom.lower() == "it" and (read := _only_light(what)) is not None:
            return self.look(what, read)
        self._into_head(f"{self._joint()} {what}")
        self.told.append(f"give {whom} {what}")
        return True

    def remove(self, what: str) -> bool:
        what = _bare(what)
        if (read := _only_light(what)) is not None:
            self._drop_moods(read.moods)
        self.text = _without(self.text, what)
        if what.lower() not in read_prompt(self.text).exclusions:
            self.text = f"{self.text}, no {what.lower()}"
        self.told.append(f"remove the {what}")
        return True

    def swap(self, old: str, new: str) -> bool:
        """Put another thing in the place of one thing, or of the whole subject."""
        old, new = _bare(old), lower_first(new.strip(" ,."))
        if (read := _only_light(new)) is not None:
            return self.look(new, read)
        if not old:
            return self._new_subject(new)
        single = re.escape(re.sub(r"s$", "", old))
        before = r"(?:\b(?:a|an|the|two|three|four|some|\d+)\s+(?:\w+\s+)?)?"
        pattern = re.compile(rf"{before}\b{single}s?\b", re.I)
        if pattern.search(self.text):
            self.text = pattern.sub(new, self.text, count=1)
        else:
            self._into_head(f"with {new} instead of {old}")
        self.told.append(f"replace the {old} with {new}")
        return True

    def degree(self, more: str, thing: str) -> bool:
        """ "More red", "bigger sun"; "more dramatic" and "less fog" are light."""
        amount, _, rest = more.partition(" ")
        if amount in {"more", "less", "extra"}:
            phrase = f"{rest} {thing}".strip()
            read = _only_light(phrase)
            if read is None:
                return self._note(f"{amount} {phrase}", f"{amount} {phrase}")
            if amount != "less":
                return self.look(phrase, read)
            self._drop_moods(read.moods)
            self.told.append(f"less {phrase}")
            return True
        if thing in {"colours", "colors", "tones"}:
            return self._note(f"{amount} colours", f"use {amount} colours")
        if thing:
            return self._make(thing, more)
        return self._note(more, f"make it {more}")

    def detail(self, clause: str) -> bool:
        """Pass on a change that is not understood, in the words it was asked in."""
        clause = clause.strip(" ,.")
        lead = r"^(?:make|have|let|turn|paint|colou?r|change)\s+(?:(?:it|this|that)\b|(?=the\b))\s*"
        return self._note(re.sub(lead, "", clause, flags=re.I), clause)

    def _make(self, thing: str, more: str) -> bool:
        """ "A cat" becomes "a bigger cat"; what is not named yet is written behind."""
        article = "" if thing.endswith("s") else "an " if more[0] in "aeiou" else "a "
        pattern = rf"(?:\b(?:a|an|the)\s+(?P<kind>\w+\s+)?)?\b{re.escape(thing)}\b"

        def grow(match: re.Match[str]) -> str:
            return f"{article}{more} {match['kind'] or ''}{thing}"

        changed = re.sub(pattern, grow, self.text, count=1, flags=re.I)
        if changed == self.text:
            return self._note(f"{article}{more} {thing}", f"make the {thing} {more}")
        self.text = changed
        self.told.append(f"make the {thing} {more}")
        return True

    def _note(self, words: str, told: str) -> bool:
        self.text = f"{self.text}, {words}"
        self.told.append(told)
        return True

    def _new_subject(self, new: str) -> bool:
        read = read_prompt(self.text)
        styles = [] if read_prompt(new).styles else styles_as_said(self.text)
        moods = [] if read_prompt(new).moods else moods_as_said(self.text)
        self.text = compose_brief(new, styles, moods, (), read.exclusions)
        self.anew = True
        return True

    def _set_styles(self, said: list[str]) -> None:
        self._drop(style for style in styles_as_said(self.text) if style not in _NOUNS)
        self.text = f"{self.text}, {', '.join(said)}"
        self.told.append(f"repaint it as {' and '.join(said)}")

    def _set_mood(self, mood: str, said: str) -> None:
        clashing = {name for group in _EXCLUSIVE if mood in group for name in group}
        self._drop_moods(clashing | {mood})
        phrase = MOOD_PHRASES.get(said, said)
        if phrase == said:
            self.text = f"{self.text}, {said}"
        else:
            self._light_head(phrase)
        self.told.append(f"change the light to {said} ({_lowered(LIGHT[mood])})")

    def _drop_moods(self, names: Collection[str]) -> None:
        read = read_prompt(self.text)
        pairs = zip(read.moods, moods_as_said(self.text), strict=True)
        self._drop(said for mood, said in pairs if mood in names)

    def _drop(self, words: Iterable[str]) -> None:
        for word in words:
            title = rf"\b(?:an?|the)\s+{re.escape(word)}{_BEHIND}\s+of\s+(?=\w)"
            shorter = re.sub(title, "", self.text, count=1, flags=re.I)
            if shorter == self.text:
                pattern = rf"{_AROUND}{re.escape(word)}{_BEHIND}"
                shorter = re.sub(pattern, _gap, self.text, count=1, flags=re.I)
            shorter = re.sub(r"\s+", " ", shorter)
            self.text = re.sub(r"\s+,", ",", shorter).strip(" ,") or self.text

    def _allow(self, what: str) -> None:
        """What is added is no longer excluded."""
        for gone in read_prompt(self.text).exclusions:
            if re.search(rf"\b{re.escape(gone.rstrip('s'))}", what, re.I):
                pattern = rf",?\s*\b(?:with no|without|no)\s+{re.escape(gone)}\b"
                self.text = re.sub(pattern, "", self.text, flags=re.I).strip(" ,")

    def _joint(self) -> str:
        return "and" if " with " in self.text.partition(",")[0] else "with"

    def _light_head(self, phrase: str) -> None:
        """Write a light behind the main thing: "a lake at night with birds"."""
        head, comma, tail = self.text.partition(",")
        thing, joint, others = head.partition(" with ")
        self.text = f"{thing} {phrase}{joint}{others}{comma}{tail}"

    def _into_head(self, words: str) -> None:
        """Write words behind the thing itself, before the first comma."""
        head, comma, tail = self.text.partition(",")
        self.text = f"{head} {words}{comma}{tail}"


def _only_light(words: str) -> PicturePrompt | None:
    """Read words that name light, style or framing and no thing; else None."""
    read = read_prompt(words)
    named = read.moods or read.styles or read.composition
    return read if named and read.subject in ("", ", ".join(read.moods)) else None


def _gap(match: re.Match[str]) -> str:
    """Keep "in a" when "snowy" goes out of "in a snowy forest"."""
    behind = match.string[match.end() :]
    if re.match(r"\s*(?:,|$)", behind):
        return ""
    if re.match(
        r"\s+(?:with|and|in|at|on|over|near|by|under|of|behind|before)\b", behind
    ):
        return " "
    kept = match[0].rstrip()
    return f"{kept[: kept.rfind(' ') + 1]} " if " " in kept else " "


def _without(text: str, what: str) -> str:
    """Take a thing out: "a bay with a boat" without "boat"."""
    word = re.escape(re.sub(r"s$", "", what))
    before = r"(?:(?:a|an|the|some|two|three|more)\s+)?(?:(?!with\b|and\b)\w+\s+)?"
    listed = rf"\s*(?:,|\bwith\b|\band\b)\s+{before}{word}s?\b(?=\s*(?:,|$|\band\b|\bat\b|\bin\b))"
    return re.sub(listed, "", text, flags=re.I).strip(" ,") or text


def _bare(what: str) -> str:
    article = r"^(?:(?:the|any|all|those|these|that|its|a|an|of)\s+)+"
    return re.sub(article, "", (what or "").strip(" ,."), flags=re.I)


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
