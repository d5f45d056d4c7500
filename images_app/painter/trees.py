"""Trees, grass and flowers of the open air."""

from __future__ import annotations

import numpy as np

from .canvas import Canvas, Patch, circle, model, polygon_patch, tube
from .colours import gradient, mix, rgb
from .light import Light
from .noise import Array, Rng, noise1, noise2, resize
from .skies import Sun, paint_fog

_SUMMER = ("#5f8a45", "#4a7a44", "#74964a", "#3f6d45")
_AUTUMN = ("#d9822b", "#c2542a", "#e0a63a", "#a83e2c")
_SPRING = ("#f0b7c4", "#e79bb0", "#9cbf68", "#f6d0d6")
_WINTER = ("#dfe7ee", "#cbd8e4", "#e9eef2", "#b9c9d8")


def foliage(moods: tuple[str, ...]) -> tuple[str, ...]:
    """The colours of leaves in the season that the moods name."""
    for mood, colours in (
        ("autumn", _AUTUMN), ("snow", _WINTER), ("spring", _SPRING)
    ):  # fmt: skip
        if mood in moods:
            return colours
    return _SUMMER


def spruce(x: float, base: float, tall: float, rng: Rng) -> Array:
    """The outline of a fir tree with hanging boughs, in pixels."""
    steps = int(np.clip(tall / 9, 7, 26))
    t = np.linspace(0.03, 1, steps)
    half = tall * rng.uniform(0.15, 0.2)
    right = half * t**0.9 * rng.uniform(0.72, 1.12, steps)
    left = half * t**0.9 * rng.uniform(0.72, 1.12, steps)
    y = base - tall + tall * t * 0.95
    droop = tall / steps * 0.55
    points = [(x, base - tall)]
    for i in range(steps):
        points += [
            (x + right[i], y[i] + droop),
            (x + right[i] * 0.42, y[i] + droop * 0.25),
        ]
    points += [(x + tall * 0.018, base - tall * 0.05), (x + tall * 0.018, base)]
    points += [(x - tall * 0.018, base), (x - tall * 0.018, base - tall * 0.05)]
    for i in range(steps - 1, -1, -1):
        points += [
            (x - left[i] * 0.42, y[i] + droop * 0.25),
            (x - left[i], y[i] + droop),
        ]
    return np.array(points, np.float32)


