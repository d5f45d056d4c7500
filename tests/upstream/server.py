"""A loopback upstream on real sockets, scripted by each test and strict about requests.

It runs in its own thread on 127.0.0.1 with a free port, so that plain tests, coroutine
tests, a server subprocess and a browser can all use it. A test takes the fixture
`upstream` (see fixtures.py):

    def test_a_refused_key_is_told(upstream):
        upstream.script("/v1/chat/completions", answers.json({"error": …}, status=401))
        … talk to upstream.base_url with the key upstream.key …
        assert upstream.requests[0].json["model"] == "m"
        assert len(upstream.ledger) == 1

- `script(path, *answers)` appends answers; each request to the path takes the next one.
  A request without an answer, or one that its route's check refuses, is answered with
  599 and fails the test when it ends. Answers are built by `tests.upstream.answers`
  (json, raw, sse, html, empty, hang, hang_up, reset, cut_after, garbage, redirect, …)
  and by the builders beside the checks (`chat.text_stream`, …).
- `answer_with(path, choose)` is for tests with many clients at once: where nothing is
  scripted, `choose(request)` makes the answer.
- `route(path, check, paid=True)` gives a path its check: `check(request, key)` raises
  `RefusedError` (see `require`, `check_bearer`, `check_fields` in received.py). A path
  without a route takes GET only. Routes last for the session; fixtures.py adds them.
- `gate()` makes a gate: put it into `sse(...)` or `hang(...)`. The answer waits there
  until `gate.open()`; `gate.wait_reached()` (or `await gate.reached()`) waits until the
  answer got there. So no test needs the clock.
- `requests` are all requests (method, path, query, headers, body, json, parts; `status`
  that was answered; `wait_ended()`, then `client_left`). `ledger` are those of paid
  routes whose body arrived whole: what a real provider may charge.
- `key` is the key that checks demand; a test may set another, or "" for none.
- `url` is the address without, `base_url` the one with `/v1`.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiohttp import web

from tests.upstream.answers import PATIENCE, Answer, Cut, Gate, Step, json
from tests.upstream.received import Received, RefusedError

KEY = "sk-loopback-0123456789abcdef"
LIMIT = 256 * 1024 * 1024

Check = Callable[[Received, str], None]


@dataclass
class Script:
    """What one test wrote and saw; a late request of an older test keeps its own."""

    key: str = KEY
    answers: dict[str, deque[Answer]] = field(
        default_factory=lambda: defaultdict(deque)
    )
    requests: list[Received] = field(default_factory=list)
    ledger: list[Received] = field(default_factory=list)
    gates: list[Gate] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class Upstream:
    """The server and the script of the present test; see the module's docstring."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upstream", daemon=True)
        self._routes: dict[str, tuple[Check, bool]] = {}
        self._choices: dict[str, Callable[[Received], Answer]] = {}
        self._script = Script()
        self.port = 0

    def start(self) -> None:
        self._thread.start()
        assert self._started.wait(PATIENCE), "The upstream did not start."

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"

    @property
    def key(self) -> str:
        return self._script.key

    @key.setter
    def key(self, key: str) -> None:
        self._script.key = key

    @property
    def requests(self) -> list[Received]:
        return self._script.requests

    @property
    def ledger(self) -> list[Received]:
        return self._script.ledger

    def route(self, path: str, check: Check, *, paid: bool = False) -> None:
        self._routes[path] = (check, paid)

    def script(self, path: str, *answers: Answer) -> None:
        self._script.answers[path].extend(answers)

    def answer_with(self, path: str, choose: Callable[[Received], Answer]) -> None:
        self._choices[path] = choose

    def gate(self) -> Gate:
        gate = Gate(self._loop)
        self._script.gates.append(gate)
        return gate

    def finish(self) -> list[str]:
        """End the present test's script: open its gates, wait for its answers, and
        return what went wrong."""
        script, self._script = self._script, Script()
        for gate in script.gates:
            gate.open()
        for request in script.requests:
            request.wait_ended()
        return script.problems

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        runner = self._loop.run_until_complete(self._serve())
        self._started.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    async def _serve(self) -> web.AppRunner:
        app = web.Application(client_max_size=LIMIT)
        app.router.add_route("*", "/{path:.*}", self._handle)
        # A handler must learn that its client left: tests ask for it.
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        return runner

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        script = self._script
        assert request.transport is not None
        received = Received(
            method=request.method,
            path=request.path,
            query=request.query_string,
            headers=request.headers,
            peer="{}:{}".format(*request.transport.get_extra_info("peername")),
        )
        script.requests.append(received)
        try:
            answer = await self._judge(request, received, script)
            return await _play(answer, request, received)
        except (asyncio.CancelledError, ConnectionError):
            received.client_left = True
            raise
        finally:
            received.ended()

    async def _judge(
        self, request: web.Request, received: Received, script: Script
    ) -> Answer:
        queue = script.answers[received.path]
        answer = queue.popleft() if queue else None
        if answer and answer.early:
            return answer
        received.body = await request.read()
        received.whole = True
        check, paid = self._routes.get(received.path, (_check_get, False))
        if paid:
            script.ledger.append(received)
        problem = _find_problem(check, received, script.key)
        if answer is None and not problem and received.path in self._choices:
            answer = self._choices[received.path](received)
        if answer is None:
            problem = problem or "no answer was scripted for it"
        if problem:
            script.problems.append(f"{received.method} {received.path}: {problem}")
        if problem or answer is None:
            return json({"error": {"message": f"upstream: {problem}"}}, status=599)
        return answer


def _check_get(request: Received, key: str) -> None:
    if request.method not in {"GET", "HEAD"}:
        raise RefusedError("this path takes GET only")


def _find_problem(check: Check, received: Received, key: str) -> str | None:
    try:
        check(received, key)
    except RefusedError as exc:
        return str(exc)
    except (TypeError, KeyError, AttributeError, ValueError) as exc:
        return f"the check stumbled: {exc!r}"
    return None


async def _play(
    answer: Answer, request: web.Request, received: Received
) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    transport = request.transport
    assert transport is not None
    if not await _play_lead(answer.lead, transport):
        return response
    if answer.length is not None:
        response.content_length = answer.length
    elif answer.status not in {204, 304}:
        response.enable_chunked_encoding()
    received.status = answer.status
    await response.prepare(request)
    for step in answer.body:
        if isinstance(step, bytes):
            await response.write(step)
        elif isinstance(step, Gate):
            await step.pass_through()
        else:
            _cut(transport, step)
            return response
    await response.write_eof()
    return response


async def _play_lead(steps: Iterable[Step], transport: asyncio.Transport) -> bool:
    """Whether the connection is still there afterwards."""
    for step in steps:
        if isinstance(step, bytes):
            transport.write(step)
        elif isinstance(step, Gate):
            await step.pass_through()
        else:
            _cut(transport, step)
            return False
    return True


def _cut(transport: asyncio.Transport, how: Cut) -> None:
    if how is Cut.CLOSE:
        transport.close()
        return
    # Lingering for zero seconds turns the close into a reset.
    sock = transport.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


@contextmanager
def refusing_url() -> Iterator[str]:
    """An address on which nobody listens, and on which nobody can begin to."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{sock.getsockname()[1]}/v1"
