"""The streaming front: answers `"stream": true` beside Django instead of through it.

A Django view costs a millisecond of CPU, keeps one thread for as long as its stream is
open and nearly halves the streams per second. So the few POSTs that can stream are
looked at first; whatever does not ask for a stream is replayed to Django untouched.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from playground.api import request_ids
from playground.api.answers import STREAM_HEADERS, Answer, Stream
from playground.api.callers import Caller, authenticate
from playground.api.errors import (
    ApiError,
    internal_error,
    translate,
    write_error,
)
from playground.api.operations import Operation, open_stream

logger = logging.getLogger(__name__)

# A comment that no client shows: tells both ends that the other one is still there.
HEARTBEAT = b": keep-alive\n\n"
HEARTBEAT_SECONDS = 15.0

Handler = Callable[..., Awaitable[Answer | Stream]]
Application = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass(frozen=True)
class StreamRoute:
    """`handler(request, **path)` answers POSTs to `path` that ask for a stream."""

    path: str
    handler: Handler

    @property
    def pattern(self) -> re.Pattern[str]:
        """The path as a regular expression with a group for each parameter."""
        return re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/\0]+)", self.path))


def stream_route(operation: Operation[Any]) -> StreamRoute:
    """The route of an operation."""

    async def handler(request: HttpRequest, **path: str) -> Answer | Stream:
        return await open_stream(operation, request, find_caller, **path)

    return StreamRoute(operation.path, handler)


def find_caller(request: HttpRequest) -> Caller:
    """The caller of a request that no middleware has seen."""
    name = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    request.session = SessionStore(name)
    # Read only where no key is sent.
    request.user = SimpleLazyObject(lambda: get_user(request))  # type: ignore[assignment]
    return authenticate(request)


class StreamingFront:
    """An ASGI application that takes streams and leaves the rest to Django."""

    def __init__(self, routes: Sequence[StreamRoute], django: Application) -> None:
        self.routes = [(route.pattern, route.handler) for route in routes]
        self.django = django

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        found = self._find(scope)
        if found is None:
            await self.django(scope, receive, send)
            return
        body = await _read(receive)
        if body is None:
            return  # the client has left in the middle of it
        if not asks_for_stream(body):
            await self.django(scope, _replay(body, receive), send)
            return
        handler, path = found
        exchange = _Exchange(scope, receive, send)
        await exchange.run(handler, ASGIRequest(scope, io.BytesIO(body)), path)

    def _find(self, scope: Any) -> tuple[Handler, dict[str, str]] | None:
        if scope["method"] != "POST":
            return None
        for pattern, handler in self.routes:
            if match := pattern.fullmatch(scope["path"]):
                return handler, match.groupdict()
        return None


def asks_for_stream(body: bytes) -> bool:
    """Whether this is a JSON object with `"stream": true`."""
    if b'"stream"' not in body:
        return False
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return isinstance(data, dict) and data.get("stream") is True


async def _read(receive: Any) -> bytes | None:
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _replay(body: bytes, receive: Any) -> Any:
    """`receive` as if nobody had read the body."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Any:
        return waiting.pop() if waiting else await receive()

    return replayed


class _Exchange:
    """One request of the front and its answer."""

    def __init__(self, scope: Any, receive: Any, send: Any) -> None:
        self.path: str = scope["path"]
        self.receive = receive
        self.send = send
        self.sent_at = 0.0

    async def run(
        self, handler: Handler, request: HttpRequest, path: Mapping[str, str]
    ) -> None:
        """Answer the request; a client that leaves ends the reading, not the work."""
        request_id = request_ids.begin()
        answer = await self._open(handler, request, path)
        headers = {request_ids.HEADER: request_id, **answer.headers}
        if isinstance(answer, Answer):
            await self._send_whole(answer, headers)
            return
        work = asyncio.create_task(self._send_stream(answer, headers))
        leave = asyncio.create_task(self._wait_for_leave())
        beat = asyncio.create_task(self._beat())
        try:
            await asyncio.wait({work, leave}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (work, leave, beat):
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work

    async def _open(
        self, handler: Handler, request: HttpRequest, path: Mapping[str, str]
    ) -> Answer | Stream:
        """Whatever is refused before the first event has its own HTTP status."""
        try:
            return await handler(request, **path)
        except Exception as exc:  # an answer is owed, whatever it was
            return error_answer(self.path, exc)

    async def _send_whole(self, answer: Answer, headers: Mapping[str, str]) -> None:
        headers = {"content-type": answer.content_type, **headers}
        await self._start(answer.status, headers)
        await self.send({"type": "http.response.body", "body": answer.content})

    async def _send_stream(self, stream: Stream, headers: Mapping[str, str]) -> None:
        await self._start(200, {**STREAM_HEADERS, **headers})
        # Headers leave Daphne with the first piece of a body.
        await self._send_piece(b"")
        try:
            async for chunk in stream.chunks:
                await self._send_piece(chunk)
        finally:
            close = getattr(stream.chunks, "aclose", None)
            if close is not None:
                await close()
        await self.send({"type": "http.response.body", "body": b""})

    async def _start(self, status: int, headers: Mapping[str, str]) -> None:
        pairs = [(k.lower().encode(), v.encode("latin-1")) for k, v in headers.items()]
        await self.send(
            {"type": "http.response.start", "status": status, "headers": pairs}
        )

    async def _send_piece(self, chunk: bytes) -> None:
        self.sent_at = asyncio.get_running_loop().time()
        await self.send(
            {"type": "http.response.body", "body": chunk, "more_body": True}
        )

    async def _beat(self) -> None:
        """A sign of life in long pauses."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            if self.sent_at and loop.time() - self.sent_at >= HEARTBEAT_SECONDS:
                await self._send_piece(HEARTBEAT)

    async def _wait_for_leave(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass


def error_answer(path: str, exc: Exception) -> Answer:
    """The answer to a request that failed before anything of it was sent."""
    error = translate(exc)
    if error is None:
        logger.exception("A request to %s crashed", path, exc_info=exc)
        error = internal_error()
    status, body = write_error(path, error)
    return Answer(orjson.dumps(body), status=status, headers=error.headers)


def as_api_error(exc: Exception) -> ApiError:
    """The same error as a value, for events inside a stream."""
    error = translate(exc)
    if error is None:
        logger.exception("A stream crashed", exc_info=exc)
        error = internal_error()
    return error
