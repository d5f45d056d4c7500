"""One hour and weather: its colours, and what they do to things."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .colours import Stops, luminance, mix, rgb, saturate
from .noise import Array


@dataclass(frozen=True)
class Light:
    """One hour and weather.

    `ramp` goes from the farthest hills to the foreground. `key` and `shade` are what
    a thing's own colour is multiplied with in light and in shadow. `dusk` (0 to 1) is
    how far things near us turn into silhouettes. `height` is the sun's, from the
    horizon (0) to the top (1).
    """

    name: str
    sky: Stops
    ramp: Stops
    haze: str
    sun: str
    glow: str
    key: str
    shade: str
    dusk: float = 0.2
    height: float = 0.5
    disc: float = 0.05
    clouds: float = 0.5
    cloud: str = "#ffffff"
    cloud_shade: str = "#aab4c4"
    stars: float = 0.0
    haze_depth: float = 0.5
    moon: bool = False
    sun_shows: bool = True

    def local(self, colour: Array, depth: float = 0.0) -> Array:
        """A thing's own colour in this light; `depth` 0 is near, 1 at the horizon."""
        near = rgb(self.ramp[-1][1])
        dark = mix(colour * (0.5 + 0.5 * rgb(self.key)), near, self.dusk * 0.56)
        return mix(dark, rgb(self.haze), depth * self.haze_depth)

    def lit(self) -> Array:
        """The factor of sides that face the light."""
        return np.asarray(0.36 + rgb(self.key) * 0.82, np.float32)

    def shaded(self) -> Array:
        """The factor of sides that face away from it."""
        return mix(rgb(self.shade), np.ones(3, np.float32), 0.12)

    def is_dark(self) -> bool:
        """Whether lamps would be on."""
        return self.name in ("night", "neon", "storm") or self.dusk > 0.8


def indoors(light: Light) -> Light:
    """The same hour inside a room: less dusk, whiter light."""
    key = mix(rgb(light.key), np.ones(3, np.float32), 0.45)
    white = "#" + "".join(f"{int(v * 255):02x}" for v in key)
    return replace(light, dusk=light.dusk * 0.3, key=white, haze_depth=0.2)


def grade(pixels: Array, moods: tuple[str, ...], named: str) -> Array:
    """Change finished colours for moods that stand beside the light called `named`."""
    if "pastel" in moods and named != "pastel":
        pixels = saturate(0.26 + pixels * 0.73, 1.05)
    if "dramatic" in moods:
        pixels = pixels + (pixels - 0.5) * 0.3 * (1 - np.abs(2 * pixels - 1) * 0.5)
        pixels = saturate(pixels, 1.08)
    if "vivid" in moods:
        pixels = saturate(pixels, 1.3)
    if "monochrome" in moods:
        grey = luminance(pixels)[..., None]
        pixels = grey * np.array([1.0, 0.985, 0.96], np.float32)
    return np.asarray(np.clip(pixels, 0, 1), np.float32)
