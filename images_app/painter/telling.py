"""What the painter says of its own picture: which wish it has no shape for."""

from __future__ import annotations

import re

from playground.lib.picture_prompt import read_prompt

from .colours import COLOUR_WORDS
from .lexicon import find_features, find_places, singular
from .reading import tokens
from .scene import Scene, make_rng, read_scene
from .vocabulary import ATMOSPHERE, KNOWN_PHRASES, NO_SHAPE, PLAIN_WORDS, SCENERY

NOT_DRAWN = "Not drawn, because the offline painter has no shape for it: "
_LONGEST = 80  # characters of a wish that is named
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")
_ARTICLE = re.compile(r"^(?:(?:a|an|the|some|of|for|with|about)\s+)+", re.I)
_PLACES = {
    "emblem": "an emblem", "studio": "a plain background", "window": "a window",
    "table": "a table", "waterfall": "a waterfall", "abstract": "an abstract pattern",
    "space": "outer space", "underwater": "an underwater scene", "city": "a city",
    "beach": "a beach", "sea": "the sea", "lake": "a lake", "snowfield": "a snowfield",
    "desert": "a desert", "mountains": "a mountain range", "forest": "a forest",
    "savanna": "a savanna", "meadow": "a meadow", "hills": "a hilly landscape", "fields": "an open field",
    "portrait": "a portrait",
}  # fmt: skip
_LIGHTS = {
    "golden hour": "at golden hour", "sunset": "at sunset", "sunrise": "at sunrise",
    "night": "at night", "fog": "in fog", "noon": "at noon", "storm": "in a storm",
    "rain": "in the rain", "snow": "in snow", "autumn": "in autumn", "spring": "in spring",
}  # fmt: skip


def tell_not_drawn(
    prompt: str, seed: int, style: str = "", layout: str = ""
) -> str | None:
    """Say what is painted instead of a thing that was asked for and has no shape here.

    None when everything that the painter knows to be asked for is drawn. `layout` is
    the prompt whose arrangement a changed picture keeps.
    """
    scene = read_scene(prompt, style, make_rng(layout or prompt, seed).spawn(5)[0])
    missing = _missing(prompt, scene)
    if not missing:
        return None
    shown = _shown(scene)
    end = "" if missing.endswith("…") else "."
    return f"{shown[:1].upper()}{shown[1:]}. {NOT_DRAWN}{missing}{end}"


def _missing(prompt: str, scene: Scene) -> str:
    """The asked words that are not drawn, without their article."""
    opening = read_prompt(_SENTENCE_END.split(prompt.strip())[0])
    asked = opening.subject.strip(" .,;:!?")
    if not asked or asked == ", ".join(opening.moods):
        return ""
    if named := _without_shape(asked):
        return " and ".join(named)
    return "" if _is_known(asked, scene) else _short(_ARTICLE.sub("", asked))


def _without_shape(asked: str) -> list[str]:
    """Common things that are named, such as "giraffe", and that are never drawn."""
    text = asked.lower()
    for phrase in KNOWN_PHRASES:
        text = text.replace(phrase, " ")
    named = [word for word in tokens(text) if singular(word) in NO_SHAPE]
    return list(dict.fromkeys(named))[:3]


def _is_known(asked: str, scene: Scene) -> bool:
    """Whether the wish names anything that the painter draws, or nothing at all."""
    if scene.things or find_places(scene.words):
        return True
    if find_features(asked) or find_features(scene.words) - ATMOSPHERE:
        return True
    words = [word for word in tokens(asked) if word.isalpha()]
    if any(singular(word) in SCENERY for word in words):
        return True
    says_nothing = PLAIN_WORDS | set(COLOUR_WORDS)
    return bool(words) and all(word in says_nothing for word in words)


def _shown(scene: Scene) -> str:
    """The picture in a few words: "a meadow at sunset with a cat"."""
    said = [_PLACES.get(scene.place, "a landscape")]
    said += [_LIGHTS[mood] for mood in scene.moods[:1] if mood in _LIGHTS]
    names = [_named(one.thing.name, one.count) for one in scene.things]
    if names and scene.place != "portrait":
        said.append(f"with {_joined(names)}")
    return " ".join(said)


def _named(name: str, count: int) -> str:
    if count != 1 or name == "grapes":
        return name if name.endswith("s") or name in ("sheep", "fish") else f"{name}s"
    return f"an {name}" if name[0] in "aeio" else f"a {name}"


def _joined(names: list[str]) -> str:
    return " and ".join([part for part in (", ".join(names[:-1]), names[-1]) if part])


def _short(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST].rsplit(' ', 1)[0].rstrip(' ,.;:')}…"
