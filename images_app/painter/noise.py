"""Smooth random functions of one and two dimensions, and cheap wide blurs."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

Array = npt.NDArray[np.floating[Any]]
Rng = np.random.Generator


def noise1(
    x: Array,
    rng: Rng,
    *,
    frequency: float = 2.0,
    octaves: int = 6,
    gain: float = 0.5,
    ridged: bool = False,
) -> Array:
    """A fractal line over `x`, about -1 to 1; ridged lines have sharp tops."""
    total = np.zeros_like(x)
    amplitude, weight = 1.0, 0.0
    for _ in range(octaves):
        knots = rng.random(256).astype(np.float32) * 2 - 1
        position = x * frequency + rng.random() * 100
        cell = np.floor(position)
        t = position - cell
        t = t * t * (3 - 2 * t)
        index = cell.astype(np.int64)
        wave = knots[index % 256] * (1 - t) + knots[(index + 1) % 256] * t
        if ridged:
            wave = 1 - 2 * np.abs(wave)
        total += (wave * amplitude).astype(np.float32)
        weight += amplitude
        amplitude *= gain
        frequency *= 2.03
    return (total / weight).astype(np.float32)


def noise2(
    width: int,
    height: int,
    rng: Rng,
    *,
    cells: float = 4.0,
    octaves: int = 4,
    stretch: float = 1.0,
    gain: float = 0.5,
) -> Array:
    """A fractal field, about 0 to 1; `cells` counts features across the width.

    `stretch` above 1 makes features wider than high. Fine octaves alone are made at
    full size, so a field costs little more than its last octave.
    """
    total = np.zeros((2, 2), np.float32)
    weight = 0.0
    for octave in range(octaves):
        across = max(2, int(cells * 2**octave) + 3)
        down = max(2, int(cells * 2**octave * stretch * height / width) + 3)
        last = octave == octaves - 1
        size = (width, height) if last else (across * 4, down * 4)
        size = (min(size[0], width), min(size[1], height))
        grid = rng.random((down, across)).astype(np.float32)
        total = resize(total, *size) + resize(grid, *size) * gain**octave
        weight += gain**octave
    return np.asarray(total / weight, np.float32)


def resize(field: Array, width: int, height: int) -> Array:
    """The field at another size, smoothly; coarser sizes average."""
    if field.shape == (height, width):
        return field
    shrinks = width < field.shape[1] and height < field.shape[0]
    how = Image.Resampling.BOX if shrinks else Image.Resampling.BICUBIC
    return np.array(Image.fromarray(field).resize((width, height), how), np.float32)


def blur(field: Array, radius: float) -> Array:
    """A wide, cheap blur: shrink by the radius and grow back smoothly."""
    height, width = field.shape
    factor = max(1.0, radius / 1.2)
    if factor <= 1.01:
        return field
    small = resize(field, max(2, int(width / factor)), max(2, int(height / factor)))
    for axis in (0, 1):
        padded = np.pad(
            small, [(1, 1) if a == axis else (0, 0) for a in (0, 1)], "edge"
        )
        ahead, behind = np.roll(padded, -1, axis), np.roll(padded, 1, axis)
        inner = (
            (slice(1, -1), slice(None)) if axis == 0 else (slice(None), slice(1, -1))
        )
        small = ((padded * 2 + ahead + behind) / 4)[inner]
    return resize(small.astype(np.float32), width, height)


def tile(size: int, rng: Rng, *, cells: int = 8, octaves: int = 4) -> Array:
    """A square field, mean 0 and deviation 1, that repeats without a seam."""
    total = np.zeros((size, size), np.float32)
    for octave in range(octaves):
        count = cells * 2**octave
        grid = np.pad(rng.random((count, count)), 2, mode="wrap").astype(np.float32)
        scale = size / count
        box = (2 * scale, 2 * scale, (count + 2) * scale, (count + 2) * scale)
        grown = resize(grid, round((count + 4) * scale), round((count + 4) * scale))
        top, left = round(box[1]), round(box[0])
        total += grown[top : top + size, left : left + size] * 0.55**octave
    total -= total.mean()
    return np.asarray(total / total.std(), np.float32)


def sample(field: Array, x: Array, y: Array) -> Array:
    """Read a repeating field at real coordinates (in pixels), linearly."""
    height, width = field.shape
    x0, y0 = np.floor(x), np.floor(y)
    fx, fy = (x - x0).astype(np.float32), (y - y0).astype(np.float32)
    left, top = x0.astype(np.int32) % width, y0.astype(np.int32) % height
    right, bottom = (left + 1) % width, (top + 1) % height
    flat = field.ravel()
    upper = flat[top * width + left] * (1 - fx) + flat[top * width + right] * fx
    lower = flat[bottom * width + left] * (1 - fx) + flat[bottom * width + right] * fx
    return np.asarray(upper * (1 - fy) + lower * fy, np.float32)
