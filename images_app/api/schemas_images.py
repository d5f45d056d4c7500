"""Bodies of the calls that make pictures: JSON, and forms once their text is read."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import Field

from images_app.api.schemas_options import (
    AspectRatio,
    Background,
    Compression,
    ImageModel,
    InputFidelity,
    Moderation,
    OutputFormat,
    Previews,
    Quality,
    Seed,
    Size,
    Style,
)
from playground.api.validation import Schema

Format = Literal["url", "b64_json"]
PROMPT_LIMIT = 32_000
URL_LIMIT = 20_971_520


class Options(Schema):
    """What generations, edits and variations have in common."""

    model: ImageModel | None = Field(None, max_length=200)
    n: int | None = Field(
        None, ge=1, le=10, description="How many pictures. Default: 1."
    )
    size: Size | None = Field(None, max_length=20)
    response_format: Format | None = Field(
        None,
        description="A signed address of an hour or the bytes as base64, for models that"
        " offer the choice. Default: `b64_json`, `url` for DALL-E.",
    )
    user: str | None = Field(
        None, max_length=512, description="Your name for the end user; passed on."
    )


class DrawingOptions(Options):
    """What generations and edits have in common.

    `aspect_ratio`, `style` for models that have styles, and `seed` are Easel's own.
    """

    prompt: str = Field(
        min_length=1,
        max_length=PROMPT_LIMIT,
        description="What to draw, or what to change. Models may have lower limits.",
    )
    aspect_ratio: AspectRatio | None = Field(None, max_length=20)
    quality: Quality | None = Field(None, max_length=20)
    background: Background | None = Field(None, max_length=20)
    output_format: OutputFormat | None = Field(None, max_length=10)
    output_compression: Compression | None = Field(None, ge=0, le=100)
    moderation: Moderation | None = Field(None, max_length=20)
    style: Style | None = Field(None, max_length=40)
    seed: Seed | None = Field(None, ge=0, le=2**63 - 1)
    stream: bool | None = Field(
        None,
        description="Answer as server-sent events: previews, then the picture."
        " Default: false.",
    )
    partial_images: Previews | None = Field(None, ge=0, le=3)
    safety_identifier: str | None = Field(
        None, max_length=512, description="A hashed name of the end user; passed on."
    )


OwnOptions = Annotated[
    dict[Annotated[str, Field(max_length=60)], str | int | float | bool],
    Field(
        max_length=20,
        description="Parameters that only this model has, by their names in the"
        " catalog, such as `negative_prompt`; in a form `options[NAME]`. An"
        " extension of Easel.",
    ),
]


class GenerateBody(DrawingOptions):
    """A picture from words; what is left out is the model's default."""

    options: OwnOptions | None = None


class EditForm(DrawingOptions):
    """Pictures as files, everything else as text fields."""

    input_fidelity: InputFidelity | None = None
    options: OwnOptions | None = None


class PictureReference(Schema):
    """A picture by its address or by the id of a stored file: one of the two."""

    image_url: str | None = Field(
        None,
        min_length=1,
        max_length=URL_LIMIT,
        description="A public https address, or a data: URL.",
    )
    file_id: str | None = Field(
        None, min_length=1, max_length=64, description="The id of a stored picture."
    )


class EditBody(EditForm):
    """The same as JSON, with pictures by address or by file id."""

    images: list[PictureReference] = Field(
        min_length=1, max_length=16, description="The pictures to start from."
    )
    mask: PictureReference | None = Field(
        None,
        description="A picture of the same size as the first; its transparent part is"
        " what may change.",
    )


class VariationForm(Options):
    """One picture as a file, everything else as text fields."""

    model: ImageModel | None = Field(
        None,
        max_length=200,
        description="An image model, or CONNECTION/MODEL. Default: `dall-e-2`.",
    )


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
