"""Bytes become files: bounded, recognised by their own content, kept as they came."""

from __future__ import annotations

import hashlib
import io
import mimetypes
import re
import warnings
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image, UnidentifiedImageError

from images_app.models import File
from playground.lib.clock import now
from playground.organizations.models import Organization, User

MIMES = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "WEBP": "image/webp",
    "GIF": "image/gif",
}
ENDINGS = {mime: ending.lower() for ending, mime in MIMES.items()} | {
    "image/jpeg": "jpg"
}


class NotAPictureError(Exception):
    """The bytes can't be taken as a picture; the text says why and what can."""


class PictureTooLargeError(NotAPictureError):
    """The picture has more bytes or pixels than the settings allow."""


@dataclass(frozen=True)
class Measured:
    """What the bytes themselves say: type, pixels."""

    mime: str
    width: int
    height: int


def measure(data: bytes) -> Measured:
    """Recognise and fully decode a picture within the limits of the settings."""
    if not data:
        raise NotAPictureError("The file is empty.")
    if len(data) > settings.UPLOAD_MAX_PICTURE_BYTES:
        limit = settings.UPLOAD_MAX_PICTURE_BYTES // (1024 * 1024)
        raise PictureTooLargeError(f"The picture is larger than {limit} MiB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _decode(data)
    except Image.DecompressionBombError:
        limit = settings.UPLOAD_MAX_PICTURE_PIXELS // 1_000_000
        raise PictureTooLargeError(
            f"The picture has far more pixels than the limit of {limit} megapixels."
        ) from None
    except UnidentifiedImageError:
        raise NotAPictureError(
            "This is not a picture that Easel can read. Use PNG, JPEG, WebP or GIF."
        ) from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as exc:
        raise NotAPictureError("The picture is damaged or incomplete.") from exc


def _decode(data: bytes) -> Measured:
    with Image.open(io.BytesIO(data), formats=list(MIMES)) as image:
        width, height = image.size
        if width * height > settings.UPLOAD_MAX_PICTURE_PIXELS:
            limit = settings.UPLOAD_MAX_PICTURE_PIXELS // 1_000_000
            raise PictureTooLargeError(
                f"The picture has {width} × {height} pixels; the limit is"
                f" {limit} megapixels."
            )
        mime = MIMES[str(image.format)]
        image.load()
    return Measured(mime, width, height)


def has_alpha(data: bytes) -> bool:
    """Whether parts of this picture can be transparent."""
    with Image.open(io.BytesIO(data), formats=list(MIMES)) as image:
        return "A" in image.getbands() or "transparency" in image.info


def is_transparent(data: bytes) -> bool:
    """Whether any part of this picture is."""
    if not has_alpha(data):
        return False
    with Image.open(io.BytesIO(data), formats=list(MIMES)) as image:
        least, _ = image.convert("RGBA").getchannel("A").getextrema()
    return least != 255


def store_picture(
    *,
    organization: Organization,
    data: bytes,
    name: str,
    purpose: File.Purpose,
    user: User | None = None,
) -> File:
    """Keep a picture's bytes unchanged; raise NotAPictureError for anything else."""
    return store_file(
        organization=organization,
        data=data,
        name=name,
        purpose=purpose,
        user=user,
        measured=measure(data),
    )


def store_file(
    *,
    organization: Organization,
    data: bytes,
    name: str,
    purpose: File.Purpose,
    measured: Measured | None,
    user: User | None = None,
    expires_at: datetime | None = None,
) -> File:
    """Keep bytes unchanged; `measured` is what they show, None for no picture."""
    file = File(
        organization=organization,
        created_by=user,
        purpose=purpose,
        name=_plain_name(name),
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        expires_at=expires_at,
    )
    ending = "bin"
    if measured is None:
        file.mime = _mime_of(file.name)
    else:
        file.name = _file_name(name, measured.mime)
        file.mime, ending = measured.mime, ENDINGS[measured.mime]
        file.width, file.height = measured.width, measured.height
    place = f"{organization.public_id}/{file.public_id}.{ending}"
    file.content.save(place, ContentFile(data), save=False)
    file.save()
    return file


def _mime_of(name: str) -> str:
    """The type that a name stands for.

    What calls itself a picture but could not be read as one is only bytes.
    """
    guessed, encoding = mimetypes.guess_type(name)
    if not guessed or encoding or guessed.startswith("image/"):
        return "application/octet-stream"
    return guessed


def _plain_name(name: str) -> str:
    """The name without folders and without what cannot be printed."""
    last = name.rsplit("/", 1)[-1].rsplit("\\", 1)[-1]
    return "".join(c for c in last if c.isprintable()).strip()[-200:] or "file"


def _file_name(name: str, mime: str) -> str:
    """A harmless name whose ending tells the true type."""
    stem = re.sub(r"[^\w .()-]+", "_", name.rsplit("/", 1)[-1].rsplit("\\", 1)[-1])
    stem = stem.rsplit(".", 1)[0].strip(" .")[:120] or "picture"
    return f"{stem}.{ENDINGS[mime]}"


def read_bytes(file: File) -> bytes:
    """The stored bytes."""
    with file.content.open("rb") as stored:
        return bytes(stored.read())


def delete_file(file: File) -> None:
    """Remove the row, and the bytes once that is certain."""
    storage, place = file.content.storage, file.content.name or ""
    file.delete()
    transaction.on_commit(lambda: storage.delete(place))


def sweep_expired() -> None:
    """Remove the bytes and rows of files whose time is over."""
    for file in File.objects.filter(expires_at__lte=now())[:100]:
        delete_file(file)
