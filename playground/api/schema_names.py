"""One name for each schema of the document, where two models share a class name.

The dialects have types of the same name and another form: a function tool is nested for
assistants and flat for responses. Ninja would keep whichever came last for both.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
PREFIX = "#/components/schemas/"


class SchemaNames:
    """All schemas so far, by the name under which the document holds them."""

    def __init__(self) -> None:
        self.schemas: Json = {}
        # What each name stands for, with everything that it refers to.
        self._meanings: dict[str, Json] = {}

    def add(self, definitions: Json) -> dict[str, str]:
        """Take one model's definitions; the names that they have got."""
        meanings = {name: _closure(name, definitions) for name in definitions}
        names = {name: self._name(name, meanings[name]) for name in definitions}
        for name, schema in definitions.items():
            self._meanings[names[name]] = meanings[name]
            self.schemas[names[name]] = renamed(schema, names)
        return names

    def _name(self, name: str, meaning: Json) -> str:
        taken, number = name, 1
        while self._meanings.get(taken, meaning) != meaning:
            number += 1
            taken = f"{name}{number}"
        return taken


def _closure(name: str, definitions: Json) -> Json:
    """A definition with all that it refers to, directly or not."""
    found: Json = {}
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current not in found and current in definitions:
            found[current] = definitions[current]
            waiting += _references(definitions[current])
    return found


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [name for inner in value.values() for name in _references(inner)]
    if isinstance(value, list):
        return [name for inner in value for name in _references(inner)]
    if isinstance(value, str) and value.startswith(PREFIX):
        return [value.removeprefix(PREFIX)]
    return []


def renamed(value: Any, names: dict[str, str]) -> Any:
    """The same with other names in its references."""
    if isinstance(value, dict):
        return {key: renamed(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [renamed(inner, names) for inner in value]
    if isinstance(value, str) and value.startswith(PREFIX):
        name = value.removeprefix(PREFIX)
        return PREFIX + names.get(name, name)
    return value
