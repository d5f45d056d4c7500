"""Words to things: what a prompt asks the painter to draw, how many, in which colour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .colours import COLOUR_WORDS
from .reading import is_colour, is_introduced, sentences, tokens
from .vocabulary import (
    ATMOSPHERE,
    FEATURES,
    GROUPS,
    OWN_COLOURS,
    PLACES,
    SET_PHRASES,
    THINGS,
    VAGUE_PLACES,
    Thing,
)

_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "single": 1, "lone": 1, "lonely": 1, "two": 2, "pair": 2, "both": 2,
    "three": 3, "few": 3, "four": 4, "several": 4, "five": 5, "some": 3, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "dozen": 12, "many": 7, "flock": 9, "herd": 6, "caravan": 5,
    "group": 4, "family": 3,
}  # fmt: skip
_PLURALS = {
    "people": "people", "children": "child", "men": "man", "women": "woman", "wolves": "wolf",
    "geese": "goose", "mice": "mouse", "leaves": "leaf", "foxes": "fox", "fishes": "fish",
    "sheep": "sheep", "fish": "fish", "deer": "deer", "bus": "bus", "grass": "grass", "glass": "glass",
    "canvas": "canvas", "lotus": "lotus", "cactus": "cactus", "paris": "paris", "venice": "venice, eiffel tower",
    "mars": "mars", "alps": "alps", "woods": "woods", "shapes": "shapes", "circles": "circles", "triangles": "triangles", "indoors": "indoors",
    "species": "species", "always": "always", "christmas": "christmas",
}  # fmt: skip
_CROWDS = frozenset(("team", "crowd", "people"))
_GATHERINGS = frozenset(("pair", "family", "group", "herd", "flock"))
# Words after which a number or a colour belongs to something else.
_JOINTS = frozenset(
    [
        "with",
        "and",
        "in",
        "on",
        "by",
        "over",
        "at",
        "near",
        "under",
        "above",
        "behind",
        "the",
        "beside",
        ".",
        ";",
        ":",
    ]
)


@dataclass(frozen=True)
class Asked:
    """A thing as the prompt asks for it; `count` 0 stands for "some"."""

    thing: Thing
    count: int
    colour: str | None


def singular(word: str) -> str:
    """A noun without its plural ending, well enough to be looked up."""
    if word in _PLURALS:
        return _PLURALS[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "oes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


def _index(groups: dict[str, str]) -> dict[str, str]:
    return {
        word: name
        for name, words in groups.items()
        for word in words.split(", ")
        if word
    }


_THING_WORDS = _index({thing.name: thing.words for thing in THINGS.values()})
_PLACE_WORDS = _index(PLACES)
_FEATURE_WORDS = _index(FEATURES)


def find_places(text: str) -> list[str]:
    """Places named, in the order of `PLACES`: narrow before wide."""
    asked, told = _asked_and_told(text)
    named = {place for words in asked for _, place in _matches(words, _PLACE_WORDS)}
    for words in [] if named else told:
        named |= {
            place
            for at, place in _matches(words, _PLACE_WORDS)
            if singular(words[at]) not in VAGUE_PLACES
        }
    return [place for place in PLACES if place in named]


def find_features(text: str) -> set[str]:
    """Features named; in later sentences, light and weather or what is introduced."""
    asked, told = _asked_and_told(text)
    found = {name for words in asked for _, name in _matches(words, _FEATURE_WORDS)}
    for words in told:
        found |= {
            name
            for at, name in _matches(words, _FEATURE_WORDS)
            if name in ATMOSPHERE or _introduces(words, at)
        }
    return found


def find_things(text: str) -> list[Asked]:
    """Things named, in order, each kind once."""
    asked, told = _asked_and_told(text)
    found: dict[str, Asked] = {}
    for words in asked:
        for one, at in _things_in(words):
            later = _colour_behind(words, at)
            known = found.setdefault(one.thing.name, one)
            if later is not None:
                found[one.thing.name] = replace(known, colour=later)
    if found and (colour := lone_colour(text)) is not None:
        first = next(iter(found))
        found[first] = replace(found[first], colour=colour)
    for words in told:
        for one, at in _things_in(words):
            if _introduces(words, at):
                found.setdefault(one.thing.name, one)
    return list(found.values())


def lone_colour(text: str) -> str | None:
    """A colour that stands alone between commas: "a cake, blue"."""
    for words in _asked_and_told(text)[0]:
        for at in range(1, len(words)):
            ends = at + 1 == len(words) or words[at + 1] in (",", ".", ";")
            if words[at - 1] == "," and ends and words[at] in COLOUR_WORDS:
                return COLOUR_WORDS[words[at]]
    return None


def _colour_behind(words: list[str], at: int) -> str | None:
    """The colour in "the balloon blue", which a change writes behind the thing."""
    behind = words[at + 1] if at + 1 < len(words) else ""
    ends = at + 2 >= len(words) or words[at + 2] in (",", ".", ";")
    return COLOUR_WORDS.get(behind) if ends else None


def _asked_and_told(text: str) -> tuple[list[list[str]], list[list[str]]]:
    """Sentences up to the first that names anything, and the prose after it."""
    read = sentences(text)
    for number, words in enumerate(read, 1):
        place_at = [at for at, _ in _matches(words, _PLACE_WORDS)]
        plain = any(singular(words[at]) not in VAGUE_PLACES for at in place_at)
        if plain or _matches(words, _THING_WORDS):
            return read[:number], read[number:]
        if number == 1 and (place_at or _matches(words, _FEATURE_WORDS)):
            return read[:1], read[1:]
    return read[:1], read[1:]


def _introduces(words: list[str], at: int) -> bool:
    return is_introduced(words, at, plural=singular(words[at]) != words[at])


def _things_in(words: list[str]) -> Iterator[tuple[Asked, int]]:
    last = -1
    for at, name in _matches(words, _THING_WORDS):
        before = words[max(last + 1, at - 4) : at]
        colour = _colour(before) or OWN_COLOURS.get(singular(words[at]))
        yield Asked(THINGS[name], _count(before, words, at), colour), at
        last = at


def find_removed(exclusions: tuple[str, ...]) -> frozenset[str]:
    """Names of things and features that must not appear."""
    removed: set[str] = set()
    for phrase in exclusions:
        for word in tokens(phrase):
            one = singular(word)
            removed |= GROUPS.get(one, set()) | {one}
            removed |= {
                index[one] for index in (_THING_WORDS, _FEATURE_WORDS) if one in index
            }
    return frozenset(removed)


def find_colour(text: str) -> str | None:
    """The first colour named, as "#rrggbb"."""
    asked, _ = _asked_and_told(text)
    named = (word for words in asked for word in words if word in COLOUR_WORDS)
    return next((COLOUR_WORDS[word] for word in named), None)


def _matches(words: list[str], index: dict[str, str]) -> list[tuple[int, str]]:
    """Positions of known words and phrases; of two that overlap, the longer."""
    found, skip = [], 0
    for at in range(len(words)):
        if at < skip:
            continue
        for length in (3, 2, 1):
            phrase = " ".join([*words[at : at + length - 1], singular(words[at + length - 1])]) if at + length <= len(words) else ""  # fmt: skip
            name = index.get(phrase)
            if phrase in SET_PHRASES and name is None:
                skip = at + length
                break
            if name is not None and not is_colour(words, at + length - 1):
                found.append((at + length - 1, name))
                skip = at + length
                break
    return found


def _count(before: list[str], words: list[str], at: int) -> int:
    if words[at] in ("team", "crowd"):
        return 4
    if at + 1 < len(words) and words[at + 1] in _GATHERINGS:
        return _NUMBERS[words[at + 1]]
    through_of = False
    for word in reversed(before):
        if word in _JOINTS:
            break
        through_of = through_of or word == "of"
        if through_of and _NUMBERS.get(word) == 1:
            break  # "a field of sunflowers" has more than one
        if word in _NUMBERS:
            return _NUMBERS[word]
        if word.isdigit():
            return max(1, min(12, int(word[:3])))
    return 0 if singular(words[at]) != words[at] or words[at] in _CROWDS else 1


def _colour(before: list[str]) -> str | None:
    for word in reversed(before):
        if word in _JOINTS:
            return None
        if word in COLOUR_WORDS:
            return COLOUR_WORDS[word]
    return None
