"""The client's own functions: read from JSON that a person pasted, and checked."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from images_app.services.tool_schema import EDIT, GENERATE

MAX_FUNCTIONS = 128
MAX_CHARACTERS = 100_000
FIELDS = ("name", "description", "parameters", "strict")
# The server answers these itself.
RESERVED_NAMES = frozenset({GENERATE, EDIT})
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


class FunctionError(Exception):
    """The JSON is no function that can be offered; the text says what to change."""


def read_functions(text: str) -> list[dict[str, Any]]:
    """The functions in this text, as an assistant's tools hold them.

    It may be one function, one with its `{"type": "function", "function": …}` around
    it, a list of either, or a whole `{"tools": […]}`.
    """
    found = _parse(text)
    if isinstance(found, dict) and isinstance(found.get("tools"), list):
        found = found["tools"]
    entries = found if isinstance(found, list) else [found]
    if not entries:
        raise FunctionError("The list is empty. Write at least one function.")
    return [{"type": "function", "function": _function(entry)} for entry in entries]


def check_together(tools: Sequence[dict[str, Any]]) -> None:
    """The rules for all functions of one assistant; FunctionError names the first."""
    if len(tools) > MAX_FUNCTIONS:
        raise FunctionError(
            f"There are {len(tools)} functions; at most {MAX_FUNCTIONS} are allowed."
        )
    seen: set[str] = set()
    for tool in tools:
        name = tool["function"]["name"]
        if name in seen:
            raise FunctionError(f"Two functions are called “{name}”. Rename one.")
        seen.add(name)


def _parse(text: str) -> Any:
    if len(text) > MAX_CHARACTERS:
        raise FunctionError(
            f"This is {len(text):,} characters long; at most {MAX_CHARACTERS:,} fit."
        )
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as exc:
        raise FunctionError(
            f"Line {exc.lineno}, character {exc.colno} is not JSON: {_reason(exc)}."
        ) from exc
    except RecursionError:
        raise FunctionError("This JSON is nested too deeply.") from None


def _refuse_constant(word: str) -> None:
    raise FunctionError(f"{word} is not JSON. Write a number or null.")


def _reason(exc: json.JSONDecodeError) -> str:
    return exc.msg[0].lower() + exc.msg[1:]


def _function(entry: Any) -> dict[str, Any]:
    function = _unwrapped(entry)
    name = function.get("name")
    if not isinstance(name, str) or not name:
        raise FunctionError("The function needs a “name”.")
    if not _NAME.fullmatch(name):
        raise FunctionError(
            f"“{name}” is not a name that models take: 1 to 64 letters, digits,"
            " underscores and hyphens."
        )
    if name in RESERVED_NAMES:
        raise FunctionError(
            f"“{name}” is Easel's own tool. Choose another name for your function."
        )
    if unknown := [key for key in function if key not in FIELDS]:
        raise FunctionError(
            f"“{unknown[0]}” is not known in {name}. A function has"
            f" {', '.join(FIELDS[:-1])} and {FIELDS[-1]}."
        )
    _check_values(name, function)
    return function


def _unwrapped(entry: Any) -> dict[str, Any]:
    if not isinstance(entry, dict):
        raise FunctionError("A function is a JSON object with a “name”.")
    kind = entry.get("type", "function")
    if kind != "function":
        raise FunctionError(f"A tool of type “{kind}” is no function.")
    inner = entry.get("function")
    if inner is None:
        return {key: value for key, value in entry.items() if key != "type"}
    if not isinstance(inner, dict):
        raise FunctionError("“function” must be a JSON object with a “name”.")
    return dict(inner)


def _check_values(name: str, function: dict[str, Any]) -> None:
    description = function.get("description")
    if description is not None and not isinstance(description, str):
        raise FunctionError(f"The description of {name} must be text.")
    if not isinstance(function.get("strict"), bool | None):
        raise FunctionError(f"“strict” of {name} must be true or false.")
    parameters = function.get("parameters")
    if parameters is not None:
        _check_schema(name, parameters)


def _check_schema(name: str, schema: Any) -> None:
    if not isinstance(schema, dict) or schema.get("type") != "object":
        raise FunctionError(
            f'The parameters of {name} must be a JSON schema with "type": "object".'
        )
    properties = schema.get("properties", {})
    if not isinstance(properties, dict):
        raise FunctionError(f"“properties” of {name} must be a JSON object.")
    for key, value in properties.items():
        if not isinstance(value, dict | bool):
            raise FunctionError(f"The property “{key}” of {name} must be a schema.")
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(isinstance(r, str) for r in required):
        raise FunctionError(f"“required” of {name} must be a list of names.")
    if missing := [key for key in required if key not in properties]:
        raise FunctionError(
            f"{name} requires “{missing[0]}”, which is not among its properties."
        )
