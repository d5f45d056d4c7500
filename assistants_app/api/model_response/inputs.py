"""The inputs of the seed dialect as the parts of a message."""

from __future__ import annotations

import base64
import re
from typing import Any

from assistants_app.api.lookups import check_picture
from assistants_app.api.model_response.schemas_inputs import (
    FileBlock,
    ImageBlock,
    SpokenInput,
    TextBlock,
)
from assistants_app.api.schemas_tools import invalid
from assistants_app.engine.progress import picture_part, text_part
from images_app.models import File
from images_app.services import signed_urls
from images_app.services.files import NotAPictureError, store_picture
from playground.api.callers import Caller
from playground.lib.public_address import is_public_url

_DATA_URL = re.compile(r"data:image/[\w.+-]+;base64,")


def content_of(caller: Caller, said: SpokenInput, place: str) -> list[dict[str, Any]]:
    """The parts of one input; ApiError names what cannot be taken.

    Pictures are uploaded files, addresses on the web, data: addresses, or the
    addresses that earlier answers gave.
    """
    at = f"{place}.content"
    many = isinstance(said.content, list)
    parts = [
        _part(caller, block, f"{at}[{index}]" if many else at)
        for index, block in enumerate(said.blocks)
    ]
    for index, reference in enumerate(said.files or []):
        field = f"{place}.files[{index}].file_id"
        parts.append(_file(caller, reference.file_id, field))
    pictures = [part for part in parts if part["type"] != "text"]
    if pictures and said.role == "system":
        raise invalid(at, "a message of the role “system” holds only text.")
    return parts


def _part(
    caller: Caller, block: TextBlock | FileBlock | ImageBlock, place: str
) -> dict[str, Any]:
    match block:
        case TextBlock(text=text):
            return text_part(text)
        case FileBlock(file_id=file_id):
            return _file(caller, file_id, f"{place}.file_id")
        case ImageBlock():
            return _address(caller, block, f"{place}.image_url.url")


def _file(caller: Caller, file_id: str, field: str) -> dict[str, Any]:
    check_picture(caller.organization, file_id, field)
    return picture_part(file_id)


def _address(caller: Caller, block: ImageBlock, field: str) -> dict[str, Any]:
    url, detail = block.image_url.url, block.image_url.detail or "auto"
    own = f"{caller.base_url}/v1/files/"
    if url.startswith(own):
        file_id, _, token = url.removeprefix(own).partition("/signed/")
        try:
            signed_urls.check(file_id, token)
        except signed_urls.BadLinkError:
            raise invalid(
                field, "this address of a picture is wrong, or its time is over."
            ) from None
        check_picture(caller.organization, file_id, field)
        return picture_part(file_id, detail)
    if match := _DATA_URL.match(url):
        data = _decoded(url[match.end() :], field)
        return picture_part(_stored(caller, data, field).public_id, detail)
    if not is_public_url(url):
        raise invalid(
            field, "expected a public https:// address, or a data: URL of a picture."
        )
    return {"type": "image_url", "image_url": {"url": url, "detail": detail}}


def _decoded(text: str, field: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise invalid(field, "this is no base64.") from None


def _stored(caller: Caller, data: bytes, field: str) -> File:
    try:
        return store_picture(
            organization=caller.organization,
            data=data,
            name="picture",
            purpose=File.Purpose.VISION,
            user=caller.user,
        )
    except NotAPictureError as exc:
        raise invalid(field, str(exc)) from None