def paint_spruces(
    canvas: Canvas,
    light: Light,
    sun: Sun,
    rng: Rng,
    places: list[tuple[float, float, float]],
    colour: Array,
    *,
    mist: float = 0.0,
    snow: bool = False,
    ink: float = 0.8,
) -> None:
    """A row of firs at (x, base, height) in pixels, fading into mist at their feet."""
    polygons = [spruce(x, base, tall, rng) for x, base, tall in places]
    patch = polygon_patch(canvas, polygons)
    if patch is None:
        return
    high, wide = patch.mask.shape
    t = np.broadcast_to(
        np.linspace(0, 1, high, dtype=np.float32)[:, None], (high, wide)
    )
    paint = np.broadcast_to(colour, (high, wide, 3)).astype(np.float32)
    if not canvas.flat:
        warm = np.exp(
            -np.abs(np.arange(wide) + patch.left - sun.x) / (canvas.unit * 0.35)
        )
        rim = np.clip((1 - t) * warm[None, :] * 0.3, 0, 1).astype(np.float32)
        paint = mix(paint, rgb(light.glow), rim)
        paint = mix(paint, rgb(light.haze), np.clip(mist * t**1.3, 0, 1))
    if snow:
        above = np.roll(patch.mask, max(2, canvas.unit // 220), axis=0)
        crust = np.clip(patch.mask - above, 0, 1)
        dust = noise2(wide, high, rng, cells=wide / 9, octaves=1)
        crust = np.clip(crust + (dust > 0.66) * 0.5, 0, 1).astype(np.float32)
        paint = mix(paint, mix(rgb("#f2f6fb") * light.lit(), colour, 0.25), crust)
    canvas.stamp(patch, paint, ink=ink)


def paint_forest(
    canvas: Canvas,
    light: Light,
    sun: Sun,
    rng: Rng,
    *,
    top: float,
    moods: tuple[str, ...],
    layers: int = 6,
) -> None:
    """Rows of trees, each nearer, larger and darker, with mist between the rows."""
    span = canvas.width / canvas.unit
    tall_view = canvas.height / canvas.unit
    leafy = "autumn" in moods or "spring" in moods
    gap = rng.uniform(0.35, 0.65)
    for i in range(layers):
        t = i / (layers - 1)
        base = top + (1.14 - top) * t**1.1
        tall = canvas.unit * (0.12 + 0.52 * t**1.3) * min(1.35, 0.75 + tall_view * 0.25)
        count = max(3, int((34 - 27 * t**0.8) * span))
        colour = gradient(light.ramp, np.float32(0.04 + 0.96 * t))
        colour = mix(colour, light.local(rgb("#35604a"), 1 - t), 0.3 * (1 - light.dusk))
        forest_floor(canvas, light, colour, base, t, rng, snow="snow" in moods)
        places = []
        for k in range(count):
            x = (k + rng.uniform(0.1, 0.9)) / count
            if t > 0.75 and abs(x - gap) < (0.3 if leafy else 0.17):
                continue
            places.append(
                (x * canvas.width, (base + rng.uniform(0, 0.035)) * canvas.height,
                 tall * rng.uniform(0.62, 1.15))
            )  # fmt: skip
        if leafy:
            wood = [
                (x, y, size * 0.92) for x, y, size in places[:: 2 if t < 0.8 else 1]
            ]
            paint_grove(
                canvas, light, sun, rng, wood, foliage(moods), depth=0.85 * (1 - t)
            )
            places = places[1::5] if t < 0.8 else []
        paint_spruces(
            canvas, light, sun, rng, places, colour, mist=0.86 * (1 - t) + 0.04,
            snow="snow" in moods and t > 0.15, ink=0.2 + 0.6 * t,
        )  # fmt: skip
        strength = 0.75 * light.haze_depth * (1 - t) + 0.1
        if i < layers - 1:
            paint_fog(canvas, light, base - 0.12, base + 0.12, strength, rng)


def forest_floor(
    canvas: Canvas,
    light: Light,
    colour: Array,
    base: float,
    t: float,
    rng: Rng,
    *,
    snow: bool,
) -> None:
    """The ground that a row of trees stands on, paler the farther away."""
    ground = mix(colour, rgb("#eef3f8") * light.lit(), 0.7) if snow else colour
    tint = mix(ground, rgb(light.haze), 0.25 + 0.55 * (1 - t))
    heights = (base + 0.012) * canvas.height + canvas.unit * 0.012 * noise1(
        canvas.x + t, rng, frequency=2.4, octaves=4
    )
    top = int(max(0, heights.min()))
    if top >= canvas.height:
        return
    rows = np.arange(top, canvas.height, dtype=np.float32)[:, None]
    mask = np.clip((rows - heights[None, :]) / (canvas.unit * 0.02), 0, 1)
    canvas.stamp(Patch(mask.astype(np.float32), 0, top), tint, ink=0.0)


def paint_grove(
    canvas: Canvas,
    light: Light,
    sun: Sun,
    rng: Rng,
    places: list[tuple[float, float, float]],
    leaves: tuple[str, ...],
    *,
    depth: float = 0.0,
) -> None:
    """Broad-leaved trees at (x, base, height) in pixels."""
    for x, base, tall in places:
        own = rgb(leaves[int(rng.integers(len(leaves)))])
        paint_tree(canvas, light, sun, rng, x, base, tall, own, depth=depth)


def paint_tree(
    canvas: Canvas,
    light: Light,
    sun: Sun,
    rng: Rng,
    x: float,
    base: float,
    tall: float,
    leaf: Array,
    *,
    depth: float = 0.0,
) -> None:
    """One broad-leaved tree: trunk and boughs, then a crown in light and shadow."""
    rng = rng.spawn(1)[0]
    bark = light.local(rgb("#5b4233"), depth)
    lean = rng.uniform(-0.05, 0.05) * tall
    middle = (x + lean * 0.5, base - tall * 0.35)
    limbs = tube(
        [
            (x, base, tall * 0.036),
            (*middle, tall * 0.024),
            (x + lean, base - tall * 0.68, tall * 0.01),
        ]
    )
    for side in (-1, 1):
        tip = (
            x + side * tall * rng.uniform(0.14, 0.22),
            base - tall * rng.uniform(0.52, 0.66),
        )
        limbs += tube([(*middle, tall * 0.018), (*tip, tall * 0.006)])
    trunk = polygon_patch(canvas, limbs)
    if trunk is not None:
        canvas.stamp(trunk, bark)
    blobs = []
    for _ in range(17):
        angle, far = rng.random() * 6.283, rng.random() ** 0.6
        cx = x + lean + np.cos(angle) * far * tall * 0.26
        cy = base - tall * 0.66 + np.sin(angle) * far * tall * 0.25
        blobs.append(circle(cx, cy, tall * rng.uniform(0.08, 0.14)))
    crown = polygon_patch(canvas, blobs)
    if crown is None:
        return
    paint_crown(canvas, light, sun, rng, crown, light.local(leaf, depth), tall)


def paint_crown(
    canvas: Canvas,
    light: Light,
    sun: Sun,
    rng: Rng,
    crown: Patch,
    colour: Array,
    tall: float,
) -> None:
    """Leaves: ragged edge, soft volume, and clumps that catch the light."""
    high, wide = crown.mask.shape
    towards = sun.towards(crown.left + wide / 2, crown.top + high / 2)
    paint = model(
        crown, colour, towards=towards, lit=light.lit() * 1.12,
        shaded=light.shaded() * 0.8, roundness=0.26, flat=canvas.flat,
    )  # fmt: skip
    mask = crown.mask
    if not canvas.flat and tall > 24:
        clumps = noise2(wide, high, rng, cells=5, octaves=3, gain=0.75)
        leaves = noise2(wide, high, rng, cells=max(4, wide / 7), octaves=2, gain=0.8)
        dapple = 0.62 + 0.5 * clumps + 0.42 * (leaves - 0.5) + 0.14
        paint = paint * dapple[..., None]
        ragged = noise2(wide, high, rng, cells=max(4, wide / 9), octaves=2, gain=0.8)
        soft = resize(resize(mask, max(2, wide // 6), max(2, high // 6)), wide, high)
        mask = np.clip((soft + (ragged - 0.5) * 0.9 - 0.4) * 6, 0, 1).astype(np.float32)
    canvas.stamp(Patch(mask, crown.left, crown.top), paint)


def treeline(
    canvas: Canvas, heights: Array, rng: Rng, share: float
) -> list[tuple[float, float, float]]:
    """Places for small trees along a skyline given in pixels, in clumps."""
    wood = noise1(canvas.x, rng, frequency=2.5, octaves=3)
    places = []
    step = max(2, int(canvas.unit * 0.014))
    for x in range(0, canvas.width, step):
        if wood[x] > 1 - 2 * share:
            tall = canvas.unit * rng.uniform(0.025, 0.05)
            places.append((float(x), float(heights[x]) + tall * 0.15, tall))
    return places
