"""Writes the prompt that is sent: the asked words first, then light, depth, surface.

What is added never names a thing, a style or a light that was not asked for, except a
light for a landscape that came without one. A sentence with an excluded word is left
out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistants_app.providers.offline_model.phrases import capital, shorten, word_set
from assistants_app.providers.offline_model.picture_wish import Wish
from assistants_app.providers.offline_model.things import main_family
from playground.lib.picture_prompt import PicturePrompt

LIGHT = {
    "golden hour": "Low, honey-coloured light from one side stretches the shadows",
    "sunset": "The sky runs from glowing amber low down to violet above, and the last rays "
    "edge every shape",
    "sunrise": "Pale pink and gold spread from the horizon, and the shadows are long "
    "and cool",
    "night": "Deep blue tones, cool highlights and small stars",
    "fog": "Shapes lose contrast with distance until the farthest almost vanish",
    "noon": "Clear light from high above, short crisp shadows and clean colours",
    "storm": "Heavy dark clouds pile up, and a single gap lets cold light through",
    "rain": "Fine slanting streaks, wet reflections and muted tones",
    "overcast": "Even light from a pale sky, with hardly any shadows",
    "snow": "Cool white surfaces with blue shadows and crisp air",
    "autumn": "Amber, rust and ochre run through the whole palette",
    "spring": "Fresh greens and clear pale tones run through the whole palette",
    "pastel": "Pale pink, mint and lilac stay close together in tone",
    "dramatic": "One strong light cuts the shapes out of deep shadow",
    "neon": "Magenta and cyan glow on dark surfaces with sharp reflections",
    "vivid": "Strong, clean colours stand against each other",
    "monochrome": "Tones from deep black to paper white, with clear steps between them",
    "calm": "Slow changes of tone and low contrast",
}
STYLE = {
    "oil painting": "Visible brush strokes, thick paint in the lights and thin dark "
    "glazes in the shadows",
    "watercolour": "Transparent washes run into each other, and the paper shows through "
    "in the lights",
    "line art": "Clean lines of varying weight, hatching in the shadows and much empty "
    "paper",
    "flat vector": "Plain areas of colour with clean edges and a limited palette",
    "pixel art": "A limited palette, hard edges and a coarse grid",
    "photorealistic": "True materials, natural colours and fine detail with a slight "
    "grain",
    "minimalist": "Very few shapes, large empty areas and nothing ornamental",
}
# Only what is sure to be seen under an open sky is told.
_LIGHT_LABELS = {
    "golden hour": "low, honey-coloured light",
    "sunset": "a glowing evening sky",
    "sunrise": "pale light at the horizon",
    "night": "deep blue tones",
    "fog": "distance that fades",
    "storm": "heavy clouds",
    "snow": "cool white with blue shadows",
    "autumn": "amber, rust and ochre",
    "monochrome": "tones from black to paper white",
}
_FRAMING = {
    "wide angle": "Plenty of space on both sides and a strong sense of distance",
    "close-up": "The frame is filled, with fine surface detail and a plain background",
    "portrait": "The face is the sharpest point, before a plain background",
    "bird's eye view": "Everything lies flat on the ground, and short shadows show "
    "their height",
    "low angle": "Tall shapes rise toward the top of the frame",
    "centered": "Equal space to the left and to the right",
    "rule of thirds": "The main shape stands on a third, with open space beside it",
}
_DEPTH = {
    "mountain": "Ridges overlap in layers that grow paler toward a low horizon, with a "
    "darker foreground",
    "sea": "The water is textured close by and smooth toward a low horizon",
    "forest": "Dark trunks frame the foreground, and paler ones recede between them",
    "city": "Outlines overlap in layers, detailed close by and paler farther off",
    "desert": "Long curves lead the eye from the foreground to a low horizon",
    "field": "Lines in the ground lead the eye toward a low horizon",
    "water": "The surface mirrors the colours above it",
    "building": "It stands clear against open sky, and the foreground leads toward it",
    "space": "Bright points and large dark areas give a sense of great distance",
    "animal": "The shape stands out clearly before a simple background, sharpest around "
    "the eyes",
    "person": "The figure is a clear shape before a simple background",
    "vehicle": "A clear outline, with open space in the direction it faces",
    "still life": "The objects overlap a little, with a plain surface below and a plain "
    "background behind",
    "plant": "Crisp detail in front, a plain background behind",
    "graphic": "Bold shapes, generous margins and one clear focal point",
    "abstract": "Large and small shapes overlap in a clear rhythm, and some areas stay "
    "empty",
    "": "One clear focal point and a simple background, with depth between the two",
}
_OUTDOORS = word_set("mountain sea city desert field water building")
_WITHOUT_COLOUR = frozenset(("line art", "pixel art", "minimalist"))
_GOLDEN = "Golden hour light from one side, with long shadows"
_VARIATIONS = (
    "",
    "Seen from a little closer",
    "Seen from farther away, with more space around it",
    "Seen from the other side",
    "With the main shape on the left",
)
_DESIGNS = (
    "",
    "Set in two colours only",
    "With one very large shape",
    "With the shapes near the edges and an open centre",
)


@dataclass(frozen=True)
class Enhanced:
    """The prompt that is sent, and in a few words which light was added outdoors.

    Of depth and background nothing is claimed: a painter may take them otherwise.
    """

    prompt: str
    added: tuple[str, ...] = ()


def enhance(wish: Wish, limit: int | None = None) -> Enhanced:
    """Write the prompt for a wish, at most `limit` characters long."""
    read = wish.read
    found = [*_light(wish, read), *_framing(wish, read), *_surface(read)]
    found.append((_variation(wish, read), ""))
    kept = [
        (said, label) for said, label in found if said and not _excluded(said, read)
    ]
    opening = capital(wish.brief.strip().rstrip("."))
    prompt = _fit(opening, [said for said, _ in kept], limit)
    return Enhanced(
        prompt, tuple(label for said, label in kept if label and said in prompt)
    )


def _light(wish: Wish, read: PicturePrompt) -> list[tuple[str, str]]:
    if read.moods:
        colourless = "monochrome" in read.moods
        names = ["monochrome"] if colourless else sorted(read.moods, key=_rank)[:2]
        outdoors = main_family(wish.brief) in _OUTDOORS
        return [
            (LIGHT[name], _LIGHT_LABELS.get(name, "") if outdoors else "")
            for name in names
            if name in LIGHT
        ]
    if _WITHOUT_COLOUR & set(read.styles):
        return []
    if main_family(wish.brief) in _OUTDOORS:
        return [(_GOLDEN, "golden-hour light")]
    return []


def _rank(mood: str) -> int:
    """Put the light that rules a picture first; warm windows do not rule a night."""
    if mood == "calm":
        return 3
    return 0 if mood == "night" else 2 if mood == "golden hour" else 1


def _framing(wish: Wish, read: PicturePrompt) -> list[tuple[str, str]]:
    asked = [(_FRAMING[name], "") for name in read.composition[:2] if name in _FRAMING]
    fills = {"close-up", "bird's eye view", "portrait", "low angle"} & set(
        read.composition
    )
    if fills:
        return asked
    return [*asked, (_DEPTH.get(main_family(wish.brief), _DEPTH[""]), "")]


def _variation(wish: Wish, read: PicturePrompt) -> str:
    """Make each of several pictures of one thing differ from the first."""
    if wish.variation < 2 or read.composition:
        return ""
    designed = main_family(wish.brief) in {"graphic", "abstract"}
    options = _DESIGNS if designed else _VARIATIONS
    return options[(wish.variation - 1) % len(options)]


def _surface(read: PicturePrompt) -> list[tuple[str, str]]:
    return [(STYLE[name], "") for name in read.styles[:2] if name in STYLE]


def _excluded(sentence: str, read: PicturePrompt) -> bool:
    words = {_stem(word) for word in re.findall(r"[a-z]+", sentence.lower())}
    return any(
        _stem(word) in words
        for phrase in read.exclusions
        for word in re.findall(r"[a-z]+", phrase.lower())
    )


def _stem(word: str) -> str:
    return re.sub(r"(?:es|s|y)$", "", word) if len(word) > 3 else word


def _fit(opening: str, said: list[str], limit: int | None) -> str:
    prompt = f"{opening}."
    if limit is not None and len(prompt) > limit:
        return shorten(opening, max(1, limit - 1)).rstrip("…")[:limit]
    for sentence in said:
        longer = f"{prompt} {sentence}."
        if limit is not None and len(longer) > limit:
            break
        prompt = longer
    return prompt
