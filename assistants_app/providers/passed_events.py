"""Looks at an event stream that is passed on byte by byte, and touches next to nothing.

Parsing every chunk would cost more than all the rest of a relay. So whole events are
passed on as they came, and only the few that matter here are parsed: the count of
tokens, an error, the end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from assistants_app.providers.base import Usage
from assistants_app.providers.openai_turn import DONE, read_usage
from playground.lib.errors import ProviderError
from playground.lib.provider_errors import broken_off, error_in_stream
from playground.lib.sse import MAX_EVENT, encode

END = b"\n\n"
# In the text of an answer each quotation mark has a backslash before it.
USAGE = re.compile(rb'"usage"\s*:\s*\{')
REASON = re.compile(rb'"finish_reason"\s*:\s*"')
# Searched as plain bytes: a pattern with branches takes fifty times as long.
MARKS = (DONE, b'"error"', b"event: error", b"event:error")


class PassedEvents:
    """Takes the bytes of one stream in any pieces and gives those of its whole events.

    `shows_usage` false drops the chunk that holds nothing but the count of tokens.
    `is_over` is true after `[DONE]` and after an error, which is then in `error`.
    """

    def __init__(self, *, shows_usage: bool, secret: str = "") -> None:
        self.usage: Usage | None = None
        self.model = ""
        self.id = ""
        self.is_over = False
        self.error: ProviderError | None = None
        self._shows_usage = shows_usage
        self._secret = secret
        self.has_reason = False
        self._rest = b""
        self._after_cr = False

    def feed(self, block: bytes) -> bytes:
        """What can be passed on, now that this has come too."""
        if b"\r" in block or self._after_cr:
            block = self._with_plain_ends(block)
        if self._rest:
            block = self._rest + block
        end = block.rfind(END)
        if end < 0:
            self._rest = block
            if len(block) > MAX_EVENT:
                self._fail(f"An event has over {MAX_EVENT} bytes.")
            return b""
        end += len(END)
        self._rest = block[end:]
        return self._look(block[:end] if self._rest else block)

    def finish(self) -> bytes:
        """What is left when the body has ended; the stream's own end is seen to."""
        left = self._rest.strip(b"\n")
        self._rest = b""
        passed = self._look(left + END) if left else b""
        if self.is_over:
            return passed
        if not self.has_reason:
            self._fail("The answer ended without a finish_reason.")
            return passed
        self.is_over = True
        return passed + encode(DONE)

    def _with_plain_ends(self, block: bytes) -> bytes:
        if self._after_cr:
            block = b"\r" + block
        self._after_cr = block.endswith(b"\r")
        if self._after_cr:  # its second half may come with the next block
            block = block[:-1]
        return block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _look(self, events: bytes) -> bytes:
        self.has_reason = self.has_reason or REASON.search(events) is not None
        start = _first_mark(events)
        if start is None:
            return events
        # All before the event with the mark can go as it is.
        start = events.rfind(END, 0, start) + len(END) if END in events[:start] else 0
        passed = [events[:start]]
        for event in events[start:].split(END):
            if self.is_over:
                break
            if event.strip(b"\n") and self._passes(event):
                passed.append(event + END)
        return b"".join(passed)

    def _passes(self, event: bytes) -> bool:
        if _first_mark(event) is None:
            return True
        name, data = _fields(event)
        if data.strip() == DONE:
            self.is_over = True
            return True
        try:
            value = orjson.loads(data)
        except orjson.JSONDecodeError:
            return True  # whoever reads it will see
        return not isinstance(value, dict) or self._read(name, value)

    def _read(self, name: bytes, value: Mapping[str, Any]) -> bool:
        """Note what a chunk says; false for one that the client shall not see."""
        if name == b"error" or value.get("error") or value.get("object") == "error":
            self.error = error_in_stream(value, secret=self._secret)
            self.is_over = True
            return False
        usage = value.get("usage")
        if not isinstance(usage, dict):
            return True
        self.usage = read_usage(usage) or self.usage
        self.model, self.id = text_of(value, "model"), text_of(value, "id")
        return self._shows_usage or bool(value.get("choices"))

    def _fail(self, detail: str) -> None:
        self.error = broken_off(detail, secret=self._secret)
        self.is_over = True


def _first_mark(events: bytes) -> int | None:
    """Where something stands that may be of interest here."""
    found = [place for mark in MARKS if (place := events.find(mark)) >= 0]
    if usage := USAGE.search(events):
        found.append(usage.start())
    return min(found, default=None)


def text_of(value: Mapping[str, Any], name: str) -> str:
    """A field of a foreign object, if it is a text."""
    found = value.get(name)
    return found if isinstance(found, str) else ""


def _fields(event: bytes) -> tuple[bytes, bytes]:
    """An event's name and its data."""
    name, data = b"", []
    for line in event.split(b"\n"):
        field, _, value = line.partition(b":")
        if field == b"data":
            data.append(value.removeprefix(b" "))
        elif field == b"event":
            name = value.strip()
    return name, b"\n".join(data)
