"""Where the things of a scene stand, float or fly, and how large they are."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

import numpy as np

from .afloat import paint_afloat
from .colours import rgb
from .land import paint_shadow
from .lexicon import Asked
from .noise import Rng
from .sprites import Sprite, Stand, paint_sprite
from .stage import Stage
from .still_life import paint_still_life
from .vocabulary import THINGS, Thing

_BRIGHT = ("#c2453a", "#2f5d7c", "#d98f3e", "#486a5a", "#8a4a72", "#c9a23e")


# Heights, in units, of things that must not follow their scale beside a person.
_SIZES = {
    "lighthouse": 0.5, "castle": 0.36, "house": 0.26, "windmill": 0.34, "tree": 0.5, "sailboat": 0.26,
    "rowboat": 0.22, "ship": 0.22, "otter": 0.32, "whale": 0.26, "dragon": 0.36, "balloon": 0.4,
    "hot air balloon": 0.4, "rocket": 0.4, "pirate ship": 0.42, "tree house": 0.56, "train": 0.26, "heart": 0.5,
    "sports car": 0.42, "bicycle": 0.46, "dinosaur": 0.4, "star": 0.16,
}  # fmt: skip
_LIVING = ("person", "animal", "vehicle", "figure", "object")


def paint_things(stage: Stage) -> Iterator[None]:
    """Draw all things, the farthest first, pausing between them."""
    scene = stage.scene
    if scene.place == "table":
        yield from paint_still_life(stage)
        return
    wanted = [asked for asked in scene.things if asked.thing.sprite is not None]
    flock = [asked for asked in wanted if asked.thing.name == "bird"]
    base = int(stage.rng.integers(2**32))
    stage.rng = own_rng(base, "bird")
    by_chance = birds_by_chance(stage)
    if flock or by_chance:
        paint_flock(stage, flock[0] if flock else None)
        yield
    rest = sorted(
        (asked for asked in wanted if asked not in flock), key=lambda a: -a.thing.scale
    )
    for in_the_air in (False, True):
        group = [asked for asked in rest if _flies(asked) == in_the_air]
        for rank, asked in enumerate(group):
            stage.rng = own_rng(base, asked.thing.name)
            paint_group(stage, asked, rank, len(group))
            yield


def own_rng(base: int, name: str) -> Rng:
    """Random numbers of one kind of thing: what else is drawn does not move it."""
    return np.random.default_rng([base, zlib.crc32(name.encode())])


def _flies(asked: Asked) -> bool:
    return asked.thing.sprite is not None and asked.thing.sprite.flies


def birds_by_chance(stage: Stage) -> bool:
    """Distant birds enliven an empty daylight sky."""
    scene = stage.scene
    fits = scene.place in ("mountains", "sea", "beach", "lake", "hills", "fields")
    calm = stage.light.name not in ("night", "storm", "neon", "snow")
    from_above = "bird's eye view" in scene.composition
    return (
        fits and calm and not from_above and scene.allows("bird")
        and not stage.canvas.flat and stage.rng.random() < 0.6
    )  # fmt: skip


def paint_flock(stage: Stage, asked: Asked | None) -> None:
    """Birds in the distance: asked for, as many as asked; else a loose handful."""
    canvas, light, sun, rng = stage.tools()
    sprite = THINGS["bird"].sprite
    assert sprite is not None
    count = (asked.count or 5) if asked else int(rng.integers(3, 7))
    big = 0.09 if asked and not stage.scene.things[1:] else 0.045
    size = (
        canvas.unit * (big if asked else 0.022) * (1.5 if asked and count == 1 else 1)
    )
    x, y = rng.uniform(0.3, 0.6), stage.horizon * rng.uniform(0.25, 0.45)
    for i in range(count):
        spread = size / canvas.unit * 1.5
        px = x + (i - count / 2) * spread * canvas.unit / canvas.width * rng.uniform(
            0.8, 1.2
        )
        py = y + rng.uniform(-0.9, 0.9) * spread * canvas.unit / canvas.height
        scale = size * rng.uniform(0.75, 1.2)
        stand = Stand(
            px * canvas.width, py * canvas.height, scale, rng.random() < 0.5, 0.25
        )
        paint_sprite(
            canvas,
            light,
            sun,
            sprite,
            stand,
            rng,
            colour=asked.colour if asked else None,
        )


def hero_size(stage: Stage, thing: Thing, number: int, companions: int) -> float:
    """The height of one unit of a thing's sprite, in pixels."""
    canvas, scene = stage.canvas, stage.scene
    sprite = thing.sprite
    assert sprite is not None
    size = _SIZES.get(thing.name, 0.37 * thing.scale**0.36)
    if thing.home == "portrait":
        return min(canvas.width / 1.2, canvas.height * 0.8)
    if scene.place == "window" and thing.kind in ("animal", "object"):
        size = 0.46
    if scene.place in ("studio", "emblem"):
        size = (0.8 if scene.place == "studio" else 0.5) / max(sprite.tall, sprite.wide)
    size *= (
        1.0 if number == 1 else 0.82 if number == 2 else 0.68 if number <= 4 else 0.46
    )
    size *= (1.0, 0.88, 0.74, 0.62, 0.55)[min(4, companions - 1)]
    if companions > 1 and thing.kind in _LIVING:
        size *= min(1.0, 0.68 + 0.24 * thing.scale)
    if re.search(
        rf"\b(?:bigger|larger|huge|giant) (?:\w+ )?(?:{thing.words.replace(', ', '|')})\b",
        scene.words,
        re.I,
    ):
        size *= 1.35
    if "close-up" in scene.composition or "portrait" in scene.composition:
        size *= 1.5
    if (
        scene.place in ("desert", "mountains", "city")
        and thing.scale < 2
        and thing.kind != "figure"
    ):
        size *= 0.78
    room = min(1.0, canvas.width / canvas.unit * 0.94 / (sprite.wide * size * 1.02))
    return float(
        size
        * canvas.unit
        * room
        * (1.25 if canvas.height > 1.6 * canvas.width else 1.0)
    )


