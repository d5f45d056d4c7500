"""The bodies of threads and messages."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, field_validator

from assistants_app.api.schemas_fields import Detail, Metadata, ToolResources
from playground.api.validation import Schema
from playground.lib.public_address import is_public_url

MAX_TEXT = 256_000

Words = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]


class TextPart(Schema):
    type: Literal["text"]
    text: Words = Field(description="The words.")


class ImageFile(Schema):
    file_id: str = Field(max_length=40, description="The id of a stored picture.")
    detail: Detail | None = None


class ImageFilePart(Schema):
    type: Literal["image_file"]
    image_file: ImageFile = Field(description="A picture that was uploaded or made.")


class ImageUrl(Schema):
    url: str = Field(max_length=8192, description="A public https address.")
    detail: Detail | None = None

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        if not is_public_url(url):
            raise ValueError(
                "only public https addresses are taken. Upload other pictures as"
                " files and name them in an image_file part."
            )
        return url


class ImageUrlPart(Schema):
    type: Literal["image_url"]
    image_url: ImageUrl = Field(description="A picture by its address.")


Part = Annotated[TextPart | ImageFilePart | ImageUrlPart, Discriminator("type")]


def _text_or_parts(value: Any) -> str:
    return "parts" if isinstance(value, list) else "words"


Content = Annotated[
    Annotated[Words, Tag("words")]
    | Annotated[Annotated[list[Part], Field(min_length=1)], Tag("parts")],
    Discriminator(_text_or_parts),
    Field(description="Words, or parts: words and pictures in their order."),
]


class AttachmentTool(Schema):
    type: Literal["code_interpreter", "file_search"] = Field(
        description="Not served here."
    )

    @field_validator("type")
    @classmethod
    def _refuse(cls, kind: str) -> str:
        raise ValueError(f"the tool {kind} is not served here.")


class Attachment(Schema):
    file_id: str = Field(max_length=40, description="The id of a stored file.")
    tools: list[AttachmentTool] | None = Field(
        None, description="Empty; no tool here reads files."
    )


class MessageCreate(Schema):
    role: Literal["user", "assistant"] = Field(description="Who says it.")
    content: Content
    attachments: list[Attachment] | None = Field(
        None, description="Files that are named with the message; no tool reads them."
    )
    metadata: Metadata | None = None


class MetadataUpdate(Schema):
    """What can be changed of a message or a run."""

    metadata: Metadata | None = None


class ThreadCreate(Schema):
    messages: list[MessageCreate] | None = Field(
        default=None, description="What it begins with, oldest first. Default: nothing."
    )
    tool_resources: ToolResources | None = Field(
        default=None, description="Empty; tools that need files are not served here."
    )
    metadata: Metadata | None = None


class ThreadUpdate(Schema):
    tool_resources: ToolResources | None = Field(
        default=None, description="Empty; tools that need files are not served here."
    )
    metadata: Metadata | None = None
