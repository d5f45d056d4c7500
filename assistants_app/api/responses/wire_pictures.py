"""Pictures inside responses: their bytes as base64, and what is known of them.

Everything here reads rows and files: it is called in a database thread, never on the
event loop.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from images_app.models import File, Generation
from images_app.services.files import read_bytes
from playground.lib.errors import ErrorKind

BACKGROUNDS = frozenset({"transparent", "opaque", "auto"})
QUALITIES = frozenset({"low", "medium", "high", "xhigh", "max", "auto"})
FORMATS = {
    "image/png": "png",
    "image/webp": "webp",
    "image/jpeg": "jpeg",
    "image/gif": "gif",
}


@dataclass(frozen=True)
class Facts:
    """What an `image_generation_call` item says besides its id and status.

    `error` says why there never was a picture; without it and without `result` the
    picture was deleted since.
    """

    result: str | None
    said: Mapping[str, Any]
    error: Mapping[str, Any] | None = None


# Of a picture that was made and is not there any more, row and all.
DELETED = Facts(None, {})


def read_picture(organization_id: int, generation_id: str) -> Facts | None:
    """The picture of a call; None where its row is gone."""
    generation = (
        Generation.objects.filter(
            organization_id=organization_id, public_id=generation_id
        )
        .prefetch_related("pictures__file")
        .first()
    )
    return None if generation is None else facts_of(generation)


def facts_of(generation: Generation) -> Facts:
    """The same from the row."""
    picture = next(iter(generation.pictures.all()), None)
    fields = generation.plan.get("request_fields", {})
    is_edit = generation.operation == Generation.Operation.EDIT
    said: dict[str, Any] = {
        "action": "edit" if is_edit else "generate",
        "revised_prompt": generation.sent_prompt,
    }
    if fields.get("quality") in QUALITIES:
        said["quality"] = fields["quality"]
    if fields.get("background") in BACKGROUNDS:
        said["background"] = fields["background"]
    if picture is None:
        was_made = generation.status == Generation.Status.COMPLETED
        return Facts(None, said, None if was_made else _error(generation))
    if picture.revised_prompt:
        said["revised_prompt"] = picture.revised_prompt
    said |= _measures(picture.file)
    return Facts(_encoded(picture.file), said)


def file_facts(file: File, prompt: str) -> Facts:
    """A picture that a client brought along as the result of an earlier call."""
    said = {"revised_prompt": prompt, **_measures(file)}
    return Facts(_encoded(file), said)


def read_preview(file_id: str) -> tuple[str, dict[str, Any]] | None:
    """A preview's base64 and measures; None once it has been removed."""
    file = File.objects.filter(public_id=file_id).first()
    return None if file is None else (_encoded(file), _measures(file))


def _measures(file: File) -> dict[str, Any]:
    measures: dict[str, Any] = {"size": f"{file.width}x{file.height}"}
    if file.mime in FORMATS:
        measures["output_format"] = FORMATS[file.mime]
    return measures


def _encoded(file: File) -> str:
    return base64.b64encode(read_bytes(file)).decode()


def _error(generation: Generation) -> dict[str, Any]:
    is_moderated = generation.status == Generation.Status.MODERATED
    is_users = is_moderated or generation.error_kind == ErrorKind.INVALID
    code = "moderation_blocked" if is_moderated else "image_generation_failed"
    return {
        "type": "image_generation_user_error" if is_users else "server_error",
        "code": generation.error_code or code,
        "message": generation.error_text or "No picture was made.",
        "param": generation.error_param or None,
    }
