"""What all answers have in common: an id, and JSON errors under /v1."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from playground.api import request_ids
from playground.api.answers import respond
from playground.api.errors import ApiError, internal_error, is_api_path
from playground.api.front import error_answer

Handler = Callable[[HttpRequest], HttpResponse | Awaitable[HttpResponse]]


@sync_and_async_middleware
def request_id(get_response: Handler) -> Handler:
    """Give each request an id and each answer a header with it.

    Under /v1 an error page becomes the error object that clients of an API can read,
    and HEAD is answered wherever GET is.
    """
    if iscoroutinefunction(get_response):

        async def with_id_async(request: HttpRequest) -> HttpResponse:
            is_head = _begin(request)
            return _finish(request, await get_response(request), is_head)

        return with_id_async

    def with_id(request: HttpRequest) -> HttpResponse:
        is_head = _begin(request)
        return _finish(request, get_response(request), is_head)  # type: ignore[arg-type]

    return with_id


def _begin(request: HttpRequest) -> bool:
    """Whether this is HEAD under /v1: it is served as GET, for no view to tell apart."""
    request_ids.begin()
    is_head = request.method == "HEAD" and is_api_path(request.path)
    if is_head:
        request.method = "GET"
    return is_head


def _finish(
    request: HttpRequest, response: HttpResponseBase, is_head: bool
) -> HttpResponse:
    if is_head:
        # The server leaves a body away that is there; a stream would have to be read.
        request.method = "HEAD"
        if response.streaming:
            response = HttpResponse(headers=response.headers)
    is_refused = response.status_code >= 400 or _adds_a_slash(request, response)
    if is_api_path(request.path) and is_refused:
        response = _in_envelope(request, response)
    response[request_ids.HEADER] = request_ids.current()
    return response  # type: ignore[return-value]


def _adds_a_slash(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether Django leads to the same path with a slash, where nothing is either."""
    target, _, _ = response.get("Location", "").partition("?")
    return bool(target) and target == f"{request.path}/"


def _in_envelope(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if response.get("content-type", "").startswith("application/json"):
        return response
    status = response.status_code if response.status_code >= 400 else 404
    if status == 405:
        allowed = response.get("Allow", "")
        text = f"{request.method} is not allowed here. Allowed: {allowed}."
        answer = respond(error_answer(request.path, ApiError(405, text)))
        answer["Allow"] = allowed
        return answer
    if status >= 500:
        return respond(error_answer(request.path, internal_error()))
    if status == 400:
        return respond(error_answer(request.path, _misunderstood(request)))
    text = {
        404: f"Unknown request URL: {request.method} {request.path}.",
        403: "This is not allowed.",
    }.get(status, "The request was refused.")
    code = "unknown_url" if status == 404 else None
    return respond(error_answer(request.path, ApiError(status, text, code=code)))


def _misunderstood(request: HttpRequest) -> Exception:
    """Why Django itself refused a request; the name of its host is the usual reason."""
    try:
        request.get_host()
    except DisallowedHost as exc:
        return exc
    return ApiError(400, "The request could not be understood.")
