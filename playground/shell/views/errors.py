"""Answers to requests that Django refuses before a view sees them."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say which bound or rule was broken, and what to do."""
    if isinstance(exception, RequestDataTooBig):
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024 // 1024
        return _page(request, 413, "Too large", f"The limit is {limit} MiB.")
    if isinstance(exception, TooManyFilesSent):
        count = settings.UPLOAD_MAX_PICTURES
        return _page(request, 413, "Too many files", f"Send at most {count} pictures.")
    if isinstance(exception, DisallowedHost):
        return _page(
            request,
            400,
            "This name is not allowed",
            "Open the address that the server printed, or add the name to"
            " EASEL_ALLOWED_HOSTS and start the server again.",
        )
    return _page(
        request,
        400,
        "The server did not understand this",
        "Nothing was saved. Go back, reload the page and try again.",
    )


def _page(request: HttpRequest, status: int, heading: str, text: str) -> HttpResponse:
    context = {"code": status, "heading": heading, "text": text}
    return render(request, "400.html", context, status=status)
