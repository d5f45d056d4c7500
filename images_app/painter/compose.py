"""Paint a prompt: choose the scene, lay it down in stages, finish it in its style."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image

from .canvas import Canvas, to_image
from .changes import tone
from .light import Light, grade, indoors
from .noise import Rng
from .palettes import choose_light
from .places import INDOORS, ROOMS, paint_place
from .placing import paint_things
from .plants import paint_grass
from .scene import Scene, make_rng, read_scene
from .skies import (
    paint_clouds,
    paint_fog,
    paint_rays,
    paint_sky,
    place_sun,
)
from .stage import Stage, horizon_of
from .styles import FLAT, INKED, finish
from .weather import paint_lightning, paint_rain, paint_rainbow, paint_snowfall

OnProgress = Callable[[int, Image.Image], None]
MAX_PAINTED = 1_150_000  # pixels; larger pictures are painted smaller and enlarged
_COLOURFUL = (
    "fields",
    "meadow",
    "hills",
    "window",
    "table",
    "portrait",
    "city",
    "savanna",
)
_PREVIEW = 512  # pixels on the long edge of a preview


class PaintingStopped(Exception):
    """The caller asked to stop; there is no picture."""


def paint(
    prompt: str,
    *,
    width: int,
    height: int,
    seed: int,
    style: str = "",
    on_progress: OnProgress | None = None,
    transparent: bool = False,
    should_stop: Callable[[], bool] | None = None,
    layout: str | None = None,
) -> Image.Image:
    """Paint a picture of the given size in pixels, RGB, or RGBA when `transparent`.

    The same prompt, seed, style and size give the same picture. `on_progress` gets
    previews 0, 1 and 2, coarse to fine, at most 512 pixels long. `should_stop` is
    asked between layers; when it says so, PaintingStopped is raised. `layout` is the
    prompt whose arrangement is kept when another one is painted over it. The prompt,
    seed and style stay in the picture's `info`, so that it can be edited later.
    """
    seeds = make_rng(layout or prompt, seed).spawn(5)
    rng = seeds[0]
    scene = read_scene(prompt, style, rng)
    canvas = make_canvas(scene, width, height)
    by_day = scene.place in _COLOURFUL
    light = choose_light(scene.moods, seeds[1], by_day=by_day)
    if scene.place in ROOMS:
        light = indoors(light)
    number = 0
    for stage in paint_stages(canvas, scene, light, seeds):
        if should_stop is not None and should_stop():
            raise PaintingStopped
        if stage and on_progress is not None:
            on_progress(number, preview(canvas, width, height))
            number += 1
    canvas.pixels = tone(grade(canvas.pixels, scene.moods, light.name), scene.words)
    finished = finish(canvas, light, first_style(scene), seeds[1])
    if should_stop is not None and should_stop():
        raise PaintingStopped
    image = enlarge(to_image(finished), width, height, first_style(scene))
    if transparent:
        image = with_alpha(image, canvas)
    image.info.update(notes(layout or prompt, prompt, seed, style))
    return image


def notes(layout: str, prompt: str, seed: int, style: str) -> dict[str, str]:
    """What a picture remembers of how it was made, as texts for a PNG file."""
    return {
        "easel-layout": layout,
        "easel-prompt": prompt,
        "easel-seed": str(seed),
        "easel-style": style,
    }


def first_style(scene: Scene) -> str:
    """The style that decides how the picture is finished."""
    return scene.styles[0] if scene.styles else ""


def make_canvas(scene: Scene, width: int, height: int) -> Canvas:
    """A canvas of the picture's shape, not larger than is quick to paint."""
    factor = min(1.0, (MAX_PAINTED / (width * height)) ** 0.5)
    size = max(16, round(width * factor)), max(16, round(height * factor))
    flat = any(name in FLAT for name in scene.styles)
    canvas = Canvas(*size, flat=flat, lines=first_style(scene) in INKED)
    if "wide angle" in scene.composition:
        canvas.set_unit(round(canvas.unit * 0.74))
    return canvas


def preview(canvas: Canvas, width: int, height: int) -> Image.Image:
    """The canvas as it is now, small."""
    factor = min(1.0, _PREVIEW / max(width, height))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return canvas.image().resize(size, Image.Resampling.BILINEAR)


