"""Changing a picture: the painter's own ones are recomposed, others are regraded."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
from PIL import Image

from playground.lib.picture_prompt import PicturePrompt, read_prompt

from .canvas import Canvas, to_image
from .changes import Wanted, names_something, result_prompt, split_change, tint, tone
from .colours import luminance, mix, rgb, saturate
from .compose import OnProgress, PaintingStopped, paint
from .lexicon import find_colour, find_things
from .light import Light, grade
from .noise import Array, blur
from .palettes import LIGHT_VARIANTS, choose_light
from .placing import paint_things
from .scene import make_rng, read_scene
from .skies import Sun, paint_fog, paint_stars
from .stage import Stage
from .styles import finish
from .weather import paint_rain, paint_snowfall


def repaint(
    image: Image.Image,
    prompt: str,
    *,
    seed: int,
    mask: Image.Image | None = None,
    style: str = "",
    on_progress: OnProgress | None = None,
    should_stop: Callable[[], bool] | None = None,
    transparent: bool = False,
) -> Image.Image:
    """Change a picture as the words say; the size stays.

    A picture of ours on a transparent ground keeps it; `transparent` asks for one.

    Where the mask is transparent (or white, when it has no transparency) the picture
    is painted anew, and nowhere else. Without a mask the whole picture follows the
    words: one that this painter made keeps its arrangement, another its forms.
    """
    if should_stop is not None and should_stop():
        raise PaintingStopped
    wanted = split_change(prompt)
    made_here = "easel-prompt" in image.info
    source = image.convert("RGB")
    if made_here or (mask is not None and names_something(wanted.change)):
        clear = transparent or has_clear_ground(image)
        changed = _recompose(
            image, wanted, seed, style, clear, on_progress, should_stop
        )
    else:
        changed = _regrade(source, wanted.change, seed, style)
    if mask is None:
        return changed
    result = _through_mask(source, changed, mask)
    result.info.update(
        {k: v for k, v in image.info.items() if str(k).startswith("easel-")}
    )
    return result


def _recompose(
    image: Image.Image,
    wanted: Wanted,
    seed: int,
    style: str,
    transparent: bool,
    on_progress: OnProgress | None,
    should_stop: Callable[[], bool] | None,
) -> Image.Image:
    """Paint again with the old arrangement, or the words alone for a foreign picture."""
    old = image.info.get("easel-prompt")
    prompt = result_prompt(str(old), wanted) if old is not None else wanted.change
    layout = str(image.info.get("easel-layout", prompt))
    try:
        old_seed = int(image.info.get("easel-seed", seed))
    except ValueError:
        old_seed = seed
    return paint(
        prompt,
        width=image.width,
        height=image.height,
        seed=old_seed,
        style=style or ("" if read_prompt(wanted.change).styles else str(image.info.get("easel-style", ""))),
        on_progress=on_progress,
        transparent=transparent,
        should_stop=should_stop,
        layout=layout,
    )  # fmt: skip


def has_clear_ground(image: Image.Image) -> bool:
    """Whether a picture of ours stands on a transparent ground."""
    if "A" not in image.getbands():
        return False
    low, _ = image.getchannel("A").getextrema()
    return float(np.min(low)) < 128


def _through_mask(
    source: Image.Image, changed: Image.Image, mask: Image.Image
) -> Image.Image:
    """The change inside the mask, fading in within it; outside not a pixel differs."""
    if "A" in mask.getbands():
        area = mask.getchannel("A").point(lambda value: 255 if value < 128 else 0)
    else:
        area = mask.convert("L").point(lambda value: 255 if value >= 128 else 0)
    if area.size != source.size:
        area = area.resize(source.size, Image.Resampling.NEAREST)
    inside = np.asarray(area, np.float32) / 255
    soft = blur(inside, max(2.0, min(source.size) * 0.012))
    share = np.clip(soft * 2 - 1, 0, 1) * inside
    if float(share.max(initial=0)) < 0.5:
        share = inside
    mixed = mix(
        np.asarray(source, np.float32),
        np.asarray(changed.convert("RGB"), np.float32),
        share,
    )
    return Image.fromarray((mixed + 0.5).astype(np.uint8))


def _regrade(source: Image.Image, words: str, seed: int, style: str) -> Image.Image:
    """Another light, style, frame or colour over a picture that we did not paint."""
    rng = make_rng(words, seed)
    parts = read_prompt(words)
    source = _reframe(source, words, parts)
    pixels = np.asarray(source, np.float32) / 255
    scene = read_scene(words, style, rng)
    canvas = Canvas(source.width, source.height, lines=scene.first("line art"))
    canvas.pixels = tone(pixels.copy(), words)
    light = choose_light(parts.moods, rng) if parts.moods else _light_of(pixels)
    for mood in parts.moods:
        _relight(canvas, mood, light, seed)
    things = find_things(parts.subject)
    if things and not scene.first("line art"):
        sun = Sun(canvas.width * 0.3, canvas.height * 0.2, 1.0, False)
        stage = Stage(canvas, light, sun, scene, rng, 0.5, ground=0.88, water=0.74)
        for _ in paint_things(stage):
            pass
    colour = find_colour(parts.subject)
    if colour is not None and not things:
        canvas.pixels = tint(canvas.pixels, colour, 0.4)
    canvas.pixels = grade(np.clip(canvas.pixels, 0, 1), parts.moods, light.name)
    if canvas.ink is not None:
        canvas.ink = _outlines(canvas.pixels)
        canvas.land = np.ones_like(canvas.land)
    if not scene.styles:
        return to_image(canvas.pixels)
    return to_image(finish(canvas, light, scene.styles[0], rng))


def _reframe(source: Image.Image, words: str, parts: PicturePrompt) -> Image.Image:
    """Wider steps back, with mirrored edges; closer crops."""
    size = source.size
    if "wide angle" in parts.composition or re.search(r"zoom(?:ed)? out", words, re.I):
        pad = (round(size[1] * 0.2), round(size[0] * 0.2))
        grown = np.pad(
            np.asarray(source), ((pad[0],) * 2, (pad[1],) * 2, (0, 0)), "symmetric"
        )
        return Image.fromarray(grown).resize(size, Image.Resampling.LANCZOS)
    if "close-up" in parts.composition or re.search(
        r"\b(?:closer|zoom(?:ed)? in)\b", words, re.I
    ):
        x, y = size[0] * 0.16, size[1] * 0.16
        box = (round(x), round(y), round(size[0] - x), round(size[1] - y))
        return source.crop(box).resize(size, Image.Resampling.LANCZOS)
    return source


def _light_of(pixels: Array) -> Light:
    """The light that comes nearest to a picture's own."""
    mean = pixels.mean(axis=(0, 1))
    if float(luminance(mean)) < 0.25:
        return LIGHT_VARIANTS["night"][0]
    warm = float(mean[0] - mean[2])
    return LIGHT_VARIANTS["golden hour" if warm > 0.12 else "noon"][0]


