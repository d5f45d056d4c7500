"""What will be painted: a prompt turned into a place, things, light and style."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace

import numpy as np

from playground.lib.picture_prompt import read_prompt

from .lexicon import (
    Asked,
    find_colour,
    find_features,
    find_places,
    find_removed,
    find_things,
)
from .noise import Rng
from .vocabulary import THINGS

INDOOR_PLACES = ("table", "window", "portrait", "studio", "emblem", "abstract")
_PORTRAITS = {"woman": "portrait", "child": "portrait", "person": "portrait of a man"}
_RIDDEN = {
    "astronaut": "astronaut on a horse",
    "person": "rider",
    "woman": "rider",
    "child": "rider",
}
_OPEN_PLACES = ("mountains", "sea", "forest", "hills", "lake", "desert", "fields")
# Weather alone is a subject too: where it looks best.
_PLACE_OF_MOOD = {
    "storm": "sea", "fog": "forest", "snow": "mountains", "autumn": "forest", "neon": "city",
    "night": "space", "spring": "meadow", "rain": "city", "sunset": "sea", "sunrise": "lake",
}  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """Everything that the words decide; the seed decides the rest."""

    place: str
    things: tuple[Asked, ...]
    features: frozenset[str]
    removed: frozenset[str]
    moods: tuple[str, ...]
    styles: tuple[str, ...]
    composition: tuple[str, ...]
    tint: str | None
    background: str | None = None
    words: str = ""

    def has(self, feature: str) -> bool:
        """Whether a feature was asked for and not excluded."""
        return feature in self.features and feature not in self.removed

    def allows(self, feature: str) -> bool:
        """Whether a feature may appear although nobody asked for it."""
        return feature not in self.removed

    def first(self, *styles: str) -> bool:
        """Whether the style that counts is one of these."""
        return bool(self.styles) and self.styles[0] in styles


def make_rng(prompt: str, seed: int) -> Rng:
    """Random numbers that depend on the words and the seed alone."""
    text = f"{' '.join(prompt.lower().split())}\x00{seed}"
    digest = hashlib.sha256(text.encode("utf-8", "replace")).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def read_scene(prompt: str, style: str, rng: Rng) -> Scene:
    """Take a prompt to a scene that can be painted, whatever the words are."""
    parts = read_prompt(prompt)
    extra = read_prompt(style) if style else None
    styles = (extra.styles if extra else ()) + parts.styles
    moods = tuple(dict.fromkeys(parts.moods + (extra.moods if extra else ())))
    removed = find_removed(parts.exclusions)
    moods = tuple(mood for mood in moods if mood not in removed)
    things = [
        asked for asked in find_things(parts.subject) if asked.thing.name not in removed
    ]
    places = find_places(parts.subject)
    features = frozenset(find_features(parts.subject))
    things = as_portrait(things, parts.composition)
    things = without_doubles(in_the_saddle(things, parts.subject))
    place = choose_place(places, things, moods, rng)
    if "bridge" in features and not places:
        place = "lake"
    opening = parts.subject.partition(". ")[0]
    lone_star = re.search(r"\bstars?\b", opening, re.I) and not (places or moods)
    if lone_star and not things and "stars" not in removed:
        things, place = [Asked(THINGS["star"], 1, find_colour(parts.subject))], "space"
    if "road" in features and not places and not things:
        place = "hills"
    if place == "emblem" and not things:
        place = "abstract"
    things, features = settle_flowers(things, features, place)
    if "party" in features and "party" not in removed and place not in INDOOR_PLACES:
        things = with_company(things, removed)
    moods = moods or moods_of(place, features)
    if "house" in features and "house" not in removed:  # a village
        things = [
            Asked(THINGS["house"], 4, None),
            *(a for a in things if a.thing.name != "house"),
        ]
    outside = next((p for p in places if p not in ("window", "table")), None)
    return Scene(
        place=place,
        things=tuple(things),
        features=features,
        removed=removed,
        moods=moods,
        styles=tuple(dict.fromkeys(styles)),
        composition=parts.composition,
        tint=find_colour(parts.subject),
        background=outside,
        words=parts.subject,
    )


def moods_of(place: str, features: frozenset[str]) -> tuple[str, ...]:
    """The light that a place or a moon brings along when no other was named."""
    if place == "snowfield":
        return ("snow",)
    if place == "space" or (
        features & {"moon", "stars"} and place not in INDOOR_PLACES
    ):
        return ("night",)
    return ()


def in_the_saddle(things: list[Asked], words: str) -> list[Asked]:
    """Whoever rides a horse sits on it."""
    rider = next((a for a in things if a.thing.name in _RIDDEN), None)
    horse = next((a for a in things if a.thing.name == "horse"), None)
    if not (
        rider and horse and re.search(r"\b(?:riding|rides?|rode|on)\b", words, re.I)
    ):
        return things
    mounted = replace(rider, thing=THINGS[_RIDDEN[rider.thing.name]])
    return [mounted, *(a for a in things if a not in (rider, horse))]


def with_company(things: list[Asked], removed: frozenset[str]) -> list[Asked]:
    """A celebration has people and balloons."""
    named = {asked.thing.name for asked in things}
    guests = [
        Asked(THINGS[name], 0, None)
        for name, others in (("person", {"woman", "child", "couple", "santa"}), ("balloon", set()))
        if name not in named | removed and not others & named
    ]  # fmt: skip
    return [*things, *guests]


def as_portrait(things: list[Asked], composition: tuple[str, ...]) -> list[Asked]:
    """A person's portrait shows the head; an animal's is the animal, close."""
    if "portrait" not in composition:
        return things
    if not things:
        return [Asked(THINGS["portrait"], 1, None)]
    return [
        replace(asked, thing=THINGS[_PORTRAITS[asked.thing.name]])
        if asked.thing.name in _PORTRAITS
        else asked
        for asked in things
    ]


def without_doubles(things: list[Asked]) -> list[Asked]:
    """A "hot air balloon" is no second balloon; keep at most five kinds."""
    unique = {asked.thing.name: asked for asked in things}
    return list(unique.values())[:5]


def choose_place(
    places: list[str], things: list[Asked], moods: tuple[str, ...], rng: Rng
) -> str:
    """The place named, else the home of the first thing, else what suits the mood."""
    if any(asked.thing.home == "portrait" for asked in things):
        return "portrait"
    if places:
        return places[0]
    home = next((asked.thing.home for asked in things if asked.thing.home), "")
    if home:
        outdoors = ("snow", "autumn", "storm", "spring")
        if (
            home in ("window", "table")
            and set(moods) & set(outdoors)
            and home == "window"
        ):
            return "meadow"
        return home
    for mood in moods:
        if mood in _PLACE_OF_MOOD:
            return _PLACE_OF_MOOD[mood]
    if things:
        return "sea"
    return _OPEN_PLACES[int(rng.integers(len(_OPEN_PLACES)))]


def settle_flowers(
    things: list[Asked], features: frozenset[str], place: str
) -> tuple[list[Asked], frozenset[str]]:
    """Flowers grow outdoors and stand in a vase on a table."""
    if place in INDOOR_PLACES:
        return things, features - {"flowers", "lavender", "trees"}
    kept = [asked for asked in things if asked.thing.name not in ("bouquet", "rose")]
    if len(kept) < len(things):
        features = features | {"flowers"}
    return kept, features
