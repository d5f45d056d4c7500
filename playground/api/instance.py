"""The Ninja API that every app's routers join, and how it tells its errors."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse, QueryDict
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation
from ninja.parser import Parser

from playground.api.answers import respond
from playground.api.callers import Allow
from playground.api.errors import ApiError
from playground.api.front import error_answer
from playground.api.openapi import query_names
from playground.api.validation import read_json
from playground.api.validation_errors import unknown_parameter, validation_error


class JsonParser(Parser):
    """Parses a body once, and strictly."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        data: dict[str, Any] = read_json(request)
        return data


class EaselAPI(NinjaAPI):
    """Ninja with every failure in the envelope of the path's dialect."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The view's name: noun first, unique over all apps."""
        return operation.view_func.__name__

    def create_temporal_response(self, request: HttpRequest) -> HttpResponse:
        """What Ninja makes after the caller is known and before it reads the query.

        Ninja itself would pass over names in the query that nobody reads.
        """
        if "%00" in request.get_full_path():
            raise ApiError(404, "No id holds the character U+0000.")
        known = query_names(self, request)
        if known is not None:
            for name in set(request.GET) - known:
                raise unknown_parameter(name)
        if request.content_type != "multipart/form-data":
            # No body is an empty object; Ninja would miss its own argument.
            request._body = request.body or b"{}"
        return super().create_temporal_response(request)

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
    data: dict[str, Any] = {}
    for entry in exc.errors:
        source, *loc = entry["loc"]
        if source == "body":
            data |= read_json(request)
            loc = loc[1:]
        elif source == "query":
            loc, found = _query_place(request.GET, loc)
            data |= found
        else:
            data |= dict.fromkeys(loc)
        errors.append({**entry, "loc": tuple(loc), "input": _input(data, loc)})
    return validation_error(errors, data)


def _query_place(query: QueryDict, loc: list[Any]) -> tuple[list[Any], dict[str, Any]]:
    """Where in the query something is wrong, and what is there.

    Clients write `include[]` for each entry of the list `include`.
    """
    if not isinstance(loc[-1], int):
        return loc[-1:], query.dict()
    name = str(loc[-2])
    plain = name.removesuffix("[]")
    return [plain, loc[-1]], {plain: query.getlist(name)}


def _input(data: Any, loc: list[Any]) -> Any:
    """What was at this place; Ninja leaves it out of its errors."""
    if loc[-1:] == ["[key]"]:
        return loc[-2]
    for step in loc:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            continue  # a step that pydantic added, or one that is missing
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
