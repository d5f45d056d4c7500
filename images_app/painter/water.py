"""Water: sea and lakes with waves in perspective, reflections, shores, depth."""

from __future__ import annotations

import numpy as np

from .canvas import Canvas, Patch
from .colours import gradient, mix, rgb
from .light import Light
from .noise import Array, Rng, noise1, noise2, resize, sample, tile
from .skies import Sun


def wave_field(canvas: Canvas, top: int, rng: Rng, *, rough: float = 1.0) -> Array:
    """Heights of waves on a plane that runs to the horizon, about -2 to 2."""
    high = canvas.height - top
    texture = tile(256, rng, cells=8, octaves=4)
    t = (np.arange(high, dtype=np.float32)[:, None] + 1.5) / canvas.unit
    distance = 0.16 / (t + 0.012)
    x = (canvas.x[None, :] - canvas.width / canvas.unit / 2) * distance * 190
    y = np.broadcast_to(distance * 420, (high, canvas.width))
    waves = sample(texture, x * 0.8 + 31, y * 0.8) + 0.7 * sample(
        texture, x * 2.1, y * 1.9 + 57
    )
    calm_far = np.clip(t * 14, 0.12, 1)
    return np.asarray(waves * calm_far * rough * 0.8, np.float32)


def paint_water(
    canvas: Canvas,
    light: Light,
    sun: Sun,
    rng: Rng,
    *,
    horizon: float,
    tint: str = "#1f5d78",
    rough: float = 1.0,
    mirror: float = 0.6,
) -> None:
    """Water from the horizon to the bottom that mirrors what is painted above it."""
    top = int(horizon * canvas.height)
    high = canvas.height - top
    if high < 2:
        return
    waves = wave_field(canvas, top, rng, rough=rough)
    t: Array = np.linspace(0, 1, high, dtype=np.float32)[:, None]
    if canvas.flat:
        waves = np.round(waves)
        t = np.round(t * 5) / 5
    seen = reflection(canvas, light, sun, top, waves, mirror)
    deep = light.local(rgb(tint), 0.0)
    deep = mix(deep, rgb(light.ramp[-2][1]), 0.35 + 0.4 * light.dusk)
    share = np.clip(0.16 + 0.62 * t**0.75 - mirror * 0.12, 0, 0.9)
    colour = mix(seen, deep, np.broadcast_to(share, waves.shape))
    colour = colour * (1 + 0.085 * np.clip(waves, -1.6, 1.8) * (0.35 + t))[..., None]
    crest = np.clip(waves - 1.05, 0, 1) * (0.22 + 0.5 * max(0.0, rough - 1))
    colour = mix(
        colour, mix(rgb(light.haze), rgb("#ffffff"), 0.4), np.clip(crest, 0, 0.8)
    )
    if sun.shows:
        colour = glitter(canvas, light, sun, waves, t, colour)
    mask = np.ones((high, canvas.width), np.float32)
    canvas.stamp(Patch(mask, 0, top), np.clip(colour, 0, 1), ink=0.0)
    if canvas.ink is not None:
        steep = np.abs(np.gradient(waves, axis=0)) + 0.004
        lines = np.clip(1.5 - np.abs(waves - 0.9) / (steep * 1.3), 0, 1)
        lines = lines * np.clip(t * 3, 0.0, 0.7)
        # Little of the water is hatched: its lines tell enough.
        canvas.alpha[top:] = np.minimum(canvas.alpha[top:], 0.4)
        canvas.ink[top:] = np.maximum(canvas.ink[top:], lines)
        canvas.ink[top : top + 2] = 0.8


