"""The body of a response, and what of it is refused before anything is written."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field

from assistants_app.api.responses.schemas_items import MAX_TEXT, Items
from assistants_app.api.responses.schemas_response_tools import ResponseTool, ToolChoice
from assistants_app.api.schemas_fields import (
    NAME_PATTERN,
    Instructions,
    Metadata,
    ModelName,
    ReasoningEffort,
    Temperature,
    TopP,
)
from playground.api.errors import ApiError
from playground.api.validation import Schema

Include = Literal[
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "message.input_image.image_url",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
    "reasoning.encrypted_content",
    "message.output_text.logprobs",
]
INPUT_IMAGE_URL = "message.input_image.image_url"

# Parameters of the published API that this server cannot do anything with.
UNSERVED = ("prompt", "context_management", "moderation", "image")


class TextFormat(Schema):
    type: Literal["text"]


class JsonObjectFormat(Schema):
    type: Literal["json_object"]


class JsonSchemaFormat(Schema):
    type: Literal["json_schema"]
    name: str = Field(pattern=NAME_PATTERN)
    schema_: dict[str, Any] = Field(alias="schema")
    description: str | None = None
    strict: bool | None = None


class TextOptions(Schema):
    """What the text must look like; `verbosity` is repeated and no more."""

    format: (
        Annotated[
            TextFormat | JsonObjectFormat | JsonSchemaFormat, Discriminator("type")
        ]
        | None
    ) = None
    verbosity: Literal["low", "medium", "high"] | None = None


class Reasoning(Schema):
    effort: ReasoningEffort | None = None
    summary: Literal["auto", "concise", "detailed"] | None = None
    generate_summary: Literal["auto", "concise", "detailed"] | None = None
    context: str | None = None
    mode: str | None = None


class ConversationName(Schema):
    id: str = Field(max_length=64)


class StreamOptions(Schema):
    include_obfuscation: bool | None = None


class ResponseCreate(Schema):
    """The body of `POST /v1/responses`."""

    model: ModelName
    input: Annotated[str, Field(max_length=MAX_TEXT)] | Items | None = None
    instructions: Instructions | None = None
    previous_response_id: str | None = Field(None, max_length=64)
    conversation: Annotated[str, Field(max_length=64)] | ConversationName | None = None
    tools: list[ResponseTool] | None = Field(None, max_length=128)
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    max_output_tokens: int | None = Field(None, ge=16)
    max_tool_calls: int | None = Field(None, ge=1)
    temperature: Temperature | None = None
    top_p: TopP | None = None
    top_logprobs: int | None = Field(None, ge=0, le=20)
    text: TextOptions | None = None
    reasoning: Reasoning | None = None
    truncation: Literal["auto", "disabled"] | None = None
    include: list[Include] | None = None
    store: bool | None = Field(
        None,
        description="False: no call gives the response back, and its texts are removed"
        " soon. Pictures that it makes stay among the files.",
    )
    background: bool | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    metadata: Metadata | None = None
    service_tier: Literal["auto", "default", "flex", "scale", "priority"] | None = None
    prompt_cache_key: str | None = Field(None, max_length=1024)
    prompt_cache_retention: Literal["in_memory", "in-memory", "24h"] | None = None
    prompt_cache_options: dict[str, Any] | None = None
    safety_identifier: str | None = Field(None, max_length=128)
    user: str | None = Field(None, max_length=512)
    prompt: dict[str, Any] | None = None
    context_management: list[dict[str, Any]] | None = None
    moderation: dict[str, Any] | None = None
    image: dict[str, Any] | None = None

    @property
    def conversation_id(self) -> str | None:
        """The conversation's id, in whichever form it was given."""
        if isinstance(self.conversation, ConversationName):
            return self.conversation.id
        return self.conversation

    @property
    def is_stored(self) -> bool:
        return self.store is not False


def check_request(data: ResponseCreate) -> None:
    """The rules between fields; ApiError 400 for the first that is broken."""
    for name in UNSERVED:
        if getattr(data, name) is not None:
            raise ApiError(
                400,
                f"Unsupported parameter: '{name}' is not served here.",
                name,
                "unsupported_parameter",
            )
    if data.previous_response_id and data.conversation_id:
        raise ApiError(
            400,
            "'previous_response_id' and 'conversation' exclude each other. Send one.",
            "previous_response_id",
            "mutually_exclusive_parameters",
        )
    has_past = data.previous_response_id or data.conversation_id
    if data.input is None and not has_past:
        raise ApiError(
            400,
            "Missing required parameter: one of 'input', 'previous_response_id' and"
            " 'conversation' must be there.",
            "input",
            "missing_required_parameter",
        )
    if data.input == [] and not has_past:
        raise ApiError(
            400,
            "Invalid 'input': the list is empty. Expected at least one item.",
            "input",
            "array_below_min_length",
        )
    if data.background and not data.is_stored:
        raise ApiError(
            400,
            "Invalid 'background': a background response must be stored, so 'store'"
            " cannot be false.",
            "background",
            "invalid_value",
        )
    _check_unavailable(data)


def _check_unavailable(data: ResponseCreate) -> None:
    wants = "message.output_text.logprobs" in (data.include or ())
    if data.top_logprobs or wants:
        name = "top_logprobs" if data.top_logprobs else "include"
        raise ApiError(
            400,
            f"Unsupported value: '{name}' asks for log probabilities, which are not"
            " available here.",
            name,
            "unsupported_value",
        )
