"""What a client reads whose request is refused before any of it has been kept."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import copy_context

from django.conf import settings

from playground.api import request_ids
from playground.api.errors import ApiError, is_api_path
from playground.api.front import error_answer
from playground.api.validation import too_large

# What was too long, by the status that says so; the bound is Twisted's, for both.
TEXTS = {
    414: "The address of this request is too long. The limit is 16 KiB.",
    431: "The headers of this request are too large. The limit is 16 KiB.",
}


def write_refusal(path: str, status: int) -> tuple[str, bytes, Mapping[str, str]]:
    """Content type, body and headers, in the form that the path speaks.

    The server's own context serves many requests, so the id stays in a copy of it.
    """
    return copy_context().run(_write, path, status)


def _write(path: str, status: int) -> tuple[str, bytes, Mapping[str, str]]:
    headers = {request_ids.HEADER: request_ids.begin()}
    if status in TEXTS:
        error = ApiError(status, TEXTS[status], code="request_too_large")
    else:
        error = too_large(settings.UPLOAD_MAX_BODY_BYTES)
    if is_api_path(path):
        answer = error_answer(path, error)
        return answer.content_type, answer.content, {**headers, **answer.headers}
    return "text/plain; charset=utf-8", str(error).encode(), headers
