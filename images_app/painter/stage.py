"""What all painters of one picture share, and how high its horizon lies."""

from __future__ import annotations

from dataclasses import dataclass

from .canvas import Canvas
from .light import Light
from .noise import Rng
from .scene import Scene
from .skies import Sun


@dataclass
class Stage:
    """All that painters of one picture share. Heights are fractions of the canvas."""

    canvas: Canvas
    light: Light
    sun: Sun
    scene: Scene
    rng: Rng
    horizon: float
    ground: float = 0.9  # where things stand
    water: float | None = None  # where things float
    lakeside: bool = False

    def tools(self) -> tuple[Canvas, Light, Sun, Rng]:
        """What most painters take first."""
        return self.canvas, self.light, self.sun, self.rng


def horizon_of(scene: Scene, rng: Rng) -> float:
    """How high the horizon lies, as a fraction from the top."""
    base = {
        "mountains": 0.66, "sea": 0.54, "beach": 0.5, "lake": 0.56, "forest": 0.4, "desert": 0.54,
        "city": 0.78, "fields": 0.56, "hills": 0.54, "meadow": 0.56, "snowfield": 0.58,
        "savanna": 0.66, "space": 0.82, "underwater": 0.12,
    }.get(scene.place, 0.6)  # fmt: skip
    base += rng.uniform(-0.025, 0.025)
    if "low angle" in scene.composition:
        base += 0.12
    if "bird's eye view" in scene.composition:
        base = 0.2
    if scene.place == "sea" and any(
        a.thing.name in ("otter", "whale") for a in scene.things
    ):
        base = 0.42
    return min(base, 0.86)
