"""Streets of towers: skylines with lit windows, bridges."""

from __future__ import annotations

import numpy as np

from .canvas import Canvas, Patch, box, polygon_patch, tube
from .colours import gradient, mix, rgb
from .light import Light
from .noise import Array, Rng
from .skies import Sun

_WINDOWS = ("#ffd98a", "#ffc069", "#ffe9bd", "#cfe6ff")


def paint_skyline(
    canvas: Canvas,
    light: Light,
    sun: Sun,
    rng: Rng,
    *,
    ground: float,
    tall: float = 0.5,
) -> None:
    """Three rows of buildings; the middle of the town rises highest."""
    centre = rng.uniform(0.35, 0.65)
    for row in range(3):
        t = row / 2
        colour = gradient(light.ramp, np.float32(0.2 + 0.62 * t))
        stone = light.local(rgb(("#a9b4c0", "#b9a898", "#8d98a8")[row]), 1 - t)
        colour = mix(colour, stone, 0.45 * (1 - light.dusk))
        x = -0.03 * canvas.width
        while x < canvas.width * 1.02:
            wide = canvas.unit * rng.uniform(0.034 + 0.012 * row, 0.068 + 0.018 * row)
            middle = (x + wide / 2) / canvas.width
            peak = np.exp(-(((middle - centre) / 0.3) ** 2))
            share = 0.22 * rng.random() + 0.78 * peak * rng.uniform(0.5, 1.0)
            top_share = tall * (1.0, 0.86, 0.5)[row]
            high = min(canvas.unit * 1.2, canvas.height * ground) * (
                0.07 + top_share * share
            )
            base = canvas.height * ground + (row - 2) * canvas.unit * 0.006
            paint_building(
                canvas, light, sun, rng, (x, base - high, x + wide, base), colour, t
            )
            x += wide * rng.uniform(1.0, 1.12)


def paint_building(
    canvas: Canvas,
    light: Light,
    sun: Sun,
    rng: Rng,
    walls: tuple[float, float, float, float],
    colour: Array,
    t: float,
) -> None:
    """One tower: a lit and a shaded side, a roof of some shape, and its windows."""
    left, top, right, _ = walls
    patch = polygon_patch(canvas, [box(*walls), *roof_of(walls, int(rng.integers(7)))])
    if patch is None:
        return
    middle, wide = (left + right) / 2, right - left
    facing = 1.0 if sun.x > middle else -1.0
    across = (np.arange(patch.mask.shape[1]) + patch.left - middle) * facing / wide
    tint = 1 + 0.1 * (1 - light.dusk * 0.5) * np.clip(across * 14, -1, 1)[None, :, None]
    paint = np.broadcast_to(colour * tint, (*patch.mask.shape, 3)).astype(np.float32)
    if not canvas.flat:
        down = (np.arange(patch.mask.shape[0]) + patch.top - top) / (canvas.unit * 0.5)
        veil = np.clip(down, 0, 1) * (0.55 - 0.4 * t) * light.haze_depth
        paint = mix(
            paint, rgb(light.haze), np.broadcast_to(veil[:, None], patch.mask.shape)
        )
    canvas.stamp(patch, paint)
    paint_windows(canvas, light, rng, walls, colour, t)


def roof_of(walls: tuple[float, float, float, float], kind: int) -> list[Array]:
    """What stands on a tower: a gable, a mast, a smaller storey, a slope or nothing."""
    left, top, right, _ = walls
    wide, middle = right - left, (left + right) / 2
    if kind == 0:
        return [corners((left, top), (middle, top - wide * 0.7), (right, top))]
    if kind == 1:
        half = wide * 0.03
        return [
            corners(
                (middle - half, top), (middle, top - wide * 0.9), (middle + half, top)
            )
        ]
    if kind in (2, 3):
        return [box(left + wide * 0.18, top - wide * 0.3, right - wide * 0.18, top + 1)]
    if kind == 4:
        return [corners((left, top - wide * 0.35), (right, top), (left, top))]
    return []


