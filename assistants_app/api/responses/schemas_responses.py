"""The body of a response, and what of it is refused before anything is written."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field

from assistants_app.api.responses.schemas_items import MAX_TEXT, Items
from assistants_app.api.responses.schemas_response_tools import ResponseTool, ToolChoice
from assistants_app.api.schemas_fields import (
    FORMAT_SCHEMA,
    FormatAbout,
    FormatName,
    Instructions,
    Metadata,
    ModelName,
    ParallelCalls,
    ReasoningEffort,
    Streamed,
    Strict,
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
INCLUDED = (
    f"`{INPUT_IMAGE_URL}` gives the bytes of pictures in the input where items are"
    " listed; the others change nothing here."
)

# Parameters of the published API that this server cannot do anything with.
UNSERVED = ("prompt", "context_management", "moderation", "image")
UNSERVED_ABOUT = "Not served here."


class TextFormat(Schema):
    """Plain text, as when nothing is said."""

    type: Literal["text"]


class JsonObjectFormat(Schema):
    """Any JSON object."""

    type: Literal["json_object"]


class JsonSchemaFormat(Schema):
    """JSON that fits a schema."""

    type: Literal["json_schema"]
    name: FormatName
    schema_: dict[str, Any] = Field(alias="schema", description=FORMAT_SCHEMA)
    description: FormatAbout | None = None
    strict: Strict | None = None


class TextOptions(Schema):
    """What the text must look like; `verbosity` is repeated and no more."""

    format: (
        Annotated[
            TextFormat | JsonObjectFormat | JsonSchemaFormat, Discriminator("type")
        ]
        | None
    ) = Field(None, description="The form of the answer. Default: text.")
    verbosity: Literal["low", "medium", "high"] | None = Field(
        None, description="Accepted and repeated; changes nothing."
    )


class Reasoning(Schema):
    effort: ReasoningEffort | None = None
    summary: Literal["auto", "concise", "detailed"] | None = Field(
        None, description="Accepted; no summary is made here."
    )
    generate_summary: Literal["auto", "concise", "detailed"] | None = Field(
        None, description="Accepted; no summary is made here."
    )
    context: str | None = Field(None, description="Accepted; changes nothing.")
    mode: str | None = Field(None, description="Accepted; changes nothing.")


class ConversationName(Schema):
    id: str = Field(max_length=64, description="The conversation's id.")


class StreamOptions(Schema):
    include_obfuscation: bool | None = Field(
        None, description="Accepted; no event is obfuscated here."
    )


class ResponseCreate(Schema):
    """One of `input`, `previous_response_id` and `conversation` is needed."""

    model: ModelName
    input: Annotated[str, Field(max_length=MAX_TEXT)] | Items | None = Field(
        None, description="What is said: words, or items in their order."
    )
    instructions: Instructions | None = None
    previous_response_id: str | None = Field(
        None,
        max_length=64,
        description="Go on behind this response. Several may follow the same one.",
    )
    conversation: Annotated[str, Field(max_length=64)] | ConversationName | None = (
        Field(None, description="Its items come before the input, and get what is new.")
    )
    tools: list[ResponseTool] | None = Field(
        None, max_length=128, description="What the model may call. Default: nothing."
    )
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: ParallelCalls | None = None
    max_output_tokens: int | None = Field(
        None, ge=16, description="Where the answer is cut. Default: no limit."
    )
    max_tool_calls: int | None = Field(
        None, ge=1, description="How many pictures at most. Default: no limit."
    )
    temperature: Temperature | None = None
    top_p: TopP | None = None
    top_logprobs: int | None = Field(
        None, ge=0, le=20, description="Only 0: log probabilities are not served here."
    )
    text: TextOptions | None = None
    reasoning: Reasoning | None = Field(
        None, description="For models that think before they answer."
    )
    truncation: Literal["auto", "disabled"] | None = Field(
        None,
        description="Whether old items are left out when there are too many."
        " Default: `disabled`.",
    )
    include: list[Include] | None = Field(None, description=INCLUDED)
    store: bool | None = Field(
        None,
        description="False: no call gives the response back, and its texts are removed"
        " soon. Pictures that it makes stay among the files. Default: true.",
    )
    background: bool | None = Field(
        None,
        description="Answer at once; read the response by its id later. Default: false.",
    )
    stream: Streamed | None = None
    stream_options: StreamOptions | None = Field(
        None, description="Accepted; no event is obfuscated here."
    )
    metadata: Metadata | None = None
    service_tier: Literal["auto", "default", "flex", "scale", "priority"] | None = (
        Field(None, description="Accepted; there is one tier, `default`.")
    )
    prompt_cache_key: str | None = Field(
        None, max_length=1024, description="Accepted and repeated; nothing is cached."
    )
    prompt_cache_retention: Literal["in_memory", "in-memory", "24h"] | None = Field(
        None, description="Accepted; nothing is cached here."
    )
    prompt_cache_options: dict[str, Any] | None = Field(
        None, description="Accepted; nothing is cached here."
    )
    safety_identifier: str | None = Field(
        None, max_length=128, description="A hashed name of the end user; repeated."
    )
    user: str | None = Field(
        None, max_length=512, description="Your name for the end user; repeated."
    )
    prompt: dict[str, Any] | None = Field(None, description=UNSERVED_ABOUT)
    context_management: list[dict[str, Any]] | None = Field(
        None, description=UNSERVED_ABOUT
    )
    moderation: dict[str, Any] | None = Field(None, description=UNSERVED_ABOUT)
    image: dict[str, Any] | None = Field(None, description=UNSERVED_ABOUT)

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
    if data.input in ("", []) and not has_past:
        is_text = isinstance(data.input, str)
        what = "the text is empty" if is_text else "the list is empty"
        least = "one character" if is_text else "one item"
        raise ApiError(
            400,
            f"Invalid 'input': {what}. Expected at least {least}.",
            "input",
            f"{'string' if is_text else 'array'}_below_min_length",
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
