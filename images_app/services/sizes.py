"""Sizes and ratios: reading them, and the nearest one that a model offers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from images_app.catalog.descriptors import FreeSize, SizeParameter

AUTO = "auto"
SAME_RATIO = 0.02
"""Two shapes whose ratios differ by less than this share look the same."""

_SIZE = re.compile(r"\s*(\d{1,5})\s*[x×*]\s*(\d{1,5})\s*", re.I)
_RATIO = re.compile(r"\s*(\d{1,4}(?:\.\d{1,3})?)\s*:\s*(\d{1,4}(?:\.\d{1,3})?)\s*")


@dataclass(frozen=True)
class Box:
    """A width and a height in pixels, both above 0."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"

    @property
    def ratio(self) -> float:
        return self.width / self.height

    @property
    def pixels(self) -> int:
        return self.width * self.height


def parse_size(text: str) -> Box | None:
    """`1024x1024` as a box; None if the text is no size."""
    match = _SIZE.fullmatch(text)
    if match is None or int(match[1]) == 0 or int(match[2]) == 0:
        return None
    return Box(int(match[1]), int(match[2]))


def parse_ratio(text: str) -> float | None:
    """`4:3` as width over height; None if the text is no ratio."""
    match = _RATIO.fullmatch(text)
    if match is None or float(match[1]) == 0 or float(match[2]) == 0:
        return None
    return float(match[1]) / float(match[2])


def aspect_box(value: str | None) -> tuple[int, int]:
    """Width and height of the space to hold for a picture that is not there yet.

    Takes a size or a ratio; what says neither (`auto`, nothing) is held as a square.
    """
    if value and (box := parse_size(value)):
        return box.width, box.height
    if value and (ratio := parse_ratio(value)):
        left, _, right = value.partition(":")
        if left.strip().isdecimal() and right.strip().isdecimal():
            return int(left), int(right)
        return round(ratio * 1000), 1000
    return 1, 1


def offered_boxes(parameter: SizeParameter) -> list[Box]:
    """The sizes that are offered by name, without `auto`."""
    return [box for text in parameter.values if (box := parse_size(text))]


def offers(parameter: SizeParameter, box: Box) -> bool:
    """Whether the model takes this very size."""
    if box in offered_boxes(parameter):
        return True
    free = parameter.free
    return free is not None and free.allows(box.width, box.height)


def nearest_to_size(parameter: SizeParameter, box: Box) -> Box:
    """The offered size whose shape is nearest, then whose area is."""
    candidates: Iterable[Box] = offered_boxes(parameter)
    if parameter.free is not None:
        candidates = _around(parameter.free, box.ratio, box.pixels) or candidates
    return min(candidates, key=lambda offered: _distance(offered, box))


def nearest_to_ratio(parameter: SizeParameter, ratio: float) -> Box:
    """The best size for a shape: a named one if it has it, else about the usual area.

    Among free sizes one that has the shape exactly is preferred to one that only
    nearly has it, if its area is near the usual one.
    """
    named = offered_boxes(parameter)
    exact = [box for box in named if math.isclose(box.ratio, ratio, rel_tol=0.002)]
    if exact:
        return exact[0]
    free = parameter.free
    if free is None:
        return min(
            named, key=lambda box: (_ratio_distance(box.ratio, ratio), -box.pixels)
        )
    candidates = _around(free, ratio, free.usual_pixels)
    return min(
        candidates or named,
        key=lambda box: (
            round(_ratio_distance(box.ratio, ratio), 3),
            abs(math.log(box.pixels / free.usual_pixels)),
        ),
    )


def same_shape(box: Box, ratio: float) -> bool:
    """Whether nobody would see the difference."""
    return _ratio_distance(box.ratio, ratio) < SAME_RATIO


def _distance(offered: Box, wished: Box) -> tuple[float, float]:
    return (
        round(_ratio_distance(offered.ratio, wished.ratio), 3),
        abs(math.log(offered.pixels / wished.pixels)),
    )


def _ratio_distance(one: float, other: float) -> float:
    """0 for the same shape; equal for twice as wide and twice as high."""
    return abs(math.log(one / other))


def _around(free: FreeSize, ratio: float, pixels: int) -> list[Box]:
    """Allowed sizes next to the ideal one, which is first brought within bounds."""
    ratio = min(max(ratio, 1 / free.max_ratio), free.max_ratio)
    pixels = min(max(pixels, free.min_pixels), free.max_pixels)
    long = max(math.sqrt(pixels * ratio), math.sqrt(pixels / ratio))
    short = min(math.sqrt(pixels * ratio), math.sqrt(pixels / ratio))
    scale = max(1.0, free.min_edge / short) * min(1.0, free.max_edge / long)
    width = math.sqrt(pixels * ratio) * scale
    step = free.multiple_of
    boxes = []
    for across in range(round(width / step) - 3, round(width / step) + 4):
        height = across * step / ratio
        for down in range(round(height / step) - 1, round(height / step) + 2):
            if free.allows(across * step, down * step):
                boxes.append(Box(across * step, down * step))
    return boxes