def reflection(
    canvas: Canvas, light: Light, sun: Sun, top: int, waves: Array, mirror: float
) -> Array:
    """What lies above the water line, upside down and shaken by the waves."""
    high = canvas.height - top
    rows = np.arange(high, dtype=np.float32)
    squeeze = min(1.0, top / max(1, high)) if top < high else 1.0
    source = np.clip(top - 1 - rows * squeeze * (1.0 if mirror > 0.7 else 0.8), 0, None)
    shake = (
        waves * (0.4 + rows[:, None] / high * 9) * canvas.unit / 1000 * (1.6 - mirror)
    )
    index = np.clip(source[:, None] + shake * 3.2, 0, max(0, top - 1)).astype(np.int32)
    across = np.arange(canvas.width)[None, :] + shake
    across = np.clip(across, 0, canvas.width - 1)
    seen = canvas.pixels[index, across.astype(np.int32)]
    if sun.shows:  # the sun's own reflection is the glitter
        away = np.hypot(across - sun.x, index - sun.y) / sun.radius
        sky = rgb(light.sky[-2][1])
        seen = mix(seen, sky, np.clip((1.5 - away) * 3, 0, 1).astype(np.float32))
    return np.asarray(seen, np.float32)


def glitter(
    canvas: Canvas, light: Light, sun: Sun, waves: Array, t: Array, colour: Array
) -> Array:
    """The path of light below the sun, broken up by the waves."""
    away = (canvas.x[None, :] - sun.x / canvas.unit) / (0.045 + 0.24 * t)
    band = np.exp(-away * away)
    sparkle = np.clip((waves + 0.55) * 0.9, 0, 1) * (0.95 - 0.5 * t)
    near = np.exp(-t * 9) * 0.45
    share = np.clip(band * (sparkle + near), 0, 0.95) * (0.75 if light.moon else 0.9)
    return mix(colour, rgb(light.sun), share.astype(np.float32))


def paint_headland(
    canvas: Canvas,
    light: Light,
    sun: Sun,
    rng: Rng,
    *,
    horizon: float,
    side: int,
    tall: float,
) -> None:
    """A cape that comes in from one side (-1 left, 1 right) and falls to the sea."""
    x = canvas.x * canvas.unit / canvas.width
    reach = rng.uniform(0.28, 0.45)
    t = np.clip(1 - (x if side < 0 else 1 - x) / reach, 0, 1)
    rough = noise1(canvas.x, rng, frequency=5, octaves=6, gain=0.5)
    profile = t**0.62 * (1 + 0.2 * rough)
    foot = horizon * canvas.height + 1
    heights = foot - profile * tall * canvas.unit
    top = int(max(0, heights.min() - 1))
    bottom = min(canvas.height, int(foot) + 1)
    if top >= bottom:
        return
    rows = np.arange(top, bottom, dtype=np.float32)[:, None]
    mask = np.clip(rows - heights[None, :] + 0.5, 0, 1) * (profile[None, :] > 0.004)
    colour = gradient(light.ramp, np.float32(rng.uniform(0.25, 0.5)))
    colour = mix(colour, light.local(rgb("#6b7a58"), 0.6), 0.35 * (1 - light.dusk))
    high = bottom - top
    field = noise2(canvas.width, high, rng, cells=14, octaves=4, stretch=0.7)
    paint = mix(
        colour * 0.9, mix(colour, rgb(light.glow), 0.3), np.clip(field * 2 - 0.7, 0, 1)
    )
    canvas.stamp(Patch(mask.astype(np.float32), 0, top), paint)


