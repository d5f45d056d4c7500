"""The grammar of picture prompts: style, composition, light, exclusions, subject.

Pure and free of Django: the offline painter and the offline chat model read a prompt
with the same words. It knows nothing of what a painter can draw.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from playground.lib.picture_words import (
    COMPOSITIONS,
    LIGHTS,
    LIT_THINGS,
    STYLES,
    THINGS,
)

_MAX_LENGTH = 4_000
_MARK = "\x00"  # stands for a protected phrase while the rest is taken apart
_TITLE = "\x01"  # stands where "an oil painting of" was, so that "an" can go too
_PREFIX = (
    r"(?:(?:all |done |drawn |painted |rendered |made |set |shot |bathed |lit |seen )?"
    r"(?:in|as|at|with|under|during|by|on|into|from)\s+(?:(?:the|a) style of\s+)?)"
)
_ARTICLE = r"(?:(?:a|an|the|its|some)\s+)"
_ADVERB = r"(?:(?:very|soft|warm|beautiful|heavy|light|dense|thick|deep|simple)\s+)"
_SUFFIX = (
    r"(?:[\s-]+(?:style|styled|lighting|light|lights|mood|atmosphere|colou?rs|tones|"
    r"palette|composition|shot|framing|weather|illustration|painting|drawing|picture|"
    r"image|art|shadows|season))"
)
_OPENING = re.compile(
    r"^(?:(?:please|hi|hello|hey|now|and|so|ok|okay|could|can|would|will|you|i|we|want|"
    r"need|like|would like|'d like|to|let's|let us)[\s,!]+)*"
    r"(?:(?:draw|paint|make|create|generate|show|give|render|sketch|design|illustrate|"
    r"imagine|produce|see|have)\s+(?:(?:me|us)\s+)?)"
    r"(?=\S)",
    re.I,
)
_PICTURE_OF = re.compile(
    r"^(?:(?:a|an|the|some|one)\s+)?(?:\w+\s+)?"
    r"(?:picture|image|drawing|painting|illustration|rendering|artwork|scene|view|shot)"
    r"\s+(?:of|showing|with)\s+",
    re.I,
)
_END = r"(?=\s*(?:[,.;:!?()\n]|$|\b(?:and|with|by|in|at|on|over|near|of|under)\b))"
_EXCLUSION = re.compile(
    r"(?:\b(?:but\s+|and\s+)?(?:with\s+no|without|no|excluding|exclude|avoid|minus|"
    r"free\s+of|leave\s+out|(?:do\s+not|don't|dont|never)\s+"
    r"(?:include|draw|add|show|paint|use))|--no)\b[:\s]+"
    r"(?P<what>(?:(?:any|the|a|an|other|visible)\s+)*[\w'-]+"
    r"(?:\s+(?!(?:and|or|nor)\b)[\w'-]+)?"
    r"(?:\s*(?:,\s*|\s)(?:or|nor|and)\s+(?!(?:a|an|the|no|with|one|two)\b)"
    r"(?:any\s+)?[\w'-]+)*)",
    re.I,
)
# A second word belongs to an exclusion only when it is not the start of something else.
_STOPS_EXCLUSION = frozenset(
    [
        "in",
        "at",
        "on",
        "with",
        "and",
        "or",
        "nor",
        "by",
        "under",
        "over",
        "near",
        "but",
        "no",
        "without",
        "of",
        "from",
        "to",
        "as",
        "for",
        "please",
        "is",
        "are",
        "it",
        "that",
        "a",
        "an",
        "the",
    ]
)
_FREE_OF = re.compile(r"\b(text|people|cloud|bird|tree)s?-free\b", re.I)


@dataclass(frozen=True)
class PicturePrompt:
    """A prompt taken apart; names in the tuples are canonical, in order of mention."""

    subject: str
    styles: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()
    composition: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()


def read_prompt(text: str) -> PicturePrompt:
    """Take a free English prompt apart; never fails, whatever the text is.

    Only the first 4,000 characters are read. When nothing but style, light and
    composition was said, `subject` is the light ("night") or empty.
    """
    rest = _tidy_spaces(text[:_MAX_LENGTH])
    rest, exclusions = _take_exclusions(rest)
    rest, protected, moods_of_names = _protect(_OPENING.sub("", rest, count=1))
    rest, composition = _take(rest, _COMPOSITION_WORDS)
    rest, styles = _take(rest, _STYLE_WORDS)
    rest, moods = _take(rest, _LIGHT_WORDS)
    subject = _tidy_subject(_restore(rest, protected))
    all_moods = _unique([*moods_of_names, *moods])
    return PicturePrompt(
        subject=subject or ", ".join(all_moods),
        styles=_unique(styles),
        moods=all_moods,
        composition=_unique(composition),
        exclusions=exclusions,
    )


@dataclass(frozen=True)
class _Words:
    """One group of the grammar, compiled: how to find its words and name them."""

    pattern: re.Pattern[str]
    names: dict[str, str]


def _compile(group: dict[str, tuple[str, ...]]) -> _Words:
    names = {word: name for name, words in group.items() for word in words}
    names |= {name: name for name in group}
    longest_first = sorted(names, key=len, reverse=True)
    word = rf"(?<![\w-])(?P<word>{'|'.join(re.escape(w) for w in longest_first)})(?!\w)"
    before = rf"(?:{_PREFIX}{_ARTICLE}?{_ADVERB}?|{_ARTICLE}{_ADVERB}?)"
    title = word.replace("?P<word>", "?P<title>")
    ending = word.replace("?P<word>", "?P<ending>")
    return _Words(
        re.compile(
            # "an oil painting of ..."
            rf"(?<![\w-]){_PREFIX}?{_ARTICLE}?{_ADVERB}?{title}{_SUFFIX}?\s+of\s+(?=\S)"
            # "... in a thick fog", up to the end of its phrase
            rf"|(?<![\w-]){before}{ending}{_SUFFIX}*{_END}"
            # "foggy" in the middle of other words
            rf"|{_ADVERB}?{word}{_SUFFIX}?(?!\w)",
            re.I,
        ),
        names,
    )


_STYLE_WORDS = _compile(STYLES)
_LIGHT_WORDS = _compile(LIGHTS)
_COMPOSITION_WORDS = _compile(COMPOSITIONS)
_NAMES_PATTERN = re.compile(
    rf"(?<!\w)({'|'.join(map(re.escape, (*LIT_THINGS, *THINGS)))})(?!\w)",
    re.I,
)


def _take(text: str, words: _Words) -> tuple[str, list[str]]:
    """Remove a group's words from the text and return their canonical names."""
    found: list[str] = []

    def remove(match: re.Match[str]) -> str:
        word = match["word"] or match["ending"] or match["title"]
        found.append(words.names[word.lower()])
        return f" {_TITLE} " if match["title"] else " "

    return _tidy_spaces(words.pattern.sub(remove, text)), found


