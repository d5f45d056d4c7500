"""What everything is painted on: pixels, an optional ink layer, and shapes.

Positions are fractions of the width and height; sizes are in units of the short edge.
Polygons are in pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from .colours import mix
from .noise import Array, blur, resize

Points = Array  # n rows of x, y


@dataclass(frozen=True)
class Patch:
    """A part of the canvas: how much each of its pixels is covered, 0 to 1."""

    mask: Array
    left: int
    top: int


class Canvas:
    """A picture being painted.

    `flat` asks painters for plain areas instead of gradients and texture. With
    `lines`, outlines of shapes are collected in `ink`, hidden where later shapes
    cover them. `alpha` remembers where shapes were laid, for transparent pictures.
    """

    def __init__(
        self, width: int, height: int, *, flat: bool = False, lines: bool = False
    ) -> None:
        self.width = width
        self.height = height
        self.unit = min(width, height)
        self.flat = flat
        self.pixels: Array = np.zeros((height, width, 3), np.float32)
        self.alpha: Array = np.zeros((height, width), np.float32)
        self.land: Array = self.alpha
        self.ink: Array | None = (
            np.zeros((height, width), np.float32) if lines else None
        )
        self.set_unit(self.unit)

    def set_unit(self, unit: int) -> None:
        """Say how many pixels a unit has; fewer show more of the world."""
        self.unit = unit
        self.x: Array = (np.arange(self.width, dtype=np.float32) + 0.5) / unit
        self.y: Array = (np.arange(self.height, dtype=np.float32) + 0.5) / unit

    def place(self, x: float, y: float) -> tuple[float, float]:
        """The pixel at these fractions of width and height."""
        return x * self.width, y * self.height

    def blend(self, colour: Array, mask: Array, *, top: int = 0, left: int = 0) -> None:
        """Lay a colour, or colours for each pixel, over the pixels."""
        height, width = mask.shape
        region = self.pixels[top : top + height, left : left + width]
        region += mask[..., None] * (colour - region)

    def stamp(self, patch: Patch, colour: Array, *, ink: float = 1.0) -> None:
        """Lay a shape over the picture, and over the ink if there is any."""
        self.blend(colour, patch.mask, top=patch.top, left=patch.left)
        height, width = patch.mask.shape
        seen = self.alpha[
            patch.top : patch.top + height, patch.left : patch.left + width
        ]
        np.maximum(seen, patch.mask, out=seen)
        if self.ink is not None:
            self.cover_ink(patch, ink)

    def cover_ink(self, patch: Patch, strength: float) -> None:
        """Hide the ink behind a shape and draw the shape's own outline."""
        if self.ink is None:
            return
        height, width = patch.mask.shape
        region = self.ink[
            patch.top : patch.top + height, patch.left : patch.left + width
        ]
        region *= 1 - patch.mask
        if strength > 0:
            np.maximum(region, edge_of(patch.mask, self.unit) * strength, out=region)

    def glow(
        self, x: float, y: float, radius: float, colour: Array, strength: float
    ) -> None:
        """A soft light around a point given in pixels; the radius is in units."""
        reach = int(radius * self.unit * 2.6) + 2
        left, right = max(0, int(x) - reach), min(self.width, int(x) + reach)
        top, bottom = max(0, int(y) - reach), min(self.height, int(y) + reach)
        if left >= right or top >= bottom:
            return
        dx = self.x[None, left:right] - x / self.unit
        dy = self.y[top:bottom, None] - y / self.unit
        distance = (dx * dx + dy * dy) / (radius * radius)
        light: Array = np.exp(-(distance**0.8)) - np.float32(0.0099)
        light = np.clip(light, 0, 1) * strength
        if self.flat:
            light = np.round(light * 5) / 5 * 0.8
        self.blend(colour, light.astype(np.float32), top=top, left=left)

    def image(self) -> Image.Image:
        """The picture so far."""
        return to_image(self.pixels)


def to_image(pixels: Array) -> Image.Image:
    """Pixels of 0 to 1 as an RGB image."""
    return Image.fromarray((np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8))


def edge_of(mask: Array, unit: int) -> Array:
    """A line along the border of a mask, its width fit for the picture's size."""
    soft = blur(mask, 1.0) if unit < 500 else blur(mask, 2.4)
    line = 1 - np.abs(soft * 2 - 1)
    return np.clip(line * 1.8 - 0.35, 0, 1).astype(np.float32)


