"""Where what Easel sends is meant to differ, each with its reason.

A gap sets aside what it names, and the rest must be valid. So an exception covers
exactly its own words and nothing that stands beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.clients.validation.wire import Value


@dataclass(frozen=True)
class Gap:
    """One named exception: `mend` returns the value without what it explains."""

    name: str
    why: str
    mend: Callable[[Any], Any]

    def applied_to(self, value: Value) -> Value:
        return replace(value, data=self.mend(value.data))


def without(keep: Callable[[Any], bool]) -> Callable[[Any], Any]:
    """Leave out the objects inside lists that `keep` refuses, at any depth."""

    def mend(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: mend(entry) for name, entry in value.items()}
        if isinstance(value, list):
            return [mend(entry) for entry in value if keep(entry)]
        return value

    return mend


def replaced(names: set[str], wrong: Callable[[Any], bool], by: Any) -> Any:
    """Put `by` where one of these names holds a value that is `wrong`, at any depth."""

    def mend(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name: by if name in names and wrong(entry) else mend(entry)
                for name, entry in value.items()
            }
        if isinstance(value, list):
            return [mend(entry) for entry in value]
        return value

    return mend


def _is_foreign_tool(entry: Any) -> bool:
    """An assistant's or a run's picture tool; in Responses it is OpenAI's own."""
    return isinstance(entry, dict) and entry.get("type") == "image_generation"


def _is_picture_call(entry: Any) -> bool:
    """A run step's picture call; in Responses it is OpenAI's own."""
    return isinstance(entry, dict) and entry.get("type") == "image_generation_call"


PICTURE_TOOL = Gap(
    "image_generation in Assistants",
    "Easel's own tool: OpenAI's Assistants had no tool that makes pictures.",
    without(lambda entry: not (_is_foreign_tool(entry) or _is_picture_call(entry))),
)
EMPTY_LIST = Gap(
    "first_id and last_id of an empty list",
    "The live service sent null, and the clients read it; the description says string.",
    replaced({"first_id", "last_id"}, lambda entry: entry is None, ""),
)
PICTURE_SIZE = Gap(
    "size of newer image models",
    "The description lists three sizes; newer models draw any width and height.",
    replaced({"size"}, lambda entry: isinstance(entry, str), "1024x1024"),
)
NULLS_OF_RESPONSE = Gap(
    "usage and user of a response",
    "The description says they are never null; its own samples send null until the end.",
    lambda value: _drop_nulls(value, {"usage", "user"}),
)


def _drop_nulls(value: Any, names: set[str]) -> Any:
    if isinstance(value, dict):
        return {
            name: _drop_nulls(entry, names)
            for name, entry in value.items()
            if not (name in names and entry is None)
        }
    if isinstance(value, list):
        return [_drop_nulls(entry, names) for entry in value]
    return value


CLIENT_GAPS = [PICTURE_TOOL]
DESCRIPTION_GAPS = [PICTURE_TOOL, EMPTY_LIST, PICTURE_SIZE, NULLS_OF_RESPONSE]
