"""Recorded exchanges as single values to be checked: bodies, events, errors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from tests.clients.recorder import Exchange
from tests.clients.validation.surfaces import Surface, find_surface


@dataclass(frozen=True)
class Value:
    """One JSON value that was sent: a `body`, an `event` with its name, an `error`."""

    kind: str
    surface: Surface
    data: Any
    name: str = ""
    story: str = ""

    def __str__(self) -> str:
        what = f"event {self.name}" if self.kind == "event" else self.kind
        return f"{self.story}: {what} of {self.surface.method} {self.surface.path}"


def values_of(exchanges: Iterable[Exchange]) -> Iterator[Value]:
    """Everything in these exchanges that has a shape of OpenAI's."""
    for exchange in exchanges:
        surface = find_surface(exchange.method, exchange.path)
        if surface is None or not exchange.answer:
            continue
        if exchange.answer_type == "text/event-stream":
            yield from _events(exchange, surface)
        elif exchange.answer_type == "application/json":
            kind = "body" if exchange.status < 400 else "error"
            yield Value(kind, surface, exchange.json, story=exchange.story)


def _events(exchange: Exchange, surface: Surface) -> Iterator[Value]:
    for name, text in exchange.events:
        if text == "[DONE]":
            continue
        data = orjson.loads(text)
        is_error = name == "error" or (isinstance(data, dict) and "error" in data)
        if is_error and surface.event_schema != "ResponseStreamEvent":
            yield Value("error", surface, data, story=exchange.story)
            continue
        yield Value("event", surface, data, name, exchange.story)