def polygon_patch(
    canvas: Canvas, polygons: Sequence[Points], *, margin: int = 3
) -> Patch | None:
    """The union of polygons, with smooth edges; None when it is out of sight."""
    if not polygons:
        return None
    points = np.concatenate(list(polygons))
    low = np.floor(points.min(axis=0)).astype(int) - margin
    high = np.ceil(points.max(axis=0)).astype(int) + margin
    left, top = max(0, int(low[0])), max(0, int(low[1]))
    right = min(canvas.width, int(high[0]))
    bottom = min(canvas.height, int(high[1]))
    if right - left < 2 or bottom - top < 2:
        return None
    scale = 4 if max(right - left, bottom - top) < 300 else 2
    size = ((right - left) * scale, (bottom - top) * scale)
    image = Image.new("L", size, 0)
    draw = ImageDraw.Draw(image)
    for polygon in polygons:
        moved = (polygon - np.array([left, top])) * scale
        draw.polygon([tuple(point) for point in moved.tolist()], fill=255)
    mask = np.asarray(image.reduce(scale), np.float32) / 255
    return Patch(mask, left, top)


def smooth(points: Sequence[Sequence[float]] | Array, *, closed: bool = True) -> Array:
    """A round curve through the points (Catmull-Rom), eight steps for each."""
    knots = np.asarray(points, np.float32)
    count = len(knots)
    if closed:
        index = np.arange(count)
        p0, p1 = knots[index - 1], knots
        p2, p3 = knots[(index + 1) % count], knots[(index + 2) % count]
    else:
        padded = np.concatenate([knots[:1], knots, knots[-1:]])
        p0, p1, p2, p3 = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = np.linspace(0, 1, 8, endpoint=False, dtype=np.float32)[None, :, None]
    p0, p1, p2, p3 = (p[:, None, :] for p in (p0, p1, p2, p3))
    curve = 0.5 * (
        2 * p1
        + (p2 - p0) * t
        + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    )
    flat = curve.reshape(-1, knots.shape[1])
    if not closed:
        flat = np.concatenate([flat, knots[-1:]])
    return np.asarray(flat, np.float32)


def box(left: float, top: float, right: float, bottom: float) -> Array:
    """An upright rectangle as a polygon."""
    corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
    return np.array(corners, np.float32)


def circle(
    x: float, y: float, rx: float, ry: float | None = None, turn: float = 0.0
) -> Array:
    """An ellipse as a polygon; `turn` in degrees, clockwise."""
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    px, py = np.cos(angle) * rx, np.sin(angle) * (rx if ry is None else ry)
    a = np.radians(turn)
    return np.stack(
        [x + px * np.cos(a) - py * np.sin(a), y + px * np.sin(a) + py * np.cos(a)],
        axis=-1,
    ).astype(np.float32)


def tube(knots: Sequence[Sequence[float]] | Array) -> list[Array]:
    """A limb: a round stroke through (x, y, radius) knots, as polygons."""
    curve = smooth(knots, closed=False)
    centre, radius = curve[:, :2], np.maximum(curve[:, 2:], 1e-4)
    along = np.gradient(centre, axis=0)
    length = np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-6)
    side = np.stack([-along[:, 1], along[:, 0]], axis=-1) / length * radius
    strips = [
        np.array([centre[i] + side[i], centre[i + 1] + side[i + 1],
                  centre[i + 1] - side[i + 1], centre[i] - side[i]])
        for i in range(len(centre) - 1)
    ]  # fmt: skip
    dots = [circle(x, y, r) for x, y, r in curve[::2].tolist()]
    last_x, last_y, last_r = curve[-1].tolist()
    return [*strips, *dots, circle(last_x, last_y, last_r)]


def model(
    patch: Patch,
    colour: Array,
    *,
    towards: tuple[float, float],
    lit: Array,
    shaded: Array,
    roundness: float = 0.16,
    flat: bool = False,
) -> Array:
    """Give a shape volume, as if it were inflated and lit from `towards`.

    The light (`lit`) and the shadow (`shaded`) are colours that the shape's own
    colour is multiplied with.
    """
    size = max(8.0, min(patch.mask.shape))
    padded = np.pad(patch.mask, int(size * roundness), mode="edge")
    inset = slice(int(size * roundness), -int(size * roundness))
    height = blur(blur(padded, size * roundness), size * roundness)[inset, inset]
    dy, dx = np.gradient(height)
    slope = -(dx * towards[0] + dy * towards[1]) * size * roundness * 1.9
    amount = np.clip(0.5 + slope, 0, 1).astype(np.float32)
    if flat:
        amount = np.where(amount > 0.42, np.float32(0.75), np.float32(0.25))
        amount = resize(amount, amount.shape[1], amount.shape[0])
    return mix(colour * shaded, colour * lit, amount)
