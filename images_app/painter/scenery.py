"""Pieces that places are furnished with: banks, foothills, rocks, hedges, stars."""

from __future__ import annotations

import numpy as np

from .canvas import circle, model, polygon_patch, smooth, tube
from .colours import gradient, mix, rgb
from .land import paint_ridge
from .noise import Array, noise1, noise2, resize
from .skies import paint_fog
from .stage import Stage
from .trees import foliage, paint_grove, paint_spruces, treeline


def bank(stage: Stage, level: float) -> None:
    """A far shore with a row of small firs."""
    canvas, light, sun, rng = stage.tools()
    base = level * canvas.height
    colour = gradient(light.ramp, np.float32(0.72))
    wood = noise1(canvas.x, rng, frequency=2.2, octaves=3)
    places = [
        (float(x), base + 2, canvas.unit * (0.009 + 0.045 * max(0.0, float(wood[x]) + 0.15)) * rng.uniform(0.5, 1.3))
        for x in range(0, canvas.width, max(2, canvas.unit // 110))
    ]  # fmt: skip
    paint_spruces(canvas, light, sun, rng, places, colour, mist=0.3, ink=0.5)


def foothills(stage: Stage) -> None:
    """Dark wooded slopes in front of the ranges."""
    canvas, light, sun, rng = stage.tools()
    for t, base in ((0.82, 0.86), (1.0, 0.97)):
        heights = base * canvas.height - canvas.unit * 0.05 * noise1(
            canvas.x + base * 9, rng, frequency=1.3, octaves=4, gain=0.4
        )
        colour = gradient(light.ramp, np.float32(t))
        step = canvas.unit * (0.02 if t < 1 else 0.034)
        places = []
        x = 0.0
        while x < canvas.width:
            y = float(heights[int(x)])
            places.append((x, y + step, step * rng.uniform(2.0, 4.2)))
            x += step * rng.uniform(0.45, 1.1)
        paint_spruces(
            canvas,
            light,
            sun,
            rng,
            places,
            colour,
            mist=0.25 * (1 - t),
            snow="snow" in stage.scene.moods,
        )
        paint_ridge(
            canvas, light, sun, heights, colour, rng, relief=0.2, mist=0.2 * (1.2 - t)
        )
        if t < 1:
            paint_fog(
                canvas, light, base - 0.06, base + 0.1, 0.3 * light.haze_depth, rng
            )


def frame_with_spruces(stage: Stage, base: float) -> None:
    """A few tall firs at the sides, near and dark, that lead the eye inwards."""
    canvas, light, sun, rng = stage.tools()
    colour = gradient(light.ramp, np.float32(1.0))
    heights = (
        base * canvas.height
        - canvas.unit * 0.05 * np.abs(canvas.x / canvas.x[-1] - 0.5) * 2
        - canvas.unit * 0.012 * noise1(canvas.x, rng, frequency=3)
    )
    paint_ridge(
        canvas, light, sun, heights.astype(np.float32), colour, rng, relief=0.15, mist=0
    )
    side = rng.random() < 0.5
    places = []
    for i in range(7):
        near = i < 4
        x = rng.uniform(0.0, 0.2) if near == side else rng.uniform(0.85, 1.0)
        tall = canvas.unit * rng.uniform(0.16, 0.36) * (1.25 if near else 0.7)
        places.append((x * canvas.width, (base + 0.03) * canvas.height, tall))
    paint_spruces(
        canvas, light, sun, rng, places, colour, snow="snow" in stage.scene.moods
    )


def rock(stage: Stage) -> None:
    """A rocky point in the foreground for what must stand on land."""
    canvas, light, sun, rng = stage.tools()
    side = 1 if sun.x < canvas.width / 2 else -1
    x = canvas.x * canvas.unit / canvas.width
    at = x if side > 0 else 1 - x
    rough = noise1(canvas.x, rng, frequency=7, octaves=6, gain=0.52, ridged=True)
    rise = np.clip((at - 0.36) / 0.2, 0, 1)
    rise = rise * rise * (3 - 2 * rise)
    heights = canvas.height * (
        1.03 - 0.2 * rise - 0.03 * at
    ) - canvas.unit * 0.03 * rough * (0.3 + rise)
    colour = mix(
        gradient(light.ramp, np.float32(0.92)), light.local(rgb("#5a564e")), 0.4
    )
    foam_line(stage, heights.astype(np.float32))
    paint_ridge(
        canvas,
        light,
        sun,
        heights.astype(np.float32),
        colour,
        rng,
        relief=1.0,
        mist=0.0,
    )
    stage.ground = 0.83


def foam_line(stage: Stage, heights: Array) -> None:
    """White water where waves meet a rock."""
    canvas = stage.canvas
    top = int(max(0, heights.min() - canvas.unit * 0.06))
    if top >= canvas.height:
        return
    rows = np.arange(top, canvas.height, dtype=np.float32)[:, None]
    field = noise2(canvas.width, canvas.height - top, stage.rng, cells=24, octaves=4)
    away = (heights[None, :] - rows) / canvas.unit
    reach = 0.05 if "storm" in stage.scene.moods else 0.018
    foam = np.clip(1 - away / (reach * (0.4 + 1.6 * field)), 0, 1) * np.clip(
        field * 2.4 - 0.7, 0, 1
    )
    canvas.blend(
        mix(rgb("#ffffff"), rgb(stage.light.haze), 0.35),
        (foam * 0.9).astype(np.float32),
        top=top,
    )


def hedges(stage: Stage) -> None:
    """Small woods and single trees in the middle distance."""
    canvas, light, sun, rng = stage.tools()
    if not stage.scene.allows("trees"):
        return
    if "snow" in stage.scene.moods:
        at = ((0.08, 0.3), (0.15, 0.2), (0.2, 0.14), (0.86, 0.16), (0.93, 0.26))
        firs = [
            (x * canvas.width, canvas.height * (0.78 + t * 0.2), canvas.unit * t)
            for x, t in at
        ]
        paint_spruces(
            canvas,
            light,
            sun,
            rng,
            firs,
            gradient(light.ramp, np.float32(0.8)),
            snow=True,
        )
        return
    leaves = foliage(stage.scene.moods)
    heights = np.full(canvas.width, (stage.horizon + 0.035) * canvas.height, np.float32)
    places = treeline(canvas, heights, rng, 0.34)
    paint_grove(
        canvas,
        light,
        sun,
        rng,
        [(x, y, t * 0.8) for x, y, t in places],
        leaves,
        depth=0.8,
    )
    side = 0.14 if rng.random() < 0.5 else 0.86
    near = [
        (
            side * canvas.width,
            canvas.height * 0.87,
            canvas.unit * rng.uniform(0.22, 0.32),
        )
    ]
    paint_grove(canvas, light, sun, rng, near, leaves, depth=0.15)


def acacia(stage: Stage, x: float, base: float, tall: float) -> None:
    """An umbrella tree of the savanna."""
    canvas, light, sun, rng = stage.tools()

    limbs = tube(
        [(x, base, tall * 0.035), (x + tall * 0.03, base - tall * 0.4, tall * 0.026)]
    )
    for dx in (-0.32, -0.12, 0.14, 0.34):
        limbs += tube(
            [
                (x + tall * 0.03, base - tall * 0.38, tall * 0.02),
                (x + dx * tall, base - tall * 0.72, tall * 0.009),
            ]
        )
    trunk = polygon_patch(canvas, limbs)
    if trunk is not None:
        canvas.stamp(trunk, light.local(rgb("#4f3a2a"), 0.2))
    blobs = [
        circle(
            x + rng.uniform(-0.42, 0.42) * tall,
            base - tall * rng.uniform(0.72, 0.86),
            tall * rng.uniform(0.12, 0.2),
            tall * 0.06,
        )
        for _ in range(12)
    ]
    crown = polygon_patch(canvas, blobs)
    if crown is not None:
        colour = light.local(rgb("#5f7038"), 0.2)
        canvas.stamp(
            crown,
            model(
                crown,
                colour,
                towards=(0, -1),
                lit=light.lit(),
                shaded=light.shaded(),
                flat=canvas.flat,
            ),
        )


def milky_way(stage: Stage) -> None:
    """A slanting band of star clouds with dust in it."""
    canvas, light, _, rng = stage.tools()
    wide, high = max(8, canvas.width // 2), max(8, canvas.height // 2)
    tilt = rng.uniform(0.5, 1.0) * rng.choice([-1, 1])
    x = np.linspace(-0.5, 0.5, wide)[None, :] * canvas.width / canvas.unit
    y = np.linspace(-0.5, 0.5, high)[:, None] * canvas.height / canvas.unit + 0.1
    cloud = noise2(wide, high, rng, cells=5, octaves=6, gain=0.6)
    away = (y - tilt * x) / np.hypot(1, tilt) + (cloud - 0.5) * 0.26
    band = np.exp(-((away / 0.17) ** 2))
    dust = np.clip(
        1 - np.exp(-((away / 0.045) ** 2)) * np.clip(cloud * 2.4 - 0.55, 0, 1), 0, 1
    )
    glow = resize(
        (band * dust * np.clip(cloud * 1.9 - 0.35, 0, 1)).astype(np.float32),
        canvas.width,
        canvas.height,
    )
    canvas.blend(mix(rgb(light.glow), rgb("#f6d9d2"), 0.45), glow * 0.62)
    grain = rng.random((canvas.height, canvas.width), dtype=np.float32)
    canvas.blend(
        rgb("#ffffff"),
        ((grain > 0.9965 - glow * 0.012) * (0.35 + grain * 0.5)).astype(np.float32),
    )


def seaweed(stage: Stage, x: float, base: float, tall: float) -> None:
    """One swaying leaf of weed or coral colour."""
    canvas, rng = stage.canvas, stage.rng
    sway = rng.uniform(-0.3, 0.3) * tall
    left = [
        (x - tall * 0.035, base),
        (x - tall * 0.07 + sway * 0.5, base - tall * 0.4),
        (x - tall * 0.02 - sway * 0.3, base - tall * 0.75),
    ]
    right = [
        (x + sway, base - tall),
        (x + tall * 0.05 - sway * 0.3, base - tall * 0.7),
        (x + tall * 0.01 + sway * 0.5, base - tall * 0.4),
        (x + tall * 0.035, base),
    ]
    patch = polygon_patch(canvas, [smooth([*left, *right])])
    if patch is not None:
        colour = rgb(
            ("#1f6b5c", "#2f8a6a", "#c9705f", "#d99a5a", "#175a5a")[
                int(rng.integers(5))
            ]
        )
        canvas.stamp(patch, mix(colour, rgb("#1f7f9c"), 0.3))
