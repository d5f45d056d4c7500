"""JSON schemas as fields that a person reads: name, type, rule, meaning, inner fields."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from playground.api.openapi import resolved

Json = dict[str, Any]
# Deeper than this a reader is better served by the document itself.
MAX_DEPTH = 4
WORDS = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
    "object": "object",
}


@dataclass(frozen=True)
class Form:
    """One of the objects that a field can hold, under the tag that chooses it."""

    name: str
    about: str
    fields: list[Field]


@dataclass(frozen=True)
class Field:
    name: str
    type: str
    is_required: bool = False
    about: str = ""
    rules: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)
    default: str = ""
    forms: list[Form] = field(default_factory=list)


class FieldReader:
    """Reads schemas of one document."""

    def __init__(self, schemas: Json) -> None:
        self.schemas = schemas

    def fields(self, schema: Json, depth: int = 0) -> list[Field]:
        """The fields of an object, the required ones first."""
        schema = resolved(schema, self.schemas)
        required = set(schema.get("required", ()))
        found = [
            self.field(name, inner, is_required=name in required, depth=depth)
            for name, inner in schema.get("properties", {}).items()
        ]
        return sorted(found, key=lambda entry: not entry.is_required)

    def field(
        self, name: str, schema: Json, *, is_required: bool = False, depth: int = 0
    ) -> Field:
        """One field; a choice between schemas is told in one line."""
        parts = list(self._parts(schema))
        if not is_required:
            # A null says no more than leaving the field out.
            parts = [part for part in parts if part.get("type") != "null"] or parts
        choices = [text for part in parts for text in _choices(part)]
        rules = [rule for part in parts for rule in _rules(part)]
        forms = [] if depth >= MAX_DEPTH else self._forms(parts, depth)
        if len(forms) == 1 and ":" not in forms[0].name:
            forms = [replace(forms[0], name="its fields")]
        abouts = [schema, *parts]
        return Field(
            name=name,
            type=" or ".join(dict.fromkeys(self._type(part) for part in parts)),
            is_required=is_required,
            about=next((s["description"] for s in abouts if "description" in s), ""),
            rules=list(dict.fromkeys(rules)),
            choices=list(dict.fromkeys(choices)),
            default=_default(schema),
            forms=forms,
        )

    def _parts(self, schema: Json) -> Iterator[Json]:
        """The schemas of a union, without the unions in it."""
        schema = resolved(schema, self.schemas)
        inner = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
        if inner is None:
            yield schema
            return
        for part in inner:
            yield from self._parts(part)

    def _type(self, part: Json) -> str:
        kind = part.get("type")
        if isinstance(kind, list):
            return " or ".join(WORDS[name] for name in kind)
        if kind == "array":
            items = list(self._parts(part.get("items", {})))
            types = list(dict.fromkeys(self._type(item) for item in items))
            return f"array of {' or '.join(types)}" if types != ["any"] else "array"
        if part.get("format") == "binary":
            return "file"
        if kind is None:
            constant = part.get("const", next(iter(part.get("enum", ())), None))
            return type_word(constant) if constant is not None else "any"
        return WORDS[kind]

    def _forms(self, parts: list[Json], depth: int) -> list[Form]:
        found: list[Form] = []
        for part in parts:
            if part.get("type") == "array":
                found += self._forms(list(self._parts(part.get("items", {}))), depth)
            elif part.get("properties"):
                fields = self.fields(part, depth + 1)
                found.append(Form(_tag(part), part.get("description", ""), fields))
            elif isinstance(part.get("additionalProperties"), dict):
                inner = self.field(
                    "any name", part["additionalProperties"], depth=depth
                )
                if inner.forms:
                    found += inner.forms
        return found


def _tag(schema: Json) -> str:
    """How a reader tells this object from the others: its `type`, else its name."""
    for name in ("type", "role"):
        said = schema["properties"].get(name, {})
        values = [said["const"]] if "const" in said else said.get("enum", [])
        if values:
            return f"{name}: {', '.join(map(str, values))}"
    return str(schema.get("title", "object"))


def type_word(value: Any) -> str:
    """The type of a JSON value."""
    words = {bool: "boolean", int: "integer", float: "number", str: "string"}
    return words.get(type(value), "any")


def _choices(part: Json) -> list[str]:
    if part.get("type") == "array":
        return _choices(part.get("items", {}))
    values = [part["const"]] if "const" in part else part.get("enum", [])
    return [it if isinstance(it, str) else json.dumps(it) for it in values]


def _default(schema: Json) -> str:
    value = schema.get("default")
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _rules(part: Json) -> list[str]:
    """Bounds in words."""
    rules = [
        _between(part, "minimum", "maximum", ""),
        _between(part, "exclusiveMinimum", "exclusiveMaximum", " (exclusive)"),
        _between(part, "minLength", "maxLength", " characters"),
        _between(part, "minItems", "maxItems", " items"),
        _between(part, "minProperties", "maxProperties", " pairs"),
    ]
    if "pattern" in part:
        rules.append(f"matches {part['pattern']}")
    return [rule for rule in rules if rule]


def _between(part: Json, low: str, high: str, unit: str) -> str:
    least, most = part.get(low), part.get(high)
    if least is not None and most is not None:
        return f"{_number(least)} to {_number(most)}{unit}"
    if most is not None:
        return f"at most {_number(most)}{unit}"
    # One character or more is what anybody expects of a text that is needed.
    if least is not None and (least, low) != (1, "minLength"):
        return f"at least {_number(least)}{unit}"
    return ""


def _number(value: float) -> str:
    return f"{value:,}" if abs(value) >= 10_000 else f"{value:g}"
