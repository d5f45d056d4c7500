"""The last step: what paint and paper do to a picture, one function for each style."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from .canvas import Canvas, to_image
from .colours import luminance, mix, rgb, saturate
from .light import Light
from .noise import Array, Rng, blur, noise2, resize, tile

FLAT = ("flat vector", "minimalist")
INKED = ("line art", "watercolour")


def finish(canvas: Canvas, light: Light, style: str, rng: Rng) -> Array:
    """The finished pixels in a style; an unknown style is the plain illustration."""
    pixels = np.clip(canvas.pixels, 0, 1)
    if style == "oil painting":
        return oil(pixels, rng)
    if style == "watercolour":
        return watercolour(pixels, canvas.ink, rng)
    if style == "line art":
        return line_art(pixels, canvas.ink, hatched_ground(canvas, light), rng)
    if style == "pixel art":
        return pixel_art(pixels)
    if style == "photorealistic":
        return photo(pixels, light, rng)
    if style in FLAT:
        return pixels
    return illustration(pixels, rng)


def illustration(pixels: Array, rng: Rng) -> Array:
    """A breath of grain, which also hides the steps of long gradients."""
    height, width, _ = pixels.shape
    grain = rng.standard_normal((height, width), dtype=np.float32) * 0.0085
    return np.clip(pixels + grain[..., None], 0, 1)


def oil(pixels: Array, rng: Rng) -> Array:
    """Brush strokes in three sizes that follow the forms, with the ridges of bristles."""
    height, width, _ = pixels.shape
    unit = min(height, width)
    rich = saturate(np.clip(pixels + (pixels - 0.5) * 0.08, 0, 1), 1.18)
    angle = stroke_angle(luminance(rich), unit, rng)
    image = to_image(
        np.stack([blur(rich[..., i], unit * 0.01) for i in range(3)], axis=-1)
    )
    draw = ImageDraw.Draw(image)
    detail = detail_map(luminance(rich), unit)
    area = width * height / unit**2
    for size, count, least in (
        (0.017, 3200, 0.0), (0.009, 8000, 0.03), (0.005, 14000, 0.12), (0.003, 20000, 0.26),
    ):  # fmt: skip
        brush(draw, rich, angle, detail, int(count * area), size * unit, least, rng)
    painted: Array = np.asarray(image, np.float32) / 255
    painted = mix(painted, rich, np.clip(detail * 1.2 - 0.3, 0, 0.6))
    return np.clip(painted * (1 + bristles(angle, rng)[..., None]), 0, 1)


def stroke_angle(light: Array, unit: int, rng: Rng) -> Array:
    """The direction of strokes: along edges, elsewhere in slow swirls."""
    high, wide = light.shape
    soft = blur(light, max(2.0, unit * 0.02))
    dy, dx = np.gradient(soft)
    swirl = (noise2(wide, high, rng, cells=2.5, octaves=2) - 0.5) * 5.0
    strength = np.hypot(dx, dy) * unit
    weight = np.clip(strength / 0.6, 0, 1)
    x = np.cos(swirl) * (1 - weight) + -dy * unit * weight
    y = np.sin(swirl) * 0.5 * (1 - weight) + dx * unit * weight
    return np.asarray(np.arctan2(y, x), np.float32)


def detail_map(light: Array, unit: int) -> Array:
    """Where fine strokes are needed, 0 to 1."""
    dy, dx = np.gradient(light)
    return np.clip(blur(np.hypot(dx, dy).astype(np.float32), unit * 0.006) * 12, 0, 1)


def brush(
    draw: ImageDraw.ImageDraw,
    pixels: Array,
    angle: Array,
    detail: Array,
    count: int,
    size: float,
    least: float,
    rng: Rng,
) -> None:
    """One layer of strokes of one size, only where there is enough detail for it."""
    height, width = angle.shape
    x, y = rng.random(count) * (width - 1), rng.random(count) * (height - 1)
    row, column = y.astype(int), x.astype(int)
    chosen = detail[row, column] >= least
    x, y, row, column = x[chosen], y[chosen], row[chosen], column[chosen]
    turn = angle[row, column]
    half = size * rng.uniform(1.4, 3.4, len(x))
    colour = pixels[row, column] + rng.normal(0, 0.022, (len(x), 1))
    tones = (np.clip(colour, 0, 1) * 255).astype(np.uint8).tolist()
    dx, dy = np.cos(turn) * half, np.sin(turn) * half
    bend = rng.uniform(-0.25, 0.25, len(x))
    ends = np.stack(
        [x - dx, y - dy, x + dy * bend, y - dx * bend, x + dx, y + dy], axis=-1
    )
    thick = max(1, round(size))
    for line, tone in zip(ends.tolist(), tones, strict=True):
        draw.line(line, fill=tuple(tone), width=thick, joint="curve")


def bristles(angle: Array, rng: Rng) -> Array:
    """Fine ridges along the strokes, from noise smeared in their direction."""
    height, width = angle.shape
    small = resize(angle, max(2, width // 2), max(2, height // 2))
    texture = rng.standard_normal((256, 256)).astype(np.float32)
    y, x = np.mgrid[0 : small.shape[0], 0 : small.shape[1]].astype(np.float32)
    total = np.zeros_like(small)
    for step in (-9, -6, -3, 0, 3, 6, 9):
        px = (x + np.cos(small) * step).astype(np.int32) % 256
        py = (y + np.sin(small) * step).astype(np.int32) % 256
        total += texture[py, px]
    relief = resize(total / 7, width, height)
    return np.asarray(relief * 0.1, np.float32)


def watercolour(pixels: Array, ink: Array | None, rng: Rng) -> Array:
    """Washes on rough paper: wandering edges, dark rims, blooms, a white border."""
    height, width, _ = pixels.shape
    unit = min(height, width)
    warped, ink = wander(pixels, ink, rng)
    soft = np.stack([blur(warped[..., i], unit * 0.004) for i in range(3)], axis=-1)
    washed = warped * 0.55 + soft * 0.45
    light = luminance(washed)
    rim = np.clip(blur(light, unit * 0.009) - light, 0, 0.25)
    blooms = noise2(width // 2, height // 2, rng, cells=5, octaves=6, gain=0.58)
    blooms = resize(blooms, width, height) - 0.5
    paper = tile(256, rng, cells=64, octaves=2)
    rows, columns = np.arange(height) % 256, np.arange(width) % 256
    grain = paper[rows[:, None], columns[None, :]]
    pigment = (1 - washed) * (0.8 + 0.62 * blooms + 0.03 * grain)[..., None]
    pigment = pigment * (1 + rim * 3.2)[..., None]
    painted = 1 - np.clip(pigment, 0, 1)
    painted = saturate(np.clip(painted * 1.03, 0, 1), 1.18)
    if ink is not None:
        painted = mix(painted, rgb("#4d4650"), np.clip(ink * 0.34, 0, 1))
    sheet = rgb("#faf6ec") * (1 + 0.012 * grain)[..., None]
    inside, wet_edge = wash_border(width, height, rng)
    painted = painted * (1 - 0.3 * wet_edge * (1 - light))[..., None]
    return np.clip(mix(sheet, painted * (1 + 0.01 * grain)[..., None], inside), 0, 1)


def wander(pixels: Array, ink: Array | None, rng: Rng) -> tuple[Array, Array | None]:
    """Move every pixel a little, so that edges become those of a wet brush."""
    height, width, _ = pixels.shape
    reach = min(height, width) * 0.014
    moves = [
        (resize(noise2(width // 2, height // 2, rng, cells=16, octaves=4), width, height) - 0.5) * reach * 2
        for _ in range(2)
    ]  # fmt: skip
    x = np.clip(np.arange(width)[None, :] + moves[0], 0, width - 1).astype(np.int32)
    y = np.clip(np.arange(height)[:, None] + moves[1], 0, height - 1).astype(np.int32)
    return pixels[y, x], None if ink is None else ink[y, x]


def wash_border(width: int, height: int, rng: Rng) -> tuple[Array, Array]:
    """How far the wash covers the paper, and the dark rim where it dried."""
    unit = min(width, height)
    rough = (
        resize(noise2(width // 2, height // 2, rng, cells=13, octaves=5), width, height)
        - 0.5
    )
    x = np.minimum(np.arange(width), np.arange(width)[::-1])[None, :] / unit
    y = np.minimum(np.arange(height), np.arange(height)[::-1])[:, None] / unit
    away = np.minimum(x, y) - 0.03 + rough * 0.045
    inside = np.clip(away / 0.004, 0, 1)
    rim = np.exp(-np.clip(away, 0, None) / 0.007) * (away > 0)
    return inside.astype(np.float32), rim.astype(np.float32)


def line_art(pixels: Array, ink: Array | None, ground: Array, rng: Rng) -> Array:
    """Ink on paper: outlines, and hatching where the scene is dark.

    `ground` (0 to 1) says where hatching may lie; the open sky stays paper.
    """
    height, width, _ = pixels.shape
    unit = min(height, width)
    lines = np.zeros((height, width), np.float32) if ink is None else ink
    paper = rgb("#f8f5ec") * (
        1 + 0.008 * rng.standard_normal((height, width, 1), dtype=np.float32)
    )
    tone = blur(luminance(pixels), unit * 0.006)
    low, high = float(np.quantile(tone, 0.06)), float(np.quantile(tone, 0.9))
    tone = (tone - low) / max(0.05, high - low)
    wobble = (noise2(width, height, rng, cells=5, octaves=2) - 0.5) * unit * 0.02
    x, y = np.arange(width)[None, :] + wobble, np.arange(height)[:, None] + wobble
    gap = max(4.0, unit / 130)
    broken = noise2(width, height, rng, cells=60, octaves=2) * 0.7 + 0.5
    hatch = np.zeros((height, width), np.float32)
    for limit, slope in ((0.5, 1.0), (0.26, -1.0), (0.1, 0.25)):
        wave = np.abs((((x * slope + y) / gap) % 1) - 0.5) * 2
        width_here = np.clip((limit - tone) * 1.3, 0, 0.42)
        stroke = np.clip((wave - (1 - width_here)) * gap * 0.7, 0, 1)
        hatch = np.maximum(hatch, stroke * np.clip(broken, 0, 1))
    total = np.clip(np.maximum(lines, hatch * 0.72 * ground), 0, 1)
    return np.clip(mix(paper, rgb("#22242e"), total.astype(np.float32)), 0, 1)


def hatched_ground(canvas: Canvas, light: Light) -> Array:
    """Shapes are hatched; the sky is so at night only."""
    sky = 0.75 if light.stars > 0.5 else 0.0
    return np.asarray(np.clip(canvas.land + sky, 0, 1), np.float32)


_BAYER = np.array(
    [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32
)


def pixel_art(pixels: Array) -> Array:
    """Large blocks in few colours, mixed by an ordered pattern."""
    height, width, _ = pixels.shape
    scale = max(2, round(min(width, height) / 132))
    wide, high = max(8, width // scale), max(8, height // scale)
    vivid = saturate(np.clip(pixels + (pixels - 0.5) * 0.14, 0, 1), 1.25)
    small = np.stack([resize(vivid[..., i], wide, high) for i in range(3)], axis=-1)
    pattern = np.tile(_BAYER / 16 - 0.47, (high // 4 + 1, wide // 4 + 1))[:high, :wide]
    dithered = to_image(small + pattern[..., None] * 0.055)
    palette = to_image(small).quantize(28, Image.Quantize.MEDIANCUT)
    few = dithered.quantize(palette=palette, dither=Image.Dither.NONE).convert("RGB")
    return (
        np.asarray(few.resize((width, height), Image.Resampling.NEAREST), np.float32)
        / 255
    )


def photo(pixels: Array, light: Light, rng: Rng) -> Array:
    """A lens and film: bloom, a soft shoulder, falling off to the corners, grain."""
    height, width, _ = pixels.shape
    unit = min(height, width)
    rough = noise2(width, height, rng, cells=unit / 7, octaves=3, gain=0.7) - 0.5
    dark = 1 - np.abs(luminance(pixels) * 2 - 0.9)
    textured = pixels * (1 + rough * 0.24 * np.clip(dark, 0, 1))[..., None]
    bright = np.clip(textured - 0.7, 0, 1)
    bloom = np.stack([blur(bright[..., i], unit * 0.035) for i in range(3)], axis=-1)
    glowing = textured + bloom * 0.9
    toned = np.clip(glowing, 0, 1.4)
    toned = toned * toned * (3 - 2 * np.clip(toned, 0, 1)) * 0.42 + toned * 0.56
    toned = toned * mix(rgb("#ffffff"), rgb(light.key), 0.12)
    y, x = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)[None, :]
    corner = 1 - 0.3 * np.clip(np.hypot(x, y) - 0.55, 0, 1) ** 1.5
    grain = rng.standard_normal((height, width), dtype=np.float32) * 0.024
    exposed = toned * corner[..., None] + grain[..., None]
    return np.asarray(np.clip(exposed, 0, 1), np.float32)
