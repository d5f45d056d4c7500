"""Refusals to htmx travel as 200, so that no browser logs them as a page's error."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware

# Answers that htmx swaps in: a form with its errors, a limit, a conflict.
REFUSALS = frozenset({409, 413, 422, 429})

Handler = Callable[[HttpRequest], HttpResponse | Awaitable[HttpResponse]]


@sync_and_async_middleware
def quiet_refusals(get_response: Handler) -> Handler:
    """Browsers write each 4xx of a fetch to the console, where it looks like a fault.

    A form that is redrawn with its errors is none. Its true status is in the header
    `HX-Refused`; plain forms and programs still get it as the status.
    """
    if iscoroutinefunction(get_response):

        async def quiet_async(request: HttpRequest) -> HttpResponse:
            return _quiet(request, await get_response(request))

        return quiet_async

    def quiet(request: HttpRequest) -> HttpResponse:
        return _quiet(request, get_response(request))  # type: ignore[arg-type]

    return quiet


def _quiet(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if response.status_code in REFUSALS and request.headers.get("HX-Request"):
        response["HX-Refused"] = str(response.status_code)
        response.status_code = 200
    return response
