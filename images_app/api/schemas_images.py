"""Bodies of the calls that make pictures: JSON, and forms once their text is read."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field

from playground.api.validation import Schema

Format = Literal["url", "b64_json"]
PROMPT_LIMIT = 32_000
URL_LIMIT = 20_971_520


class Options(Schema):
    """What generations, edits and variations have in common."""

    model: str | None = Field(None, max_length=200)
    n: int | None = Field(None, ge=1, le=10)
    size: str | None = Field(None, max_length=20)
    response_format: Format | None = None
    user: str | None = Field(None, max_length=512)


class DrawingOptions(Options):
    """What generations and edits have in common.

    `aspect_ratio`, `style` for models that have styles, and `seed` are Easel's own.
    """

    prompt: str = Field(min_length=1, max_length=PROMPT_LIMIT)
    aspect_ratio: str | None = Field(None, max_length=20)
    quality: str | None = Field(None, max_length=20)
    background: str | None = Field(None, max_length=20)
    output_format: str | None = Field(None, max_length=10)
    output_compression: int | None = Field(None, ge=0, le=100)
    moderation: str | None = Field(None, max_length=20)
    style: str | None = Field(None, max_length=40)
    seed: int | None = Field(None, ge=0, le=2**63 - 1)
    stream: bool | None = None
    partial_images: int | None = Field(None, ge=0, le=3)
    safety_identifier: str | None = Field(None, max_length=512)


class GenerateBody(DrawingOptions):
    """`POST /v1/images/generations`."""


class EditForm(DrawingOptions):
    """The texts of the multipart form of `POST /v1/images/edits`."""

    input_fidelity: Literal["high", "low"] | None = None


class PictureReference(Schema):
    """A picture by its address or by the id of a stored file: one of the two."""

    image_url: str | None = Field(None, min_length=1, max_length=URL_LIMIT)
    file_id: str | None = Field(None, min_length=1, max_length=64)


class EditBody(EditForm):
    """The JSON form of `POST /v1/images/edits`."""

    images: list[PictureReference] = Field(min_length=1, max_length=16)
    mask: PictureReference | None = None


class VariationForm(Options):
    """The texts of the form of `POST /v1/images/variations`."""


FORM_NUMBERS = frozenset({"n", "output_compression", "partial_images", "seed"})
FORM_BOOLEANS = frozenset({"stream"})
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


def read_number(text: str) -> int | str:
    """A whole number of reasonable length, or the text as it is."""
    return int(text) if _NUMBER.fullmatch(text.strip()) else text


def read_form_value(name: str, text: str) -> Any:
    """A form knows only text: what it spells, or the text where it spells nothing."""
    if name in FORM_NUMBERS:
        return read_number(text)
    if name in FORM_BOOLEANS:
        return _TRUTH.get(text.strip().lower(), text)
    return text
