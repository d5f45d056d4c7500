"""What pydantic found wrong, told by the field's path, the rule, and a code."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from playground.api.errors import ApiError

JSON_TYPES = {
    "str": "a string",
    "int": "an integer",
    "float": "a number",
    "bool": "a boolean",
    "list": "an array",
    "dict": "an object",
    "NoneType": "null",
}
EXPECTED = {
    "string": "a string",
    "int": "an integer",
    "float": "a number",
    "finite": "a number",
    "bool": "a boolean",
    "list": "an array",
    "dict": "an object",
    "model": "an object",
    "none": "null",
}
# Longer texts are told by their length, and longer names are cut.
SHOWN_CHARACTERS = 60
NAME_CHARACTERS = 200
# A longer way through the body has too many readings to try them all.
MAX_STEPS = 16

Error = Mapping[str, Any]


def validation_error(errors: Sequence[Error], data: Any) -> ApiError:
    """The first of pydantic's errors in OpenAI's words and codes.

    A field that nobody knows is told last: it is often a consequence of another. Of a
    union's errors that one counts which lies deepest: it is of the form that was meant.
    """
    named = [(error, param_name(error, data)) for error in errors]
    known = [pair for pair in named if pair[0]["type"] != "extra_forbidden"]
    _, first = (known or named)[0]
    inside = [pair for pair in named if _is_inside(pair[1], first)]
    error, where = max(inside, key=lambda pair: _depth(pair[1]))
    same = [other for other, name in inside if name == where]
    types = _expected_types(same)
    if types:
        return _wrong_type(where, " or ".join(types), error)
    # A union of names and objects: a wrong name is told by the names there are.
    return _translate(_most_telling(same), where)


def _is_inside(name: str, outer: str) -> bool:
    return not outer or name == outer or name.startswith((f"{outer}.", f"{outer}["))


def _depth(name: str) -> int:
    return name.count(".") + name.count("[")


def _expected_types(errors: Sequence[Error]) -> list[str]:
    """The types of which one was expected; empty if something else is wrong."""
    found = [_expected(error["type"]) for error in errors if _is_type(error["type"])]
    return list(dict.fromkeys(found)) if len(found) == len(errors) else []


def _most_telling(errors: Sequence[Error]) -> Error:
    return next((e for e in errors if not _is_type(e["type"])), errors[0])


def param_name(error: Error, data: Any) -> str:
    """`tools[0].function.name`, without the steps that pydantic adds for unions.

    Such a step may have a field's name: the tag `function` of a tool that also has a
    field `function`. The reading counts that fits the body, keeps the last step and uses
    the most of them.
    """
    loc = tuple(step for step in error["loc"] if step != "[key]")
    is_missing = error["type"] == "missing"
    if len(loc) > MAX_STEPS:
        return _written(loc)

    def fit(steps: Sequence[Any]) -> tuple[bool, int]:
        return steps[-1:] == loc[-1:], len(steps)

    return _written(max(_readings(loc, data, is_missing), key=fit, default=loc))


def _readings(
    loc: tuple[Any, ...], data: Any, is_missing: bool
) -> Iterator[tuple[Any, ...]]:
    """Every way in which the steps lead through the body, fields first.

    What is missing has to be absent from an object, and all else has to be there.
    """
    if not loc:
        if not is_missing:
            yield ()
        return
    step, rest = loc[0], loc[1:]
    if isinstance(step, int):
        inner = data[step] if isinstance(data, list) and step < len(data) else None
        for others in _readings(rest, inner, is_missing):
            yield (step, *others)
        return
    is_known = isinstance(data, dict) and step in data
    if is_missing and not rest:
        if isinstance(data, dict) and not is_known:
            yield (step,)
        return
    if is_known:
        for others in _readings(rest, data[step], is_missing):
            yield (step, *others)
    yield from _readings(rest, data, is_missing)


def _written(steps: Sequence[Any]) -> str:
    name = ""
    for step in steps:
        if isinstance(step, int):
            name += f"[{step}]"
        else:
            name += f".{step}" if name else str(step)
    return name[:NAME_CHARACTERS]


def _translate(error: Error, where: str) -> ApiError:
    kind, ctx, value = error["type"], error.get("ctx", {}), error.get("input")
    if error["loc"][-1:] == ("[key]",):
        return _wrong_key(error, where)
    if kind == "missing":
        return _missing(where)
    if kind == "extra_forbidden":
        return unknown_parameter(where)
    if kind in _BOUNDS:
        return _out_of_bounds(kind, ctx, where, value)
    if kind in _LENGTHS:
        return _wrong_length(kind, ctx, where, value)
    if kind == "string_pattern_mismatch":
        rule = f"a string that matches {ctx['pattern']}"
        return _invalid(where, "invalid_value", rule, value)
    if kind in {"literal_error", "enum"}:
        return _invalid(where, "invalid_value", f"one of {ctx['expected']}", value)
    if kind == "union_tag_invalid":
        place = _join(where, str(ctx["discriminator"]))
        expected = f"one of {ctx['expected_tags']}"
        return _invalid(place, "invalid_value", expected, ctx["tag"])
    if kind == "union_tag_not_found":
        return _untagged(error, where)
    text = str(ctx["error"]) if kind == "value_error" else f"{error['msg']}."
    text = f"Invalid '{where}': {text}" if where else text
    return ApiError(400, text, where or None, "invalid_value")


def _wrong_key(error: Error, where: str) -> ApiError:
    """The rule is broken by the name of a property, and not by what it holds."""
    told = _translate({**error, "loc": ()}, where)
    told.message = told.message.replace(": the value is", ": the key is", 1)
    return told


def unknown_parameter(where: str) -> ApiError:
    """A name that nobody reads."""
    where = where[:NAME_CHARACTERS]
    text = f"Unknown parameter: '{where}'."
    return ApiError(400, text, where, "unknown_parameter")


def _missing(where: str) -> ApiError:
    text = f"Missing required parameter: '{where}'."
    return ApiError(400, text, where, "missing_required_parameter")


def _untagged(error: Error, where: str) -> ApiError:
    """An object without the field that says what it is, or no object at all."""
    if isinstance(error.get("input"), dict):
        return _missing(_join(where, str(error["ctx"]["discriminator"])))
    return _wrong_type(where, "an object", error)


def _join(where: str, discriminator: str) -> str:
    """A function may decide, as well as a field; its name is none of ours to tell."""
    field = discriminator.strip("'")
    if field.endswith("()"):
        return where
    return f"{where}.{field}" if where else field


_BOUNDS = {
    "greater_than_equal": ("below_min", ">=", "ge"),
    "greater_than": ("below_min", ">", "gt"),
    "less_than_equal": ("above_max", "<=", "le"),
    "less_than": ("above_max", "<", "lt"),
}
_LENGTHS = {
    "string_too_long": ("above_max_length", "maximum", "max_length"),
    "string_too_short": ("below_min_length", "minimum", "min_length"),
    "too_long": ("above_max_length", "at most", "max_length"),
    "too_short": ("below_min_length", "at least", "min_length"),
}


def _out_of_bounds(kind: str, ctx: Error, where: str, value: Any) -> ApiError:
    side, sign, name = _BOUNDS[kind]
    bound = ctx[name]
    noun = "decimal" if isinstance(bound, float) else "integer"
    written = f"{bound:g}" if isinstance(bound, float) else str(bound)
    return _invalid(where, f"{noun}_{side}_value", f"a value {sign} {written}", value)


def _wrong_length(kind: str, ctx: Error, where: str, value: Any) -> ApiError:
    code, words, name = _LENGTHS[kind]
    limit = ctx[name]
    if kind.startswith("string"):
        rule = f"a string with {words} length {limit}"
        return _invalid(where, f"string_{code}", rule, value)
    is_object = isinstance(value, dict) or ctx.get("field_type") == "Dictionary"
    if is_object:
        return _invalid(where, f"object_{code}", f"{words} {limit} properties", value)
    return _invalid(where, f"array_{code}", f"{words} {limit} items", value)


def _is_type(kind: str) -> bool:
    is_named = kind.endswith(("_type", "_parsing", "_parsing_size"))
    return is_named or kind in {"int_from_float", "finite_number", "none_required"}


def _expected(kind: str) -> str:
    return EXPECTED.get(kind.split("_")[0], "another type")


def _wrong_type(where: str, expected: str, error: Error) -> ApiError:
    value = error.get("input")
    # Where everything arrives as text, the text tells more than its type.
    is_text = error["type"].endswith(("_parsing", "_parsing_size"))
    got = _shown(value) if is_text else type_of(value)
    return ApiError(
        400,
        f"Invalid type for '{where}': expected {expected}, but got {got} instead.",
        where,
        "invalid_type",
    )


def type_of(value: Any) -> str:
    """What JSON calls the type of a value."""
    return JSON_TYPES.get(type(value).__name__, "another type")


def _invalid(where: str, code: str, rule: str, value: Any) -> ApiError:
    return ApiError(
        400,
        f"Invalid '{where}': the value is not allowed. Expected {rule}, but got"
        f" {_shown(value)} instead.",
        where,
        code,
    )


def _shown(value: Any) -> str:
    """A value short enough for a sentence; what is longer, by its length."""
    if isinstance(value, str):
        is_short = len(value) <= SHOWN_CHARACTERS
        return f"'{value}'" if is_short else f"a string with length {len(value)}"
    if isinstance(value, list):
        return f"an array with length {len(value)}"
    if isinstance(value, dict):
        return f"an object with {len(value)} properties"
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value)
    return type_of(value)
