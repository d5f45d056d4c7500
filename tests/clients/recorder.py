"""A recording proxy between any client and a running server, on real sockets.

Bytes are passed on unchanged and as they come, the request's head included: what the
server meets is the client itself. Beside that each exchange is written down, and a
connection can be cut between a request's body and its answer.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Any

import orjson

from tests.clients.framing import Body, Head, read_head

PATIENCE = 60.0
LABEL = "x-story"
"""The header by which a client says which story a request belongs to."""
RETRIES = "x-stainless-retry-count"
"""The header in which the official clients count their own retries."""


@dataclass
class Exchange:
    """One request and what was answered; `status` 0 when nothing was."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""
    status: int = 0
    answer_headers: Mapping[str, str] = field(default_factory=dict)
    answer: bytes = b""
    was_cut: bool = False

    @property
    def story(self) -> str:
        return self.headers.get(LABEL, "")

    @property
    def operation(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def sent(self) -> Any:
        return orjson.loads(self.body)

    @property
    def json(self) -> Any:
        return orjson.loads(self.answer)

    @property
    def answer_type(self) -> str:
        return self.answer_headers.get("content-type", "").partition(";")[0]

    @property
    def events(self) -> list[tuple[str, str]]:
        """The stream's events as (name, data), comments left out."""
        found = []
        for record in self.answer.decode().split("\n\n"):
            lines = [line.partition(": ") for line in record.split("\n")]
            fields = {name: value for name, _, value in lines if name}
            if "data" in fields:
                found.append((fields.get("event", ""), fields["data"]))
        return found


@dataclass
class Cut:
    """Cut a story's POSTs to paths with this ending, until their `times`-th retry."""

    story: str
    ending: str
    times: int

    def is_for(self, exchange: Exchange) -> bool:
        return (
            exchange.method == "POST"
            and exchange.story == self.story
            and exchange.path.endswith(self.ending)
            and int(exchange.headers.get(RETRIES, "0")) < self.times
        )


class Recorder:
    """Listens on a free port of 127.0.0.1 and passes on to `port`."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._cuts: list[Cut] = []
        # The loop itself does not hold a task whose sockets have been closed.
        self._tasks: set[asyncio.Task[None]] = set()
        self.exchanges: list[Exchange] = []
        self.port = 0

    def start(self) -> None:
        self._thread.start()
        assert self._started.wait(PATIENCE), "The recorder did not start."

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"

    def cut(self, story: str, ending: str, times: int) -> None:
        """Hang up on a story's POSTs as soon as the server has their bodies."""
        self._cuts.append(Cut(story, ending, times))

    def of(self, story: str) -> list[Exchange]:
        """What one story sent and got."""
        return [exchange for exchange in self.exchanges if exchange.story == story]

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(self._end())
        self._loop.close()

    async def _end(self) -> None:
        """Hang up on whoever is still there, and wait until that is done."""
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """One connection of the client: request after request, each passed on."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        writers = [writer]
        try:
            theirs = await asyncio.open_connection("127.0.0.1", self._target)
            writers.append(theirs[1])
            while await self._exchange((reader, writer), theirs):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # one side has left, as clients and tests do
        finally:
            for one in writers:
                one.close()
            for one in writers:
                with suppress(ConnectionError):
                    await one.wait_closed()
            self._tasks.discard(task)

    async def _exchange(self, ours: Any, theirs: Any) -> bool:
        """Pass one request and its answer on; False when the connection is at its end."""
        head = await read_head(ours[0])
        if head is None:
            return False
        exchange = begin(head)
        self.exchanges.append(exchange)
        theirs[1].write(head.raw)
        body = Body.of_request(head)
        await pass_on(body, ours[0], theirs[1])
        exchange.body = body.content
        if any(cut.is_for(exchange) for cut in self._cuts):
            exchange.was_cut = True
            return False
        answer = await read_head(theirs[0])
        if answer is None:
            return False
        exchange.status = answer.status
        exchange.answer_headers = answer.headers
        ours[1].write(answer.raw)
        body = Body.of_answer(answer, head.method)
        try:
            await pass_on(body, theirs[0], ours[1])
        finally:
            exchange.answer = body.content
        return not body.until_close and answer.headers.get("connection") != "close"


def begin(head: Head) -> Exchange:
    path, _, query = head.target.partition("?")
    return Exchange(head.method, path, query, head.headers)


async def pass_on(
    body: Body, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Copy a body piece by piece, at the pace at which it comes."""
    async with aclosing(body.pieces(reader)) as pieces:
        async for piece in pieces:
            writer.write(piece)
            await writer.drain()
    await writer.drain()
