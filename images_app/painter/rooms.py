"""Indoors: a table for a still life, a window with its sill, a portrait's ground."""

from __future__ import annotations

import numpy as np

from .canvas import Canvas, Patch, box, circle, polygon_patch, smooth
from .colours import mix, rgb
from .light import Light
from .noise import Array, Rng, noise2, resize
from .skies import Sun

# Wall and cloth (or wood) that look well together.
_ROOMS = (
    ("#6b6a58", "#e9dcc2"),
    ("#31485a", "#a9724a"),
    ("#8a5a44", "#ead9bd"),
    ("#3f5a52", "#d8b98c"),
    ("#54476a", "#e3cdb2"),
    ("#b59a78", "#7a4d34"),
)


def paint_table(
    canvas: Canvas, light: Light, sun: Sun, rng: Rng, *, edge: float
) -> None:
    """A wall with light falling across it, and a table from `edge` downwards."""
    wall, cloth = _ROOMS[int(rng.integers(len(_ROOMS)))]
    x = canvas.x[None, :] * canvas.unit / canvas.width
    y = canvas.y[:, None] * canvas.unit / canvas.height
    side = x if sun.x > canvas.width / 2 else 1 - x
    fall = np.clip(side * 0.8 + (1 - y) * 0.25 + 0.12, 0, 1)
    if canvas.flat:
        fall = np.round(fall * 2) / 2
    own = light.local(rgb(wall))
    canvas.pixels[:] = mix(own * light.shaded() * 0.75, own * light.lit() * 1.15, fall)
    if not canvas.flat:
        spots = noise2(canvas.width // 2, canvas.height // 2, rng, cells=3, octaves=6)
        canvas.pixels *= (0.9 + 0.2 * resize(spots, canvas.width, canvas.height))[
            ..., None
        ]
    top = int(edge * canvas.height)
    high = canvas.height - top
    t = np.linspace(0, 1, high, dtype=np.float32)[:, None]
    board = light.local(rgb(cloth))
    across = np.broadcast_to(side, (high, canvas.width)) * 0.6 + 0.3 - 0.25 * t
    paint = mix(
        board * light.shaded(),
        board * light.lit(),
        np.clip(across, 0, 1).astype(np.float32),
    )
    if not canvas.flat:
        weave = noise2(canvas.width, high, rng, cells=9, octaves=5, stretch=5)
        paint = paint * (0.9 + 0.2 * weave)[..., None]
        paint = paint * (1 - 0.28 * np.exp(-t * 26))[..., None]
    canvas.stamp(Patch(np.ones((high, canvas.width), np.float32), 0, top), paint)


def paint_window(
    canvas: Canvas, light: Light, sun: Sun, rng: Rng, *, sill: float
) -> None:
    """A wall with a window in it; what was painted before is seen outside."""
    width, height = canvas.width, canvas.height
    left, right, top = width * 0.13, width * 0.87, height * 0.07
    foot = sill * height
    unit = canvas.unit
    wall = rgb(("#d8cbb6", "#b9c2bd", "#c9b3a2", "#a9b4c2")[int(rng.integers(4))])
    own = light.local(wall) * 0.8
    inside = np.ones((height, width), np.float32)
    inside[int(top) : int(foot), int(left) : int(right)] = 0
    shadow = mix(
        own * 0.72,
        own * light.lit(),
        np.broadcast_to(1 - canvas.y[:, None] * unit / height, inside.shape),
    )
    canvas.stamp(Patch(inside, 0, 0), shadow)
    wood = light.local(rgb("#f1eadc")) * 0.98
    paint_frame(canvas, wood, left, top, right, foot)
    paint_curtain(canvas, light, rng, left, top, foot, -1)
    paint_curtain(canvas, light, rng, right, top, foot, 1)
    depth = unit * 0.085
    paint_bar(
        canvas,
        wood * 1.04,
        left - unit * 0.06,
        foot - unit * 0.004,
        right + unit * 0.06,
        foot + depth,
    )
    paint_bar(
        canvas,
        wood * 0.74,
        left - unit * 0.06,
        foot + depth,
        right + unit * 0.06,
        foot + depth * 1.45,
    )


def paint_frame(
    canvas: Canvas, wood: Array, left: float, top: float, right: float, foot: float
) -> None:
    """The wood around the panes and between them."""
    bar = canvas.unit * 0.016
    middle = (left + right) / 2
    frames = [
        (left - bar * 1.4, top - bar * 1.4, left + bar, foot), (right - bar, top - bar * 1.4, right + bar * 1.4, foot),
        (left, top - bar * 1.4, right, top + bar), (left, foot - bar, right, foot),
        (middle - bar * 0.6, top, middle + bar * 0.6, foot),
        (left, top + (foot - top) * 0.36 - bar * 0.5, right, top + (foot - top) * 0.36 + bar * 0.5),
    ]  # fmt: skip
    for x0, y0, x1, y1 in frames:
        paint_bar(canvas, wood, x0, y0, x1, y1)


def paint_bar(
    canvas: Canvas, colour: object, x0: float, y0: float, x1: float, y1: float
) -> None:
    """A plain upright rectangle."""
    patch = polygon_patch(canvas, [box(x0, y0, x1, y1)])
    if patch is not None:
        canvas.stamp(patch, np.asarray(colour, np.float32))


def paint_curtain(
    canvas: Canvas, light: Light, rng: Rng, x: float, top: float, foot: float, side: int
) -> None:
    """Cloth gathered at one side of the window, in soft folds."""
    unit = canvas.unit
    inner, waist = x - side * unit * 0.13, x + side * unit * 0.005
    outer = x + side * unit * 0.12
    high = foot - top
    outline = smooth(
        [(inner, top - unit * 0.03), (inner + side * unit * 0.015, top + high * 0.3), (waist, top + high * 0.64),
         (x - side * unit * 0.035, foot + unit * 0.03), (outer, foot + unit * 0.03), (outer, top - unit * 0.03)]
    )  # fmt: skip
    patch = polygon_patch(canvas, [outline])
    if patch is None:
        return
    columns = np.arange(patch.mask.shape[1])[None, :] / unit
    rows = np.arange(patch.mask.shape[0])[:, None] / unit
    folds = 0.5 + 0.5 * np.sin(columns * 88 + np.sin(rows * 5) * 2 + rows * 9 * side)
    cloth = light.local(rgb("#c9705a"))
    if canvas.flat:
        folds = np.round(folds)
    folds = 0.3 + 0.7 * folds
    canvas.stamp(
        patch,
        mix(cloth * light.shaded(), cloth * light.lit(), folds.astype(np.float32)),
    )


def paint_backdrop(canvas: Canvas, light: Light, rng: Rng) -> None:
    """Behind a portrait: a soft ground, a disc, and leaves that frame the head."""
    pairs = (
        ("#d9c3a0", "#c9694a"),
        ("#9fb8ac", "#e8c37a"),
        ("#c4b2c4", "#e59a84"),
        ("#34505c", "#d8a05a"),
        ("#e6d3bc", "#7f9f90"),
    )
    ground, disc = pairs[int(rng.integers(len(pairs)))]
    t = np.broadcast_to(
        canvas.y[:, None] * canvas.unit / canvas.height, (canvas.height, canvas.width)
    )
    own = light.local(rgb(ground)) * (0.55 + 0.45 * light.lit())
    canvas.pixels[:] = (
        own if canvas.flat else mix(own * 1.04, own * 0.8, t.astype(np.float32))
    )
    x, y = canvas.place(0.5, 0.42)
    halo = polygon_patch(canvas, [circle(x, y, canvas.unit * 0.4)])
    if halo is not None:
        canvas.stamp(halo, light.local(rgb(disc)))
    leaf_green = light.local(rgb("#3f6b57"))
    for _ in range(16):
        angle = rng.uniform(-np.pi, np.pi)
        px, py = (
            x + np.cos(angle) * canvas.unit * 0.43,
            y + np.sin(angle) * canvas.unit * 0.43,
        )
        turn = angle + rng.uniform(-0.7, 0.7)
        long, wide = (
            canvas.unit * rng.uniform(0.1, 0.19),
            canvas.unit * rng.uniform(0.02, 0.035),
        )
        way = np.array([np.cos(turn), np.sin(turn)])
        across = np.array([-way[1], way[0]]) * wide
        root = np.array([px, py])
        points = [
            root,
            root + way * long * 0.45 + across,
            root + way * long,
            root + way * long * 0.45 - across,
        ]
        patch = polygon_patch(canvas, [smooth(np.array(points))])
        if patch is not None:
            canvas.stamp(patch, leaf_green * rng.uniform(0.75, 1.35))
