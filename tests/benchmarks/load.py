"""Reads streams as a fast client does: a bare protocol, each event parsed as it comes.

Run as a process: each line of its input is a job (url, headers, body, deltas, workers,
streams), each line of its output what came of it. A stream counts only if all of its
deltas arrived.
"""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import sys
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson

STAMP = re.compile(rb"@(\d+);")
# Of a chunked body.
END = b"\r\n0\r\n\r\n"


@dataclass
class Job:
    """`workers` connections share `streams` streams, one after the other on each."""

    url: str
    headers: dict[str, str]
    body: str
    deltas: int
    workers: int
    streams: int
    first_ms: list[float] = field(default_factory=list)
    age_ms: list[float] = field(default_factory=list)
    incomplete: int = 0
    problem: str = ""

    def request(self) -> bytes:
        parts = urlsplit(self.url)
        body = self.body.encode()
        headers = {
            "Host": parts.netloc,
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **self.headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST {parts.path} HTTP/1.1\r\n{lines}\r\n".encode() + body


class Reading(asyncio.Protocol):
    """One connection that asks for streams until the job has none left."""

    def __init__(self, job: Job, left: list[int], done: asyncio.Future[None]) -> None:
        self.job, self.left, self.done = job, left, done
        self.request = job.request()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        if not self.left:
            self.transport.close()
            return
        self.left.pop()
        self.rest = b""
        self.start = self.tail = b""
        self.last = self.count = 0
        self.began = time.monotonic_ns()
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic_ns()
        self.start = self.start or data[:600]
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            if line.startswith(b"data: {"):
                orjson.loads(line[6:])
                self.find_stamps(line, now)
        self.tail = (self.tail + data[-7:])[-7:]
        if self.tail.endswith(END):
            self.judge()

    def find_stamps(self, line: bytes, now: int) -> None:
        """Count each stamp once: some events repeat the whole text."""
        for found in STAMP.finditer(line):
            stamp = int(found[1])
            if stamp <= self.last:
                continue
            if not self.count:
                self.job.first_ms.append((now - self.began) / 1e6)
            self.last = stamp
            self.count += 1
            self.job.age_ms.append((now - stamp) / 1e6)

    def judge(self) -> None:
        if self.count != self.job.deltas:
            self.job.incomplete += 1
            self.job.problem = self.job.problem or self.start.decode("utf-8", "replace")
        self.ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def work(job: Job) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    parts = urlsplit(job.url)
    left = [0] * job.streams
    ends: list[asyncio.Future[None]] = [
        loop.create_future() for _ in range(job.workers)
    ]
    begin = time.monotonic()
    for done in ends:
        await loop.create_connection(
            lambda done=done: Reading(job, left, done), parts.hostname, parts.port
        )
    await asyncio.gather(*ends)
    seconds = time.monotonic() - begin
    if left or len(job.first_ms) != job.streams:
        job.incomplete = max(job.incomplete, 1)
        job.problem = job.problem or "a connection was closed early"
    return {
        "seconds": seconds,
        "streams_per_second": job.streams / seconds,
        "first_ms": statistics.median(job.first_ms or [0]),
        "age_ms": statistics.median(job.age_ms or [0]),
        "incomplete": job.incomplete,
        "problem": job.problem,
    }


def main() -> None:
    for line in sys.stdin:
        result = asyncio.run(work(Job(**json.loads(line))))
        print(json.dumps(result), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
