"""Stored files as the API writes them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from images_app.models import File


class FileObject(BaseModel):
    """A stored file."""

    id: str
    object: str = "file"
    bytes: int
    created_at: int = Field(description="Seconds since 1970.")
    filename: str
    purpose: str
    status: str = "processed"
    expires_at: int | None = Field(
        None, description="When it is removed by itself; absent for never."
    )


class FileList(BaseModel):
    """A page of files."""

    object: str = "list"
    data: list[FileObject]
    first_id: str | None
    last_id: str | None
    has_more: bool


class FileDeleted(BaseModel):
    """What is told of a file that was deleted."""

    id: str
    object: str = "file"
    deleted: bool = True


def file_object(file: File) -> dict[str, Any]:
    """One file; `expires_at` only where it ever expires, as OpenAI writes it."""
    told: dict[str, Any] = {
        "id": file.public_id,
        "object": "file",
        "bytes": file.size,
        "created_at": int(file.created_at.timestamp()),
        "filename": file.name,
        "purpose": file.purpose,
        "status": "processed",
    }
    if file.expires_at is not None:
        told["expires_at"] = int(file.expires_at.timestamp())
    return told
