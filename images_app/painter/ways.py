"""A road that winds to the horizon, and a waterfall."""

from __future__ import annotations

import numpy as np

from .canvas import Patch, polygon_patch
from .colours import mix, rgb
from .noise import Array, blur, noise1, noise2
from .stage import Stage


def paint_road(stage: Stage, top: float) -> None:
    """A pale road in bends, narrow far away and wide at our feet."""
    canvas, _, _, rng = stage.tools()
    near = np.linspace(0, 1, 60, dtype=np.float32)
    y = (top + (1.02 - top) * near**1.25) * canvas.height
    bend = 0.11 * (1 if rng.random() < 0.5 else -1)
    x = (0.5 + bend * np.sin(near * 6.4 + 0.4) * (0.35 + near * 0.9)) * canvas.width
    half = canvas.unit * (0.004 + 0.15 * near**1.7)
    edge = np.concatenate(
        [np.stack([x - half, y], -1), np.stack([x + half, y], -1)[::-1]]
    ).astype(np.float32)
    for grow, colour in ((1.0, "#8d8468"), (0.86, "#c9b48a")):
        middle = np.concatenate([np.stack([x, y], -1), np.stack([x, y], -1)[::-1]])
        patch = polygon_patch(canvas, [(middle + (edge - middle) * grow)])
        if patch is not None:
            canvas.stamp(patch, _worn(stage, patch, colour), ink=0.8)


def _worn(stage: Stage, patch: Patch, colour: str) -> Array:
    """The road's colour with some grain, paler into the distance."""
    high, wide = patch.mask.shape
    grain = noise2(wide, high, stage.rng, cells=max(3, wide / 14), octaves=3)
    far = 1 - np.linspace(0, 1, high, dtype=np.float32)
    paint = stage.light.local(rgb(colour), 0.1) * (0.92 + 0.16 * grain)[..., None]
    return mix(paint, rgb(stage.light.haze), np.repeat(far[:, None] * 0.35, wide, 1))


def paint_fall(stage: Stage, x: float, top: float, foot: float) -> None:
    """White water that falls from `top` to `foot` into a pool of spray."""
    canvas, light, _, rng = stage.tools()
    middle, half = x * canvas.width, canvas.unit * 0.085
    head, end = top * canvas.height, foot * canvas.height
    steps = np.linspace(0, 1, 24, dtype=np.float32)
    y = head + (end - head) * steps
    sway = np.cumsum(rng.normal(0, 0.05, 24)).astype(np.float32) * half
    wide = half * (0.62 + 0.5 * steps)
    left = np.stack([middle + sway - wide, y], -1)
    right = np.stack([middle + sway + wide, y], -1)[::-1]
    patch = polygon_patch(
        canvas, [np.concatenate([left, right]).astype(np.float32)], margin=6
    )
    if patch is None:
        return
    high, across = patch.mask.shape
    threads = noise2(
        across, high, rng, cells=max(4, across / 5), octaves=3, stretch=0.06
    )
    bright = light.local(rgb("#f4f8fa"), 0.0) * (light.lit() * 0.5 + 0.5)
    shade = light.local(rgb("#8fb0c4"), 0.0) * (light.shaded() * 0.6 + 0.35)
    water = mix(shade, bright, np.clip(threads * 1.9 - 0.4, 0, 1).astype(np.float32))
    soft = Patch(blur(patch.mask, 1.6), patch.left, patch.top)
    canvas.stamp(soft, water, ink=0.7)
    for dx, size, strength in ((0.0, 0.1, 0.75), (-0.08, 0.07, 0.5), (0.08, 0.07, 0.5)):
        canvas.glow(middle + dx * canvas.unit, end, size, bright, strength)


def paint_cliff(stage: Stage, top: float, foot: float) -> None:
    """A wall of rock over the whole width, in two layers, with a notch for the water."""
    canvas, light, _, rng = stage.tools()
    x = np.linspace(-0.02, 1.02, 90, dtype=np.float32)
    for depth, lift, colour in ((0.45, -0.09, "#757067"), (0.12, 0.0, "#6a655a")):
        crest = noise1(x * 3, rng, frequency=1.7, octaves=5, gain=0.5) * 0.1
        notch = np.exp(-(((x - 0.5) / 0.1) ** 2)) * 0.05 * (lift == 0)
        side = -np.abs(x - 0.5) * 0.22 * (lift == 0)
        y = (top + lift + crest - crest[45] + notch + side) * canvas.height
        base = [[canvas.width * 1.02, foot * canvas.height + 3], [-canvas.width * 0.02, foot * canvas.height + 3]]  # fmt: skip
        outline = np.concatenate([np.stack([x * canvas.width, y], -1), np.array(base)])
        patch = polygon_patch(canvas, [outline.astype(np.float32)])
        if patch is None:
            continue
        high, across = patch.mask.shape
        grain = noise2(
            across, high, rng, cells=max(4, across / 34), octaves=5, stretch=0.35
        )
        stone = light.local(rgb(colour), depth) * (0.5 + 0.9 * grain)[..., None]
        canvas.stamp(patch, np.clip(stone, 0, 1).astype(np.float32))