def paint_shore(
    canvas: Canvas,
    light: Light,
    sun: Sun,
    rng: Rng,
    *,
    top: float,
    colour: str,
    side: int,
) -> None:
    """A beach or bank in the foreground that rises to one side, with foam."""
    x = canvas.x * canvas.unit / canvas.width
    slope = x if side > 0 else 1 - x
    wave = noise1(canvas.x, rng, frequency=1.8, octaves=4, gain=0.42)
    line = (top + (1.0 - top) * (1 - slope**0.8) * 0.75) * canvas.height
    heights = line + wave * canvas.unit * 0.022
    first = int(max(0, heights.min() - canvas.unit * 0.03))
    if first >= canvas.height:
        return
    rows = np.arange(first, canvas.height, dtype=np.float32)[:, None]
    depth = (rows - heights[None, :]) / canvas.unit
    high = canvas.height - first
    field = resize(
        noise2(canvas.width // 2, max(2, high // 2), rng, cells=10, octaves=5, stretch=3),
        canvas.width, high,
    )  # fmt: skip
    sand = light.local(rgb(colour)) * (0.86 + 0.26 * field)[..., None]
    wet = np.clip(1 - depth / 0.05, 0, 1) * 0.45
    sand = mix(sand, sand * rgb(light.shade), wet)
    edge = Patch(np.clip(depth * canvas.unit + 0.5, 0, 1).astype(np.float32), 0, first)
    canvas.stamp(edge, sand)
    foam = np.exp(-(((depth + 0.004 + (field - 0.5) * 0.03) / 0.0065) ** 2))
    foam += 0.5 * np.exp(-(((depth + 0.026 + (field - 0.5) * 0.06) / 0.004) ** 2))
    white = mix(rgb("#ffffff") * (0.4 + 0.6 * rgb(light.key)), rgb(light.haze), 0.2)
    canvas.blend(white, np.clip(foam * 0.85, 0, 1).astype(np.float32), top=first)


def paint_coast_from_above(canvas: Canvas, light: Light, rng: Rng) -> None:
    """A coast seen by a bird: land, beach, shallows, and lines of surf."""
    wide, high = canvas.width, canvas.height
    field = noise2(
        wide, high, rng, cells=2.2 * wide / canvas.unit, octaves=7, gain=0.52
    )
    angle = rng.uniform(0, 6.283)
    across = np.cos(angle) * (canvas.x[None, :] - wide / canvas.unit / 2)
    down = np.sin(angle) * (canvas.y[:, None] - high / canvas.unit / 2)
    level = (field - 0.5) * 1.7 + (across + down) * 0.95
    sea: tuple[tuple[float, str], ...] = (
        (-0.7, "#123f66"), (-0.32, "#1a6788"), (-0.13, "#2f9aa6"), (-0.04, "#7fd0c0"),
        (0.0, "#d9eed8"),
    )  # fmt: skip
    land: tuple[tuple[float, str], ...] = (
        (0.0, "#f2dfb4"), (0.045, "#e3c68e"), (0.075, "#9fae62"), (0.2, "#5f8a4c"),
        (0.42, "#3f6d44"), (0.7, "#7d8466"),
    )  # fmt: skip
    colour = np.where(
        (level < 0)[..., None], gradient(sea, level), gradient(land, level)
    )
    if canvas.flat:
        steps = np.round(level * 9) / 9
        colour = np.where(
            (level < 0)[..., None],
            gradient(sea, steps - 0.02),
            gradient(land, steps + 0.06),
        )
    dy, dx = np.gradient(field)
    woods = noise2(wide, high, rng, cells=46 * wide / canvas.unit, octaves=3)
    relief = np.clip((dx * -0.7 + dy * -0.7) * canvas.unit * 0.09, -0.35, 0.35)
    ground = (level > 0.06) * (1.0 if not canvas.flat else 0.0)
    colour = colour * (1 + ground * (relief + (woods - 0.5) * 0.5))[..., None]
    canvas.pixels[:] = np.clip(colour * (0.45 + 0.55 * rgb(light.key)), 0, 1)
    wobble = (woods - 0.5) * 0.02
    for at, thin, strength in (
        (-0.006, 0.006, 0.95),
        (-0.035, 0.006, 0.55),
        (-0.07, 0.005, 0.3),
    ):
        surf = np.exp(-(((level - at + wobble) / thin) ** 2)) * strength
        canvas.blend(rgb("#ffffff"), surf.astype(np.float32))
    canvas.cover_ink(
        Patch(np.clip(level * 60 + 0.5, 0, 1).astype(np.float32), 0, 0), 1.0
    )
