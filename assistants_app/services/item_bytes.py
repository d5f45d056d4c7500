"""Pictures that a client writes into its items, as bytes."""

from __future__ import annotations

import base64
import binascii
import re

_DATA_URL = re.compile(r"data:image/[\w.+-]+;base64,(.*)", re.DOTALL)


class ItemError(Exception):
    """An item cannot be taken; `param` names the field, `code` the rule."""

    def __init__(
        self, message: str, param: str, code: str | None = "invalid_value"
    ) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.code = code


def bytes_of_url(url: str, place: str) -> bytes:
    """The bytes of a data: URL."""
    match = _DATA_URL.fullmatch(url)
    if match is None:
        raise ItemError(
            f"Invalid '{place}': expected a URL of the form"
            " data:image/TYPE;base64,DATA.",
            place,
        )
    return bytes_of_base64(match[1], place)


def bytes_of_base64(encoded: str, place: str) -> bytes:
    """The bytes of a picture that is written as base64."""
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise ItemError(
            f"Invalid '{place}': the base64 of the picture is damaged.",
            place,
            "invalid_base64_image",
        ) from None
