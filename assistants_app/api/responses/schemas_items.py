"""The items of a response's input and of a conversation, as clients send them.

Every item that an answer holds is taken back unchanged, with all that it says.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, Discriminator, Field

from assistants_app.api.schemas_fields import FunctionName
from playground.api.errors import ApiError
from playground.api.validation import Schema

MAX_TEXT = 10_485_760
MAX_ITEMS = 2048
MAX_PARTS = 512
Text = Annotated[str, Field(max_length=MAX_TEXT, description="The words.")]
Id = Annotated[str, Field(max_length=200, description="The item's id.")]
# Some servers give their calls very long ids, which come back with the outputs.
CallId = Annotated[
    str,
    Field(
        min_length=1,
        max_length=1024,
        description="Joins a call with its output.",
    ),
]
Status = Annotated[
    Literal["in_progress", "completed", "incomplete"],
    Field(description="As an answer told it; not needed."),
]
Detail = Annotated[
    Literal["auto", "low", "high", "original"],
    Field(description="How closely a model looks at the picture. Default: `auto`."),
]
# What clients send back of an answer, and what nothing here depends on.
_BACK = Field(description="Accepted as clients send it back; changes nothing.")
BackText = Annotated[str, _BACK]
BackObject = Annotated[dict[str, Any], _BACK]
BackObjects = Annotated[list[dict[str, Any]], _BACK]
BackAny = Annotated[Any, _BACK]


class InputText(Schema):
    """Words of a message."""

    type: Literal["input_text"]
    text: Text
    prompt_cache_breakpoint: BackObject | None = None


class InputImage(Schema):
    """A picture: the id of a stored file, an https address, or a data: URL."""

    type: Literal["input_image"]
    image_url: str | None = Field(
        None, description="A public https address, or a data: URL."
    )
    file_id: Id | None = Field(None, description="The id of a stored picture.")
    detail: Detail | None = None
    prompt_cache_breakpoint: BackObject | None = None


class InputFile(Schema):
    """Files that are no pictures: not served here."""

    model_config = {"extra": "allow"}

    type: Literal["input_file"]


class OutputText(Schema):
    """Words that a model wrote, sent back."""

    type: Literal["output_text"]
    text: Text
    annotations: BackObjects | None = None
    logprobs: BackObjects | None = None
    # What the official client's own parsing adds to an item that it sends back.
    parsed: BackAny = None


class Refusal(Schema):
    """A model's refusal, sent back."""

    type: Literal["refusal"]
    refusal: Text


Part = Annotated[
    InputText | InputImage | InputFile | OutputText | Refusal, Discriminator("type")
]
OutputPart = Annotated[InputText | InputImage | InputFile, Discriminator("type")]


class MessageItem(Schema):
    """What somebody says; `type` may be left out."""

    type: Literal["message"] = "message"
    id: Id | None = None
    role: Literal["user", "assistant", "system", "developer"] = Field(
        description="Who says it."
    )
    content: Text | Annotated[list[Part], Field(max_length=MAX_PARTS)] = Field(
        description="Words, or parts: words and pictures in their order."
    )
    status: Status | None = None
    phase: Literal["commentary", "final_answer"] | None = Field(
        None, description="Accepted as clients send it back; changes nothing."
    )


class FunctionCallItem(Schema):
    """A model's call of your function, sent back."""

    type: Literal["function_call"]
    id: Id | None = None
    call_id: CallId
    name: FunctionName
    arguments: Text = Field(description="What it was called with, as JSON text.")
    status: Status | None = None
    namespace: BackText | None = None
    caller: BackObject | None = None
    created_by: BackText | None = None
    parsed_arguments: BackAny = None
    # The second is what the official client's `model_dump()` writes.
    is_async: bool | None = Field(
        None,
        validation_alias=AliasChoices("async", "async_"),
        serialization_alias="async",
        description="Accepted as clients send it back; changes nothing.",
    )


class FunctionOutputItem(Schema):
    """What your function returned to a call."""

    type: Literal["function_call_output"]
    id: Id | None = None
    call_id: CallId
    output: Text | Annotated[list[OutputPart], Field(max_length=MAX_PARTS)] = Field(
        description="Words, or parts."
    )
    status: Status | None = None
    name: BackText | None = None
    namespace: BackText | None = None
    caller: BackObject | None = None
    created_by: BackText | None = None


class ImageCallItem(Schema):
    """A picture that was made earlier; its id alone is enough."""

    type: Literal["image_generation_call"]
    id: Id
    status: Literal["in_progress", "generating", "completed", "failed"] | None = Field(
        None, description="As an answer told it; not needed."
    )
    result: str | None = Field(
        None, description="The picture as base64; needed only where its id is unknown."
    )
    revised_prompt: Text | None = Field(None, description="What was drawn.")
    action: BackText | None = None
    size: BackText | None = None
    quality: BackText | None = None
    background: BackText | None = None
    output_format: BackText | None = None
    error: BackObject | None = None
    svg_usage: BackObject | None = None


class ReasoningItem(Schema):
    """Taken, as clients pass it back; chat models are not told of it."""

    type: Literal["reasoning"]
    id: Id | None = None
    summary: BackObjects | None = None
    content: BackObjects | None = None
    encrypted_content: BackText | None = None
    status: Status | None = None


class ReferenceItem(Schema):
    """An item that was said before, by its id."""

    type: Literal["item_reference"]
    id: Id


def _typed(value: Any) -> Any:
    """A message need not say that it is one; a bare reference is known by its id."""
    if not isinstance(value, dict) or value.get("type") is not None:
        return value
    is_bare = "id" in value and set(value) <= {"id", "type"}
    kind = "item_reference" if is_bare else "message"
    return {**value, "type": kind}


Item = Annotated[
    Annotated[
        MessageItem
        | FunctionCallItem
        | FunctionOutputItem
        | ImageCallItem
        | ReasoningItem
        | ReferenceItem,
        Discriminator("type"),
    ],
    BeforeValidator(_typed),
]
Items = Annotated[list[Item], Field(max_length=MAX_ITEMS)]


def plain_items(items: list[Any], place: str) -> list[dict[str, Any]]:
    """The items as the services take them: plain values, nothing unsaid.

    ApiError 400 for a message that says nothing; an answer may have been empty.
    """
    for index, item in enumerate(items):
        if item.type == "message" and item.role != "assistant" and item.content == []:
            where = f"{place}[{index}].content"
            raise ApiError(
                400,
                f"Invalid '{where}': the list is empty. Expected at least one part.",
                where,
                "array_below_min_length",
            )
    return [item.model_dump(by_alias=True, exclude_none=True) for item in items]
