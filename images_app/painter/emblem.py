"""A ground for logos and icons: paper, a disc and a ring."""

from __future__ import annotations

from .canvas import Canvas, Patch, circle, polygon_patch
from .colours import rgb
from .noise import Rng

_GROUNDS = (
    ("#f3ede1", "#e3b45c", "#2c4a52"),
    ("#f2eee6", "#8fb7a8", "#2d4739"),
    ("#f5efe6", "#d98d6c", "#4a2f2a"),
    ("#eef1f2", "#9bb8cf", "#2b3d57"),
)


def paint_emblem(canvas: Canvas, rng: Rng, tint: str | None) -> None:
    """Lay plain paper and, in its middle, a disc in the asked colour with a ring."""
    paper, disc, line = _GROUNDS[int(rng.integers(len(_GROUNDS)))]
    canvas.pixels[:] = rgb(paper)
    x, y = canvas.place(0.5, 0.5)
    radius = canvas.unit * 0.4
    for size, colour in ((1.04, line), (1.01, paper), (0.955, tint or disc)):
        patch = polygon_patch(canvas, [circle(x, y, radius * size)])
        if isinstance(patch, Patch):
            canvas.stamp(patch, rgb(colour))
