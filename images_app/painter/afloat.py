"""Things in the water: their reflections, water lines and ripples."""

from __future__ import annotations

import numpy as np

from .colours import mix, rgb
from .noise import Array, noise1
from .sprites import Sprite, Stand, paint_sprite
from .stage import Stage


def paint_afloat(
    stage: Stage, sprite: Sprite, stand: Stand, colour: str | None
) -> None:
    """A thing in the water: mirrored below its water line, which laps over it."""
    canvas, light, sun, rng = stage.tools()
    before = canvas.pixels.copy()
    paint_sprite(canvas, light, sun, sprite, stand, rng, colour=colour)
    line = int(stand.y)
    reach = int(min(canvas.height - line, line - 1, stand.size * 0.8 * sprite.tall))
    left = int(max(0, stand.x - sprite.wide * stand.size * 0.75))
    right = int(min(canvas.width, stand.x + sprite.wide * stand.size * 0.75))
    if reach < 4 or right - left < 4:
        return
    changed = np.abs(canvas.pixels - before).max(axis=-1) > 0.012
    above = slice(line - 1, line - 1 - reach, -1)
    rows = np.arange(reach, dtype=np.float32)
    shake = (
        np.sin(rows * 55 / canvas.unit * 4 + rng.random() * 6)
        * (0.5 + rows * 0.03)
        * canvas.unit
        / 700
    ).astype(int)
    columns = np.clip(
        np.arange(left, right)[None, :] + shake[:, None], 0, canvas.width - 1
    )
    mirror = canvas.pixels[above][np.arange(reach)[:, None], columns]
    seen = changed[above][np.arange(reach)[:, None], columns].astype(np.float32)
    fade = (1 - rows / reach)[:, None] ** 0.8 * 0.62
    lap = water_line(stage, left, right, stand.size)
    under = np.clip((rows[:, None] - lap[None, :]) / 2.5, 0, 1)
    contact = np.exp(
        -(((rows[:, None] - lap[None, :]) / max(1.2, stand.size * 0.008)) ** 2)
    )
    water = before[line : line + reach, left:right]
    mirrored = mix(water, mirror * 0.8, (seen * fade).astype(np.float32))
    canvas.blend(mirrored, (under * 0.93).astype(np.float32), top=line, left=left)
    body = changed[line : line + reach, left:right]
    shine = contact * body * 0.75
    canvas.blend(
        mix(rgb(light.sun), rgb(light.haze), 0.3),
        shine.astype(np.float32),
        top=line,
        left=left,
    )
    paint_ripples(stage, sprite, stand)


def water_line(stage: Stage, left: int, right: int, size: float) -> Array:
    """How far below the straight line the water begins, in pixels, for each column."""
    x = np.arange(left, right, dtype=np.float32)
    lap = noise1(x / stage.canvas.unit, stage.rng, frequency=9, octaves=3, gain=0.4)
    bulge = 1 - ((x - (left + right) / 2) / (right - left) * 2) ** 2
    return lap * size * 0.03 + size * (0.02 + 0.05 * bulge)


def paint_ripples(stage: Stage, sprite: Sprite, stand: Stand) -> None:
    """Rings of light around something that floats."""
    canvas, light = stage.canvas, stage.light
    half = sprite.wide * stand.size * 0.5
    top, bottom = int(max(0, stand.y)), int(min(canvas.height, stand.y + half * 0.6))
    left, right = (
        int(max(0, stand.x - half * 2)),
        int(min(canvas.width, stand.x + half * 2)),
    )
    if bottom - top < 3 or right - left < 3:
        return
    dx = (np.arange(left, right, dtype=np.float32)[None, :] - stand.x) / half
    dy = (np.arange(top, bottom, dtype=np.float32)[:, None] - stand.y) / half
    wobble = 0.05 * np.sin(dx * 13 + dy * 9) + 0.02 * np.sin(dx * 31)
    total = np.zeros((bottom - top, right - left), np.float32)
    for radius, strength in ((1.08, 0.5), (1.3, 0.3), (1.58, 0.18)):
        away = np.hypot(dx / radius, dy / (radius * 0.2) + wobble) - 1
        total += np.exp(-((away / 0.02) ** 2)) * strength
    total *= 0.55 + 0.45 * np.sin(dx * 9 + dy * 23)
    bright = mix(rgb(light.sun), rgb(light.haze), 0.35)
    canvas.blend(bright, np.clip(total, 0, 0.8).astype(np.float32), top=top, left=left)
