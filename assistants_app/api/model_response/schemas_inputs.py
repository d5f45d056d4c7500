"""What is said in a request of the seed dialect: messages, and results of functions."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator

from assistants_app.api.schemas_fields import Detail
from playground.api.validation import Schema

MAX_FILES = 10
MAX_TEXT = 256_000
MAX_TOOL_RESULT_BYTES = 1024 * 1024

Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]
InputId = Annotated[str, Field(description="Accepted; ids are given here.")]


class TextBlock(Schema):
    type: Literal["text", "input_text", "output_text"] = Field(
        description="All three mean the same."
    )
    text: str = Field(max_length=MAX_TEXT, description="The words.")
    annotations: list[Any] | None = Field(
        default=None, description="Accepted as clients send it back; changes nothing."
    )


class FileBlock(Schema):
    type: Literal["file"]
    file_id: Id = Field(description="The id of an uploaded picture.")


class PictureAddress(Schema):
    url: str = Field(
        min_length=1, description="A public https address, or a data: URL."
    )
    detail: Detail | None = None


class ImageBlock(Schema):
    type: Literal["image_url"]
    image_url: PictureAddress = Field(description="Where the picture is.")


Block = Annotated[TextBlock | FileBlock | ImageBlock, Discriminator("type")]


class FileReference(Schema):
    file_id: Id = Field(description="The id of an uploaded picture.")


def _content_kind(content: Any) -> str:
    """Which of the forms a content has, so that an error names one of them only."""
    if isinstance(content, list):
        return "blocks"
    return "object" if isinstance(content, dict) else "text"


Said = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT), Tag("text")]
    | Annotated[list[Block], Field(min_length=1), Tag("blocks")],
    Discriminator(lambda content: "blocks" if isinstance(content, list) else "text"),
]


class SpokenInput(Schema):
    """What somebody said. A picture is an uploaded file or an address."""

    role: Literal["user", "assistant", "system"] = Field(description="Who says it.")
    content: Said = Field(
        description="Words, or blocks: words and pictures in their order."
    )
    files: list[FileReference] | None = Field(
        None, max_length=MAX_FILES, description="Uploaded pictures, after the words."
    )
    id: InputId | None = None

    @property
    def blocks(self) -> list[TextBlock | FileBlock | ImageBlock]:
        """The content as blocks, whichever way it was written."""
        if isinstance(self.content, str):
            return [TextBlock(type="text", text=self.content)]
        return self.content


Result = Annotated[
    Annotated[str, Tag("text")]
    | Annotated[list[TextBlock], Tag("blocks")]
    | Annotated[dict[str, Any], Tag("object")],
    Discriminator(_content_kind),
]


class ToolInput(Schema):
    """What one of the client's functions answered to a call."""

    role: Literal["tool"]
    tool_call_id: str = Field(
        min_length=1, max_length=200, description="The `call_id` of the call."
    )
    content: Result = Field(description="What your function returned.")
    id: InputId | None = None

    @model_validator(mode="after")
    def _is_not_too_long(self) -> ToolInput:
        if len(self.output.encode()) > MAX_TOOL_RESULT_BYTES:
            raise ValueError("A tool's content may have at most 1 MB.")
        return self

    @property
    def output(self) -> str:
        """The text that the model is told."""
        if isinstance(self.content, str):
            return self.content
        if isinstance(self.content, list):
            return "\n\n".join(block.text for block in self.content)
        return orjson.dumps(self.content).decode()


Input = Annotated[SpokenInput | ToolInput, Discriminator("role")]
