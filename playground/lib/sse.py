"""Server-sent events: bytes to events as they arrive, and events to bytes."""

from __future__ import annotations

import re

MAX_LINE = 4 * 1024 * 1024
MAX_EVENT = 8 * 1024 * 1024

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LINE_END = re.compile(rb"\r\n|\r|\n")

Event = tuple[str, bytes]
"""The event's name ("" when the stream gives none) and its data, not yet decoded."""


class EventTooLargeError(ValueError):
    """A line or an event of the stream is larger than the decoder's limit."""


class EventDecoder:
    """Takes the bytes of one stream in any pieces and gives its events.

    Data stays bytes, so a piece may end inside a character. `max_line` and `max_event`
    are in bytes; beyond them EventTooLargeError is raised and the decoder is spent.
    """

    def __init__(self, *, max_line: int = MAX_LINE, max_event: int = MAX_EVENT) -> None:
        self._max_line = max_line
        self._max_event = max_event
        self._begun = False
        self._after_cr = False
        self._unfinished: list[bytes] = []
        self._unfinished_size = 0
        self._name = ""
        self._data: list[bytes] = []
        self._data_size = 0

    def feed(self, block: bytes) -> list[Event]:
        """The events that `block` completes."""
        if self._after_cr and block:
            # The CR before has ended its line already.
            self._after_cr = False
            block = block.removeprefix(b"\n")
        if b"\r" in block:
            self._after_cr = block.endswith(b"\r")
            block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        head, newline, rest = block.rpartition(b"\n")
        if not newline:
            self._keep(rest)
            return []
        self._unfinished.append(head)
        lines = b"".join(self._unfinished).split(b"\n")
        self._unfinished.clear()
        self._unfinished_size = 0
        events = self._read_lines(lines)
        self._keep(rest)
        return events

    def finish(self) -> list[Event]:
        """The event that the stream's end left without its blank line, if any.

        The standard drops it; some servers forget the blank line after the last one.
        """
        lines = [b"".join(self._unfinished), b""]
        self._unfinished.clear()
        return self._read_lines(lines)

    def _keep(self, piece: bytes) -> None:
        if not piece:
            return
        self._unfinished.append(piece)
        self._unfinished_size += len(piece)
        if self._unfinished_size > self._max_line:
            raise EventTooLargeError(f"A line has over {self._max_line} bytes.")

    def _read_lines(self, lines: list[bytes]) -> list[Event]:
        if not self._begun and lines[0]:
            lines[0] = lines[0].removeprefix(BYTE_ORDER_MARK)
        self._begun = True
        events: list[Event] = []
        for line in lines:
            if len(line) > self._max_line:
                raise EventTooLargeError(f"A line has over {self._max_line} bytes.")
            if line:
                self._read_field(line)
                continue
            if self._data:
                events.append((self._name, b"\n".join(self._data)))
                self._data = []
                self._data_size = 0
            self._name = ""
        return events

    def _read_field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        if name == b"data":
            self._add_data(value.removeprefix(b" "))
        elif name == b"event":
            self._name = value.removeprefix(b" ").decode("utf-8", "replace")

    def _add_data(self, value: bytes) -> None:
        self._data.append(value)
        self._data_size += len(value) + 1
        if self._data_size > self._max_event:
            raise EventTooLargeError(f"An event has over {self._max_event} bytes.")


def encode(data: bytes | str, event: str | None = None) -> bytes:
    """One event as bytes; each line of `data` gets its own data line.

    ValueError for an event name with a line break.
    """
    raw = data.encode() if isinstance(data, str) else data
    name = b""
    if event:
        if "\n" in event or "\r" in event:
            raise ValueError("An event's name has only one line.")
        name = b"event: " + event.encode() + b"\n"
    if b"\n" in raw or b"\r" in raw:
        raw = b"\ndata: ".join(LINE_END.split(raw))
    return name + b"data: " + raw + b"\n\n"
