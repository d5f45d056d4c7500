"""Answers as plain values, for Django's views and for the streaming front alike."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

STREAM_HEADERS = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
    # Proxies that collect an answer before they pass it on would undo the streaming.
    "x-accel-buffering": "no",
    # A compressed event may wait in the compressor for the next one.
    "content-encoding": "identity",
}


@dataclass(frozen=True)
class Answer:
    """A whole answer."""

    content: bytes
    content_type: str = "application/json"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Stream:
    """An answer that is sent as it comes: each chunk holds whole events.

    Once it exists the answer's status is 200; whatever happens then is an event.
    """

    chunks: AsyncIterator[bytes]
    headers: Mapping[str, str] = field(default_factory=dict)


def json_answer(
    body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    """A JSON body."""
    return Answer(orjson.dumps(body), status=status, headers=headers or {})


def respond(answer: Answer | Stream) -> HttpResponseBase:
    """The answer as Django sends it."""
    response: HttpResponseBase
    if isinstance(answer, Stream):
        response = StreamingHttpResponse(answer.chunks)
        headers = {**STREAM_HEADERS, **answer.headers}
    else:
        response = HttpResponse(
            answer.content, status=answer.status, content_type=answer.content_type
        )
        headers = {**answer.headers}
    for name, value in headers.items():
        response[name] = value
    return response