def _take_exclusions(text: str) -> tuple[str, tuple[str, ...]]:
    found: list[str] = []

    def remove(match: re.Match[str]) -> str:
        kept, left = _split_exclusion(match["what"])
        found.extend(kept)
        return f" {left} "

    text = _EXCLUSION.sub(remove, text)
    found += [match[1].lower() for match in _FREE_OF.finditer(text)]
    return _tidy_spaces(_FREE_OF.sub(" ", text)), _unique(found)


def _split_exclusion(phrase: str) -> tuple[list[str], str]:
    """Split "any text or people in" into the things named and what follows them."""
    parts = re.split(r"\s*,?\s*\b(?:or|nor|and)\b\s*", phrase, flags=re.I)
    named: list[str] = []
    for number, part in enumerate(parts):
        words = re.sub(r"^(?:(?:any|the|a|an|other|visible)\s+)+", "", part, flags=re.I)
        head, _, tail = words.strip().partition(" ")
        if tail and tail.lower() in _STOPS_EXCLUSION:
            named.append(head.lower())
            return named, " and ".join([tail, *parts[number + 1 :]])
        if words.strip():
            named.append(words.strip().lower())
    return named, ""


def _protect(text: str) -> tuple[str, list[str], list[str]]:
    """Put names of things out of reach, so that "night sky" keeps its "night"."""
    protected: list[str] = []
    moods: list[str] = []

    def hide(match: re.Match[str]) -> str:
        protected.append(match[1])
        mood = LIT_THINGS.get(match[1].lower())
        moods.extend([mood] if mood else [])
        return _MARK

    text = _NAMES_PATTERN.sub(hide, re.sub("[\x00\x01]", " ", text))
    return text, protected, moods


def _restore(text: str, protected: list[str]) -> str:
    for phrase in protected:
        text = text.replace(_MARK, phrase, 1)
    return text


def _tidy_spaces(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").split())


def _tidy_subject(text: str) -> str:
    """Remove what taking words out leaves behind: commas, "and", lone articles."""
    text = re.sub(rf"(?:\b(?:a|an|the)\s+)*{_TITLE}\s*", " ", text, flags=re.I)
    text = _PICTURE_OF.sub("", text.strip())
    text = re.sub(r"\b(?:an?|the)\s+(?=(?:an?|the)\s)", "", text, flags=re.I)
    text = re.sub(r"\s+([,.;:!?])", r"\1", text)
    text = re.sub(r"(?:[,.;:!?]\s*){2,}", _joined_marks, text)
    text = re.sub(
        r"[\s,]*\b(?:and|with|in|at|as|by|the|a|an|style|light|lighting|of)\s*(?=[,;]|$)",
        "",
        text,
        flags=re.I,
    )
    text = re.sub(r"^(?:(?:of|in|at|as|and|with|style)\b\s*)+", "", text, flags=re.I)
    text = re.sub(r"^(?:it|them|this)$", "", text.strip(), flags=re.I)
    return _tidy_spaces(text.strip(" ,.;:!?-\"'"))


def _joined_marks(marks: re.Match[str]) -> str:
    """What is left of several marks; the end of a sentence stays one."""
    return ". " if "." in marks[0] else ", "


def _unique(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
