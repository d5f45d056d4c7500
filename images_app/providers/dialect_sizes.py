"""A size in pixels, as each dialect writes it. Pure."""

from __future__ import annotations

import math
from typing import Any

from images_app.providers.dialects import SizeStyle

AUTO = "auto"

# xAI's: all that `aspect_ratio` takes besides `auto`.
RATIOS = (
    "1:1",
    "3:2",
    "2:3",
    "4:3",
    "3:4",
    "16:9",
    "9:16",
    "2:1",
    "1:2",
    "19.5:9",
    "9:19.5",
    "20:9",
    "9:20",
)
SMALL_TIER, LARGE_TIER = "1k", "2k"
# Between a picture of a thousand pixels' edge and one of two thousand.
LARGE_FROM = 1536 * 1536


def size_fields(style: SizeStyle, size: str | None) -> dict[str, Any]:
    """The fields that ask for `WIDTHxHEIGHT` or `auto`; {} asks for nothing."""
    if size is None:
        return {}
    if size == AUTO:
        return _auto_fields(style)
    width, height = (int(edge) for edge in size.split("x"))
    if style == "W*H":
        return {"size": f"{width}*{height}"}
    if style == "width+height":
        return {"width": width, "height": height}
    if style == "ratio+tier":
        tier = LARGE_TIER if width * height >= LARGE_FROM else SMALL_TIER
        return {"aspect_ratio": nearest_ratio(width / height), "resolution": tier}
    return {"size": size}


def nearest_ratio(ratio: float) -> str:
    """The offered ratio whose shape is nearest."""
    return min(RATIOS, key=lambda text: abs(math.log(_value(text) / ratio)))


def _auto_fields(style: SizeStyle) -> dict[str, Any]:
    fields = {"WxH": {"size": AUTO}, "ratio+tier": {"aspect_ratio": AUTO}}
    return dict(fields.get(style, {}))


def _value(text: str) -> float:
    width, _, height = text.partition(":")
    return float(width) / float(height)
