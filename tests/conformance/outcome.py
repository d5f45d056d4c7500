"""What one request brought about: the answer, and what the provider was asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from tests.conformance.probe import Probe


@dataclass
class Outcome:
    """One answered request; `probe` can send more of them."""

    probe: Probe
    status: int
    headers: Any
    content: bytes
    asked: list[dict[str, Any]]

    @cached_property
    def events(self) -> list[tuple[str, Any]]:
        """The events of a stream, as (name, data)."""
        found = []
        for record in self.content.decode().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in record.split("\n") if line)
            if fields.get("data", "[DONE]") != "[DONE]":
                found.append((fields.get("event", ""), orjson.loads(fields["data"])))
        return found

    @property
    def names(self) -> list[str]:
        return [name or data.get("type", "") for name, data in self.events]

    @cached_property
    def json(self) -> Any:
        """The body; of a stream, the first object that is no thread."""
        if self.headers["content-type"].startswith("text/event-stream"):
            return next(d for n, d in self.events if n != "thread.created")
        return orjson.loads(self.content)

    @property
    def ids(self) -> list[str]:
        return [entry["id"] for entry in self.json["data"]]

    @property
    def error_place(self) -> str:
        """The field that an error names: in `param`, or in the seed dialect's text."""
        error = self.json["error"]
        return str(error.get("param") or error.get("system_message") or "")

    @property
    def error_text(self) -> str:
        """An error's code and its sentence."""
        error = self.json["error"]
        return f"{error.get('code')}: {error['message']}"

    @property
    def is_json(self) -> bool:
        return bool(self.headers.get("content-type", "").startswith("application/json"))


def at(data: Any, place: str) -> Any:
    """The value at a place such as `messages.0.content`, or None."""
    for step in place.split("."):
        if isinstance(data, list) and step.isdigit() and int(step) < len(data):
            data = data[int(step)]
        elif isinstance(data, dict):
            data = data.get(step)
        else:
            return None
    return data
