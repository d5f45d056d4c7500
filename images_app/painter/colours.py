"""Colours as arrays of three floats from 0 to 1, their names, and mixing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .noise import Array

Stops = Sequence[tuple[float, str]]

# Colour words that a prompt may give to a thing.
COLOUR_WORDS: dict[str, str] = {
    "red": "#c8372d",
    "crimson": "#a81f33",
    "scarlet": "#d4321f",
    "orange": "#e5822b",
    "yellow": "#efc139",
    "golden": "#dca93c",
    "gold": "#dca93c",
    "green": "#4e8f4f",
    "emerald": "#1f8a64",
    "lime": "#9dc544",
    "olive": "#7c7f3b",
    "teal": "#25807f",
    "turquoise": "#3cb4ad",
    "cyan": "#45b8cf",
    "blue": "#2f64a8",
    "navy": "#22375f",
    "azure": "#4796d4",
    "indigo": "#3f3f8c",
    "violet": "#7a55a8",
    "purple": "#75479a",
    "lavender": "#ab9bd0",
    "magenta": "#c23a8b",
    "pink": "#e68fa6",
    "rose": "#d9708a",
    "brown": "#7b5236",
    "beige": "#d8c4a0",
    "cream": "#f1e4c8",
    "ginger": "#c9722f",
    "white": "#f3f1ea",
    "silver": "#b9c0c6",
    "grey": "#858b90",
    "gray": "#858b90",
    "black": "#24252b",
}


def rgb(colour: str) -> Array:
    """The colour of "#rrggbb"."""
    return np.array(
        [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)], dtype=np.float32
    )


def mix(first: Array, second: Array, share: float | Array) -> Array:
    """Go from the first colour to the second; a share may be one per pixel."""
    if isinstance(share, np.ndarray) and share.ndim == 2:
        share = share[..., None]
    return np.asarray(first + (second - first) * share, np.float32)


def gradient(stops: Stops, at: Array | float | np.floating[Any]) -> Array:
    """The colour of a gradient at each value of `at`."""
    positions = [position for position, _ in stops]
    colours = np.stack([rgb(colour) for _, colour in stops])
    channels = [np.interp(at, positions, colours[:, i]) for i in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def luminance(colour: Array) -> Array:
    """Brightness as eyes see it, 0 to 1."""
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    return np.asarray(colour @ weights, np.float32)


def saturate(colour: Array, factor: float) -> Array:
    """Stronger (above 1) or weaker colour at the same brightness."""
    grey = luminance(colour)[..., None]
    return np.clip(grey + (colour - grey) * factor, 0, 1).astype(np.float32)
