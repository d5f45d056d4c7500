"""What falls from the sky or stands in it: rain, snow, lightning, a rainbow."""

from __future__ import annotations

import numpy as np

from .canvas import Canvas, circle, polygon_patch
from .colours import rgb
from .light import Light
from .noise import Array, Rng
from .skies import Sun


def paint_rainbow(canvas: Canvas, sun: Sun, horizon: float) -> None:
    """An arch opposite the sun."""
    x = canvas.width * (0.86 if sun.x < canvas.width / 2 else 0.14) / canvas.unit
    y = horizon * canvas.height * 1.05 / canvas.unit
    far = np.hypot(canvas.x[None, :] - x, canvas.y[:, None] - y)
    fade = np.clip((y - canvas.y[:, None]) * 4, 0, 1)
    bands = ("#d9534a", "#e8913f", "#efd35a", "#6fae5f", "#4b8fc4", "#6a5aa8")
    for i, colour in enumerate(bands):
        ring = np.exp(-(((far - 0.46 + i * 0.013) / 0.009) ** 2)) * fade * 0.42
        canvas.blend(rgb(colour), ring.astype(np.float32))


def paint_rain(canvas: Canvas, rng: Rng, strength: float = 1.0) -> None:
    """Slanting streaks over everything."""
    count = int(
        420 * strength * canvas.width / canvas.unit * canvas.height / canvas.unit
    )
    x, y = rng.random(count) * canvas.width * 1.2, rng.random(count) * canvas.height
    long = canvas.unit * rng.uniform(0.02, 0.055, count)
    wide = max(0.6, canvas.unit / 1100)
    polygons = [
        np.array([[a, b], [a + wide, b], [a - c * 0.22 + wide, b + c], [a - c * 0.22, b + c]])
        for a, b, c in zip(x.tolist(), y.tolist(), long.tolist(), strict=True)
    ]  # fmt: skip
    patch = polygon_patch(canvas, polygons)
    if patch is not None:
        canvas.blend(rgb("#dfe8ee"), patch.mask * 0.28, top=patch.top, left=patch.left)


def paint_snowfall(canvas: Canvas, rng: Rng) -> None:
    """Flakes of three sizes, the nearest largest and softest."""
    spread = canvas.width / canvas.unit * canvas.height / canvas.unit
    for count, size, strength in (
        (520, 0.0013, 0.75),
        (190, 0.0026, 0.8),
        (40, 0.0062, 0.4),
    ):
        number = int(count * spread)
        x, y = rng.random(number) * canvas.width, rng.random(number) * canvas.height
        radius = canvas.unit * size * rng.uniform(0.7, 1.4, number)
        polygons = [
            circle(a, b, max(r, 0.5))[::4]
            for a, b, r in zip(x.tolist(), y.tolist(), radius.tolist(), strict=True)
        ]
        patch = polygon_patch(canvas, polygons)
        if patch is not None:
            canvas.blend(
                rgb("#ffffff"), patch.mask * strength, top=patch.top, left=patch.left
            )


def paint_lightning(canvas: Canvas, light: Light, horizon: float, rng: Rng) -> None:
    """A forked bolt with its glow."""
    bottom = horizon * canvas.height
    x, y = rng.uniform(0.15, 0.85) * canvas.width, 0.0
    knots = [(x, y)]
    while y < bottom:
        y += bottom / 16 * rng.uniform(0.6, 1.4)
        x += canvas.unit * rng.uniform(-0.035, 0.035)
        knots.append((x, min(y, bottom)))
    bolts = [bolt(knots, canvas.unit * 0.004)]
    start = int(rng.integers(4, 9))
    fork = [knots[start]]
    for _ in range(5):
        fx, fy = fork[-1]
        fork.append((fx + canvas.unit * rng.uniform(0.005, 0.05), fy + bottom / 24))
    bolts.append(bolt(fork, canvas.unit * 0.0025))
    for px, py in knots[::3]:
        canvas.glow(px, py, 0.1, rgb("#b9c8ff"), 0.16)
    patch = polygon_patch(canvas, [quad for strip in bolts for quad in strip])
    if patch is not None:
        canvas.stamp(patch, rgb("#f6f4ff"))


def bolt(knots: list[tuple[float, float]], width: float) -> list[Array]:
    """A jagged line that grows thin, as polygons."""
    last = len(knots) - 1
    return [
        np.array(
            [
                [ax - width * (1 - i / last), ay],
                [ax + width * (1 - i / last), ay],
                [bx + width * (1 - (i + 1) / last), by],
                [bx - width * (1 - (i + 1) / last), by],
            ]
        )
        for i, ((ax, ay), (bx, by)) in enumerate(zip(knots, knots[1:], strict=False))
    ]