def _relight(canvas: Canvas, mood: str, light: Light, seed: int) -> None:
    """Bring one mood over finished pixels."""
    rng = np.random.default_rng(seed % 2**32)
    if mood == "fog":
        canvas.pixels = mix(canvas.pixels, rgb(light.haze), 0.35)
        paint_fog(canvas, light, 0.1, 0.95, 0.6, rng)
    elif mood in LIGHT_VARIANTS:
        _tone(canvas, light)
    if mood == "night":
        sky = blur(luminance(canvas.pixels), canvas.unit * 0.01)
        before = canvas.pixels.copy()
        paint_stars(canvas, light, 0.7, rng)
        dark = np.clip((float(np.quantile(sky, 0.35)) - sky) * 20, 0, 1)
        canvas.pixels = mix(canvas.pixels, before, dark)
    if mood in ("storm", "rain"):
        paint_rain(canvas, rng)
    if mood == "snow":
        paint_snowfall(canvas, rng)


def _tone(canvas: Canvas, light: Light) -> None:
    """Keep the drawing, take the light's colours: its shadows, its haze, its key."""
    depth = luminance(canvas.pixels)
    shadows, heights = rgb(light.ramp[-1][1]), rgb(light.sky[-1][1])
    toned = mix(shadows, heights, depth)
    own = saturate(canvas.pixels, 0.8) * (0.35 + 0.65 * rgb(light.key))
    dark = 0.5 if light.stars else 0.85
    canvas.pixels = np.clip(mix(own, toned, 0.6) * dark + 0.02, 0, 1)


def _outlines(pixels: Array) -> Array:
    """Ink lines along the edges of a finished picture."""
    light = blur(luminance(pixels), 2.0)
    dy, dx = np.gradient(light)
    return np.asarray(np.clip(np.hypot(dx, dy) * 14 - 0.25, 0, 1), np.float32)
