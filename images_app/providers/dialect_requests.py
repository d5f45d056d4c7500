"""Writes a request in a server's dialect. Pure: nothing is sent here.

What the dialect has no place for is refused with a sentence; it never gets lost on the
way.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from images_app.providers.base import ImageRequest, InputImage
from images_app.providers.dialect_prompts import Prompt, written_prompt
from images_app.providers.dialect_sizes import size_fields
from images_app.providers.dialects import GENERATIONS, Dialect
from images_app.providers.input_pictures import (
    black_and_white,
    converted,
    prepare,
)
from playground.lib.azure import read_azure_address
from playground.lib.errors import ErrorKind, ProviderError

FilePart = tuple[str, tuple[str, bytes, str]]
Told = Mapping[str, object]
"""A picture without its bytes."""

_OPTIONS = (
    "quality",
    "background",
    "output_format",
    "output_compression",
    "moderation",
    "style",
    "input_fidelity",
    "seed",
    "user",
    "safety_identifier",
)


@dataclass(frozen=True)
class Written:
    """What a call sends; with `files` it is multipart, else JSON. `told` is the same
    without bytes."""

    body: Mapping[str, Any] = field(repr=False)
    files: tuple[FilePart, ...] = field(repr=False)
    told: Mapping[str, Any]


@dataclass(frozen=True)
class Target:
    """Where a call goes: `path` and `query` follow `base_url`. `sends_model` says
    whether the body still has to name the model."""

    base_url: str
    path: str
    query: Mapping[str, str]
    sends_model: bool


def write_request(request: ImageRequest, dialect: Dialect, target: Target) -> Written:
    """The request in this dialect; ProviderError for what the dialect cannot say."""
    _check(request, dialect)
    prompt = _prompt(request, dialect)
    fields: dict[str, Any] = {"model": request.model} if target.sends_model else {}
    fields |= {"prompt": prompt.text, **_fields(request, dialect)}
    pictures = [_fitted(image, dialect) for image in request.images]
    images = tuple(image for image, _ in pictures)
    told: dict[str, Any] = {"path": target.path, **fields}
    if images:
        told["images"] = [note for _, note in pictures]
    mask, told_mask = _mask(request, dialect)
    if mask:
        told["mask"] = told_mask
    if prompt.changes:
        told["prompt_changes"] = list(prompt.changes)
    if dialect.edits == "json":
        return Written({**fields, **_json_pictures(images, dialect)}, (), told)
    return Written(fields, _parts(images, mask, dialect), told)


def find_target(
    base_url: str, request: ImageRequest, dialect: Dialect, api_version: str = ""
) -> Target:
    """The address of one call."""
    path = dialect.edits_path if request.images else GENERATIONS
    if dialect.address == "plain":
        return Target(base_url.rstrip("/"), path, {}, dialect.sends_model)
    azure = read_azure_address(base_url, api_version)
    return Target(
        azure.base_url,
        azure.path(path, request.model),
        azure.query,
        not azure.by_path,
    )


def _check(request: ImageRequest, dialect: Dialect) -> None:
    if request.model.endswith(dialect.unreadable):
        raise _refused(
            f"{request.model} draws vectors, which cannot be shown here. Choose a model"
            " that makes pictures of pixels.",
            "model",
        )
    if request.images and dialect.edits == "none":
        raise _refused("This server edits no pictures. Leave them out.", "image")
    if request.mask is not None and dialect.mask == "none":
        raise _refused("This server takes no mask. Leave it out.", "mask")
    for name in _given(request):
        if dialect.allowed is not None and name not in dialect.allowed:
            spoken = name.replace("_", " ")
            raise _refused(f"This server has no {spoken} option. Leave it out.", name)


def _given(request: ImageRequest) -> dict[str, Any]:
    """All parameters that have a value, by our names, without n and size."""
    values = {name: getattr(request, name) for name in _OPTIONS}
    given = {name: value for name, value in values.items() if value is not None}
    given |= request.options
    if request.partial_images > 0:
        given |= {"stream": True, "partial_images": request.partial_images}
    return given


def _prompt(request: ImageRequest, dialect: Dialect) -> Prompt:
    negative = request.options.get("negative_prompt", "")
    prompt = written_prompt(dialect.prompt, request.prompt, str(negative))
    if request.prompt.strip() and not prompt.text.strip():
        raise _refused(
            "Nothing is left of the prompt once the tag sd_cpp_extra_args is taken out."
            " Say what to draw.",
            "prompt",
        )
    return prompt


def _fields(request: ImageRequest, dialect: Dialect) -> dict[str, Any]:
    """The body besides model, prompt and pictures, by the server's names."""
    given = _given(request)
    if dialect.prompt == "bar":  # the prompt has it
        given.pop("negative_prompt", None)
    spelled = {
        dialect.spelling.get(name, name): value
        for name, value in given.items()
        if name not in dialect.in_kwargs
    }
    kwargs = {
        dialect.spelling.get(name, name): value
        for name, value in given.items()
        if name in dialect.in_kwargs
    }
    return {
        "n": request.n,
        **size_fields(dialect.size_style, request.size),
        **_answer_form(request, dialect),
        **spelled,
        **({"kwargs": orjson.dumps(kwargs).decode()} if kwargs else {}),
    }


def _answer_form(request: ImageRequest, dialect: Dialect) -> dict[str, str]:
    wish = request.response_format if dialect.ask_b64 == "omit" else dialect.ask_b64
    return {"response_format": wish} if wish else {}


def _fitted(image: InputImage, dialect: Dialect) -> tuple[InputImage, Told]:
    """The picture in a form that the server takes, and what is told of it."""
    if not dialect.formats or image.mime in dialect.formats:
        return image, _note(image)
    prepared = converted(prepare(image), dialect.formats)
    return prepared.image, prepared.told()


def _mask(request: ImageRequest, dialect: Dialect) -> tuple[InputImage | None, Told]:
    if request.mask is None:
        return None, {}
    if dialect.mask == "white":
        prepared = black_and_white(request.mask)
        return prepared.image, prepared.told()
    return request.mask, _note(request.mask)


def _json_pictures(images: tuple[InputImage, ...], dialect: Dialect) -> dict[str, Any]:
    if not images:
        return {}
    values = [_value(image, dialect) for image in images]
    is_one = len(values) == 1 and dialect.one_image != dialect.more_images
    return {dialect.one_image: values[0]} if is_one else {dialect.more_images: values}


def _value(image: InputImage, dialect: Dialect) -> Any:
    text = base64.b64encode(image.data).decode()
    if dialect.picture == "base64":
        return text
    url = f"data:{image.mime};base64,{text}"
    return url if dialect.picture == "data_url" else {"type": "image_url", "url": url}


def _parts(
    images: tuple[InputImage, ...], mask: InputImage | None, dialect: Dialect
) -> tuple[FilePart, ...]:
    name = dialect.one_image if len(images) == 1 else dialect.more_images
    parts = [(name, _part(image)) for image in images]
    return (*parts, *([("mask", _part(mask))] if mask else []))


def _part(image: InputImage) -> tuple[str, bytes, str]:
    return image.name, image.data, image.mime


def _note(image: InputImage) -> Told:
    return {"name": image.name, "mime": image.mime, "bytes": len(image.data)}


def _refused(text: str, param: str) -> ProviderError:
    return ProviderError(ErrorKind.INVALID, text, param=param)
