"""What a client reads whose body is refused before any of it has been kept."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import copy_context

from django.conf import settings

from playground.api import request_ids
from playground.api.errors import is_api_path
from playground.api.front import error_answer
from playground.api.validation import too_large


def write_refusal(path: str) -> tuple[str, bytes, Mapping[str, str]]:
    """Content type, body and headers, in the form that the path speaks.

    The server's own context serves many requests, so the id stays in a copy of it.
    """
    return copy_context().run(_write, path)


def _write(path: str) -> tuple[str, bytes, Mapping[str, str]]:
    headers = {request_ids.HEADER: request_ids.begin()}
    error = too_large(settings.UPLOAD_MAX_BODY_BYTES)
    if is_api_path(path):
        answer = error_answer(path, error)
        return answer.content_type, answer.content, {**headers, **answer.headers}
    return "text/plain; charset=utf-8", str(error).encode(), headers