def paint_group(stage: Stage, asked: Asked, rank: int, kinds: int) -> None:
    """All of one kind of thing, spread over the width, the nearest last."""
    canvas, light, sun, rng = stage.tools()
    thing = asked.thing
    sprite = thing.sprite
    assert sprite is not None
    number = asked.count or (9 if thing.kind == "flower" else int(rng.integers(3, 5)))
    size = hero_size(stage, thing, number, kinds)
    flip = bool(rng.random() < 0.5)
    places = spread(stage, thing, number, rank, kinds, flip)
    for i, (x, depth) in enumerate(sorted(places, key=lambda place: -place[1])):
        y = level(stage, thing, depth, rank)
        scale = size * (1 - 0.45 * depth)
        if sprite.wide * scale > 0:
            margin = min(0.5, sprite.wide * scale * 0.45 / canvas.width)
            x = min(max(x, margin), 1 - margin)
        stand = Stand(
            x * canvas.width,
            y * canvas.height,
            scale,
            flip,
            0.35 * depth,
        )
        colour = asked.colour
        mixed = thing.name == "person" and number > 1
        if mixed and i % 2:
            sprite = THINGS["woman"].sprite or sprite
        elif mixed:
            sprite = thing.sprite or sprite
        if colour is None and number > 1 and (mixed or thing.kind in ("flyer", "boat")):
            colour = _BRIGHT[int(rng.integers(len(_BRIGHT)))]
        paint_one(stage, thing, sprite, stand, colour)


