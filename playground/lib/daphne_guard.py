"""Daphne's HTTP request, with a bound on the body and without its own form parser.

Daphne has no limit for bodies, and Twisted parses every form on the event loop before
Django parses it again, which takes twelve times the body's size in memory. Both are
switched off here, before a single byte of a body is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

# First, because Twisted's reactor must be Daphne's own.
import daphne.server  # type: ignore[import-untyped]  # isort: skip

from daphne import http_protocol
from django.conf import settings
from twisted.internet import reactor

# How long a refused client may go on sending before its connection is cut. Cutting at
# once would reset the connection, and many clients would never read the answer.
DRAIN_SECONDS = 20


class BoundedRequest(http_protocol.WebRequest):  # type: ignore[misc]
    """Answers 413 to a body above `UPLOAD_MAX_BODY_BYTES`, declared or chunked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parsePOSTFormSubmission = False
        self._bytes_received = 0
        self._refused = False

    def gotLength(self, length: int | None) -> None:
        if length is not None and length > settings.UPLOAD_MAX_BODY_BYTES:
            super().gotLength(0)
            self._refuse()
        else:
            super().gotLength(length)

    def handleContentChunk(self, data: bytes) -> None:
        self._bytes_received += len(data)
        if self._refused:
            return
        if self._bytes_received > settings.UPLOAD_MAX_BODY_BYTES:
            self.content.truncate(0)
            self._refuse()
        else:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        if self._refused:
            self.channel.loseConnection()
        else:
            super().requestReceived(command, path, version)

    def _refuse(self) -> None:
        self._refused = True
        # A client that waits for "100 Continue" must not be told to go on.
        self.requestHeaders.removeHeader(b"expect")
        self.channel.transport.write(refusal(self.channel._path))
        timer = cast(Any, reactor).callLater(DRAIN_SECONDS, self._cut)
        self.notifyFinish().addBoth(lambda _: stop(timer))

    def _cut(self) -> None:
        self.channel.transport.abortConnection()


def stop(timer: Any) -> None:
    """Forget a timer that may have run already."""
    if timer.active():
        timer.cancel()


# The content type, the body and further headers of the answer to a path.
Refusal = tuple[str, bytes, Mapping[str, str]]


def plain_refusal(path: str) -> Refusal:
    """The answer where nobody has said how it should be written."""
    limit = settings.UPLOAD_MAX_BODY_BYTES / 1024 / 1024
    text = f"The request is too large. The limit is {limit:g} MiB."
    return "text/plain; charset=utf-8", text.encode(), {}


_write: Callable[[str], Refusal] = plain_refusal


def refuse_with(write: Callable[[str], Refusal]) -> None:
    """Let `write(path)` make the answers from now on: each path speaks its own form."""
    global _write
    _write = write


def refusal(path: bytes) -> bytes:
    """The whole answer to a body that is too large."""
    content_type, body, headers = _write(path.partition(b"?")[0].decode("latin-1"))
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    head = (
        "HTTP/1.1 413 Content Too Large\r\n"
        f"Content-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"{''.join(lines)}"
        "X-Content-Type-Options: nosniff\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body


def install() -> None:
    """Make Daphne use the bounded request for every connection from now on."""
    http_protocol.WebRequest = BoundedRequest


__all__ = ["BoundedRequest", "daphne", "install", "refusal", "refuse_with"]
