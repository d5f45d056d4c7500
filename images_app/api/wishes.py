"""Reading what edits and variations are asked for: forms, or JSON."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

import orjson
from django.conf import settings
from pydantic import BaseModel, ConfigDict

from images_app.api.given import Given, given_reference, given_uploads
from images_app.api.schemas_images import (
    DrawingOptions,
    EditBody,
    EditForm,
    Options,
    VariationForm,
    read_form_value,
)
from playground.api import idempotency
from playground.api.callers import ApiRequest
from playground.api.errors import ApiError
from playground.api.forms import Texts, Uploads, check_uploads, read_form
from playground.api.validation import read_body, read_json, validate

# What a form spells as `options[NAME]`.
OPTIONS = "options"
# Where a form has its pictures: one, or several.
PICTURES = ("image", "image[]")

_Options = TypeVar("_Options", bound=Options)


class Wish(BaseModel):
    """Options together with the pictures that came with them."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    options: Options
    pictures: tuple[Given, ...] = ()
    mask: Given | None = None

    @property
    def stream(self) -> bool:
        """Whether the answer is a stream."""
        options = self.options
        return isinstance(options, DrawingOptions) and bool(options.stream)


def _read_form(request: ApiRequest) -> tuple[Texts, Uploads, str]:
    """The form and its digest: too much work for the event loop."""
    texts, uploads = read_form(request)
    return texts, uploads, idempotency.fingerprint_of_form(request)


async def json_edit(request: ApiRequest) -> tuple[Wish, str]:
    """An edit's JSON body and its digest."""
    body = validate(EditBody, read_json(request))
    base_url = request.auth.base_url
    pictures = [
        await given_reference(reference, f"images[{index}]", base_url)
        for index, reference in enumerate(body.images)
    ]
    mask = await given_reference(body.mask, "mask", base_url) if body.mask else None
    wish = Wish(options=body, pictures=tuple(pictures), mask=mask)
    return wish, idempotency.fingerprint_of(read_body(request))


async def form_edit(request: ApiRequest) -> tuple[Wish, str]:
    """An edit's form and its digest."""
    texts, uploads, fingerprint = await asyncio.to_thread(_read_form, request)
    options = _read_options(EditForm, texts, {*PICTURES, "mask"})
    check_uploads(uploads, [*PICTURES, "mask"])
    limit = settings.UPLOAD_MAX_PICTURES
    pictures = await given_uploads(uploads, PICTURES, limit=limit)
    _need_picture(pictures)
    masks = await given_uploads(uploads, ["mask"], limit=1)
    wish = Wish(options=options, pictures=pictures, mask=masks[0] if masks else None)
    return wish, fingerprint


async def form_variation(request: ApiRequest) -> tuple[Wish, str]:
    """A variation's form and its digest."""
    texts, uploads, fingerprint = await asyncio.to_thread(_read_form, request)
    options = _read_options(VariationForm, texts, {"image"})
    check_uploads(uploads, ["image"])
    pictures = await given_uploads(uploads, ["image"], limit=1)
    _need_picture(pictures)
    return Wish(options=options, pictures=pictures), fingerprint


def _need_picture(pictures: tuple[Given, ...]) -> None:
    if not pictures:
        raise ApiError(
            400,
            "Missing required parameter: 'image'. Send it as a file.",
            "image",
            "missing_required_parameter",
        )


def _read_options(schema: type[_Options], texts: Texts, files: set[str]) -> _Options:
    """The texts of a form as their schema; one that should be a file is named."""
    for name in files & texts.keys():
        raise ApiError(
            400, f"Invalid '{name}': send it as a file.", name, "invalid_type"
        )
    twice = next((name for name, values in texts.items() if len(values) > 1), None)
    if twice is not None:
        raise ApiError(
            400, f"Invalid '{twice}': it was sent twice.", twice, "invalid_value"
        )
    read: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for name, values in texts.items():
        outer, _, inner = name.removesuffix("]").partition("[")
        if outer == OPTIONS and inner:
            own[inner] = _read_option(values[0])
        else:
            read[name] = read_form_value(name, values[0])
    return validate(schema, {**read, OPTIONS: own} if own else read)


def _read_option(text: str) -> Any:
    """The number or truth that a text spells, else the text: a form has no types."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return value if isinstance(value, int | float) else text
