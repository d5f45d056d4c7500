"""The facts on a picture's label: what was asked, what came, how long, for how much."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from images_app.models import Generation, Picture
from images_app.services.outcome import MOVED
from images_app.services.sizes import Box, parse_ratio, parse_size, same_shape
from playground.lib.money import usd as usd
from playground.organizations.kinds import all_kinds

Status = Generation.Status

# Parameters that are shown under their own name, when they were asked for or sent.
_WORDS = {
    "quality": "Quality",
    "background": "Background",
    "style": "Style",
    "moderation": "Moderation",
    "output_compression": "Compression",
}


@dataclass(frozen=True)
class Fact:
    """A line of the label; `asked` is only set where it differs from `value`."""

    label: str
    value: str
    asked: str = ""


@dataclass(frozen=True)
class Price:
    """What it costs, in words; `note` says where the number comes from."""

    text: str
    note: str = ""
    is_known: bool = False


def dimensions(width: int, height: int) -> str:
    """`1536 × 1024`."""
    return f"{width} × {height}"


def spoken_size(text: str) -> str:
    """A size as it is read, `1536 × 1024`; any other text unchanged."""
    box = parse_size(text)
    return dimensions(box.width, box.height) if box else text


def seconds(value: float) -> str:
    """`9.8 s`, and from two minutes on `2 min 5 s`."""
    if value < 120:
        return f"{value:.1f} s"
    return f"{int(value) // 60} min {int(value) % 60} s"


def facts(generation: Generation, pictures: list[Picture]) -> tuple[Fact, ...]:
    """The label's lines, in the order of the design."""
    sent = generation.plan.get("request_fields", {})
    found = [_size(generation, sent, pictures), *_words(generation, sent)]
    found.append(_format(generation, sent, pictures))
    found.append(_seed(generation, sent, pictures))
    found.extend(_rest(generation, pictures))
    return tuple(fact for fact in found if fact is not None)


def price(generation: Generation) -> Price:
    """The price as far as it is known; "price unknown" is written, never 0."""
    if generation.cost is not None:
        return Price(usd(generation.cost), generation.cost_origin, is_known=True)
    if generation.status in {Status.FAILED, Status.MODERATED, Status.CANCELLED}:
        if not generation.may_have_cost:
            return Price("not charged", is_known=True)
        return Price("price unknown", "may have been charged")
    if is_free(generation.kind):
        return Price("free", is_known=True)
    planned = generation.plan.get("price", {}).get("amount")
    if generation.is_finished or planned is None:
        return Price("price unknown")
    return Price(f"about {usd(Decimal(planned))}", is_known=True)


def is_free(kind: str) -> bool:
    """Whether calls of this kind of connection cost nothing."""
    return any(known.is_free for known in all_kinds() if known.name == kind)


def _size(
    generation: Generation, sent: dict[str, Any], pictures: list[Picture]
) -> Fact | None:
    asked = generation.asked.get("size") or generation.asked.get("aspect_ratio") or ""
    wished = spoken_size(str(asked))
    planned = spoken_size(str(sent.get("size") or ""))
    if not pictures:
        box = parse_size(str(sent.get("size") or ""))
        if box and _has_shape(str(asked), box.width, box.height):
            wished = ""
        got = planned or wished
        asked_text = _differing(wished, got) if wished else ""
        return Fact("Asked", got, asked_text) if got else None
    got = ", ".join(_unique(_measured(picture) for picture in pictures))
    file = pictures[0].file
    if _has_shape(str(asked), file.width, file.height):
        wished = ""
    return Fact("Size", got, _differing(wished or planned, got) if wished else "")


def _measured(picture: Picture) -> str:
    return dimensions(picture.file.width or 0, picture.file.height or 0)


def _has_shape(asked: str, width: int | None, height: int | None) -> bool:
    """Whether a wish that is only a ratio (or nothing) was met."""
    if not asked or asked == "auto":
        return True
    ratio = parse_ratio(asked)
    return bool(ratio and width and height and same_shape(Box(width, height), ratio))


def _differing(asked: str, got: str) -> str:
    return asked if asked != got else ""


def _words(generation: Generation, sent: dict[str, Any]) -> list[Fact | None]:
    return [
        _word(label, generation.asked.get(name), sent.get(name))
        for name, label in _WORDS.items()
    ]


def _word(label: str, asked: object, sent: object) -> Fact | None:
    if asked is None and sent is None:
        return None
    value = "left out" if sent is None else str(sent)
    return Fact(label, value, _differing(str(asked), value) if asked else "")


def _format(
    generation: Generation, sent: dict[str, Any], pictures: list[Picture]
) -> Fact | None:
    asked = generation.asked.get("output_format")
    if not pictures:
        return _word("Format", asked, sent.get("output_format")) if asked else None
    got = ", ".join(_unique(p.file.mime.removeprefix("image/") for p in pictures))
    return Fact("Format", got, _differing(str(asked), got) if asked else "")


def _seed(
    generation: Generation, sent: dict[str, Any], pictures: list[Picture]
) -> Fact | None:
    seeds = [str(p.seed) for p in pictures if p.seed is not None]
    if seeds:
        return Fact("Seed", ", ".join(seeds))
    return _word("Seed", generation.asked.get("seed"), sent.get("seed"))


def _rest(generation: Generation, pictures: list[Picture]) -> list[Fact | None]:
    asked_n = int(generation.asked.get("n", 1))
    count = len(pictures) if pictures else asked_n
    found: list[Fact | None] = []
    if max(count, asked_n) > 1:
        asked = str(asked_n) if pictures and asked_n != count else ""
        found.append(Fact("Pictures", str(count), asked))
    if inputs := int(generation.asked.get("n_images", 0)):
        mask = " and a mask" if generation.asked.get("has_mask") else ""
        found.append(Fact("Inputs", _pictures(inputs) + mask))
    if generation.seconds is not None:
        label = "Time" if generation.status == Status.COMPLETED else "After"
        found.append(Fact(label, seconds(generation.seconds)))
    if moved := generation.asked.get(MOVED):
        names = ", ".join(entry["connection"] for entry in moved)
        found.append(Fact("Instead of", names))
    if generation.error_code:
        found.append(Fact("Error", generation.error_code))
    return found


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count} pictures"


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
