"""The Ninja API that every app's routers join, and how it tells its errors."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from playground.api.answers import respond
from playground.api.callers import Allow
from playground.api.errors import ApiError
from playground.api.front import error_answer
from playground.api.validation import read_json, validation_error


class JsonParser(Parser):
    """Parses a body once, and strictly."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        data: dict[str, Any] = read_json(request)
        return data


class EaselAPI(NinjaAPI):
    """Ninja with every failure in the envelope of the path's dialect."""

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        answer = error_answer(request.path, _as_api_error(request, exc))
        return cast(HttpResponse, respond(answer))


def _as_api_error(request: HttpRequest, exc: Exception) -> Exception:
    """Ninja's own exceptions as ours."""
    if isinstance(exc, ValidationError):
        return _validation(request, exc)
    if isinstance(exc, HttpError):
        cause = exc.__cause__ or exc.__context__
        if isinstance(cause, ApiError):
            return cause
        return ApiError(exc.status_code, str(exc))
    return exc


def _validation(request: HttpRequest, exc: ValidationError) -> ApiError:
    """Ninja puts the source and the argument's name before each place."""
    errors = []
    data: Any = {}
    for entry in exc.errors:
        source, *loc = entry["loc"]
        if source == "body":
            data = read_json(request)
            loc = loc[1:]
        elif source == "query":
            data = request.GET.dict()
            loc = loc[-1:]
        else:
            data = dict.fromkeys(loc)
        errors.append({**entry, "loc": loc, "input": _input(data, loc)})
    return validation_error(errors, data)


def _input(data: Any, loc: list[Any]) -> Any:
    """What was at this place; Ninja leaves it out of its errors."""
    for step in loc:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            break  # a step that pydantic added, or one that is missing
    return data


api = EaselAPI(
    title="Easel",
    version="1",
    description=(
        "Assistants, threads, pictures: OpenAI's Assistants v2, Images, Responses and"
        " Chat Completions, and the seed platform's own calls, on one engine."
    ),
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
    parser=JsonParser(),
    auth=Allow("read"),
)
