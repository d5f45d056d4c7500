"""Sets members of a JSON object in its text, so that all others stay as written.

Reading and writing the whole object would round large numbers, drop members that are
there twice and write every number and every escape anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

# Only places are wanted, and numbers of any length must pass.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, strict=False)
_SPACE = re.compile(r"[ \t\r\n]*")


def set_members(content: bytes, members: Mapping[str, Any]) -> bytes:
    """The text of an object (UTF-8, valid, not empty) in which these have these values.

    A member that is there is replaced where it stands, one that is missing is added at
    the end.
    """
    text = content.decode()
    pieces: list[str] = []
    missing = dict(members)
    copied = 0
    for name, start, end in _places(text):
        if name in members:
            pieces += [text[copied:start], _written(members[name])]
            copied = end
            missing.pop(name, None)
    close = text.rindex("}")
    pieces.append(text[copied:close])
    pieces += [f",{_written(name)}:{_written(v)}" for name, v in missing.items()]
    pieces.append(text[close:])
    return "".join(pieces).encode()


def _places(text: str) -> Iterator[tuple[str, int, int]]:
    """Each member's name, and where its value begins and ends."""
    position = _skip(text, text.index("{") + 1)
    while text[position] == '"':
        name, position = _DECODER.raw_decode(text, position)
        start = _skip(text, _skip(text, position) + 1)  # behind the colon
        _, end = _DECODER.raw_decode(text, start)
        yield name, start, end
        position = _skip(text, _skip(text, end) + 1)  # behind the comma
        if position >= len(text):
            return


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
