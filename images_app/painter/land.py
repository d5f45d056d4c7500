"""Land: mountains, hills, dunes, fields, snow and bare ground."""

from __future__ import annotations

import numpy as np

from .canvas import Canvas, Patch
from .colours import gradient, mix, rgb, saturate
from .light import Light
from .noise import Array, Rng, blur, noise1, noise2, resize
from .skies import Sun


def paint_mountains(
    canvas: Canvas,
    light: Light,
    sun: Sun,
    rng: Rng,
    *,
    horizon: float,
    layers: int = 4,
    snow: bool = False,
    hero: bool = True,
) -> None:
    """Ranges from the horizon towards us; with `hero`, one great peak stands out."""
    side = 0.34 if sun.x > canvas.width * 0.5 else 0.66
    peak = (side + rng.uniform(-0.07, 0.07)) * canvas.width / canvas.unit
    foot = horizon * canvas.height
    tall = min(canvas.unit * 0.34, foot * 0.62)
    for i in range(layers):
        t = i / max(1, layers - 1)
        rough = noise1(
            canvas.x + i * 7, rng, frequency=1.9 + t, octaves=7, gain=0.46, ridged=True
        )
        heights = foot - tall * (0.42 - 0.2 * t) * (0.62 + rough) + t * tall * 0.24
        if hero and i == min(1, layers - 1):
            heights = heights - great_peak(canvas, peak, rng) * tall * 0.78
        colour = gradient(light.ramp, np.float32(0.06 + 0.62 * t))
        paint_ridge(
            canvas, light, sun, heights, colour, rng,
            relief=0.9 - 0.35 * t, mist=0.75 - 0.4 * t,
            snow=canvas.unit * (0.17 if i == 1 else 0.06) if snow and i < 3 else 0.0,
            ink=1.0 - 0.35 * (1 - t),
        )  # fmt: skip


def great_peak(canvas: Canvas, at: float, rng: Rng) -> Array:
    """A steep asymmetric summit with shoulders, 0 to 1."""
    left, right = rng.uniform(0.3, 0.4), rng.uniform(0.42, 0.56)
    if rng.random() < 0.5:
        left, right = right, left
    away = canvas.x - at
    slope = np.where(away < 0, 1 + away / left, 1 - away / right)
    shape = np.clip(slope, 0, 1) ** 1.22
    rough = noise1(canvas.x, rng, frequency=5, octaves=6, gain=0.55, ridged=True)
    return np.asarray(shape * (1 + 0.16 * rough * (1.15 - shape)), np.float32)


def paint_ridge(
    canvas: Canvas,
    light: Light,
    sun: Sun,
    heights: Array,
    colour: Array,
    rng: Rng,
    *,
    relief: float = 0.7,
    mist: float = 0.5,
    snow: float = 0.0,
    jag: float = 1.0,
    bottom: int | None = None,
    ink: float = 1.0,
) -> None:
    """Fill everything below a skyline given in pixels, with lit and shaded faces."""
    rng = rng.spawn(1)[0]  # texture may vary; the next skyline must not depend on it
    top = int(max(0, np.floor(heights.min()) - 1))
    last = canvas.height if bottom is None else min(canvas.height, bottom)
    if top >= last:
        return
    rows = np.arange(top, last, dtype=np.float32)[:, None]
    depth = rows - heights[None, :] + 0.5
    mask = np.clip(depth, 0, 1)
    reach = canvas.unit * 0.2
    faces = slope_light(canvas, heights, sun, top, last, rng, jag)
    if canvas.flat:
        faces = np.where(faces > 0.5, np.float32(0.85), np.float32(0.3))
    fade = np.exp(-np.clip(depth, 0, None) / reach)
    warm = mix(rgb(light.sun) * rgb(light.key), rgb(light.glow), 0.3 + 0.5 * light.dusk)
    lit = mix(colour, warm, (0.26 + 0.24 * light.dusk * (not light.moon)) * relief)
    dark = mix(colour, colour * rgb(light.shade), 0.75 * relief)
    share = 0.5 + (faces - 0.5) * fade * min(1.0, relief * 1.25)
    paint = mix(dark, lit, share)
    if snow > 0:
        cover = snow_cover(canvas, depth, faces, snow, top, rng)
        paint = mix(paint, snow_colour(light, faces, colour), cover)
    if mist > 0 and not canvas.flat:
        veil = (
            mist * light.haze_depth * 1.25 * np.clip(depth / (canvas.unit * 0.24), 0, 1)
        )
        paint = mix(paint, rgb(light.haze), np.clip(veil, 0, 0.92).astype(np.float32))
    canvas.stamp(Patch(mask.astype(np.float32), 0, top), paint, ink=ink)


