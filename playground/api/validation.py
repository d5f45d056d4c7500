"""Bodies and parameters: strict schemas, and errors that name the field and the rule."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import orjson
import pydantic
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import RawPostDataException

from playground.api.errors import ApiError

JSON_TYPES = {
    "str": "a string",
    "string": "a string",
    "int": "an integer",
    "float": "a number",
    "bool": "a boolean",
    "list": "an array",
    "dict": "an object",
    "NoneType": "null",
}
_Schema = TypeVar("_Schema", bound=pydantic.BaseModel)


class Schema(pydantic.BaseModel):
    """A body: nothing is coerced, and nothing unknown is dropped in silence."""

    model_config = pydantic.ConfigDict(strict=True, extra="forbid")


def read_json(request: HttpRequest) -> Any:
    """The body as JSON, parsed once; ApiError for one that is none or too large."""
    cached = getattr(request, "json_body", None)
    if cached is None:
        cached = parse_json(read_body(request))
        request.json_body = cached  # type: ignore[attr-defined]
    return cached


def read_body(request: HttpRequest) -> bytes:
    """The raw body; ApiError 413 when it is larger than the limit."""
    try:
        body = request.body
    except RequestDataTooBig:
        raise too_large(settings.UPLOAD_MAX_JSON_BYTES) from None
    except RawPostDataException:
        return b""  # read already, as a form
    if len(body) > settings.UPLOAD_MAX_JSON_BYTES:
        raise too_large(settings.UPLOAD_MAX_JSON_BYTES)
    return body


def too_large(limit: int) -> ApiError:
    """The refusal of a body above `limit` bytes."""
    return ApiError(
        413,
        f"The request is too large. The limit is {limit / 1024 / 1024:g} MiB.",
        code="request_too_large",
    )


def parse_json(body: bytes) -> Any:
    """JSON that is an object; an empty body is an empty object."""
    if not body.strip():
        return {}
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as exc:
        raise ApiError(
            400,
            "The body is not valid JSON:"
            f" {_reason(exc)} (line {exc.lineno}, column {exc.colno}).",
            code="invalid_json",
        ) from None
    if not isinstance(data, dict):
        raise ApiError(
            400,
            f"The body must be a JSON object, but it is {_type_of(data)}.",
            code="invalid_type",
        )
    return data


def _reason(exc: json.JSONDecodeError) -> str:
    return exc.msg[:1].lower() + exc.msg[1:]


def validate(schema: type[_Schema], data: Any) -> _Schema:
    """The body as its schema; ApiError 400 names the first field that is wrong."""
    try:
        return schema.model_validate(data)
    except pydantic.ValidationError as exc:
        raise validation_error(exc.errors(include_url=False), data) from None


def validation_error(errors: Sequence[Mapping[str, Any]], data: Any) -> ApiError:
    """The first of pydantic's errors in OpenAI's words and codes.

    A field that nobody knows is told last: it is often a consequence of another.
    """
    error = min(errors, key=lambda entry: entry["type"] == "extra_forbidden")
    where = param_name(error["loc"], data)
    return _translate(error, where)


def param_name(loc: Sequence[Any], data: Any) -> str:
    """`tools[0].function.name`; steps that pydantic adds for unions are left out."""
    name = ""
    for step in loc:
        if isinstance(step, int):
            name += f"[{step}]"
            data = _at(data, step)
        elif isinstance(data, dict) and step in data:
            name += f".{step}" if name else str(step)
            data = data[step]
        elif step is loc[-1] and isinstance(data, dict):
            name += f".{step}" if name else str(step)
    return name


def _at(data: Any, index: int) -> Any:
    return data[index] if isinstance(data, list) and index < len(data) else None


def _translate(error: Mapping[str, Any], where: str) -> ApiError:
    kind, ctx, value = error["type"], error.get("ctx", {}), error.get("input")
    if kind == "missing":
        return ApiError(
            400,
            f"Missing required parameter: '{where}'.",
            where,
            "missing_required_parameter",
        )
    if kind == "extra_forbidden":
        return ApiError(
            400, f"Unknown parameter: '{where}'.", where, "unknown_parameter"
        )
    if kind in _BOUNDS:
        code, rule = _BOUNDS[kind]
        return _invalid(where, code, rule.format(**ctx), value)
    if kind in _LISTS:
        noun = ctx.get("field_type", "") in {"List", "Tuple", "Set"}
        code, rule = _LISTS[kind]
        name = f"array_{code}" if noun else f"object_{code}"
        unit = "items" if noun else "properties"
        return _invalid(where, name, rule.format(unit=unit, **ctx), value)
    if kind in {"literal_error", "enum"}:
        return _invalid(where, "invalid_value", f"one of {ctx['expected']}", value)
    if kind == "union_tag_invalid":
        tag = str(ctx["discriminator"]).strip("'")
        place = f"{where}.{tag}" if where else tag
        expected = f"one of {ctx['expected_tags']}"
        return _invalid(place, "invalid_value", expected, ctx["tag"])
    if kind == "union_tag_not_found":
        tag = str(ctx["discriminator"]).strip("'()")
        place = f"{where}.{tag}" if where and tag.isidentifier() else where or tag
        if isinstance(value, dict):
            return ApiError(
                400,
                f"Missing required parameter: '{place}'.",
                place,
                "missing_required_parameter",
            )
        return _wrong_type(where, "an object", value)
    if kind.endswith("_type") or kind.endswith("_parsing"):
        return _wrong_type(where, _expected(kind), value)
    if kind == "value_error":
        text = str(error["ctx"]["error"])
        return ApiError(400, f"Invalid '{where}': {text}", where, "invalid_value")
    return ApiError(400, f"Invalid '{where}': {error['msg']}.", where, "invalid_value")


_BOUNDS = {
    "string_too_long": (
        "string_above_max_length",
        "a string with maximum length {max_length}",
    ),
    "string_too_short": (
        "string_below_min_length",
        "a string with minimum length {min_length}",
    ),
    "greater_than_equal": ("integer_below_min_value", "a value >= {ge}"),
    "greater_than": ("integer_below_min_value", "a value > {gt}"),
    "less_than_equal": ("integer_above_max_value", "a value <= {le}"),
    "less_than": ("integer_above_max_value", "a value < {lt}"),
    "string_pattern_mismatch": (
        "invalid_value",
        "a string that matches the pattern {pattern}",
    ),
}
_LISTS = {
    "too_long": ("above_max_length", "at most {max_length} {unit}"),
    "too_short": ("below_min_length", "at least {min_length} {unit}"),
}


def _expected(kind: str) -> str:
    words = {
        "string": "a string",
        "int": "an integer",
        "float": "a number",
        "bool": "a boolean",
        "list": "an array",
        "dict": "an object",
        "model": "an object",
        "none": "null",
    }
    return words.get(kind.split("_")[0], "another type")


def _wrong_type(where: str, expected: str, value: Any) -> ApiError:
    return ApiError(
        400,
        f"Invalid type for '{where}': expected {expected}, but got"
        f" {_type_of(value)} instead.",
        where,
        "invalid_type",
    )


def _type_of(value: Any) -> str:
    return JSON_TYPES.get(type(value).__name__, "another type")


def _invalid(where: str, code: str, rule: str, value: Any) -> ApiError:
    if isinstance(value, float) and code.startswith("integer_"):
        code = code.replace("integer_", "decimal_")
    return ApiError(
        400,
        f"Invalid '{where}': the value is not allowed. Expected {rule}, but got"
        f" {_shown(value)} instead.",
        where,
        code,
    )


def _shown(value: Any) -> str:
    """A value short enough for a sentence; long texts by their length."""
    if isinstance(value, str) and len(value) > 60:
        return f"a string with length {len(value)}"
    if isinstance(value, list):
        return f"an array with length {len(value)}"
    if isinstance(value, dict):
        return f"an object with {len(value)} properties"
    return f"'{value}'" if isinstance(value, str) else orjson.dumps(value).decode()
