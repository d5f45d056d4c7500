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
from assistants_app.api.schemas_fields import (
    PARAMETERS,
    FunctionAbout,
    Metadata,
    ModelName,
    Streamed,
    Strict,
    Temperature,
    TopP,
)
from assistants_app.tools.functions import RESERVED_NAMES
from images_app.api.schemas_options import (
    AspectRatio,
    Background,
    Compression,
    ImageModel,
    ImageProvider,
    Mode,
    Moderation,
    OutputFormat,
    Previews,
    Quality,
    Seed,
    Size,
    Style,
)
from playground.api.errors import ApiError
from playground.api.seed import OrganizationId
from playground.api.validation import Schema

MAX_INPUTS = 256
MAX_TOOLS = 128
MAX_PARAMETERS_BYTES = 32 * 1024


class ImageOptions(Schema):
    """How pictures are made; what is left out is the assistant's or the default."""

    mode: Mode | None = None
    provider: ImageProvider | None = Field(None, max_length=40)
    model: ImageModel | None = Field(None, max_length=250)
    size: Size | None = Field(None, max_length=20)
    aspect_ratio: AspectRatio | None = Field(None, max_length=20)
    quality: Quality | None = Field(None, max_length=40)
    background: Background | None = Field(None, max_length=40)
    output_format: OutputFormat | None = Field(None, max_length=20)
    output_compression: Compression | None = Field(None, ge=0, le=100)
    moderation: Moderation | None = Field(None, max_length=40)
    style: Style | None = Field(None, max_length=200)
    seed: Seed | None = None
    partial_images: Previews | None = Field(None, ge=0, le=3)

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
        Field(description="What the model calls it by."),
    ]
    description: FunctionAbout | None = Field(None, max_length=1024)
    parameters: Annotated[dict[str, Any], AfterValidator(_is_small)] | None = Field(
        None, description=PARAMETERS
    )
    strict: Strict | None = None

    def stored(self) -> dict[str, Any]:
        """As an assistant's tools hold it."""
        function = self.model_dump(exclude_none=True, exclude={"type"})
        return {"type": "function", "function": function}


Tool = Annotated[ImageToolEntry | FlatFunctionTool, Discriminator("type")]


class SwitchedOff(Schema):
    """A system tool that Easel does not have can only be switched off."""

    mode: Literal["off"] = Field(description="Not served here.")


OFF = "Only switched off; not served here."


class SystemTools(Schema):
    image_generation: ImageOptions | None = Field(
        None, description="The image tool, as an entry of `tools` would set it."
    )
    image_operations: ImageOptions | None = Field(
        None, description="The same under its other name."
    )
    web_search: SwitchedOff | None = Field(None, description=OFF)
    file_search: SwitchedOff | None = Field(None, description=OFF)
    code_interpreter: SwitchedOff | None = Field(None, description=OFF)
    computer_use: SwitchedOff | None = Field(None, description=OFF)
    personal_connectors: SwitchedOff | None = Field(None, description=OFF)


class ReasoningOptions(Schema):
    effort: Literal["off", "low", "medium", "high", "maximum"] | None = Field(
        None, description="How long the model thinks. Default: the model's."
    )
    summary: Literal["off", "auto", "concise", "detailed"] | None = Field(
        None, description="Accepted; no summary is made here."
    )


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
    inputs: list[Input] = Field(
        min_length=1,
        max_length=MAX_INPUTS,
        description="What is said, oldest first; or the outputs that a response waits"
        " for.",
    )
    organization_id: OrganizationId | None = Field(None, min_length=1, max_length=64)
    assistant_id: Id | None = Field(
        None,
        description="Who answers. Bound to the thread by its first message. Default:"
        " nobody but the model.",
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
    model: ModelName | None = Field(
        None,
        description="A chat model, or CONNECTION/MODEL. Default: the assistant's, then the"
        " organization's.",
    )
    tools: list[Tool] | None = Field(
        None,
        max_length=MAX_TOOLS,
        description="The image tool and your functions, beside the assistant's.",
    )
    system_tools: SystemTools | None = Field(
        None, description="Another way to set the image tool."
    )
    stream: Streamed | None = None
    background: bool | None = Field(
        None,
        description="Answer at once; fetch the response by its id later. Default: false.",
    )
    instructions: str | None = Field(
        None,
        max_length=5000,
        description="Added to the assistant's own, for this response.",
    )
    temperature: Temperature | None = Field(None, ge=0, le=1)
    top_p: TopP | None = None
    max_output_synapses: int | None = Field(
        None,
        gt=0,
        le=1_000_000,
        description="Where the answer is cut, in tokens. Default: no limit.",
    )
    reasoning: ReasoningOptions | None = Field(
        None, description="For models that think before they answer."
    )
    output_mode: Literal["text", "plain", "blocks", "structured", "json"] | None = (
        Field(
            None,
            description="`json` asks the model for one JSON object; the others give text."
            " Default: `text`.",
        )
    )
    include: list[Include] | None = Field(
        None, max_length=32, description="Accepted; an answer is always whole."
    )
    metadata: Metadata | None = None
    store: bool | None = Field(
        None,
        description="false keeps the thread that is made out of lists. Default: true.",
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
