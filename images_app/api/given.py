"""Pictures that a request brings: read and measured before anything is written.

They come as uploads, as data: or https: addresses, or as ids of stored files.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404

from images_app.access import get_file
from images_app.api.schemas_images import PictureReference
from images_app.models import File
from images_app.providers.threads import in_thread
from images_app.services.files import (
    Measured,
    NotAPictureError,
    PictureTooLargeError,
    has_alpha,
    measure,
    read_bytes,
    store_file,
)
from images_app.services.signed_urls import (
    BadLinkError,
    ExpiredLinkError,
    own_file_id,
)
from images_app.services.wording import count
from playground.api.callers import Caller
from playground.api.errors import ApiError
from playground.api.forms import Uploads
from playground.lib.safe_fetch import FetchRefusedError, fetch

EDITABLE = ("image/png", "image/jpeg", "image/webp")


@dataclass(frozen=True)
class Given:
    """One picture of a request: new bytes with their measure, or a stored file's id.

    `param` is where it stands in the request.
    """

    param: str
    name: str = "picture"
    data: bytes = field(default=b"", repr=False)
    measured: Measured | None = None
    file_id: str = ""


async def given_uploads(
    uploads: Uploads, names: Sequence[str], *, limit: int
) -> tuple[Given, ...]:
    """The pictures under these names of a form; ApiError 400 for what is none."""
    found = [(name, upload) for name in names for upload in uploads.get(name, [])]
    if len(found) > limit:
        raise ApiError(
            400,
            f"Invalid '{names[0]}': at most {count(limit, 'picture')} can be sent;"
            f" {len(found)} were.",
            names[0],
            "array_above_max_length",
        )
    return tuple([await _given_upload(name, upload) for name, upload in found])


async def _given_upload(name: str, upload: UploadedFile[bytes]) -> Given:
    # One byte over the limit is enough to know.
    data = upload.read(settings.UPLOAD_MAX_PICTURE_BYTES + 1)
    param = name.removesuffix("[]")
    measured = await asyncio.to_thread(measured_picture, data, param)
    return Given(param, upload.name or "picture", data, measured)


async def given_reference(
    reference: PictureReference, param: str, base_url: str
) -> Given:
    """The picture that a JSON body refers to; `base_url` is this server's own."""
    if (reference.image_url is None) == (reference.file_id is None):
        raise ApiError(
            400,
            f"Invalid '{param}': give either 'image_url' or 'file_id'.",
            param,
            "invalid_value",
        )
    if reference.file_id is not None:
        return Given(f"{param}.file_id", file_id=reference.file_id)
    url = reference.image_url or ""
    param = f"{param}.image_url"
    if file_id := _own_file_id(url, param, base_url):
        return Given(param, file_id=file_id)
    data = _decoded(url, param) if url.startswith("data:") else await _get(url, param)
    measured = await asyncio.to_thread(measured_picture, data, param)
    return Given(param, "picture", data, measured)


def _decoded(url: str, param: str) -> bytes:
    head, _, text = url.partition(",")
    if not head.endswith(";base64"):
        raise bad_picture(param, "A data: address must be base64.")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise bad_picture(param, "The base64 is broken.") from None


def _own_file_id(url: str, param: str, base_url: str) -> str:
    """The file behind a signed address of this very server; "" for other addresses."""
    try:
        return own_file_id(base_url, url)
    except ExpiredLinkError as exc:
        raise bad_picture(param, "The address has expired.") from exc
    except BadLinkError as exc:
        raise bad_picture(param, "The address is not valid.") from exc


async def _get(url: str, param: str) -> bytes:
    try:
        limit = settings.UPLOAD_MAX_PICTURE_BYTES
        return (await in_thread(fetch, url, max_bytes=limit)).data
    except FetchRefusedError as exc:
        raise bad_picture(param, str(exc)) from exc


def measured_picture(data: bytes, param: str) -> Measured:
    """What the bytes are; ApiError 400 for a picture that no edit can start from."""
    try:
        measured = measure(data)
    except NotAPictureError as exc:
        raise bad_picture(param, exc) from None
    if measured.mime not in EDITABLE:
        raise bad_picture(param, "Use PNG, JPEG or WebP.")
    return measured


def bad_picture(param: str, error: NotAPictureError | str) -> ApiError:
    """The refusal of a picture; one above a limit is told by its status."""
    is_large = isinstance(error, PictureTooLargeError)
    return ApiError(
        413 if is_large else 400,
        f"Invalid '{param}': {error}",
        param,
        "image_too_large" if is_large else "invalid_image_file",
    )


def stored(caller: Caller, given: Given) -> File:
    """The picture as a file of the caller's organization; new bytes are kept."""
    if given.file_id:
        try:
            file = get_file(caller.organization, given.file_id)
        except Http404 as exc:
            raise ApiError(404, str(exc), given.param) from None
        if file.mime not in EDITABLE or file.purpose == File.Purpose.PARTIAL:
            text = "This file is no PNG, JPEG or WebP picture."
            raise bad_picture(given.param, text)
        return file
    return store_file(
        organization=caller.organization,
        data=given.data,
        name=given.name,
        purpose=File.Purpose.VISION,
        user=caller.user,
        measured=given.measured,
    )


def check_mask(sources: Sequence[File], mask: File | None) -> None:
    """ApiError 400 for a mask that does not lie exactly over the first picture."""
    if mask is None or not sources:
        return
    if mask.mime != "image/png":
        raise bad_picture("mask", "A mask is a PNG with transparent parts.")
    first = sources[0]
    if (mask.width, mask.height) != (first.width, first.height):
        raise bad_picture(
            "mask",
            f"It has {mask.width} × {mask.height} pixels, the first picture"
            f" {first.width} × {first.height}. They must be equal.",
        )
    if not has_alpha(read_bytes(mask)):
        raise bad_picture(
            "mask",
            "It has no alpha channel. A mask is transparent where the picture shall"
            " change.",
        )
