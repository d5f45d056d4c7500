"""HTTP/1.1 as far as a proxy must know it: heads, and where a body ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field

SIZE = 65536


@dataclass(frozen=True)
class Head:
    """The first line and the headers, their names in lower case."""

    raw: bytes
    first: tuple[str, str, str]
    headers: Mapping[str, str]

    @property
    def method(self) -> str:
        return self.first[0]

    @property
    def target(self) -> str:
        return self.first[1]

    @property
    def status(self) -> int:
        return int(self.first[1])


async def read_head(reader: asyncio.StreamReader) -> Head | None:
    """The next head, or None when the other side has closed."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as exc:
        if exc.partial:
            raise
        return None
    first, *lines = raw.decode("latin-1").strip().split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    words = (*first.split(" ", 2), "")
    return Head(raw, (words[0], words[1], words[2]), headers)


@dataclass
class Body:
    """A body: `length` bytes, or in chunks, or until the connection closes."""

    length: int = 0
    chunked: bool = False
    until_close: bool = False
    parts: list[bytes] = field(default_factory=list)

    @classmethod
    def of_request(cls, head: Head) -> Body:
        return cls._told(head) or cls()

    @classmethod
    def of_answer(cls, head: Head, method: str) -> Body:
        if method == "HEAD" or head.status in {204, 304} or head.status < 200:
            return cls()
        return cls._told(head) or cls(until_close=True)

    @classmethod
    def _told(cls, head: Head) -> Body | None:
        if "chunked" in head.headers.get("transfer-encoding", "").lower():
            return cls(chunked=True)
        if "content-length" in head.headers:
            return cls(int(head.headers["content-length"]))
        return None

    @property
    def content(self) -> bytes:
        """What has come so far, without the marks between chunks."""
        return b"".join(self.parts)

    async def pieces(self, reader: asyncio.StreamReader) -> AsyncGenerator[bytes, None]:
        """The body's bytes as they are on the wire; `content` grows with them."""
        left = self.length
        while self.chunked or self.until_close or left > 0:
            if self.chunked:
                piece, data = await self._chunk(reader)
            else:
                piece = data = await self._some(reader, left)
            self.parts.append(data)
            left -= len(data)
            if piece:
                yield piece
            if not data and (self.chunked or self.until_close):
                return

    async def _chunk(self, reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
        """One chunk with its marks, and without; the last one is empty."""
        line = await reader.readuntil(b"\r\n")
        data = await reader.readexactly(int(line.split(b";")[0], 16) + 2)
        return line + data, data[:-2]

    async def _some(self, reader: asyncio.StreamReader, left: int) -> bytes:
        data = await reader.read(SIZE if self.until_close else min(left, SIZE))
        if not data and not self.until_close:
            raise asyncio.IncompleteReadError(b"", left)
        return data
