"""How things made of parts are drawn: animals, people, boats, houses, fruit.

A sprite's parts lie in a box of its own: x to the right, y downwards, its foot (or
water line) at y = 0, about one unit high, facing right. Neighbouring parts of one role
melt into one shape. Roles name colours; "main" is the one that a prompt can change, and
roles that start with "lamp" shine in the dark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from .canvas import Canvas, Patch, circle, model, polygon_patch, smooth, tube
from .colours import luminance, mix, rgb
from .light import Light
from .noise import Array, Rng, blur, noise2
from .skies import Sun


@dataclass(frozen=True)
class Part:
    """One shape of a sprite; `kind` is tube, blob (round outline), edge or oval."""

    role: str
    kind: str
    data: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Sprite:
    """A drawable thing: its parts from back to front and the colours of its roles."""

    parts: tuple[Part, ...]
    colours: dict[str, str]
    tall: float = 1.0
    wide: float = 1.0
    fur: float = 0.0
    volume: float = 0.75
    floats: bool = False
    flies: bool = False


def tube_part(role: str, *knots: tuple[float, float, float]) -> Part:
    """A limb through (x, y, radius) knots."""
    return Part(role, "tube", knots)


def blob(role: str, *points: tuple[float, float]) -> Part:
    """A closed round outline."""
    return Part(role, "blob", points)


def edge(role: str, *points: tuple[float, float]) -> Part:
    """A polygon with corners."""
    return Part(role, "edge", points)


def oval(
    role: str, x: float, y: float, rx: float, ry: float, turn: float = 0.0
) -> Part:
    """An ellipse, turned clockwise by degrees."""
    return Part(role, "oval", ((x, y, rx, ry, turn),))


@dataclass(frozen=True)
class Stand:
    """Where a sprite stands: its foot in pixels, its unit in pixels, its depth."""

    x: float
    y: float
    size: float
    flip: bool = False
    depth: float = 0.0


def paint_sprite(
    canvas: Canvas,
    light: Light,
    sun: Sun,
    sprite: Sprite,
    stand: Stand,
    rng: Rng,
    *,
    colour: str | None = None,
) -> None:
    """Draw a sprite in the scene's light."""
    towards = sun.towards(stand.x, stand.y - stand.size * sprite.tall * 0.5)
    for role, group in groupby(sprite.parts, key=lambda part: part.role):
        polygons = [p for part in group for p in polygons_of(part, stand)]
        margin = int(stand.size * 0.12) if role.startswith("blush") else 4
        patch = polygon_patch(canvas, polygons, margin=margin)
        if patch is None:
            continue
        own = role_colour(sprite, role, colour)
        if role.startswith(("shine", "blush")) and stand.size > 60:
            wide = 2.5 if role.startswith("shine") else stand.size * 0.035
            soft = blur(patch.mask, wide) * (0.75 if role.startswith("shine") else 0.5)
            canvas.stamp(Patch(soft, patch.left, patch.top), own * light.lit(), ink=0.3)
            continue
        if role.startswith("flame"):
            canvas.stamp(patch, own)
            continue
        if role.startswith("lamp"):
            paint_lamp(canvas, light, patch, own)
            continue
        paint = shade(canvas, light, patch, own, towards, stand, rng, sprite)
        canvas.stamp(patch, paint, ink=1.0 if stand.size > 14 else 0.7)


def shade(
    canvas: Canvas,
    light: Light,
    patch: Patch,
    own: Array,
    towards: tuple[float, float],
    stand: Stand,
    rng: Rng,
    sprite: Sprite,
) -> Array:
    """Colour for each pixel of a part: volume, fur, and a rim of light."""
    base = light.local(own, stand.depth)
    if stand.size < 10:
        return base
    paint = model(
        patch, base, towards=towards, lit=light.lit() * 1.04, shaded=light.shaded() * 0.92,
        flat=canvas.flat,
    )  # fmt: skip
    paint = mix(
        base * (light.lit() * 0.75 + light.shaded() * 0.25), paint, sprite.volume
    )
    high, wide = patch.mask.shape
    if canvas.flat or min(high, wide) < 8:
        return paint
    if sprite.fur and stand.size > 60:
        hair = noise2(wide, high, rng, cells=max(3, wide / 5), octaves=2, stretch=0.35)
        paint = paint * (1 + (hair - 0.5) * 0.34 * sprite.fur)[..., None]
    step = max(1.0, stand.size * 0.012)
    dx, dy = round(-towards[0] * step * 1.6), round(-towards[1] * step * 1.6)
    moved = np.roll(patch.mask, (dy, dx), axis=(0, 1))
    rim = np.clip(patch.mask - moved, 0, 1) * (0.22 + 0.5 * light.dusk)
    return mix(paint, rgb(light.glow), rim.astype(np.float32))


def paint_lamp(canvas: Canvas, light: Light, patch: Patch, own: Array) -> None:
    """A window or lantern: glass by day, a glow by night."""
    if not light.is_dark() and light.dusk < 0.45:
        canvas.stamp(patch, light.local(rgb("#50647a")), ink=0.7)
        return
    canvas.stamp(patch, own, ink=0.7)
    high, wide = patch.mask.shape
    canvas.glow(
        patch.left + wide / 2, patch.top + high / 2, max(high, wide) / canvas.unit * 0.9,
        own, 0.3,
    )  # fmt: skip


def role_colour(sprite: Sprite, role: str, asked: str | None) -> Array:
    """The colour of a role; shades of the main role follow a colour that was asked."""
    own = rgb(sprite.colours.get(role, "#24252b"))
    if asked is None:
        return own
    if role == "main":
        return rgb(asked)
    if role.startswith("main"):
        ratio = (luminance(own) + 0.05) / (
            luminance(rgb(sprite.colours["main"])) + 0.05
        )
        return np.clip(rgb(asked) * ratio, 0, 1).astype(np.float32)
    return own


def polygons_of(part: Part, stand: Stand) -> Iterator[Array]:
    """The polygons of a part in pixels."""
    way = -1.0 if stand.flip else 1.0
    if part.kind == "oval":
        x, y, rx, ry, turn = part.data[0]
        yield circle(
            stand.x + way * x * stand.size, stand.y + y * stand.size,
            rx * stand.size, ry * stand.size, way * turn,
        )  # fmt: skip
        return
    points = np.array(part.data, np.float32)
    points[:, 0] = stand.x + way * points[:, 0] * stand.size
    points[:, 1] = stand.y + points[:, 1] * stand.size
    if part.kind == "tube":
        points[:, 2] *= stand.size
        yield from tube(points)
    elif part.kind == "blob":
        yield smooth(points)
    else:
        yield points


def mirrored(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts and their mirror images, for things that are symmetric."""
    return (*parts, *(mirror(part) for part in parts))


def mirror(part: Part) -> Part:
    """A part on the other side of x = 0."""
    if part.kind == "oval":
        x, y, rx, ry, turn = part.data[0]
        return oval(part.role, -x, y, rx, ry, -turn)
    return Part(part.role, part.kind, tuple((-p[0], *p[1:]) for p in part.data))
