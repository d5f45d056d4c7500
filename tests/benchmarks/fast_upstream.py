"""A chat server that costs next to nothing: a bare protocol, deltas stamped with time.

Run as a process: prints its port, then answers until it is ended. The model's name says
what it sends: `n200-d5` is 200 deltas, one each 5 ms; with `d0` as fast as it can. Each
delta's text is `@<CLOCK_MONOTONIC in ns>;`.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
from typing import Any

import orjson

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)
CHUNK = {
    "id": "chatcmpl-bench",
    "object": "chat.completion.chunk",
    "created": 1763600000,
    "model": "bench",
}
COUNT = {"prompt_tokens": 9, "completion_tokens": 200, "total_tokens": 209}
LENGTH = re.compile(rb"content-length: *(\d+)", re.I)
PLAN = re.compile(rb'n(\d+)-d(\d+)"')


def event(**fields: Any) -> bytes:
    return b"data: " + orjson.dumps(CHUNK | fields) + b"\n\n"


def chunk(delta: dict[str, str], reason: str | None = None) -> bytes:
    return event(choices=[{"index": 0, "delta": delta, "finish_reason": reason}])


def stamped() -> bytes:
    return chunk({"content": f"@{time.monotonic_ns()};"})


STOP = chunk({}, "stop")
USAGE = event(choices=[], usage=COUNT)
DONE = b"data: [DONE]\n\n"


class Answering(asyncio.Protocol):
    """One connection, kept alive."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.received = b""

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, end, body = self.received.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if not end or (length and len(body) < int(length[1])):
            return
        self.received = b""
        plan = PLAN.search(body)
        assert plan is not None, body
        count, delay = int(plan[1]), int(plan[2]) / 1000
        tail = STOP + (USAGE if b"include_usage" in body else b"") + DONE
        self.transport.write(HEAD)
        if delay:
            loop = asyncio.get_running_loop()
            loop.call_soon(self.pace, count, delay, loop.time(), tail)
            return
        for _ in range(count):
            self.piece(stamped())
        self.finish(tail)

    def pace(self, left: int, delay: float, due: float, tail: bytes) -> None:
        if self.transport.is_closing():
            return
        self.piece(stamped())
        if left == 1:
            self.finish(tail)
            return
        due += delay
        loop = asyncio.get_running_loop()
        loop.call_at(due, self.pace, left - 1, delay, due, tail)

    def piece(self, data: bytes) -> None:
        self.transport.write(b"%x\r\n%b\r\n" % (len(data), data))

    def finish(self, tail: bytes) -> None:
        self.transport.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(tail), tail))


async def serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Answering, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    sys.exit(asyncio.run(serve()))
