"""The form of an upload and the query of a list of files."""

from __future__ import annotations

from typing import Any, Literal

import orjson
from pydantic import Field

from images_app.api.schemas_images import read_number
from images_app.models import File
from playground.api.cursors import Page
from playground.api.errors import ApiError
from playground.api.forms import Texts
from playground.api.validation import Schema, validate

UploadPurpose = Literal[
    "assistants", "batch", "fine-tune", "vision", "user_data", "evals"
]
ListedPurpose = Literal[
    "assistants",
    "assistants_output",
    "batch",
    "fine-tune",
    "vision",
    "user_data",
    "evals",
]
HOUR, MONTH = 3600, 2_592_000


class ExpiresAfter(Schema):
    """How long after `anchor` a file is removed, in seconds."""

    anchor: Literal["created_at"] = Field(description="What the time counts from.")
    seconds: int = Field(
        ge=HOUR, le=MONTH, description="An hour to 30 days, in seconds."
    )


class UploadForm(Schema):
    """The file, and text fields beside it."""

    purpose: UploadPurpose = Field(
        description="What it is for; pictures for messages are `vision`."
    )
    expires_after: ExpiresAfter | None = Field(
        None,
        description="When it is removed; in a form `expires_after[anchor]` and"
        " `expires_after[seconds]`. Default: never.",
    )


class FilesPage(Page):
    """The query of `GET /v1/files`."""

    limit: int = Field(10_000, ge=1, le=10_000, description="How many, 1 to 10,000.")
    purpose: ListedPurpose | None = Field(
        None, description="Only files of this purpose. Default: all."
    )


def read_upload_form(texts: Texts) -> UploadForm:
    """The form with `expires_after[seconds]` and its like put together.

    ApiError 400 names what is wrong.
    """
    if "file" in texts:
        raise ApiError(
            400, "Invalid 'file': send it as a file.", "file", "invalid_type"
        )
    body: dict[str, Any] = {}
    for name, values in texts.items():
        outer, _, inner = name.removesuffix("]").partition("[")
        if outer == "expires_after" and inner:
            nested = body.setdefault("expires_after", {})
            if isinstance(nested, dict):
                nested[inner] = read_number(values[-1])
        elif name == "expires_after":
            body[name] = _json(values[-1])
        else:
            body[name] = values[-1]
    return validate(UploadForm, body)


def _json(text: str) -> Any:
    """Some clients write the whole policy as one JSON text."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


PURPOSES = {purpose.value: purpose for purpose in File.Purpose}
