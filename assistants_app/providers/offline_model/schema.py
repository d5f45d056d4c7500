"""The part of JSON Schema that function tools use: check values, and make them fit."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


def properties(schema: Schema | None) -> dict[str, Schema]:
    """Return an object schema's properties; what is no schema is left out."""
    found = (schema or {}).get("properties")
    if not isinstance(found, Mapping):
        return {}
    return {name: value for name, value in found.items() if isinstance(value, Mapping)}


def required(schema: Schema | None) -> list[str]:
    names = (schema or {}).get("required")
    return (
        [name for name in names if isinstance(name, str)]
        if isinstance(names, list)
        else []
    )


def types_of(schema: Schema) -> tuple[str, ...]:
    """Return the allowed types by name; empty when every type is allowed."""
    named = schema.get("type")
    if isinstance(named, str):
        return (named,)
    if isinstance(named, list):
        return tuple(name for name in named if isinstance(name, str))
    options = schema.get("anyOf") or schema.get("oneOf") or ()
    return tuple(
        name for part in options if isinstance(part, Mapping) for name in types_of(part)
    )


def choices(schema: Schema) -> list[Any]:
    """Return the allowed values, also those inside anyOf; empty when any is allowed."""
    if isinstance(schema.get("enum"), list):
        return list(schema["enum"])
    options = schema.get("anyOf") or schema.get("oneOf") or ()
    return [
        value
        for part in options
        if isinstance(part, Mapping)
        for value in choices(part)
    ]


def problems(schema: Schema, value: Any, name: str = "the arguments") -> list[str]:
    """Say in sentences why a value does not fit a schema; empty when it fits."""
    options = schema.get("anyOf") or schema.get("oneOf")
    if isinstance(options, list) and options:
        tried = [
            problems(part, value, name) for part in options if isinstance(part, Mapping)
        ]
        return [] if any(not found for found in tried) or not tried else tried[0]
    types = types_of(schema)
    if types and not any(_is(value, kind) for kind in types):
        return [f"{name} must be of type {' or '.join(types)}"]
    found = _value_problems(schema, value, name)
    if isinstance(value, dict):
        found += _object_problems(schema, value)
    if isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        for item in value:
            found += problems(schema["items"], item, f"each of {name}")
    return found


def fits(schema: Schema, value: Any) -> bool:
    return not problems(schema, value)


def coerce(schema: Schema, text: str) -> Any:
    """Read a plain word as the type a schema wants; the text itself if nothing fits."""
    for option in choices(schema):
        if isinstance(option, str) and option.lower() == text.strip().lower():
            return option
    types = types_of(schema)
    if "string" in types or not types:
        return text
    if "boolean" in types and text.strip().lower() in {"true", "yes", "false", "no"}:
        return text.strip().lower() in {"true", "yes"}
    if "array" in types:
        return [part.strip() for part in text.split(",")]
    number = re.search(r"-?\d+(?:\.\d+)?", text)
    if number and {"integer", "number"} & set(types):
        value = float(number[0])
        return int(value) if "integer" in types or value.is_integer() else value
    return text


def filler(schema: Schema, text: str) -> Any:
    """Make a value for a required property that nobody named, from the text if need be."""
    if "default" in schema and fits(schema, schema["default"]):
        return schema["default"]
    options = choices(schema)
    if "const" in schema:
        return schema["const"]
    if options:
        return options[0]
    types = types_of(schema)
    if "null" in types:
        return None
    if "string" in types or not types:
        return _string(schema, text)
    if "object" in types:
        inner = properties(schema)
        return {name: filler(inner.get(name, {}), text) for name in required(schema)}
    if "array" in types:
        items = schema.get("items")
        count = int(schema.get("minItems", 1 if isinstance(items, Mapping) else 0))
        return [filler(items if isinstance(items, Mapping) else {}, text)] * count
    return False if "boolean" in types else _number(schema, text, types)


def parse_object(text: str) -> dict[str, Any] | None:
    """Read a JSON object; None when the text is none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):  # the second: nested far too deeply
        return None
    return value if isinstance(value, dict) else None


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES.get(kind, (object,)))


def _value_problems(schema: Schema, value: Any, name: str) -> list[str]:
    found = []
    options = schema.get("enum")
    # Many hand-written schemas allow null by type and forget it in the enum.
    nullable = value is None and "null" in types_of(schema)
    if isinstance(options, list) and value not in options and not nullable:
        found.append(f"{name} must be one of {', '.join(map(str, options))}")
    if "const" in schema and value != schema["const"]:
        found.append(f"{name} must be {schema['const']}")
    if isinstance(value, str):
        found += _string_problems(schema, value, name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = schema.get("minimum"), schema.get("maximum")
        if (low is not None and value < low) or (high is not None and value > high):
            found.append(f"{name} must be between {low} and {high}")
    if isinstance(value, list) and not (
        schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))
    ):
        found.append(f"{name} has the wrong number of items")
    return found


def _string_problems(schema: Schema, value: str, name: str) -> list[str]:
    if len(value) < schema.get("minLength", 0):
        return [f"{name} is too short"]
    if len(value) > schema.get("maxLength", len(value)):
        return [f"{name} must have at most {schema['maxLength']} characters"]
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        try:
            matches = re.search(pattern, value)
        except re.error:  # a pattern of another dialect cannot be checked here
            return []
        return [] if matches else [f"{name} must match {pattern}"]
    return []


def _object_problems(schema: Schema, value: dict[str, Any]) -> list[str]:
    known = properties(schema)
    found = [f"`{name}` is missing" for name in required(schema) if name not in value]
    if schema.get("additionalProperties") is False:
        found += [f"`{name}` is not a parameter" for name in value if name not in known]
    for name, inner in known.items():
        if name in value:
            found += problems(inner, value[name], f"`{name}`")
    return found


def _string(schema: Schema, text: str) -> str:
    longest = schema.get("maxLength")
    text = text.strip() or "example"
    return text[:longest] if isinstance(longest, int) else text


def _number(schema: Schema, text: str, types: tuple[str, ...]) -> int | float:
    match = re.search(r"-?\d+", text)
    value: int | float = int(match[0]) if match else int(schema.get("minimum", 1))
    return (
        value
        if fits(schema, value)
        else schema.get("minimum", schema.get("maximum", 1))
    )
