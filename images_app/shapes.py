"""The tester's size picker: which shapes a model offers, and what each one means."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

from images_app.catalog.descriptors import FreeSize, SizeParameter
from images_app.services.sizes import (
    AUTO,
    Box,
    nearest_to_ratio,
    offered_boxes,
    parse_ratio,
    parse_size,
    same_shape,
)

OWN = "own"
RATIOS = (
    "1:1",
    "3:2",
    "2:3",
    "4:3",
    "3:4",
    "16:9",
    "9:16",
    "5:4",
    "4:5",
    "21:9",
    "3:1",
    "1:3",
)
_EDGE = 24  # of the longer side of a drawn shape, in units of its 28 × 28 box


@dataclass(frozen=True)
class Shape:
    """A choice of the picker; the rectangle is in units of a 28 × 28 box."""

    value: str
    label: str
    width: float
    height: float

    @property
    def x(self) -> float:
        return (28 - self.width) / 2

    @property
    def y(self) -> float:
        return (28 - self.height) / 2


def offered_shapes(parameter: SizeParameter | None) -> list[Shape]:
    """The picker's choices; none for a model whose size cannot be chosen.

    The first says nothing: a new picture gets the model's default, an edited one
    whatever the model makes of its source.
    """
    if parameter is None or (parameter.free is None and len(parameter.values) < 2):
        return []
    auto = Shape(AUTO, "Auto", 20, 20)
    if parameter.free is None:
        return [auto, *(_named(box) for box in offered_boxes(parameter))]
    ratios = [_drawn(text, text) for text in RATIOS if _fits(parameter, text)]
    return [auto, *ratios, Shape(OWN, "Own", 22, 18)]


def fitting_shape(value: str, parameter: SizeParameter | None) -> str:
    """The same choice, or the one of the same shape, as far as this model has it."""
    shapes = [shape.value for shape in offered_shapes(parameter)]
    if value in shapes:
        return value
    ratio = _ratio(value)
    for offered in shapes:
        other = _ratio(offered)
        if ratio and other and same_shape(Box(round(ratio * 1000), 1000), other):
            return offered
    return shapes[0] if shapes else ""


def broken_rule(free: FreeSize, box: Box) -> str:
    """The first rule that an own size breaks, in one sentence; "" if it keeps all."""
    short, long = sorted((box.width, box.height))
    step = free.multiple_of
    odd = next((edge for edge in (box.width, box.height) if edge % step), None)
    if short < max(1, free.min_edge):
        return f"{short} is too small: an edge has at least {max(1, free.min_edge)}."
    if long > free.max_edge:
        return f"{long} is too large: an edge has at most {free.max_edge}."
    if odd is not None:
        return f"{odd} is not a multiple of {step}."
    if long > short * free.max_ratio:
        return f"The ratio is above {free.max_ratio:g}:1."
    if box.pixels < free.min_pixels:
        return f"{box.pixels:,} pixels are too few: {free.min_pixels:,} are the least."
    if box.pixels > free.max_pixels:
        return f"{box.pixels:,} pixels are too many: {free.max_pixels:,} are the most."
    return ""


def _ratio(value: str) -> float | None:
    box = parse_size(value)
    return box.ratio if box else parse_ratio(value)


def _fits(parameter: SizeParameter, text: str) -> bool:
    ratio = parse_ratio(text) or 1
    return same_shape(nearest_to_ratio(parameter, ratio), ratio)


def _named(box: Box) -> Shape:
    step = gcd(box.width, box.height)
    return _drawn(str(box), f"{box.width // step}:{box.height // step}")


def _drawn(value: str, label: str) -> Shape:
    ratio = parse_ratio(label) or 1
    width = _EDGE if ratio >= 1 else _EDGE * ratio
    return Shape(value, label, round(width, 1), round(width / ratio, 1))
