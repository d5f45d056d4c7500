"""The grounds of all scenes: each painter lays its land and says when it pauses."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from .abstract import paint_abstract
from .city import paint_bridge, paint_skyline
from .colours import gradient
from .dunes import paint_dunes
from .emblem import paint_emblem
from .land import (
    paint_ground,
    paint_hills,
    paint_mountains,
)
from .light import indoors
from .plants import paint_meadow_flowers
from .rooms import paint_backdrop, paint_table, paint_window
from .scenery import acacia, bank, frame_with_spruces, hedges, milky_way
from .skies import paint_clouds, paint_sky
from .stage import Stage
from .trees import (
    paint_forest,
    paint_spruces,
)
from .water import (
    paint_coast_from_above,
    paint_water,
)
from .waterside import beach, lake, mountains, sea, underwater
from .ways import paint_cliff, paint_fall, paint_road

_CROPS = ("#8aa04e", "#c8b04c", "#6b8f48", "#a9b65c", "#d0bb6a")
_GREENS = ("#7f9d58", "#6b8f55", "#93a964", "#587f4e")
_SNOWS = ("#eef2f6", "#e2e9f1", "#f3f5f7")


def paint_place(stage: Stage) -> Iterator[None]:
    """Paint the land of the scene, pausing between its layers."""
    if "bird's eye view" in stage.scene.composition and stage.scene.place in (
        "sea", "beach", "lake", "mountains", "forest",
    ):  # fmt: skip
        paint_coast_from_above(stage.canvas, stage.light, stage.rng)
        stage.ground, stage.water = 0.6, 0.45
        yield
        return
    yield from _PLACES.get(stage.scene.place, _hills)(stage)


def _forest(stage: Stage) -> Iterator[None]:
    canvas, light, sun, rng = stage.tools()
    paint_forest(canvas, light, sun, rng, top=stage.horizon, moods=stage.scene.moods)
    if stage.scene.has("road"):
        paint_road(stage, 0.7)
    stage.ground = 0.95
    yield


def _desert(stage: Stage) -> Iterator[None]:
    canvas, light, sun, rng = stage.tools()
    paint_dunes(canvas, light, sun, rng, horizon=stage.horizon)
    stage.ground = 0.83
    yield


def _city(stage: Stage) -> Iterator[None]:
    canvas, light, sun, rng = stage.tools()
    paint_skyline(canvas, light, sun, rng, ground=stage.horizon, tall=0.62)
    yield
    if stage.scene.has("bridge"):
        paint_bridge(canvas, light, sun, rng, level=stage.horizon - 0.02)
    paint_water(canvas, light, sun, rng, horizon=stage.horizon, rough=0.6, mirror=0.9)
    stage.water, stage.ground = stage.horizon + 0.1, 0.97
    yield
    if any(
        a.thing.kind in ("person", "vehicle", "figure", "animal")
        for a in stage.scene.things
    ):
        paint_ground(canvas, light, sun, rng, top=0.9, colour="#6f7078", wave=0.0)


def _fields(stage: Stage) -> Iterator[None]:
    canvas, light, sun, rng = stage.tools()
    scene = stage.scene
    crops: tuple[str, ...] = (
        ("#8d78b8", "#a18cc8", "#7a9a58") if scene.has("lavender") else _CROPS
    )
    crops = _SNOWS if "snow" in scene.moods else crops
    crops = (
        ("#c9a24c", "#b9853f", "#a8a052", "#d0ac58")
        if "autumn" in scene.moods
        else crops
    )
    paint_hills(
        canvas, light, sun, rng, top=stage.horizon, tint=crops, layers=5, rows=True
    )
    yield
    hedges(stage)
    if stage.scene.has("road"):
        paint_road(stage, stage.horizon + 0.02)
    stage.ground = 0.9
    yield


def _hills(stage: Stage) -> Iterator[None]:
    canvas, light, sun, rng = stage.tools()
    tint = _SNOWS if "snow" in stage.scene.moods else _GREENS
    tint = ("#b9934c", "#a87a40", "#9a9050") if "autumn" in stage.scene.moods else tint
    paint_mountains(
        canvas, light, sun, rng, horizon=stage.horizon, layers=2, hero=False
    )
    yield
    paint_hills(canvas, light, sun, rng, top=stage.horizon + 0.03, tint=tint, layers=4)
    hedges(stage)
    if stage.scene.has("road"):
        paint_road(stage, stage.horizon + 0.05)
    stage.ground = 0.88
    yield


def _meadow(stage: Stage) -> Iterator[None]:
    canvas, light, sun, rng = stage.tools()
    scene = stage.scene
    if "snow" in scene.moods:
        yield from _snowfield(stage)
        return
    tint = ("#b9934c", "#c29a4a", "#a08a48") if "autumn" in scene.moods else _GREENS
    paint_hills(
        canvas, light, sun, rng, top=stage.horizon, tint=tint, layers=3, bottom=0.74
    )
    hedges(stage)
    yield
    if scene.allows("flowers"):
        paint_meadow_flowers(
            canvas, light, rng, top=0.76, colours=("#e9d9f0", "#f0c94a", "#d9604a")
        )
    stage.ground = 0.88
    yield


def _snowfield(stage: Stage) -> Iterator[None]:
    canvas, light, sun, rng = stage.tools()
    paint_mountains(
        canvas, light, sun, rng, horizon=stage.horizon, layers=2, snow=True, hero=False
    )
    bank(stage, stage.horizon + 0.02)
    yield
    paint_hills(
        canvas,
        light,
        sun,
        rng,
        top=stage.horizon + 0.04,
        tint=_SNOWS,
        layers=3,
        bottom=0.82,
    )
    if stage.scene.allows("trees"):
        places = [
            (x * canvas.width, canvas.height * y, canvas.unit * t)
            for x, y, t in (
                (0.06, 0.8, 0.34),
                (0.14, 0.77, 0.24),
                (0.9, 0.78, 0.27),
                (0.97, 0.82, 0.38),
            )
        ]
        paint_spruces(
            canvas,
            light,
            sun,
            rng,
            places,
            gradient(light.ramp, np.float32(0.85)),
            snow=True,
        )
    stage.ground = 0.87
    yield


def _savanna(stage: Stage) -> Iterator[None]:
    canvas, light, sun, rng = stage.tools()
    paint_mountains(
        canvas, light, sun, rng, horizon=stage.horizon, layers=2, hero=False
    )
    yield
    paint_ground(
        canvas,
        light,
        sun,
        rng,
        top=stage.horizon + 0.01,
        colour="#d9b266",
        near="#a97f3e",
    )
    for x, tall in ((0.14, 0.34), (0.8, 0.22), (0.93, 0.16)):
        acacia(
            stage,
            x * canvas.width,
            (stage.horizon + 0.03 + tall * 0.15) * canvas.height,
            canvas.unit * tall,
        )
    stage.ground = 0.88
    yield


def _space(stage: Stage) -> Iterator[None]:
    canvas, light, sun, rng = stage.tools()
    milky_way(stage)
    yield
    paint_mountains(canvas, light, sun, rng, horizon=0.93, layers=3, hero=False)
    stage.ground = 0.96
    yield


def _table(stage: Stage) -> Iterator[None]:
    canvas, light, sun, rng = stage.tools()
    paint_table(canvas, light, sun, rng, edge=0.66)
    stage.ground = 0.86
    yield


def _window(stage: Stage) -> Iterator[None]:
    canvas, light, sun, rng = stage.tools()
    outside = stage.scene.background or "hills"
    stage.horizon = 0.6
    paint_sky(canvas, light, sun, 0.6, rng, shows_sun=stage.scene.allows("sun"))
    paint_clouds(canvas, light, sun, 0.6, rng)
    yield from _PLACES.get(outside, _hills)(stage)
    stage.light = light = indoors(light)
    paint_window(canvas, light, sun, rng, sill=0.8)
    stage.ground = 0.855
    yield


def _portrait(stage: Stage) -> Iterator[None]:
    paint_backdrop(stage.canvas, stage.light, stage.rng)
    stage.ground = 1.02
    yield


def _waterfall(stage: Stage) -> Iterator[None]:
    canvas, light, sun, rng = stage.tools()
    stage.horizon, pool = 0.5, 0.76
    paint_mountains(canvas, light, sun, rng, horizon=0.5, layers=2, hero=False)
    yield
    paint_cliff(stage, 0.36, pool)
    yield
    paint_water(canvas, light, sun, rng, horizon=pool, rough=0.5, mirror=0.75)
    paint_fall(stage, 0.5, 0.408, pool)
    stage.water, stage.ground = pool + 0.12, 0.97
    frame_with_spruces(stage, 1.0)
    yield


def _studio(stage: Stage) -> Iterator[None]:
    paint_backdrop(stage.canvas, stage.light, stage.rng)
    yield


def _emblem(stage: Stage) -> Iterator[None]:
    paint_emblem(stage.canvas, stage.rng, stage.scene.tint)
    yield


def _abstract(stage: Stage) -> Iterator[None]:
    paint_abstract(stage.canvas, stage.rng, stage.scene.tint)
    yield


_PLACES: dict[str, Callable[[Stage], Iterator[None]]] = {
    "mountains": mountains, "sea": sea, "beach": beach, "lake": lake, "forest": _forest,
    "desert": _desert, "city": _city, "fields": _fields, "hills": _hills, "meadow": _meadow,
    "snowfield": _snowfield, "savanna": _savanna, "space": _space, "underwater": underwater,
    "table": _table, "window": _window, "portrait": _portrait, "studio": _studio, "waterfall": _waterfall, "emblem": _emblem, "abstract": _abstract,
}  # fmt: skip
ROOMS = frozenset({"table", "portrait", "studio"})
INDOORS = frozenset(
    {"table", "window", "portrait", "studio", "emblem", "abstract", "underwater"}
)
