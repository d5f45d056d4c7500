"""How a story is told: a function of an official client that returns what it saw.

These files run in the clients' own environments and import nothing of Easel. A story's
requests carry its name, so that they are found among those that were recorded.
"""

from __future__ import annotations

import json
import struct
import time
import traceback
import urllib.request
import zlib
from collections.abc import Callable
from typing import Any

import openai
from openai import OpenAI

Story = Callable[[OpenAI], Any]
STORIES: dict[str, Story] = {}


def story(function: Story) -> Story:
    """Add the function under its own name."""
    STORIES[function.__name__] = function
    return function


def tell(name: str, base_url: str, api_key: str) -> None:
    """Print one line: what the story saw, or where it broke."""
    headers = {"X-Story": name}
    client = OpenAI(
        base_url=base_url, api_key=api_key, default_headers=headers, timeout=30
    )
    began = time.monotonic()
    line: dict[str, Any] = {"story": name}
    try:
        line["saw"] = STORIES[name](client)
    except Exception:
        line["broke"] = traceback.format_exc()
    line["seconds"] = round(time.monotonic() - began, 2)
    print(json.dumps(line), flush=True)


def refusal(call: Callable[[], Any]) -> dict[str, Any]:
    """The error that a call raises, as a program meets it."""
    try:
        got = call()
    except openai.APIStatusError as exc:
        return {
            "class": type(exc).__name__,
            "status": exc.status_code,
            "code": exc.code,
            "param": exc.param,
            "message": exc.message,
            "has_request_id": bool(exc.request_id),
        }
    except openai.APIError as exc:
        return {"class": type(exc).__name__, "message": exc.message, "code": exc.code}
    return {"class": None, "got": repr(got)[:200]}


def download(url: str) -> bytes:
    """The bytes behind a URL that needs no key."""
    with urllib.request.urlopen(url, timeout=20) as answer:
        data: bytes = answer.read()
    return data


def kind_of(data: bytes) -> str:
    """Which picture format these bytes begin like."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    return "webp" if data[8:12] == b"WEBP" else repr(data[:12])


def png_size(data: bytes) -> str:
    """Width and height as a PNG's own header tells them."""
    width = int.from_bytes(data[16:20], "big")
    height = int.from_bytes(data[20:24], "big")
    return f"{width}x{height}"


def png(width: int = 64, height: int = 64, alpha: int = 255) -> bytes:
    """A true picture in one colour, made with nothing but Python."""
    row = b"\0" + bytes((30, 60, 120, alpha)) * width
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(row * height)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc(name + data))
        for name, data in chunks
    )


def crc(data: bytes) -> int:
    return zlib.crc32(data) & 0xFFFFFFFF
