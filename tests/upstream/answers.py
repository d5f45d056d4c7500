"""What the loopback upstream can answer: heads, bodies, gates, cuts.

An answer is a value. The builders below make the usual ones; `server.py` plays them.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

import orjson

PATIENCE = 20.0
"""Seconds until a test that waits for something that never happens is failed."""


class Cut(Enum):
    """How a connection ends before its answer does."""

    CLOSE = "close"  # what was written arrives, then the connection ends
    RESET = "reset"  # a TCP reset; what was written may be lost


class Gate:
    """A point at which an answer waits until the test opens it; made by
    `upstream.gate()`, opened from any thread, and by itself when the test ends."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._opened = asyncio.Event()
        self._reached = threading.Event()

    def open(self) -> None:
        self._loop.call_soon_threadsafe(self._opened.set)

    def wait_reached(self) -> None:
        """Block until an answer stands at this gate (all before it was written)."""
        assert self._reached.wait(PATIENCE), "No answer came to this gate."

    async def reached(self) -> None:
        """The same for a coroutine test."""
        await asyncio.to_thread(self.wait_reached)

    async def pass_through(self) -> None:
        """Called by the server only."""
        self._reached.set()
        await self._opened.wait()


Step = bytes | Gate | Cut


@dataclass(frozen=True)
class Answer:
    """One scripted answer.

    `lead` is played before the status line (bytes in it are written raw), `body` after
    it. `length` is the promised Content-Length; None sends a chunked body. `early`
    plays the answer without reading the request's body.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: tuple[Step, ...] = ()
    lead: tuple[Step, ...] = ()
    length: int | None = None
    early: bool = False


def raw(
    data: bytes,
    content_type: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """A whole body with its length."""
    head = {"Content-Type": content_type, **(headers or {})}
    return Answer(status, head, (data,), length=len(data))


def json(
    value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    """A JSON body."""
    data = orjson.dumps(value)
    return raw(data, "application/json", status=status, headers=headers)


def html(status: int = 502) -> Answer:
    """The page that a proxy shows when the service behind it is gone."""
    page = b"<html><head><title>Bad Gateway</title></head><body>nginx</body></html>"
    return raw(page, "text/html", status=status)


def empty(status: int) -> Answer:
    """A status without a body."""
    return Answer(status, length=0)


def invalid_json(status: int = 200) -> Answer:
    """A JSON answer that stops in the middle, although its length is right."""
    return raw(b'{"data": [{"', "application/json", status=status)


def invalid_utf8(status: int = 200) -> Answer:
    """JSON but for two bytes that no UTF-8 text holds."""
    return raw(b'{"error": "\xff\xfe"}', "application/json", status=status)


def redirect(location: str, status: int = 307) -> Answer:
    """A redirect, which no adapter may follow with its key."""
    return Answer(status, {"Location": location}, length=0)


def sse(*steps: Step, headers: Mapping[str, str] | None = None) -> Answer:
    """A chunked event stream: bytes are written as they are, one chunk each."""
    head = {"Content-Type": "text/event-stream", **(headers or {})}
    return Answer(200, head, steps)


def hang_up() -> Answer:
    """Read the request's body, then close the connection without a word."""
    return Answer(lead=(Cut.CLOSE,))


def reset(*, early: bool = False) -> Answer:
    """A TCP reset; `early` before the request's body was read."""
    return Answer(lead=(Cut.RESET,), early=early)


def garbage(data: bytes = b"this is not HTTP\r\n\r\n") -> Answer:
    """Bytes that are no HTTP answer."""
    return Answer(lead=(data, Cut.CLOSE))


def hang(gate: Gate, then: Answer | None = None) -> Answer:
    """Say nothing until the gate opens, then give `then` (or hang up)."""
    answer = then or hang_up()
    return replace(answer, lead=(gate, *answer.lead))


def cut_after(answer: Answer, size: int, how: Cut = Cut.CLOSE) -> Answer:
    """The same answer, cut after `size` bytes of its body; gates in it are kept."""
    kept: list[Step] = []
    left = size
    for step in answer.body:
        kept.append(step[:left] if isinstance(step, bytes) else step)
        left -= len(step) if isinstance(step, bytes) else 0
        if left <= 0:
            break
    return replace(answer, body=(*kept, how))
