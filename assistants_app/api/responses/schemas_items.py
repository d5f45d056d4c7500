"""The items of a response's input and of a conversation, as clients send them.

Every item that an answer holds is taken back unchanged, with all that it says.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, Discriminator, Field

from assistants_app.api.schemas_fields import NAME_PATTERN
from playground.api.validation import Schema

MAX_TEXT = 10_485_760
MAX_ITEMS = 2048
MAX_PARTS = 512
Text = Annotated[str, Field(max_length=MAX_TEXT)]
Id = Annotated[str, Field(max_length=200)]
# Some servers give their calls very long ids, which come back with the outputs.
CallId = Annotated[str, Field(min_length=1, max_length=1024)]
Status = Literal["in_progress", "completed", "incomplete"]
Detail = Literal["auto", "low", "high", "original"]


class InputText(Schema):
    type: Literal["input_text"]
    text: Text
    prompt_cache_breakpoint: dict[str, Any] | None = None


class InputImage(Schema):
    """A picture: the id of a stored file, an https address, or a data: URL."""

    type: Literal["input_image"]
    image_url: str | None = None
    file_id: Id | None = None
    detail: Detail | None = None
    prompt_cache_breakpoint: dict[str, Any] | None = None


class InputFile(Schema):
    """Refused by the service with a sentence of its own."""

    model_config = {"extra": "allow"}

    type: Literal["input_file"]


class OutputText(Schema):
    type: Literal["output_text"]
    text: Text
    annotations: list[dict[str, Any]] | None = None
    logprobs: list[dict[str, Any]] | None = None
    # What the official client's own parsing adds to an item that it sends back.
    parsed: Any = None


class Refusal(Schema):
    type: Literal["refusal"]
    refusal: Text


Part = Annotated[
    InputText | InputImage | InputFile | OutputText | Refusal, Discriminator("type")
]
OutputPart = Annotated[InputText | InputImage | InputFile, Discriminator("type")]


class MessageItem(Schema):
    type: Literal["message"] = "message"
    id: Id | None = None
    role: Literal["user", "assistant", "system", "developer"]
    content: Text | Annotated[list[Part], Field(max_length=MAX_PARTS)]
    status: Status | None = None
    phase: Literal["commentary", "final_answer"] | None = None


class FunctionCallItem(Schema):
    type: Literal["function_call"]
    id: Id | None = None
    call_id: CallId
    name: str = Field(pattern=NAME_PATTERN)
    arguments: Text
    status: Status | None = None
    namespace: str | None = None
    caller: dict[str, Any] | None = None
    created_by: str | None = None
    parsed_arguments: Any = None
    # The second is what the official client's `model_dump()` writes.
    is_async: bool | None = Field(
        None,
        validation_alias=AliasChoices("async", "async_"),
        serialization_alias="async",
    )


class FunctionOutputItem(Schema):
    type: Literal["function_call_output"]
    id: Id | None = None
    call_id: CallId
    output: Text | Annotated[list[OutputPart], Field(max_length=MAX_PARTS)]
    status: Status | None = None
    name: str | None = None
    namespace: str | None = None
    caller: dict[str, Any] | None = None
    created_by: str | None = None


class ImageCallItem(Schema):
    """A picture that was made earlier; its id alone is enough."""

    type: Literal["image_generation_call"]
    id: Id
    status: Literal["in_progress", "generating", "completed", "failed"] | None = None
    result: str | None = None
    revised_prompt: Text | None = None
    action: str | None = None
    size: str | None = None
    quality: str | None = None
    background: str | None = None
    output_format: str | None = None
    error: dict[str, Any] | None = None
    svg_usage: dict[str, Any] | None = None


class ReasoningItem(Schema):
    """Taken, as clients pass it back; chat models are not told of it."""

    type: Literal["reasoning"]
    id: Id | None = None
    summary: list[dict[str, Any]] | None = None
    content: list[dict[str, Any]] | None = None
    encrypted_content: str | None = None
    status: Status | None = None


class ReferenceItem(Schema):
    """An item that was said before, by its id."""

    type: Literal["item_reference"]
    id: Id


def _typed(value: Any) -> Any:
    """A message need not say that it is one; a bare reference is known by its id."""
    if not isinstance(value, dict) or value.get("type") is not None:
        return value
    kind = "item_reference" if set(value) <= {"id", "type"} else "message"
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


def plain_items(items: list[Any]) -> list[dict[str, Any]]:
    """The items as the services take them: plain values, nothing unsaid."""
    return [item.model_dump(by_alias=True, exclude_none=True) for item in items]
