"""Describes a picture truly: its size, colours, brightness and contrast.

It measures pixels and recognises no things; the answer says so. Decoding takes time:
call it in a thread.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assistants_app.providers.base import Picture
from assistants_app.providers.offline_model.phrases import join_words

MOST_PIXELS = 40_000_000
_SMALL = 96
_COLOURS: dict[str, tuple[int, int, int]] = {
    "black": (16, 16, 18),
    "charcoal": (58, 60, 64),
    "grey": (128, 128, 128),
    "light grey": (198, 198, 198),
    "white": (248, 248, 246),
    "cream": (244, 232, 204),
    "beige": (214, 192, 158),
    "brown": (118, 74, 42),
    "dark brown": (62, 40, 28),
    "red": (204, 34, 40),
    "dark red": (112, 20, 28),
    "coral": (242, 116, 92),
    "pink": (244, 164, 188),
    "magenta": (206, 46, 150),
    "orange": (242, 138, 34),
    "amber": (232, 178, 60),
    "yellow": (250, 226, 58),
    "olive": (120, 120, 48),
    "lime green": (150, 214, 60),
    "green": (52, 148, 68),
    "dark green": (24, 72, 44),
    "mint": (168, 222, 190),
    "teal": (30, 128, 130),
    "turquoise": (72, 204, 204),
    "sky blue": (134, 190, 234),
    "blue": (44, 98, 204),
    "navy": (22, 34, 84),
    "slate blue": (98, 116, 150),
    "violet": (122, 70, 180),
    "lavender": (196, 180, 226),
    "plum": (98, 40, 92),
}
_USUAL_RATIOS = (
    (1, 1), (5, 4), (4, 3), (3, 2), (16, 10), (16, 9), (2, 1), (21, 9), (3, 1),
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """What was measured; `shares` are the main colours with their share of the area."""

    width: int
    height: int
    kind: str
    shares: tuple[tuple[str, float], ...]
    brightness: float
    contrast: float
    transparent: bool
    brighter_half: str


class UnreadablePicture(Exception):
    """The bytes are no picture that can be opened; the text says why."""


def measure(data: bytes) -> Seen:
    """Open a picture and measure it; raise UnreadablePicture if that is impossible."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise UnreadablePicture("it has more than 40 megapixels")
            size, kind = image.size, image.format or "image"
            image.draft("RGB", (_SMALL * 2, _SMALL * 2))
            small = image.convert("RGBA")
            small.thumbnail((_SMALL, _SMALL))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as exc:
        raise UnreadablePicture("its bytes are no picture I can open") from exc
    return _measure(np.asarray(small, dtype=np.float64), size, kind)


def describe(pictures: Sequence[Picture], sizes: Sequence[tuple[int, int]] = ()) -> str:
    """Describe each picture in a few true sentences.

    `sizes` are the true sizes, where they are known: a picture may have been made
    smaller on its way here.
    """
    known = [*sizes] if len(sizes) == len(pictures) else [None] * len(pictures)
    described = [
        _describe_one(*pair) for pair in zip(pictures[:4], known, strict=False)
    ]
    if len(described) == 1:
        text = described[0]
    else:
        rows = [f"{number}. {text}" for number, text in enumerate(described, start=1)]
        text = f"You attached {len(pictures)} pictures.\n\n" + "\n".join(rows)
        if len(pictures) > 4:
            text += "\n\nI looked at the first four."
    return (
        f"{text}\n\nThis is measured, not recognised: the offline demonstration model "
        "sees colours and light, not things."
    )


def _describe_one(picture: Picture, size: tuple[int, int] | None) -> str:
    if not picture.data:
        return (
            "This picture is only an address, and I open none: attach the file itself."
        )
    try:
        seen = measure(picture.data)
    except UnreadablePicture as exc:
        return f"I can’t describe this picture: {exc}."
    if size and size != (seen.width, seen.height):
        seen = replace(seen, width=size[0], height=size[1], kind="")
    return sentence(seen)


