"""Bodies and parameters: strict schemas, and how a request's body is read."""

from __future__ import annotations

import codecs
import json
from typing import Any, TypeVar

import orjson
import pydantic
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.http.request import RawPostDataException
from pydantic_core import CoreSchema

from playground.api.errors import ApiError, translates
from playground.api.validation_errors import type_of, validation_error

# In one JSON body, whole lists and objects counted through.
MAX_VALUES = 200_000
# Far below what the writer of answers can repeat.
MAX_DEPTH = 200
FORM_TYPES = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})
_Schema = TypeVar("_Schema", bound=pydantic.BaseModel)


class JsonBody(dict[str, Any]):
    """A body's members, with the text that they were read from."""

    text: bytes = b""


def _fail_fast(schema: Any) -> None:
    if isinstance(schema, list | tuple):
        for inner in schema:
            _fail_fast(inner)
    elif isinstance(schema, dict):
        if schema.get("type") == "list":
            schema["fail_fast"] = True
        for name, inner in schema.items():
            # What a model or a default holds besides is no schema.
            if name not in {"metadata", "default", "cls", "serialization"}:
                _fail_fast(inner)


class Schema(pydantic.BaseModel):
    """A body: nothing is coerced, and nothing unknown is dropped in silence."""

    model_config = pydantic.ConfigDict(strict=True, extra="forbid")

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: pydantic.GetCoreSchemaHandler
    ) -> CoreSchema:
        """Lists end at their first wrong item: a million errors would fill the memory."""
        schema = handler(source)
        _fail_fast(schema)
        return schema


def read_json(request: HttpRequest) -> Any:
    """The body as JSON, parsed once; ApiError for one that is none or too large."""
    cached = getattr(request, "json_body", None)
    if cached is None:
        cached = _read_json(request)
        request.json_body = cached  # type: ignore[attr-defined]
    return cached


def _read_json(request: HttpRequest) -> Any:
    """A form is told so; JSON that only lacks its header is taken."""
    content_type = request.META.get("CONTENT_TYPE", "").partition(";")[0].strip()
    body = read_body(request)
    is_form = content_type.lower() in FORM_TYPES
    if not is_form or body.lstrip().startswith(b"{"):
        return parse_json(body)
    raise ApiError(
        400,
        "This call takes JSON, with the header “Content-Type: application/json”, but"
        f" the Content-Type is {content_type.lower()}.",
        code="invalid_content_type",
    )


def read_body(request: HttpRequest) -> bytes:
    """The raw body; ApiError 413 when it is larger than the limit."""
    try:
        body = request.body
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
        text = f"The body is not valid JSON: {_reason(body, exc)}."
        raise ApiError(400, text, code="invalid_json") from None
    if not isinstance(data, dict):
        raise ApiError(
            400,
            f"The body must be a JSON object, but it is {type_of(data)}.",
            code="invalid_type",
        )
    _bound(body, data)
    if rb"\u0000" in body:
        _refuse_nul(data, "")
    members = JsonBody(data)
    members.text = body
    return members


def _refuse_nul(value: Any, where: str) -> None:
    """ApiError 400 for a text with U+0000, which not every database can store."""
    if isinstance(value, dict):
        for name, inner in value.items():
            _refuse_nul(name, where)
            _refuse_nul(inner, f"{where}.{name}" if where else name)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _refuse_nul(inner, f"{where}[{index}]")
    elif isinstance(value, str) and "\0" in value:
        raise ApiError(
            400,
            f"Invalid '{where}': the character U+0000 is not allowed in texts.",
            where or None,
            "invalid_value",
        )


def _bound(body: bytes, data: dict[str, Any]) -> None:
    """ApiError 400 for more values, or deeper ones, than any request needs.

    Of most bodies a count of their brackets tells that they have less.
    """
    opened = body.count(b"[") + body.count(b"{")
    if opened <= MAX_DEPTH and opened + body.count(b",") < MAX_VALUES:
        return
    count, depth = 0, 0
    level: list[Any] = [data]
    while level:
        count, depth = count + sum(map(len, level)), depth + 1
        if count > MAX_VALUES:
            raise ApiError(
                400,
                f"The body holds too many values. At most {MAX_VALUES} are allowed.",
                code="too_many_values",
            )
        if depth > MAX_DEPTH:
            raise ApiError(
                400,
                f"The body is nested deeper than {MAX_DEPTH} levels.",
                code="nested_too_deeply",
            )
        level = [part for value in level for part in _containers(value)]


def _containers(value: Any) -> list[Any]:
    """The lists and objects directly inside of one."""
    inner = value.values() if isinstance(value, dict) else value
    return [part for part in inner if isinstance(part, dict | list)]


def _reason(body: bytes, exc: json.JSONDecodeError) -> str:
    """What is wrong and where; orjson does not tell the place of bytes that are no text."""
    if body.startswith(codecs.BOM_UTF8):
        return "it begins with a byte order mark (BOM). Leave it out"
    try:
        body.decode()
    except UnicodeDecodeError as wrong:
        return f"it is not UTF-8 (byte {wrong.start + 1})"
    return f"{exc.msg} (line {exc.lineno}, column {exc.colno})"


def validate(schema: type[_Schema], data: Any) -> _Schema:
    """The body as its schema; ApiError 400 names the first field that is wrong."""
    try:
        return schema.model_validate(data)
    except pydantic.ValidationError as exc:
        raise validation_error(exc.errors(include_url=False), data) from None


@translates(SuspiciousOperation)
def _suspicious(exc: SuspiciousOperation) -> ApiError:
    """Such as an unknown host; what exactly is wrong is in the log."""
    return ApiError(400, "The request could not be understood.", code="bad_request")
