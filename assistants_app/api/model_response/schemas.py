"""The body of `POST /v1/model/response`: the seed platform's fields and limits."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    StringConstraints,
)

from assistants_app.api.model_response.schemas_inputs import (
    Id,
    Input,
    SpokenInput,
    ToolInput,
)
from assistants_app.api.schemas_fields import Metadata
from assistants_app.tools.functions import RESERVED_NAMES
from playground.api.errors import ApiError
from playground.api.validation import Schema

MAX_INPUTS = 256
MAX_TOOLS = 128
MAX_PARAMETERS_BYTES = 32 * 1024

Mode = Literal["auto", "on", "off"]


class ImageOptions(Schema):
    """How pictures are made; what is left out is the assistant's or the default."""

    mode: Mode | None = None
    provider: str | None = Field(None, max_length=40)
    model: str | None = Field(None, max_length=250)
    size: str | None = Field(None, max_length=20)
    aspect_ratio: str | None = Field(None, max_length=20)
    quality: str | None = Field(None, max_length=40)
    background: str | None = Field(None, max_length=40)
    output_format: str | None = Field(None, max_length=20)
    output_compression: int | None = Field(None, ge=0, le=100)
    moderation: str | None = Field(None, max_length=40)
    style: str | None = Field(None, max_length=200)
    seed: int | None = None
    partial_images: int | None = Field(None, ge=0, le=3)

    def said(self) -> dict[str, Any]:
        """The options that hold a value, without the tool's own name."""
        return self.model_dump(exclude_none=True, exclude={"type"})


class ImageToolEntry(ImageOptions):
    type: Literal["image_generation"]


def _is_small(parameters: dict[str, Any]) -> dict[str, Any]:
    if len(orjson.dumps(parameters)) > MAX_PARAMETERS_BYTES:
        raise ValueError("The JSON schema may have at most 32 KB.")
    if parameters.get("type", "object") != "object":
        raise ValueError('A function\'s parameters are a schema of type "object".')
    return parameters


def _is_free(name: str) -> str:
    if name in RESERVED_NAMES:
        raise ValueError(f"“{name}” is Easel's own tool. Choose another name.")
    return name


class FlatFunctionTool(Schema):
    """One of the client's own functions, flat."""

    type: Literal["function"]
    name: Annotated[
        str,
        StringConstraints(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$", max_length=64),
        AfterValidator(_is_free),
    ]
    description: str | None = Field(None, max_length=1024)
    parameters: Annotated[dict[str, Any], AfterValidator(_is_small)] | None = None
    strict: bool | None = None

    def stored(self) -> dict[str, Any]:
        """As an assistant's tools hold it."""
        function = self.model_dump(exclude_none=True, exclude={"type"})
        return {"type": "function", "function": function}


Tool = Annotated[ImageToolEntry | FlatFunctionTool, Discriminator("type")]


class SwitchedOff(Schema):
    """A system tool that Easel does not have can only be switched off."""

    mode: Literal["off"]


class SystemTools(Schema):
    image_generation: ImageOptions | None = None
    image_operations: ImageOptions | None = None
    web_search: SwitchedOff | None = None
    file_search: SwitchedOff | None = None
    code_interpreter: SwitchedOff | None = None
    computer_use: SwitchedOff | None = None
    personal_connectors: SwitchedOff | None = None


class ReasoningOptions(Schema):
    effort: Literal["off", "low", "medium", "high", "maximum"] | None = None
    summary: Literal["off", "auto", "concise", "detailed"] | None = None


Include = Literal[
    "all",
    "tools.available",
    "tools.used",
    "web_search.sources",
    "code_interpreter.outputs",
    "file_search.results",
    "message.logprobs",
    "reasoning.encrypted",
    "request.logs",
    "usage.detailed",
    "rules.debug",
    "rules",
]


class ModelResponseCreate(Schema):
    inputs: list[Input] = Field(min_length=1, max_length=MAX_INPUTS)
    organization_id: Id | None = Field(
        None, description="Needed by a person who belongs to several."
    )
    assistant_id: Id | None = Field(
        None, description="Bound to the thread by its first message."
    )
    thread_id: Id | None = Field(None, description="Without it a thread is made.")
    previous_response_id: Id | None = Field(
        None, description="Go on behind this response."
    )
    previous_message_id: Id | None = Field(
        None, description="Go on behind this message of the thread."
    )
    edit_message_id: Id | None = Field(
        None, description="Go on in place of this message of the thread."
    )
    model: str | None = Field(None, min_length=1, max_length=250)
    tools: list[Tool] | None = Field(None, max_length=MAX_TOOLS)
    system_tools: SystemTools | None = None
    stream: bool | None = None
    background: bool | None = Field(
        None, description="Answer at once; fetch the response by its id later."
    )
    instructions: str | None = Field(
        None,
        max_length=5000,
        description="Added to the assistant's own, for this response.",
    )
    temperature: float | None = Field(None, ge=0, le=1)
    top_p: float | None = Field(None, ge=0, le=1)
    max_output_synapses: int | None = Field(
        None, gt=0, le=1_000_000, description="Output tokens of the response."
    )
    reasoning: ReasoningOptions | None = None
    output_mode: Literal["text", "plain", "blocks", "structured", "json"] | None = None
    include: list[Include] | None = Field(
        None, max_length=32, description="Accepted; an answer is always whole."
    )
    metadata: Metadata | None = None
    store: bool | None = Field(
        None, description="false keeps the thread that is made out of lists."
    )
    disable_rules: bool | None = Field(
        None, description="Accepted; no rules are kept here."
    )

    @property
    def spoken(self) -> list[SpokenInput]:
        """What somebody said, in order."""
        return [entry for entry in self.inputs if isinstance(entry, SpokenInput)]

    @property
    def results(self) -> list[ToolInput]:
        """What functions answered, in order."""
        return [entry for entry in self.inputs if isinstance(entry, ToolInput)]

    def image_options(self) -> tuple[str, dict[str, Any]] | None:
        """The field that configures the image tool, and what it says.

        ApiError when two fields do.
        """
        found: list[tuple[str, ImageOptions]] = [
            (f"tools[{index}]", tool)
            for index, tool in enumerate(self.tools or [])
            if isinstance(tool, ImageToolEntry)
        ]
        if self.system_tools:
            for name in ("image_generation", "image_operations"):
                options = getattr(self.system_tools, name)
                if options is not None:
                    found.append((f"system_tools.{name}", options))
        if len(found) > 1:
            raise ApiError(
                400,
                f"The image tool is configured twice: in '{found[0][0]}' and in"
                f" '{found[1][0]}'. Send one of them.",
                found[1][0],
                "invalid_value",
            )
        return (found[0][0], found[0][1].said()) if found else None
