"""Reads the answers of the Images API: a JSON document or the events of a stream.

Pure functions. What an item holds is decoded here; what it only points to is fetched by
the adapter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from images_app.providers.picture_bytes import UnreadableAnswerError, decode_base64
from playground.lib.error_bodies import MODERATION

_TOLD = ("created", "model", "size", "quality", "background", "output_format")
_FALSE_MARKS = ("respect_moderation", "is_image_safe")


@dataclass(frozen=True)
class Item:
    """One entry of an answer: bytes, or a URL, or a reason why it has neither."""

    data: bytes | None = field(default=None, repr=False)
    url: str | None = None
    revised_prompt: str | None = None
    seed: int | None = None
    moderated: bool = False
    problem: str = ""


@dataclass(frozen=True)
class Answer:
    """All entries, the provider's account, and what else it said of the pictures."""

    items: tuple[Item, ...] = ()
    usage: Mapping[str, Any] | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None

    def joined_with(self, other: Answer) -> Answer:
        """This answer and one that came later in the same stream."""
        return Answer(
            items=self.items + other.items,
            usage=_added(self.usage, other.usage),
            told={**self.told, **other.told},
            error=other.error or self.error,
        )


@dataclass(frozen=True)
class Preview:
    """A partial picture: its number, if the server counts, and its bytes."""

    number: int | None
    data: bytes = field(repr=False)


def read_json(body: bytes) -> Answer:
    """A whole JSON answer; UnreadableAnswerError if it is none."""
    return _read_document(_parse(body))


def read_event(name: str, data: bytes) -> Answer | Preview | None:
    """What one event of a stream says; None for what needs no attention.

    The event's own `type` counts, else the name on the wire.
    """
    if data.strip() == b"[DONE]":
        return None
    value = _parse(data)
    kind = str(value.get("type") or name)
    if kind == "error" or value.get("error"):
        return Answer(error=value)
    if kind.endswith(".partial_image"):
        return _read_preview(value)
    if kind.endswith(".completed"):
        return Answer((_read_item(value),), _usage(value), _told(value))
    return _read_document(value) if "data" in value else None


def _parse(body: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as exc:
        raise UnreadableAnswerError(f"The answer is not JSON: {exc}.") from exc
    if not isinstance(value, dict):
        raise UnreadableAnswerError("The answer is JSON, but no object.")
    return value


def _read_document(value: Mapping[str, Any]) -> Answer:
    entries = value.get("data")
    if value.get("error") and not entries:
        return Answer(error=value)
    if not isinstance(entries, list) or not entries:
        raise UnreadableAnswerError("The answer holds no pictures.")
    items = tuple(_read_item(entry) for entry in entries)
    return Answer(items, _usage(value), _told(value))


def _read_item(entry: Any) -> Item:
    if not isinstance(entry, dict):
        return Item(problem="An entry of the answer is no object.")
    revised, seed = entry.get("revised_prompt"), entry.get("seed")
    item = Item(
        revised_prompt=revised if isinstance(revised, str) and revised else None,
        seed=seed if isinstance(seed, int) and not isinstance(seed, bool) else None,
    )
    url = entry.get("url")
    try:
        if entry.get("b64_json"):
            return replace(item, data=decode_base64(entry["b64_json"]))
        if isinstance(url, str) and url.startswith("data:"):
            return replace(item, data=decode_base64(url))
    except UnreadableAnswerError as exc:
        return replace(item, problem=str(exc))
    if isinstance(url, str) and url:
        return replace(item, url=url)
    problem = "An entry of the answer has neither b64_json nor url."
    return replace(item, moderated=_is_moderated(entry), problem=problem)


def _is_moderated(entry: Mapping[str, Any]) -> bool:
    """Some servers answer 200 with an empty entry and a mark for refused content."""
    marked = any(entry.get(name) is False for name in _FALSE_MARKS)
    reason = str(entry.get("finish_reason") or entry.get("error") or "").lower()
    return marked or bool(MODERATION.search(reason))


def _read_preview(value: Mapping[str, Any]) -> Preview | None:
    number = value.get("partial_image_index")
    try:
        data = decode_base64(value.get("b64_json"))
    except UnreadableAnswerError:
        return None  # a broken preview is no reason to lose the picture
    return Preview(number if isinstance(number, int) and number >= 0 else None, data)


def _usage(value: Mapping[str, Any]) -> Mapping[str, Any] | None:
    usage = value.get("usage")
    return usage if isinstance(usage, dict) else None


def _told(value: Mapping[str, Any]) -> dict[str, Any]:
    """What the provider says of its pictures, where it is short enough to keep."""
    found = {name: value.get(name) for name in _TOLD}
    return {
        name: told[:100] if isinstance(told, str) else told
        for name, told in found.items()
        if isinstance(told, str | int | float)
    }


def _added(
    one: Mapping[str, Any] | None, other: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """The sum of two accounts: a stream counts each of its pictures by itself."""
    if one is None or other is None:
        return one or other
    total = dict(one)
    for name, value in other.items():
        before = total.get(name)
        if isinstance(value, dict) and isinstance(before, dict):
            total[name] = _added(before, value)
        elif isinstance(value, int | float) and isinstance(before, int | float):
            total[name] = before + value
        else:
            total[name] = value
    return total
