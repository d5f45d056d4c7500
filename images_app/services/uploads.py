"""Pictures that a person gives to an edit: stored at once, refused one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from images_app.models import File
from images_app.services.files import NotAPictureError, store_picture
from images_app.services.wording import count
from playground.organizations.models import Organization, User


@dataclass(frozen=True)
class Taken:
    """What was stored, and a sentence for each file that was not."""

    files: tuple[File, ...]
    refusals: tuple[str, ...]


def take_uploads(
    *,
    organization: Organization,
    uploads: Sequence[UploadedFile[bytes]],
    user: User,
    room: int,
) -> Taken:
    """Store at most `room` of these pictures."""
    files: list[File] = []
    refusals: list[str] = []
    for upload in uploads:
        name = upload.name or "picture"
        if len(files) >= room:
            refusals.append(f"{name} was left out: at most {count(room, 'picture')}.")
            continue
        try:
            files.append(_take(organization, upload, name, user))
        except NotAPictureError as exc:
            refusals.append(f"{name}: {exc}")
    return Taken(tuple(files), tuple(refusals))


def _take(
    organization: Organization, upload: UploadedFile[bytes], name: str, user: User
) -> File:
    # One byte over the limit is enough to know, and no more than that is read.
    data = upload.read(settings.UPLOAD_MAX_PICTURE_BYTES + 1)
    return store_picture(
        organization=organization,
        data=data,
        name=name,
        purpose=File.Purpose.VISION,
        user=user,
    )
