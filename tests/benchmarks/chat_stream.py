"""How much CPU the chat adapter needs for a delta, against reading the bytes only.

Run it from the project's folder: `python -m tests.benchmarks.chat_stream`. It prints
deltas for each CPU second of the reading thread, for the median of some rounds. The
ratio is what to compare: the seconds are this machine's.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable

import aiohttp

from assistants_app.providers.base import ChatMessage, ChatRequest, Text
from assistants_app.providers.openai import OpenAIChatProvider
from tests.upstream import chat
from tests.upstream.answers import Answer
from tests.upstream.server import Upstream

DELTAS = 20_000
ROUNDS = 5
REQUEST = ChatRequest("m", [ChatMessage("user", (Text("Hi"),))])


def burst(deltas_in_a_write: int) -> Answer:
    """A stream of DELTAS short texts; the fewer in a write, the more reads it takes."""
    group = chat.chunk({"content": " word"}) * deltas_in_a_write
    count = DELTAS // deltas_in_a_write
    return chat.stream(*[group] * count, chat.chunk(finish="stop"))


async def read_bytes(upstream: Upstream) -> None:
    headers = {"Authorization": f"Bearer {upstream.key}"}
    body = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(upstream.url + chat.PATH, json=body) as response,
    ):
        async for _ in response.content.iter_any():
            pass


async def read_deltas(upstream: Upstream) -> None:
    provider = OpenAIChatProvider(upstream.base_url, upstream.key)
    async for _ in provider.stream(REQUEST):
        pass
    await provider.aclose()


def measure(
    upstream: Upstream, read: Callable[[Upstream], Awaitable[None]], answer: Answer
) -> float:
    """Deltas for each CPU second of this thread; the upstream's thread is not in it."""

    async def timed() -> float:
        begin = time.thread_time()
        await read(upstream)
        return time.thread_time() - begin

    upstream.script(chat.PATH, answer)
    return DELTAS / asyncio.run(timed())


def main() -> None:
    upstream = Upstream()
    chat.add_routes(upstream)
    upstream.start()
    for size in (1, 20):
        answer = burst(size)
        pairs = [
            (
                measure(upstream, read_deltas, answer),
                measure(upstream, read_bytes, answer),
            )
            for _ in range(ROUNDS)
        ]
        ours = statistics.median(pair[0] for pair in pairs)
        raw = statistics.median(pair[1] for pair in pairs)
        ratio = statistics.median(pair[0] / pair[1] for pair in pairs)
        print(  # noqa: T201
            f"{size:2} deltas in a write: adapter {ours:,.0f} deltas per CPU second,"
            f" bytes only {raw:,.0f}; ratio {ratio:.2f}"
        )
    problems = upstream.finish()
    upstream.stop()
    assert not problems, problems


if __name__ == "__main__":
    main()