def enlarge(image: Image.Image, width: int, height: int, style: str) -> Image.Image:
    """The picture at the size that was asked for."""
    if image.size == (width, height):
        return image
    sharp = (
        Image.Resampling.NEAREST if style == "pixel art" else Image.Resampling.LANCZOS
    )
    return image.resize((width, height), sharp)


def with_alpha(image: Image.Image, canvas: Canvas) -> Image.Image:
    """Only the things (or, without things, the land) on a transparent ground."""
    mask = Image.fromarray((np.clip(canvas.alpha, 0, 1) * 255).astype(np.uint8))
    image = image.convert("RGBA")
    image.putalpha(mask.resize(image.size, Image.Resampling.LANCZOS))
    return image


def paint_stages(
    canvas: Canvas, scene: Scene, light: Light, seeds: list[Rng]
) -> Iterator[bool]:
    """Paint from back to front; pauses after every layer, True after the great ones.

    Sky, land and things have random numbers of their own: another light over the same
    seed leaves the land as it is.
    """
    rng = seeds[0]
    horizon = horizon_of(scene, rng)
    wants_sun = scene.allows("moon" if light.moon else "sun")
    lift = (
        0.1
        if scene.place in ("mountains", "hills", "lake") and light.height < 0.3
        else 0.0
    )
    sun = place_sun(
        canvas,
        light,
        horizon,
        rng,
        shows=wants_sun,
        lift=lift,
        grow=sun_size(scene.words),
    )
    stage = Stage(canvas, light, sun, scene, seeds[2], horizon)
    rng = seeds[1]
    outdoors = scene.place not in INDOORS
    if outdoors or scene.place == "window":
        paint_sky(canvas, light, sun, horizon, rng, shows_sun=wants_sun)
        if scene.allows("clouds"):
            paint_clouds(canvas, light, sun, horizon, rng)
        if scene.has("rainbow"):
            paint_rainbow(canvas, sun, horizon)
        if "storm" in scene.moods and not canvas.flat and scene.allows("lightning"):
            paint_lightning(canvas, light, horizon, rng)
    canvas.alpha[:] = 0
    yield True
    for number, _ in enumerate(paint_place(stage)):
        yield number == 0
    stage.rng = seeds[3]
    if outdoors:
        paint_air(stage)
    yield False
    canvas.land = canvas.alpha
    if any(asked.thing.sprite is not None for asked in scene.things):
        canvas.alpha = np.zeros_like(canvas.alpha)
    stage.rng = seeds[4]
    for _ in paint_things(stage):
        yield False
    canvas.land = np.maximum(canvas.land * (1 - canvas.alpha), canvas.alpha * 0.6)
    if outdoors:
        paint_foreground(stage)
    yield True


def sun_size(words: str) -> float:
    """How much larger or smaller than usual the words want the sun or the moon."""
    if re.search(
        r"\b(?:bigger|larger|big|huge|giant|large) (?:\w+ )?(?:sun|moon)\b", words, re.I
    ):
        return 1.7
    return 0.6 if re.search(r"\bsmaller (?:\w+ )?(?:sun|moon)\b", words, re.I) else 1.0


def paint_air(stage: Stage) -> None:
    """Haze between us and the horizon, and shafts of light."""
    canvas, light, sun, rng = stage.tools()
    scene = stage.scene
    if "bird's eye view" in scene.composition:
        return
    if "fog" in scene.moods and not canvas.flat:
        h = stage.horizon
        paint_fog(canvas, light, h - 0.22, h + 0.14, 0.85, rng)
        paint_fog(canvas, light, h + 0.02, min(1.0, h + 0.34), 0.55, rng)
    low_sun = light.name in ("golden hour", "sunrise", "fog", "autumn")
    if low_sun and sun.shows and not canvas.flat:
        paint_rays(canvas, light, sun, 0.2)


def paint_foreground(stage: Stage) -> None:
    """What is nearest: grass, and the weather in front of everything."""
    canvas, light, _, rng = stage.tools()
    scene = stage.scene
    if scene.place in ("meadow", "fields", "savanna") and "snow" not in scene.moods:
        colour = {"savanna": "#a8843f"}.get(scene.place, "#55733c")
        paint_grass(canvas, light, rng, top=0.93, colour=colour, tall=0.055)
    if {"storm", "rain"} & set(scene.moods):
        paint_rain(canvas, rng, 1.3 if "storm" in scene.moods else 1.0)
    if "snow" in scene.moods:
        paint_snowfall(canvas, rng)