def spread(
    stage: Stage, thing: Thing, number: int, rank: int, kinds: int, flip: bool
) -> list[tuple[float, float]]:
    """Places across the width (fractions) with a depth from 0, near, to 1."""
    rng = stage.rng
    sun_left = stage.sun.x < stage.canvas.width / 2
    if thing.home == "portrait":
        return [(0.5, 0.0)]
    if number == 1:
        if kinds == 1:
            centred = (
                "centered" in stage.scene.composition
                or thing.name
                in (
                    "otter",
                    "whale",
                    "cat",
                    "robot",
                    "snowman",
                    "teddy bear",
                    "tree house",
                    "dinosaur",
                    "train",
                )
                or stage.scene.place in ("studio", "emblem")
            )
            middle = 0.53 if centred else (0.6 if sun_left else 0.4)
            below = any(not _flies(asked) for asked in stage.scene.things)
            if thing.sprite is not None and thing.sprite.flies and below:
                middle = 0.3 if sun_left else 0.7
            if stage.scene.place == "sea" and thing.kind == "building":
                middle = 0.7 if sun_left else 0.3
            if thing.name == "otter":
                middle = 0.55 if flip else 0.45
            return [(middle + rng.uniform(-0.025, 0.025), 0.0)]
        slots = (0.68, 0.3, 0.52, 0.16, 0.86)
        at = slots[rank % 5]
        return [
            (
                (at if sun_left else 1 - at) + rng.uniform(-0.03, 0.03),
                0.12 if rank else 0.0,
            )
        ]
    step = 0.8 / number
    start = 0.1 + step / 2
    depths = rng.permutation(number) / max(1, number - 1)
    return [
        (start + i * step + rng.uniform(-0.18, 0.18) * step, float(depths[i]) * 0.62)
        for i in range(number)
    ]


def level(stage: Stage, thing: Thing, depth: float, rank: int) -> float:
    """The height (fraction) of a thing's foot or water line."""
    scene, rng = stage.scene, stage.rng
    sprite = thing.sprite
    assert sprite is not None
    if scene.place == "underwater":
        return rng.uniform(0.4, 0.74) if thing.name == "fish" else 0.6
    if scene.place == "emblem":
        return 0.5 + sprite.tall * 0.25 / max(sprite.tall, sprite.wide)
    if scene.place == "studio":
        return 0.5 + sprite.tall * 0.4 / max(sprite.tall, sprite.wide)
    if sprite.flies:
        top = {"butterfly": 0.62, "dragon": 0.6, "rocket": 0.68}.get(thing.name, 0.56)
        return top - depth * 0.22 + rng.uniform(-0.03, 0.03)
    if sprite.floats and stage.water is not None:
        base = stage.water + (0.14 if thing.name in ("otter", "whale") else 0.04)
        return base - depth * (stage.water - stage.horizon) * 0.8
    far = {"sea": 0.0, "window": 0.0, "city": 0.02}.get(scene.place, 0.16)
    if thing.kind == "building" and scene.place not in ("sea", "window"):
        return stage.ground - 0.08 - depth * far
    return stage.ground - depth * far


def paint_one(
    stage: Stage, thing: Thing, sprite: Sprite, stand: Stand, colour: str | None
) -> None:
    """One thing with what belongs to it: shadow, reflection, beam of light."""
    canvas, light, sun, rng = stage.tools()
    if thing.name == "polar bear" and colour is None:
        colour = "#f0ece2"
    if sprite.floats and stage.water is not None:
        paint_afloat(stage, sprite, stand, colour)
        return
    on_ground = stage.scene.place not in ("studio", "emblem")
    if on_ground and not sprite.flies and thing.home not in ("portrait", "underwater"):
        paint_shadow(canvas, light, stand.x, stand.y, sprite.wide * stand.size)
    if thing.name == "lighthouse":
        paint_beam(stage, stand)
    paint_sprite(canvas, light, sun, sprite, stand, rng, colour=colour)
    if thing.name == "lighthouse" and light.dusk > 0.28:
        canvas.glow(stand.x, stand.y - stand.size * 0.88, 0.09, rgb("#fff3c4"), 0.75)


def paint_beam(stage: Stage, stand: Stand) -> None:
    """The beam of a lighthouse, in poor light only."""
    canvas = stage.canvas
    if stage.light.dusk <= 0.28 or canvas.flat:
        return
    dx = canvas.x[None, :] - stand.x / canvas.unit
    dy = canvas.y[:, None] - (stand.y - stand.size * 0.88) / canvas.unit
    angle, far = np.arctan2(dy, dx), np.hypot(dx, dy)
    side = np.pi if stand.x > canvas.width / 2 else 0.0
    for middle, width, strength in (
        (side - 0.1, 0.1, 0.6),
        (side + np.pi - 0.1, 0.07, 0.3),
    ):
        off = np.abs((angle - middle + np.pi) % (2 * np.pi) - np.pi)
        beam = np.clip(1 - off / width, 0, 1) ** 0.8 * np.exp(-far / 0.75) * strength
        canvas.blend(rgb("#fff0bd"), beam.astype(np.float32))