def corners(*points: tuple[float, float]) -> Array:
    """A polygon from its corners."""
    return np.array(points, np.float32)


def paint_windows(
    canvas: Canvas,
    light: Light,
    rng: Rng,
    walls: tuple[float, float, float, float],
    colour: Array,
    t: float,
) -> None:
    """A grid of windows, some of them lit when it is dark."""
    left, top, right, bottom = (int(v) for v in walls)
    cell = max(5, round(canvas.unit * (0.011 + 0.004 * t)))
    left, right = left + cell // 2, right - cell // 3
    top = top + cell // 2
    bottom = min(bottom, canvas.height)
    if left < 0 or right > canvas.width or top < 0:
        left, right, top = max(0, left), min(canvas.width, right), max(0, top)
    high, wide = bottom - top, right - left
    rows, columns = high // cell, wide // cell
    if rows < 1 or columns < 1:
        return
    dark = light.dusk > 0.45 or light.is_dark()
    share = (0.24 + 0.2 * t) * (1.0 if light.is_dark() else 0.5) if dark else 0.85
    lit = (rng.random((rows, columns)) < share) * rng.uniform(
        0.35, 1.0, (rows, columns)
    )
    pane = np.zeros((cell, cell), np.float32)
    pane[cell // 4 : cell - cell // 5, cell // 4 : cell - cell // 5] = 1
    mask = np.kron(lit, pane).astype(np.float32)[:high, :wide]
    glass = rgb(_WINDOWS[int(rng.integers(4)) if rng.random() < 0.4 else 0])
    if not dark:
        glass = mix(rgb(light.sky[1][1]), colour, 0.45) * 0.82
        mask = mask * 0.6
    canvas.blend(glass, mask * (0.55 + 0.4 * t), top=top, left=left)
    canvas.cover_ink(Patch(mask, left, top), 0.5)


def paint_bridge(
    canvas: Canvas, light: Light, sun: Sun, rng: Rng, *, level: float
) -> None:
    """A suspension bridge from side to side, its deck at a fraction of the height."""
    y, unit = level * canvas.height, canvas.unit
    tall = unit * 0.3
    towers = [canvas.width * 0.26, canvas.width * 0.74]
    parts = [box(0, y, canvas.width, y + unit * 0.014)]
    for x in towers:
        parts += bridge_tower(x, y, tall, unit)
    xs = np.linspace(0, canvas.width, 61)
    sag = cable(xs, towers, canvas.width, tall * 0.97)
    ropes = list(zip(xs.tolist(), sag.tolist(), strict=True))
    parts += tube([(x, y - high, unit * 0.0032) for x, high in ropes])
    parts += [box(x, y - high, x + unit * 0.002, y) for x, high in ropes]
    patch = polygon_patch(canvas, parts)
    if patch is not None:
        canvas.stamp(patch, light.local(rgb("#8c4238"), 0.25))


def bridge_tower(x: float, y: float, tall: float, unit: float) -> list[Array]:
    """Two legs and three beams, from below the deck to the cable."""
    parts: list[Array] = []
    for side in (-1, 1):
        top = (x + side * unit * 0.014, y - tall, unit * 0.006)
        parts += tube([top, (x + side * unit * 0.02, y + unit * 0.12, unit * 0.009)])
    half, thick = unit * 0.018, unit * 0.01
    beams = [y - tall * share for share in (0.96, 0.62, 0.3)]
    return parts + [box(x - half, beam, x + half, beam + thick) for beam in beams]


def cable(xs: Array, towers: list[float], width: float, tall: float) -> Array:
    """The height of the cable above the deck at each x."""
    first, second = towers
    middle, half = (first + second) / 2, (second - first) / 2
    inner = 0.1 + 0.9 * ((xs - middle) / half) ** 2
    outer = np.where(xs < first, xs / first, (width - xs) / (width - second))
    shape = np.where((xs >= first) & (xs <= second), inner, np.clip(outer, 0, 1) ** 1.3)
    return np.asarray(shape * tall, np.float32)
