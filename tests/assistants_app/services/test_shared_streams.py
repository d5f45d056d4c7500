from __future__ import annotations

import asyncio

import pytest

from assistants_app.services.shared_streams import SharedStream
from playground.lib.errors import ErrorKind, ProviderError


class Source:
    """Gives a piece whenever it is told to, and notes whether it was closed."""

    def __init__(self, *pieces, error=None):
        self.gates = [asyncio.Event() for _ in pieces]
        self.pieces = pieces
        self.error = error
        self.is_over = False

    async def read(self):
        try:
            for gate, piece in zip(self.gates, self.pieces, strict=True):
                await gate.wait()
                yield piece
            if self.error:
                raise self.error
        finally:
            self.is_over = True

    def open(self, *numbers):
        for number in numbers or range(len(self.gates)):
            self.gates[number].set()

    def share(self, limit=100):
        return SharedStream(self.read(), limit)


async def leave(reader):
    """Stop a reader that waits for its next piece."""
    task = asyncio.create_task(anext(reader))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})


async def test_what_one_reads_another_gets_at_the_end():
    source = Source(b"a", b"b")
    shared = source.share()
    source.open()
    assert [piece async for piece in shared.read()] == [b"a", b"b"]
    assert await shared.wait() == (b"ab", None)


async def test_a_reader_that_leaves_ends_it():
    source = Source(b"a", b"b")
    shared = source.share()
    reader = shared.read()
    source.open(0)
    assert await anext(reader) == b"a"
    await leave(reader)
    assert source.is_over
    assert await shared.wait() is None


async def test_a_reader_that_leaves_with_nothing_ends_nothing():
    source = Source(b"a", b"b")
    shared = source.share()
    await leave(shared.read())
    source.open()
    assert await shared.wait() == (b"ab", None)


async def test_a_reader_that_leaves_while_another_waits_ends_nothing():
    source = Source(b"a", b"b", b"c")
    shared = source.share()
    reader = shared.read()
    source.open(0)
    await anext(reader)
    other = asyncio.create_task(shared.wait())
    await asyncio.sleep(0)
    await leave(reader)
    source.open()
    assert await other == (b"abc", None)


async def test_a_reader_that_leaves_after_the_last_one_who_waited_ends_it():
    source = Source(b"a", b"b")
    shared = source.share()
    reader = shared.read()
    source.open(0)
    assert await anext(reader) == b"a"
    waiting = asyncio.create_task(shared.wait())
    await asyncio.sleep(0)
    reading = asyncio.create_task(anext(reader))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait({waiting})
    reading.cancel()
    await asyncio.wait({reading})
    assert reading.cancelled()
    assert source.is_over
    assert shared.end.done()


async def test_an_error_is_told_to_both():
    error = ProviderError(ErrorKind.UPSTREAM, "It broke.")
    source = Source(b"a", error=error)
    shared = source.share()
    source.open()
    with pytest.raises(ProviderError):
        [piece async for piece in shared.read()]
    assert await shared.wait() == (b"a", error)


async def test_what_is_too_large_is_passed_on_and_not_kept():
    source = Source(b"a" * 60, b"b" * 60)
    shared = source.share(limit=100)
    source.open()
    assert len([piece async for piece in shared.read()]) == 2
    assert not shared.is_kept
    assert await shared.wait() is None


async def test_nobody_waits_for_a_source_that_crashed():
    async def broken():
        yield b"a"
        raise RuntimeError

    shared = SharedStream(broken(), 100)
    with pytest.raises(RuntimeError):
        [piece async for piece in shared.read()]
    assert await shared.wait() is None
