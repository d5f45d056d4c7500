"""Picture bytes as providers hand them over: is it a picture, and what does base64 say.

Only the first bytes are looked at; decoding and measuring is the storing side's work.
"""

from __future__ import annotations

import base64
import binascii


class UnreadableAnswerError(ValueError):
    """An answer is not what its format promises; the text says how, for the admin."""


class NoPictureError(UnreadableAnswerError):
    """The answer came whole, but what should be a picture is none."""


def sniff(data: bytes) -> str | None:
    """The MIME type that the first bytes show, whatever anybody claims, or None."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    return None


def check_picture(data: bytes) -> bytes:
    """The same bytes, or UnreadableAnswerError if they are no picture."""
    if sniff(data) is None:
        what = "is empty" if not data else f"starts with {data[:8].hex(' ')}"
        raise NoPictureError(f"What should be a picture {what}.")
    return data


def decode_base64(text: object) -> bytes:
    """A picture from base64 text (a data: URL is understood), checked."""
    if not isinstance(text, str):
        raise UnreadableAnswerError("The picture's base64 is not text.")
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as exc:
        raise NoPictureError(f"The picture's base64 is broken: {exc}.") from exc
    return check_picture(data)
