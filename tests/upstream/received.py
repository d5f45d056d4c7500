"""What arrived at the loopback upstream, and the words to judge it with."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from tests.upstream.answers import PATIENCE


class RefusedError(Exception):
    """The request is not what this route takes; the test fails with this sentence."""


def require(condition: object, sentence: str) -> None:
    """Refuse the request with `sentence` unless `condition` holds."""
    if not condition:
        raise RefusedError(sentence)


@dataclass(frozen=True)
class Part:
    """One part of a multipart body; `filename` is None for a plain field."""

    name: str
    data: bytes
    filename: str | None = None
    content_type: str | None = None

    @property
    def text(self) -> str:
        return self.data.decode()


@dataclass
class Received:
    """One request. `headers` ignores case; `whole` says that all of the body came."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    peer: str = ""
    """The client's end of the connection: the same for requests of one connection."""
    body: bytes = b""
    whole: bool = False
    status: int | None = None
    """The status that was answered; None when no status line was sent."""
    _ended: threading.Event = field(default_factory=threading.Event)
    client_left: bool = False
    """Whether the client closed the connection before the answer's end."""

    @property
    def json(self) -> Any:
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as exc:
            raise RefusedError(f"The body is not JSON: {exc}") from exc

    @property
    def content_type(self) -> str:
        return self.headers.get("Content-Type", "").split(";")[0].strip().lower()

    @property
    def parts(self) -> list[Part]:
        return parse_multipart(self.headers.get("Content-Type", ""), self.body)

    def ended(self) -> None:
        """Called by the server when it is done with this request."""
        self._ended.set()

    def wait_ended(self) -> None:
        """Block until the answer was written, or the client left."""
        assert self._ended.wait(PATIENCE), "The upstream is still answering."


def parse_multipart(content_type: str, body: bytes) -> list[Part]:
    """The parts in order; RefusedError for anything that is not well formed."""
    found = re.search(r'boundary="?([^";]+)"?', content_type)
    require(found and content_type.startswith("multipart/form-data"), "Not multipart")
    assert found
    pieces = (b"\r\n" + body).split(b"\r\n--" + found[1].encode())
    require(len(pieces) > 1 and pieces[0] == b"", "The first boundary is missing")
    require(pieces[-1].rstrip() == b"--", "The last boundary is missing")
    return [_parse_part(piece) for piece in pieces[1:-1]]


def _parse_part(piece: bytes) -> Part:
    require(piece.startswith(b"\r\n"), "A boundary is followed by stray bytes")
    head, separator, data = piece[2:].partition(b"\r\n\r\n")
    require(separator, "A part has no end of its headers")
    headers = _parse_headers(head.decode())
    disposition = headers.get("content-disposition", "")
    name = re.search(r';\s*name="([^"]*)"', disposition)
    require(disposition.startswith("form-data") and name, "A part has no name")
    assert name
    filename = re.search(r';\s*filename="([^"]*)"', disposition)
    return Part(
        name=name[1],
        data=data,
        filename=filename[1] if filename else None,
        content_type=headers.get("content-type"),
    )


def _parse_headers(head: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in head.split("\r\n") if line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def check_bearer(request: Received, key: str) -> None:
    """The bearer key must be there exactly; with no key, no header may be sent."""
    expected = f"Bearer {key}" if key else None
    require(
        request.headers.get("Authorization") == expected,
        "The Authorization header is not the one that belongs to this connection",
    )


def check_fields(
    value: Any,
    types: Mapping[str, type | tuple[type, ...]],
    *,
    required: frozenset[str] | set[str] = frozenset(),
    where: str = "The body",
) -> None:
    """`value` must be an object with only these fields, each of its type, and with all
    of `required`. A bool passes for no number."""
    require(isinstance(value, dict), f"{where} is not an object")
    unknown = set(value) - set(types)
    require(not unknown, f"{where} has unknown fields: {sorted(unknown)}")
    missing = set(required) - set(value)
    require(not missing, f"{where} lacks: {sorted(missing)}")
    for name, item in value.items():
        found = types[name]
        wanted = found if isinstance(found, tuple) else (found,)
        fits = isinstance(item, wanted) and (type(item) is not bool or bool in wanted)
        require(fits, f"{where}: {name} is {type(item).__name__}")