def slope_light(
    canvas: Canvas,
    heights: Array,
    sun: Sun,
    top: int,
    last: int,
    rng: Rng,
    jag: float,
) -> Array:
    """How much each point below a skyline faces the sun, 0 to 1.

    Faces hang down from the skyline: a point takes the slope of the skyline above
    it, smoothed the more the deeper it lies, and moved sideways by noise.
    """
    wide, high = max(4, canvas.width // 2), max(4, (last - top) // 2)
    line = np.interp(
        np.linspace(0, len(heights) - 1, wide), np.arange(len(heights)), heights
    )
    levels = np.stack([np.gradient(smooth_line(line, s)) for s in (2, 5, 11, 24)])
    rows = np.linspace(top, last, high, dtype=np.float32)[:, None]
    depth = np.clip(rows - line[None, :], 0, None)
    wander = noise2(wide, high, rng, cells=9 * canvas.width / canvas.unit, octaves=4)
    x = np.arange(wide)[None, :] + (wander - 0.5) * (depth * 0.9 + 6) * jag
    index = np.clip(x, 0, wide - 1).astype(np.int32)
    level = np.clip(np.log2(depth / canvas.unit * 60 + 1), 0, 3).astype(np.int32)
    slope = levels[level, index]
    side = np.tanh((sun.x / 2 - np.arange(wide)) / (0.12 * canvas.unit))[None, :]
    sharp = 5.0 if jag else 16.0
    faces = 0.5 + 0.5 * np.tanh(slope * side * sharp)
    if jag > 0.5:  # a steep face would be smooth without its own gullies and ribs
        cells = 9 * canvas.width / canvas.unit
        crags = noise2(wide, high, rng, cells=cells, octaves=5, gain=0.55, stretch=0.42)
        ribs = np.gradient(1 - np.abs(crags * 2 - 1), axis=1) * side * canvas.unit
        faces = np.clip(faces * 0.94 + 0.03 + np.clip(ribs * 0.011, -0.3, 0.22), 0, 1)
    return resize(faces.astype(np.float32), canvas.width, last - top)


def smooth_line(line: Array, radius: int) -> Array:
    """A moving average that keeps the length."""
    kernel = np.ones(2 * radius + 1, np.float32) / (2 * radius + 1)
    return np.convolve(np.pad(line, radius, mode="edge"), kernel, mode="valid")


def snow_cover(
    canvas: Canvas, depth: Array, faces: Array, reach: float, top: int, rng: Rng
) -> Array:
    """Where snow lies below a crest: ragged, reaching deeper on some faces."""
    high, wide = depth.shape
    field = noise2(wide // 2, max(2, high // 2), rng, cells=26, octaves=3, stretch=0.6)
    ragged = resize(field, wide, high) - 0.5
    level = reach * (1 + 0.25 * (faces - 0.5)) + ragged * reach * 1.9
    cover = (level - depth) / (canvas.unit * 0.006) + 0.5
    return np.asarray(np.clip(cover, 0, 1), np.float32)


def snow_colour(light: Light, faces: Array, rock: Array) -> Array:
    """Snow takes the light's colour on lit faces and the sky's in shadow."""
    bright = mix(rgb("#ffffff") * (0.45 + 0.55 * rgb(light.key)), rgb(light.glow), 0.22)
    bright = mix(bright, rock, light.dusk * 0.3)
    dark = mix(rgb("#e8f0fa") * rgb(light.shade), rock, 0.25 + light.dusk * 0.25)
    return mix(dark * 1.08, bright, faces)


def paint_hills(
    canvas: Canvas,
    light: Light,
    sun: Sun,
    rng: Rng,
    *,
    top: float,
    tint: tuple[str, ...],
    layers: int = 4,
    rows: bool = False,
    bottom: float = 0.9,
) -> None:
    """Rolling hills; with `rows`, fields whose furrows follow the ground."""
    start = int(rng.integers(len(tint)))
    for i in range(layers):
        t = i / max(1, layers - 1)
        base = (top + (bottom - top) * t**1.25) * canvas.height
        wave = noise1(
            canvas.x + 5 * i, rng, frequency=0.9 + 0.5 * t, octaves=3, gain=0.35
        )
        heights = base - canvas.unit * (0.03 + 0.055 * t) * (wave + 0.4)
        own = saturate(light.local(rgb(tint[(start + i) % len(tint)]), 1 - t), 1.3)
        ramp = gradient(light.ramp, np.float32(0.15 + 0.75 * t))
        colour = mix(own, ramp, 0.1 + light.dusk * 0.42)
        paint_ridge(
            canvas, light, sun, heights, colour, rng, relief=0.5, jag=0.25,
            mist=0.36 * (1 - t) + 0.06,
        )  # fmt: skip
        if rows and not canvas.flat:
            paint_furrows(canvas, heights, colour, rng, 0.5 + t)


def paint_furrows(
    canvas: Canvas, heights: Array, colour: Array, rng: Rng, size: float
) -> None:
    """Rows of crops that run down a hill and spread towards us."""
    rng = rng.spawn(1)[0]
    top = int(max(0, heights.min()))
    if top >= canvas.height:
        return
    rows = np.arange(top, canvas.height, dtype=np.float32)[:, None]
    depth = np.clip(rows - heights[None, :], 0, None) / canvas.unit
    vanish = rng.uniform(-0.4, 1.4) * canvas.width / canvas.unit
    spread = (canvas.x[None, :] - vanish) / (0.16 + depth * 2.6)
    lines = np.sin(spread * rng.uniform(42, 60) / size)
    visible = np.clip(depth * 40, 0, 1) * np.exp(-depth / 0.22) * 0.17
    canvas.blend(
        colour * 0.62, (np.clip(lines, 0, 1) * visible).astype(np.float32), top=top
    )


def paint_ground(
    canvas: Canvas,
    light: Light,
    sun: Sun,
    rng: Rng,
    *,
    top: float,
    colour: str,
    near: str | None = None,
    wave: float = 0.012,
) -> None:
    """One plain of ground up to the bottom edge, lighter where it is far."""
    heights = top * canvas.height - canvas.unit * wave * noise1(
        canvas.x, rng, frequency=1.6, octaves=3, gain=0.4
    )
    first = int(max(0, heights.min() - 1))
    high = canvas.height - first
    if high <= 0:
        return
    t = np.linspace(0, 1, high, dtype=np.float32)[:, None]
    far = light.local(rgb(colour), 0.75)
    close = light.local(rgb(near or colour) * 0.86, 0.0)
    paint = mix(far, close, np.broadcast_to(t**0.7, (high, canvas.width)))
    if not canvas.flat:
        field = noise2(
            canvas.width // 2, max(2, high // 2), rng, cells=7, octaves=5, stretch=4
        )
        paint = paint * (0.86 + 0.28 * resize(field, canvas.width, high))[..., None]
    away = np.abs(canvas.x * canvas.unit - sun.x)[None, :] / canvas.unit
    warm = np.exp(-away * 2) * (1 - t) * 0.25 * (0 if canvas.flat else 1)
    paint = mix(paint, rgb(light.glow), warm.astype(np.float32))
    rows = np.arange(first, canvas.height, dtype=np.float32)[:, None]
    mask = np.clip(rows - heights[None, :] + 0.5, 0, 1).astype(np.float32)
    canvas.stamp(Patch(mask, 0, first), paint)


def paint_shadow(
    canvas: Canvas,
    light: Light,
    x: float,
    y: float,
    wide: float,
    *,
    strength: float = 0.35,
) -> None:
    """The soft dark patch under something that stands at a point (in pixels)."""
    high = max(4, int(wide * 0.2))
    half = max(4, int(wide * 0.7))
    left, right = max(0, int(x) - half), min(canvas.width, int(x) + half)
    top, bottom = max(0, int(y) - high), min(canvas.height, int(y) + high)
    if left >= right or top >= bottom or canvas.flat:
        return
    dx = (np.arange(left, right)[None, :] - x) / half
    dy = (np.arange(top, bottom)[:, None] - y) / high
    mask = np.clip(1 - dx * dx - dy * dy, 0, 1) ** 1.4 * strength
    dark = rgb(light.ramp[-1][1]) * 0.8
    canvas.blend(dark, blur(mask.astype(np.float32), 2), top=top, left=left)
