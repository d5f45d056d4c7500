"""Dunes of sand."""

from __future__ import annotations

import numpy as np

from .canvas import Canvas, Patch
from .colours import gradient, mix, rgb
from .land import smooth_line
from .light import Light
from .noise import Array, Rng, noise1
from .skies import Sun


def paint_dunes(
    canvas: Canvas, light: Light, sun: Sun, rng: Rng, *, horizon: float
) -> None:
    """Sand in long crests, one side bright and the other in shadow."""
    sand = (rgb("#e8bd84"), rgb("#dba766"), rgb("#cc9152"), rgb("#b97a42"))
    for i in range(5):
        t = i / 4
        base = (horizon + (1.0 - horizon) * 0.78 * t**1.3) * canvas.height
        wave = noise1(
            canvas.x + 11 * i, rng, frequency=0.8 + 0.2 * t, octaves=2, gain=0.3
        )
        crest = noise1(canvas.x + 3 * i, rng, frequency=1.1, octaves=1, ridged=True)
        tall = canvas.unit * (0.03 + 0.1 * t)
        heights = base - tall * (0.7 * wave + 0.45 * crest + 0.3)
        own = light.local(sand[min(3, int(t * 3.99))], (1 - t) * 0.8)
        colour = mix(
            own, gradient(light.ramp, np.float32(0.15 + t * 0.7)), light.dusk * 0.45
        )
        paint_dune(canvas, light, sun, heights, colour, t, rng)


def paint_dune(
    canvas: Canvas,
    light: Light,
    sun: Sun,
    heights: Array,
    colour: Array,
    t: float,
    rng: Rng,
) -> None:
    """One dune: its crest line winds down towards us and parts light from shadow."""
    rng = rng.spawn(1)[0]
    top = int(max(0, np.floor(heights.min()) - 1))
    if top >= canvas.height:
        return
    rows = np.arange(top, canvas.height, dtype=np.float32)[:, None]
    depth = (rows - heights[None, :]) / canvas.unit
    bend = 0.09 * np.sin(
        depth * 14 / (0.5 + t) + rng.random() * 6
    ) + depth * rng.uniform(-0.9, 0.9)
    line = smooth_line(heights, max(2, canvas.unit // 90))
    index = np.clip((canvas.x[None, :] + bend) * canvas.unit, 0, canvas.width - 1)
    slope = np.gradient(line)[index.astype(np.int32)]
    side = 1.0 if sun.x > canvas.width * 0.5 else -1.0
    faces = np.clip(0.5 + slope * side * (9 if not canvas.flat else 400), 0, 1)
    lit = mix(colour * (0.6 + 0.45 * light.lit()), rgb(light.sun), 0.12)
    dark = mix(colour * mix(rgb(light.shade), rgb("#b07a6a"), 0.4), colour, 0.22)
    paint = mix(dark, lit, faces.astype(np.float32))
    if not canvas.flat:
        ripple = np.sin(depth * 520 / (0.6 + t) + np.sin(canvas.x[None, :] * 24) * 1.6)
        paint = paint * (1 + 0.018 * ripple * np.clip(t + 0.2, 0, 1))[..., None]
        veil = np.clip((1 - t) * 0.5 * light.haze_depth * np.exp(-depth * 5), 0, 1)
        paint = mix(paint, rgb(light.haze), veil.astype(np.float32))
    mask = np.clip(depth * canvas.unit + 0.5, 0, 1).astype(np.float32)
    canvas.stamp(Patch(mask, 0, top), paint)
