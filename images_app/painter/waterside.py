"""Places at, on and under the water, and mountains, which may mirror in a lake."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .canvas import Patch, circle, polygon_patch
from .city import paint_bridge
from .colours import gradient, mix, rgb
from .land import paint_mountains
from .noise import noise1, noise2
from .plants import paint_palm
from .scenery import bank, foothills, frame_with_spruces, rock, seaweed
from .stage import Stage
from .water import paint_headland, paint_shore, paint_water


def mountains(stage: Stage) -> Iterator[None]:
    canvas, light, sun, rng = stage.tools()
    scene = stage.scene
    white_tops = rng.random() < 0.75
    snow = "snow" in scene.moods or (light.dusk < 0.5 and white_tops)
    afloat = any(a.thing.sprite and a.thing.sprite.floats for a in scene.things)
    built = any(a.thing.kind == "building" for a in scene.things)
    chance = rng.random() < 0.45 and not built
    stage.lakeside = scene.allows("lake") and (afloat or chance)
    if stage.lakeside:
        stage.horizon = 0.62
        paint_mountains(canvas, light, sun, rng, horizon=0.615, layers=3, snow=snow)
        yield
        bank(stage, 0.62)
        paint_water(canvas, light, sun, rng, horizon=0.62, rough=0.45, mirror=0.85)
        yield
        frame_with_spruces(stage, 0.99)
        stage.water, stage.ground = 0.78, 0.975
    else:
        paint_mountains(
            canvas, light, sun, rng, horizon=stage.horizon + 0.04, layers=5, snow=snow
        )
        yield
        foothills(stage)
    yield


def sea(stage: Stage) -> Iterator[None]:
    canvas, light, sun, rng = stage.tools()
    scene = stage.scene
    side = 1 if sun.x < canvas.width / 2 else -1
    if (
        not any(a.thing.name == "lighthouse" for a in scene.things)
        or rng.random() < 0.5
    ):
        paint_headland(
            canvas,
            light,
            sun,
            rng,
            horizon=stage.horizon,
            side=side,
            tall=rng.uniform(0.06, 0.15),
        )
    if scene.has("bridge"):
        paint_bridge(canvas, light, sun, rng, level=stage.horizon - 0.03)
    rough = 2.0 if "storm" in scene.moods else 0.7 if "calm" in scene.moods else 1.0
    paint_water(canvas, light, sun, rng, horizon=stage.horizon, rough=rough)
    stage.water = stage.horizon + (1 - stage.horizon) * 0.36
    yield
    if any(
        a.thing.kind in ("building", "person", "vehicle")
        or (
            a.thing.kind == "animal"
            and a.thing.sprite
            and not (a.thing.sprite.floats or a.thing.sprite.flies)
        )
        for a in scene.things
    ):
        rock(stage)
    yield


def beach(stage: Stage) -> Iterator[None]:
    canvas, light, sun, rng = stage.tools()
    side = 1 if sun.x < canvas.width / 2 else -1
    paint_headland(canvas, light, sun, rng, horizon=stage.horizon, side=side, tall=0.07)
    paint_water(
        canvas, light, sun, rng, horizon=stage.horizon, tint="#2f8a96", rough=0.9
    )
    yield
    paint_shore(canvas, light, sun, rng, top=0.72, colour="#e9cf9f", side=side)
    stage.water, stage.ground = stage.horizon + 0.1, 0.92
    yield
    if stage.scene.allows("trees") and (stage.scene.has("trees") or rng.random() < 0.6):
        at = rng.uniform(0.82, 0.92) if side > 0 else rng.uniform(0.08, 0.18)
        for shift, tall in ((0.0, 0.62), (0.1, 0.46)):
            paint_palm(
                canvas,
                light,
                sun,
                rng,
                (at - side * shift) * canvas.width,
                canvas.height * 0.95,
                canvas.unit * tall,
            )


def lake(stage: Stage) -> Iterator[None]:
    canvas, light, sun, rng = stage.tools()
    stage.lakeside = True
    paint_mountains(
        canvas,
        light,
        sun,
        rng,
        horizon=stage.horizon,
        layers=3,
        snow="snow" in stage.scene.moods,
        hero=rng.random() < 0.5,
    )
    yield
    bank(stage, stage.horizon)
    if stage.scene.has("bridge"):
        paint_bridge(canvas, light, sun, rng, level=stage.horizon + 0.02)
    paint_water(canvas, light, sun, rng, horizon=stage.horizon, rough=0.45, mirror=0.85)
    stage.water = stage.horizon + (1 - stage.horizon) * 0.5
    yield
    frame_with_spruces(stage, 1.0)
    stage.ground = 0.97


def underwater(stage: Stage) -> Iterator[None]:
    canvas, light, _, rng = stage.tools()
    y = np.linspace(0, 1, canvas.height, dtype=np.float32)
    canvas.pixels[:] = gradient(
        (
            (0, "#9fe3dc"),
            (0.18, "#4fb7bf"),
            (0.5, "#1f7f9c"),
            (0.8, "#145a80"),
            (1, "#0d3a5c"),
        ),
        y,
    )[:, None, :]
    x = canvas.x[None, :] - canvas.width / canvas.unit * 0.5
    fan = np.arctan2(x, canvas.y[:, None] + 0.35)
    rays = np.clip(np.sin(fan * 26 + 1) * 0.6 + np.sin(fan * 43) * 0.5, 0, 1) * np.exp(
        -canvas.y[:, None] / 0.5
    )
    canvas.blend(rgb("#e9fff4"), (rays * 0.32).astype(np.float32))
    yield
    seabed(stage)
    stage.ground = stage.water = 0.62
    yield


def seabed(stage: Stage) -> None:
    """Sand with weeds and corals, and bubbles that rise from it."""
    canvas, rng = stage.canvas, stage.rng
    heights = canvas.height * 0.88 - canvas.unit * 0.03 * noise1(
        canvas.x, rng, frequency=2, octaves=3
    )
    mask = np.clip(np.arange(canvas.height)[:, None] - heights[None, :], 0, 1).astype(
        np.float32
    )
    sand = noise2(canvas.width, canvas.height, rng, cells=12, octaves=4, stretch=4)
    canvas.stamp(Patch(mask, 0, 0), mix(rgb("#5f9a9a"), rgb("#c9cfa9"), sand * 0.8))
    for _ in range(22):
        seaweed(
            stage,
            rng.random() * canvas.width,
            canvas.height * rng.uniform(0.9, 1.0),
            canvas.unit * rng.uniform(0.12, 0.34),
        )
    dots = [
        circle(
            rng.random() * canvas.width,
            rng.random() * canvas.height * 0.85,
            canvas.unit * rng.uniform(0.003, 0.011),
        )
        for _ in range(34)
    ]
    bubbles = polygon_patch(canvas, dots)
    if bubbles is not None:
        canvas.blend(
            rgb("#e6fbf6"), bubbles.mask * 0.45, top=bubbles.top, left=bubbles.left
        )
