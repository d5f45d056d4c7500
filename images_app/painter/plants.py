"""Palms, grass and the flowers of a meadow."""

from __future__ import annotations

import numpy as np

from .canvas import Canvas, circle, model, polygon_patch, tube
from .colours import rgb
from .light import Light
from .noise import Array, Rng
from .skies import Sun


def paint_palm(
    canvas: Canvas, light: Light, sun: Sun, rng: Rng, x: float, base: float, tall: float
) -> None:
    """A palm: a leaning trunk and a fan of feathered leaves."""
    lean = rng.choice([-1, 1]) * tall * rng.uniform(0.1, 0.25)
    head = (x + lean, base - tall)
    trunk = tube(
        [
            (x, base, tall * 0.03),
            (x + lean * 0.3, base - tall * 0.5, tall * 0.02),
            (*head, tall * 0.016),
        ]
    )
    patch = polygon_patch(canvas, trunk)
    if patch is not None:
        canvas.stamp(patch, light.local(rgb("#7a5b3f")))
    leaves: list[Array] = []
    for angle in np.linspace(-2.9, 0.3, 9) + rng.uniform(-0.1, 0.1, 9):
        leaves += palm_leaf(head, float(angle), tall * rng.uniform(0.38, 0.5))
    fan = polygon_patch(canvas, leaves)
    if fan is not None:
        towards = sun.towards(*head)
        canvas.stamp(fan, model(fan, light.local(rgb("#4f8048")), towards=towards,
                                lit=light.lit(), shaded=light.shaded(), flat=canvas.flat))  # fmt: skip


def palm_leaf(head: tuple[float, float], angle: float, long: float) -> list[Array]:
    """One hanging leaf: a rib with leaflets on both sides."""
    t = np.linspace(0, 1, 12)
    x = head[0] + np.cos(angle) * long * t
    y = head[1] + np.sin(angle) * long * t + long * 0.62 * t**2
    rib = np.stack([x, y], axis=-1)
    parts = []
    for i in range(1, 12):
        reach = long * 0.2 * np.sin(np.pi * min(1.0, t[i] + 0.12)) + long * 0.02
        dx, dy = x[i] - x[i - 1], y[i] - y[i - 1]
        size = np.hypot(dx, dy) + 1e-6
        for side in (-1, 1):
            tip = (
                rib[i]
                + np.array([-dy * side * 0.7 + dx, dx * side * 0.7 + dy]) / size * reach
            )
            parts.append(np.array([rib[i - 1], rib[i], tip + [0, reach * 0.3]]))
    return parts


def paint_grass(
    canvas: Canvas,
    light: Light,
    rng: Rng,
    *,
    top: float,
    colour: str,
    tall: float = 0.07,
) -> None:
    """Blades along the bottom edge, dark, as the eye sees them against the light."""
    count = int(520 * canvas.width / canvas.unit)
    x = rng.random(count) * canvas.width
    base = canvas.height * (1.01 - (1 - top) * rng.random(count) ** 2 * 0.6)
    long = canvas.unit * tall * rng.uniform(0.5, 1.2, count)
    bend = rng.uniform(-0.35, 0.35, count) * long
    wide = np.maximum(0.8, canvas.unit * 0.0026)
    for share, tone in ((0.5, 0.8), (1.0, 0.55)):
        chosen = np.flatnonzero(rng.random(count) < share * 0.7)
        blades = [
            np.array([[x[i] - wide, base[i]], [x[i] + bend[i] * 0.35, base[i] - long[i] * 0.6],
                      [x[i] + bend[i], base[i] - long[i]], [x[i] + wide, base[i]]])
            for i in chosen.tolist()
        ]  # fmt: skip
        patch = polygon_patch(canvas, blades)
        if patch is not None:
            canvas.stamp(patch, light.local(rgb(colour) * tone), ink=0.4)


def paint_meadow_flowers(
    canvas: Canvas, light: Light, rng: Rng, *, top: float, colours: tuple[str, ...]
) -> None:
    """Dots of blossom, small and dense far away, larger towards us."""
    for colour in colours:
        count = int(150 * canvas.width / canvas.unit)
        t = rng.random(count) ** 0.7
        y = (top + (1.02 - top) * t) * canvas.height
        x = rng.random(count) * canvas.width
        radius = canvas.unit * (0.0016 + 0.0075 * t**2) * rng.uniform(0.7, 1.3, count)
        dots = [
            circle(a, b, max(0.7, r), max(0.6, r * 0.75))[::3]
            for a, b, r in zip(x.tolist(), y.tolist(), radius.tolist(), strict=True)
        ]
        patch = polygon_patch(canvas, dots)
        if patch is not None:
            canvas.stamp(patch, light.local(rgb(colour)), ink=0.6)