def sentence(seen: Seen) -> str:
    """Put the measured values into words."""
    kind = f"A {seen.kind} picture" if seen.kind else "A picture"
    named = [f"{name} ({share:.0%})" for name, share in seen.shares]
    parts = [
        f"{kind} of **{seen.width} × {seen.height}** pixels, "
        f"{_orientation(seen.width, seen.height)}.",
        f"Its main {'colours are' if len(named) > 1 else 'colour is'} {join_words(named)}.",
        f"It is {_brightness(seen.brightness)} with {_contrast(seen.contrast)} contrast"
        + (
            f", and the {seen.brighter_half} half is brighter."
            if seen.brighter_half
            else "."
        ),
    ]
    if seen.transparent:
        parts.append("Some of it is transparent.")
    return " ".join(parts)


def _measure(pixels: NDArray[np.float64], size: tuple[int, int], kind: str) -> Seen:
    alpha = pixels[..., 3:] / 255
    # Transparent pixels have no colour of their own: they count as white paper.
    colour = pixels[..., :3] * alpha + 255 * (1 - alpha)
    light = colour @ np.array([0.2126, 0.7152, 0.0722]) / 255
    return Seen(
        *size,
        kind=kind,
        shares=_main_colours(colour.reshape(-1, 3)),
        brightness=float(light.mean()),
        contrast=float(light.std()),
        transparent=bool((alpha < 0.98).mean() > 0.01),
        brighter_half=_brighter_half(light),
    )


def _main_colours(pixels: NDArray[np.float64]) -> tuple[tuple[str, float], ...]:
    names = list(_COLOURS)
    table = _perceived(np.array(list(_COLOURS.values()), dtype=np.float64))
    distance = ((_perceived(pixels)[:, None, :] - table[None]) ** 2).sum(axis=2)
    counts = np.bincount(distance.argmin(axis=1), minlength=len(names)) / len(pixels)
    order = np.argsort(-counts, kind="stable")[:4]
    found = [(names[i], float(counts[i])) for i in order if counts[i] >= 0.06]
    return tuple(found or [(names[order[0]], float(counts[order[0]]))])


def _perceived(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Go to a space where distance is nearer to how colours differ to the eye (Oklab)."""
    linear = (rgb / 255) ** 2.2
    to_lms = np.array(
        [
            [0.4122, 0.5363, 0.0514],
            [0.2119, 0.6807, 0.1074],
            [0.0883, 0.2817, 0.6300],
        ]
    )
    to_lab = np.array(
        [
            [0.2105, 0.7936, -0.0041],
            [1.9780, -2.4286, 0.4506],
            [0.0259, 0.7828, -0.8087],
        ]
    )
    lab: NDArray[np.float64] = np.cbrt(linear @ to_lms.T) @ to_lab.T
    weighted: NDArray[np.float64] = lab * np.array([1.0, 2.0, 2.0])
    return weighted


def _brighter_half(light: NDArray[np.float64]) -> str:
    middle_y, middle_x = max(1, light.shape[0] // 2), max(1, light.shape[1] // 2)
    if light.shape[0] < 2 or light.shape[1] < 2:
        return ""
    down = float(light[:middle_y].mean() - light[middle_y:].mean())
    across = float(light[:, :middle_x].mean() - light[:, middle_x:].mean())
    if max(abs(down), abs(across)) < 0.06:
        return ""
    if abs(down) >= abs(across):
        return "upper" if down > 0 else "lower"
    return "left" if across > 0 else "right"


def _orientation(width: int, height: int) -> str:
    long, short = max(width, height), min(width, height)
    near = [
        (a, b) for a, b in _USUAL_RATIOS if abs(long / short - a / b) < 0.02 * a / b
    ]
    if long == short:
        return "square"
    kind = "landscape format" if width > height else "portrait format"
    if not near:
        return kind
    a, b = near[0] if width > height else near[0][::-1]
    exact = "" if width * b == height * a else "nearly "
    return f"{kind} ({exact}{a}:{b})"


def _brightness(value: float) -> str:
    words = ((0.16, "very dark"), (0.36, "rather dark"), (0.62, "of middle brightness"))
    return next((word for limit, word in words if value < limit), "bright")


def _contrast(value: float) -> str:
    words = ((0.02, "no"), (0.1, "low"), (0.22, "moderate"))
    return next((word for limit, word in words if value < limit), "strong")
