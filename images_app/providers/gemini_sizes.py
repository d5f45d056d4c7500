"""How Gemini is told of a size: by a ratio and a tier. Which pixels they give is known.

The pixels are those of the vendor's table; they are not what the ratio alone gives.
"""

from __future__ import annotations

from typing import NamedTuple


class Shape(NamedTuple):
    """What is sent in place of a size."""

    ratio: str
    tier: str


USUAL_TIER = "1K"  # what is made when no tier is sent

# At the usual tier. The other tiers are these times a factor.
_PIXELS = {
    "1:1": (1024, 1024),
    "2:3": (848, 1264),
    "3:2": (1264, 848),
    "3:4": (896, 1200),
    "4:3": (1200, 896),
    "4:5": (928, 1152),
    "5:4": (1152, 928),
    "9:16": (768, 1376),
    "16:9": (1376, 768),
    "21:9": (1584, 672),
    "1:4": (512, 2048),
    "4:1": (2048, 512),
    "1:8": (384, 3072),
    "8:1": (3072, 384),
}
_FACTORS = {"512": 0.5, USUAL_TIER: 1, "2K": 2, "4K": 4}

# gemini-2.5-flash-image has a table of its own, and no tiers.
_OLDER_PIXELS = {
    "2:3": (832, 1248),
    "3:2": (1248, 832),
    "3:4": (864, 1184),
    "4:3": (1184, 864),
    "4:5": (896, 1152),
    "5:4": (1152, 896),
    "9:16": (768, 1344),
    "16:9": (1344, 768),
    "21:9": (1536, 672),
}


def shape_of(size: str) -> Shape | None:
    """The ratio and tier that give this size; None for one that no model makes."""
    return _SHAPES.get(size)


def _text(pixels: tuple[int, int], factor: float) -> str:
    return "x".join(str(round(edge * factor)) for edge in pixels)


_SHAPES = {
    _text(pixels, factor): Shape(ratio, tier)
    for tier, factor in _FACTORS.items()
    for ratio, pixels in _PIXELS.items()
} | {
    _text(pixels, 1): Shape(ratio, USUAL_TIER)
    for ratio, pixels in _OLDER_PIXELS.items()
}
