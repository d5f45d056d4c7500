"""Event streams of Assistants v2, read, and the published orders of their events."""

from __future__ import annotations

from typing import Any

import orjson

STARTED = ["run.created", "run.queued", "run.in_progress"]
STEP = ["run.step.created", "run.step.in_progress"]
MESSAGE = [*STEP, "message.created", "message.in_progress"]
WRITTEN = ["message.completed", "run.step.completed"]


def read(data: bytes) -> list[tuple[str, Any]]:
    """Names without “thread.”, and data, of the events in these bytes."""
    told = []
    for record in data.decode().split("\n\n")[:-1]:
        name, _, payload = record.partition("\n")
        text = payload.removeprefix("data: ")
        name = name.removeprefix("event: ").removeprefix("thread.")
        told.append((name, text if text == "[DONE]" else orjson.loads(text)))
    return told


def names(told: list[tuple[str, Any]]) -> list[str]:
    """The names; runs of equal deltas count once."""
    found = [name for name, _ in told]
    return [n for i, n in enumerate(found) if i == 0 or found[i - 1] != n]


def data_of(told: list[tuple[str, Any]], name: str) -> Any:
    return next(data for told_name, data in told if told_name == name)
