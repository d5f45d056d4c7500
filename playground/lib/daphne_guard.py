"""Daphne's HTTP request, with a bound on the body and without its own form parser.

Daphne has no limit for bodies, and Twisted parses every form on the event loop before
Django parses it again, which takes twelve times the body's size in memory. Both are
switched off here, before a single byte of a body is kept. Twisted's own bound on
headers is kept, but told: it would close the connection without a word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

# First, because Twisted's reactor must be Daphne's own.
import daphne.server  # type: ignore[import-untyped]  # isort: skip

from daphne import http_protocol
from django.conf import settings
from twisted.internet import reactor
from twisted.web import http

# How long a refused client may go on sending before its connection is cut. Cutting at
# once would reset the connection, and many clients would never read the answer.
DRAIN_SECONDS = 20


# Twisted's own types do not know half of what it does.
_Channel: Any = http.HTTPChannel


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
        self.channel.transport.write(refusal(self.channel._path, 413))
        timer = _cut_later(self.channel.transport)
        self.notifyFinish().addBoth(lambda _: stop(timer))


class BoundedChannel(_Channel):  # type: ignore[misc]
    """Answers 414 or 431 to a request whose first line or headers are too long."""

    _timer: Any = None
    _is_refused = False

    def lineReceived(self, line: bytes) -> None:
        if self._is_refused:
            return
        if self._receivedHeaderSize + len(line) > self.totalHeadersSize:
            self._refuse(self._path if self.requests else line, 431)
        else:
            super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:
        if self.requests:
            self._refuse(self._path, 431)
        else:
            self._refuse(b"".join(line[:1000].split(b" ")[1:2]), 414)

    def connectionLost(self, reason: Any) -> None:
        if self._timer is not None:
            stop(self._timer)
        super().connectionLost(reason)

    def _refuse(self, path: bytes, status: int) -> None:
        """Tell it, and pass over whatever else the client sends before it leaves."""
        self.transport.write(refusal(path, status))
        self._timer = _cut_later(self.transport)
        self._is_refused = True

    def dataReceived(self, data: bytes) -> None:
        if not self._is_refused:
            super().dataReceived(data)


def _cut_later(transport: Any) -> Any:
    return cast(Any, reactor).callLater(DRAIN_SECONDS, transport.abortConnection)


def stop(timer: Any) -> None:
    """Forget a timer that may have run already."""
    if timer.active():
        timer.cancel()


# The content type, the body and further headers of the answer to a path.
Refusal = tuple[str, bytes, Mapping[str, str]]


PHRASES = {
    413: "Content Too Large",
    414: "URI Too Long",
    431: "Request Header Fields Too Large",
}


def plain_refusal(path: str, status: int) -> Refusal:
    """The answer where nobody has said how it should be written."""
    return "text/plain; charset=utf-8", f"{PHRASES[status]}.".encode(), {}


_write: Callable[[str, int], Refusal] = plain_refusal


def refuse_with(write: Callable[[str, int], Refusal]) -> None:
    """Let `write(path, status)` make the answers from now on, each path in its form."""
    global _write
    _write = write


def refusal(path: bytes, status: int) -> bytes:
    """The whole answer to what is too large."""
    target = path.partition(b"?")[0].decode("latin-1")
    content_type, body, headers = _write(target, status)
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    head = (
        f"HTTP/1.1 {status} {PHRASES[status]}\r\n"
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
    http.HTTPChannel = BoundedChannel  # type: ignore[misc]


__all__ = ["BoundedRequest", "daphne", "install", "refusal", "refuse_with"]
