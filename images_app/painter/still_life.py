"""A still life: what stands on the table, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .land import paint_shadow
from .lexicon import Asked
from .sprites import Stand, paint_sprite
from .stage import Stage
from .vocabulary import THINGS

_LAID = re.compile(r"\b(?:still life|fruits?|breakfast|table)\b", re.I)
_FRUIT = ("apple", "pear", "orange", "lemon", "grapes", "banana")


def paint_still_life(stage: Stage) -> Iterator[None]:
    """Vessels behind, fruit in front, all standing on the table's light and shadow."""
    asked = {a.thing.name: a for a in stage.scene.things if a.thing.sprite is not None}
    front = [name for name in asked if name in _FRUIT]
    tall = [name for name in asked if name not in _FRUIT]
    rng = stage.rng
    removed = stage.scene.removed
    rich = not asked or _LAID.search(stage.scene.words) is not None
    if len(asked) == 1 and not rich and (front or tall != ["bouquet"]):
        yield from _alone(stage, asked)
        return
    if rich and not front and not removed & {"fruit", *_FRUIT}:
        front = [str(name) for name in rng.permutation(_FRUIT[:5])[:4]]
    if rich and not tall:
        tall = ["vase", "bowl"] if rng.random() < 0.5 else ["vase", "bottle"]
    if "bouquet" in tall and "vase" not in tall:
        tall.append("vase")
    tall = [name for name in tall if name not in removed]
    order = sorted(tall, key=lambda name: (name != "bouquet", -THINGS[name].scale))
    hero = len(front) + len(tall) <= 2
    yield from _back_row(stage, order, asked, 1.25 if hero else 1.0)
    yield from _front_row(stage, front, asked)


def _alone(stage: Stage, asked: dict[str, Asked]) -> Iterator[None]:
    """The one thing that was asked for, large, as often as it was asked for."""
    [(name, one)] = asked.items()
    sprite = THINGS[name].sprite
    assert sprite is not None
    number = min(7, one.count or 3)
    room = stage.canvas.width / stage.canvas.unit * 0.86 / (sprite.wide * number)
    size = stage.canvas.unit * min(0.58 / max(sprite.tall, 0.75 * sprite.wide), room)
    step = sprite.wide * size * 1.04 / stage.canvas.width
    for i in range(number):
        x = 0.5 + (i - (number - 1) / 2) * step
        put(stage, name, x, stage.ground + (0.02 if i % 2 else 0.0), size, asked)
        yield


def _back_row(
    stage: Stage, order: list[str], asked: dict[str, Asked], grow: float
) -> Iterator[None]:
    canvas, rng = stage.canvas, stage.rng
    spots = [0.42, 0.66, 0.24, 0.8, 0.55]
    shared = spots[0] + rng.uniform(-0.04, 0.04)
    flowers = "bouquet" in order
    if len(order) == 1 or (flowers and len(order) == 2):
        shared = 0.5 + rng.uniform(-0.06, 0.06)
        grow = 0.9
    at = 0
    for name in order:
        x = shared if name in ("vase", "bouquet") else spots[(at := at + 1) % 5]
        size = canvas.unit * 0.62 * THINGS[name].scale ** 0.6 * grow
        sprite = THINGS[name].sprite
        if sprite is not None and sprite.wide > 1:
            size = min(size, canvas.unit * 0.46 / sprite.wide)
        y = stage.ground - 0.07
        if name == "bouquet":
            put(
                stage,
                name,
                x,
                y - 0.0,
                size,
                asked,
                lift=canvas.unit * 0.62 * grow * 0.55**0.6 * 1.02,
            )
        else:
            put(stage, name, x, y, size, asked)
        yield


def _front_row(
    stage: Stage, front: list[str], asked: dict[str, Asked]
) -> Iterator[None]:
    canvas, rng = stage.canvas, stage.rng
    pieces = [name for name in front for _ in range(min(7, count_of(asked, name)))]
    while 0 < len(pieces) < 4 and not any(
        name in asked and asked[name].count for name in front
    ):
        pieces.append(front[len(pieces) % len(front)])
    step = 0.62 / max(1, len(pieces))
    for i, name in enumerate(pieces):
        x = 0.21 + step * (i + 0.5) + rng.uniform(-0.02, 0.02)
        y = stage.ground + rng.uniform(-0.01, 0.04)
        size = canvas.unit * min(0.2, step * 1.5) * (0.85 + THINGS[name].scale)
        put(stage, name, x, y, size, asked)
        yield


def count_of(asked: dict[str, Asked], name: str) -> int:
    """How many of a thing the prompt asks for; 1 when it was not named."""
    return (asked[name].count or 3) if name in asked else 1


def put(
    stage: Stage,
    name: str,
    x: float,
    y: float,
    size: float,
    asked: dict[str, Asked],
    *,
    lift: float = 0.0,
) -> None:
    """Stand one thing on the table with its shadow."""
    canvas, light, sun, rng = stage.tools()
    sprite = THINGS[name].sprite
    assert sprite is not None
    px, py = x * canvas.width, y * canvas.height
    if not lift:
        away = -1 if sun.x > canvas.width / 2 else 1
        paint_shadow(
            canvas,
            light,
            px + away * size * 0.14,
            py - size * 0.01,
            sprite.wide * size * 1.05,
            strength=0.5,
        )
    colour = asked[name].colour if name in asked else None
    paint_sprite(
        canvas, light, sun, sprite, Stand(px, py - lift, size), rng, colour=colour
    )
