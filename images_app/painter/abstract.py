"""Pictures of nothing but colour and form."""

from __future__ import annotations

import numpy as np

from .canvas import Canvas, Patch, circle, polygon_patch
from .colours import mix, rgb
from .noise import Array, Rng, noise1, noise2, resize

_SETS = (
    ("#f1e6d2", "#d8573c", "#e7b65c", "#2f7f7b", "#1d4f60", "#14263a"),
    ("#ece7df", "#e2a23b", "#c8553d", "#588b8b", "#2b4f6a", "#1c2b44"),
    ("#f4ece4", "#e98a72", "#f0c48a", "#8fb0a4", "#5a6e8c", "#3a3252"),
    ("#101a33", "#e9c46a", "#e76f51", "#2a9d8f", "#f4a582", "#5c4b8a"),
    ("#f7efe9", "#b5446e", "#e58e73", "#f2cc8f", "#81a4a0", "#3d405b"),
)


def paint_abstract(canvas: Canvas, rng: Rng, tint: str | None = None) -> None:
    """One of three compositions, in a palette that the seed chooses."""
    colours = [rgb(c) for c in _SETS[int(rng.integers(len(_SETS)))]]
    if tint is not None:
        colours[1] = rgb(tint)
    canvas.pixels[:] = colours[0]
    (paint_forms, paint_ribbons, paint_arches)[int(rng.integers(3))](
        canvas, colours, rng
    )


def stamp(canvas: Canvas, polygons: list[Array], colour: Array, rng: Rng) -> None:
    """A form with a slight shading, as if printed by hand."""
    patch = polygon_patch(canvas, polygons)
    if patch is None:
        return
    high, wide = patch.mask.shape
    if canvas.flat or min(high, wide) < 8:
        canvas.stamp(patch, colour)
        return
    grain = resize(
        noise2(max(2, wide // 2), max(2, high // 2), rng, cells=5, octaves=5),
        wide,
        high,
    )
    slope = (
        np.linspace(0, 1, high, dtype=np.float32)[:, None] * 0.6
        + np.linspace(0, 1, wide, dtype=np.float32)[None, :] * 0.4
    )
    paint = mix(
        colour * 1.07,
        colour * 0.84,
        np.clip(slope + (grain - 0.5) * 0.8, 0, 1).astype(np.float32),
    )
    canvas.stamp(patch, paint)


def paint_forms(canvas: Canvas, colours: list[Array], rng: Rng) -> None:
    """Discs, rings, bars and triangles around a great disc, balanced on a diagonal."""
    unit = canvas.unit
    x, y = canvas.place(rng.uniform(0.36, 0.6), rng.uniform(0.34, 0.5))
    stamp(canvas, [circle(x, y, unit * 0.29)], colours[1], rng)
    order = [2, 3, 4, 5, 2, 3, 5, 4, 1, 2]
    for i, pick in enumerate(order):
        angle = i * 2.4 + rng.uniform(-0.4, 0.4)
        far = unit * rng.uniform(0.16, 0.42)
        px, py = (
            x + np.cos(angle) * far * canvas.width / unit,
            y + np.sin(angle) * far * canvas.height / unit,
        )
        size = unit * rng.uniform(0.05, 0.19) * (1 - i * 0.05)
        kind = int(rng.integers(4))
        turn = rng.uniform(0, 180)
        if kind == 0:
            stamp(canvas, [circle(px, py, size)], colours[pick], rng)
        elif kind == 1:
            stamp(canvas, [circle(px, py, size)], colours[pick], rng)
            stamp(canvas, [circle(px, py, size * 0.62)], colours[0], rng)
            stamp(canvas, [circle(px, py, size * 0.3)], colours[(pick + 1) % 6], rng)
        elif kind == 2:
            bar = turned(
                [(-2.2, -0.12), (2.2, -0.12), (2.2, 0.12), (-2.2, 0.12)],
                px,
                py,
                size,
                turn,
            )
            stamp(canvas, [bar], colours[pick], rng)
        else:
            half = circle(px, py, size)[:25]
            stamp(canvas, [half], colours[pick], rng)
    for i in range(5):
        bar = turned(
            [(-3, -0.02), (3, -0.02), (3, 0.02), (-3, 0.02)],
            x + unit * (0.2 + 0.022 * i),
            y + unit * 0.25,
            unit * 0.1,
            -35,
        )
        stamp(canvas, [bar], colours[5], rng)


def turned(
    points: list[tuple[float, float]], x: float, y: float, size: float, turn: float
) -> Array:
    """A polygon of unit size, turned and put at a place."""
    a = np.radians(turn)
    spin = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    return np.asarray(np.array(points) @ spin * size + [x, y], np.float32)


def paint_ribbons(canvas: Canvas, colours: list[Array], rng: Rng) -> None:
    """Waves of colour that flow across, each with a lit crest."""
    sun_x, sun_y = canvas.place(rng.uniform(0.3, 0.7), rng.uniform(0.2, 0.32))
    stamp(canvas, [circle(sun_x, sun_y, canvas.unit * 0.14)], colours[1], rng)
    count = 11
    slope = rng.uniform(-0.3, 0.3)
    for i in range(count):
        t = i / (count - 1)
        wave = noise1(
            canvas.x * 0.9 + i * 0.16,
            np.random.default_rng(int(sun_x)),
            frequency=1.3,
            octaves=2,
            gain=0.4,
        )
        base = (0.3 + 0.72 * t) * canvas.height + slope * (
            canvas.x - canvas.x.mean()
        ) * canvas.unit * (1 - t)
        heights = base - wave * canvas.unit * 0.17 * (1 - 0.4 * t)
        rows = np.arange(canvas.height, dtype=np.float32)[:, None] - heights[None, :]
        mask = np.clip(rows + 0.5, 0, 1).astype(np.float32)
        colour = colours[1 + (i * 2 + i // 3) % 5]
        shade = np.clip(rows / (canvas.unit * 0.16), 0, 1).astype(np.float32)
        paint = colour if canvas.flat else mix(colour * 1.1, colour * 0.72, shade)
        canvas.stamp(Patch(mask, 0, 0), np.clip(paint, 0, 1))


def paint_arches(canvas: Canvas, colours: list[Array], rng: Rng) -> None:
    """A quilt of quarter circles, every tile turned by chance."""
    side = canvas.unit / int(rng.integers(4, 6))
    for row in range(int(np.ceil(canvas.height / side))):
        for column in range(int(np.ceil(canvas.width / side))):
            left, top = column * side, row * side
            back, front, inner = (colours[i] for i in rng.permutation(6)[:3])
            box = np.array(
                [
                    [left, top],
                    [left + side, top],
                    [left + side, top + side],
                    [left, top + side],
                ],
                np.float32,
            )
            stamp(canvas, [box], back, rng)
            cx, cy = (
                left + side * float(rng.integers(2)),
                top + side * float(rng.integers(2)),
            )
            for radius, colour in ((1.0, front), (0.66, inner), (0.33, back)):
                ring = np.clip(
                    circle(cx, cy, side * radius),
                    [left, top],
                    [left + side, top + side],
                )
                stamp(canvas, [ring.astype(np.float32)], colour, rng)
