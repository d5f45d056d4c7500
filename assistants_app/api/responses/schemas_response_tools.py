"""A response's tools, in their flat form, and what of them a run is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from assistants_app.api.schemas_fields import (
    PARAMETERS,
    FunctionAbout,
    FunctionName,
    Strict,
    plain,
    word_or_object,
)
from assistants_app.api.schemas_tools import MAX_STYLE, read_tools
from images_app.api.schemas_options import (
    AspectRatio,
    Background,
    Compression,
    ImageModel,
    ImageProvider,
    InputFidelity,
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
from playground.api.validation import Schema

IMAGE = "image_generation"
# Hosted tools of the published API: refused by name, not dropped in silence.
HOSTED = Literal[
    "file_search",
    "web_search",
    "web_search_2025_08_26",
    "web_search_preview",
    "web_search_preview_2025_03_11",
    "computer",
    "computer_use_preview",
    "code_interpreter",
    "mcp",
    "local_shell",
    "shell",
    "custom",
    "apply_patch",
    "tool_search",
    "namespace",
    "programmatic_tool_calling",
]


class FlatFunction(Schema):
    """Your own function; the response ends with its calls, the next brings outputs."""

    type: Literal["function"]
    name: FunctionName
    description: FunctionAbout | None = None
    parameters: Annotated[dict[str, Any], Field(description=PARAMETERS)] | None = None
    strict: Strict | None = None
    defer_loading: bool | None = Field(
        None, description="Accepted; every function is offered at once."
    )


class Mask(Schema):
    image_url: str | None = Field(
        None, description="A public https address, or a data: URL."
    )
    file_id: str | None = Field(
        None, max_length=64, description="The id of a stored picture."
    )


class ImageTool(Schema):
    """The server makes the pictures; which values an option takes is decided by the
    image model. `mode`, `provider`, `aspect_ratio`, `style` and `seed` are Easel's."""

    type: Literal["image_generation"]
    model: ImageModel | None = Field(None, max_length=250)
    action: Literal["generate", "edit", "auto"] | None = Field(
        None,
        description="Make a new picture, change one that is there, or as the model"
        " thinks fit. Default: `auto`.",
    )
    size: Size | None = Field(None, max_length=40)
    quality: Quality | None = Field(None, max_length=40)
    background: Background | None = Field(None, max_length=40)
    output_format: OutputFormat | None = Field(None, max_length=20)
    output_compression: Compression | None = Field(None, ge=0, le=100)
    moderation: Moderation | None = Field(None, max_length=40)
    input_fidelity: InputFidelity | None = None
    input_image_mask: Mask | None = Field(
        None, description="For edits: its transparent part is what may change."
    )
    partial_images: Previews | None = Field(None, ge=0, le=3)
    mode: Mode | None = None
    provider: ImageProvider | None = Field(None, max_length=40)
    aspect_ratio: AspectRatio | None = Field(None, max_length=20)
    style: Style | None = Field(None, max_length=MAX_STYLE)
    seed: Seed | None = None


class HostedTool(Schema):
    """Not served here: the answer is a 400."""

    model_config = {"extra": "allow"}

    type: HOSTED = Field(description="Not served here.")

    @model_validator(mode="after")
    def _refuse(self) -> HostedTool:
        raise ValueError(
            f"the tool {self.type} is not served here. Use “function” or"
            " “image_generation”."
        )


ResponseTool = Annotated[FlatFunction | ImageTool | HostedTool, Discriminator("type")]


class FunctionChoice(Schema):
    """This function is called first."""

    type: Literal["function"]
    name: FunctionName


class ImageChoice(Schema):
    """A picture is made first."""

    type: Literal["image_generation"]


class AllowedTool(Schema):
    type: Literal["function", "image_generation"] = Field(
        description="Which kind of tool."
    )
    name: str | None = Field(None, description="Which function.")


class AllowedTools(Schema):
    """Only these of the tools are offered."""

    type: Literal["allowed_tools"]
    mode: Literal["auto", "required"] = Field(
        description="Whether one of them must be called."
    )
    tools: list[AllowedTool] = Field(
        min_length=1, max_length=128, description="Which of `tools`."
    )


ToolChoice = Annotated[
    Annotated[Literal["none", "auto", "required"], Tag("word")]
    | Annotated[
        Annotated[FunctionChoice | ImageChoice | AllowedTools, Discriminator("type")],
        Tag("object"),
    ],
    Discriminator(word_or_object),
    Field(
        description="Whether the model may call tools, must call one, must call this one"
        " first, or may call only some. Default: `auto`."
    ),
]


def echoed_tools(tools: Sequence[Any]) -> list[dict[str, Any]]:
    """The tools as the response repeats them."""
    return [_echoed(plain(tool)) for tool in tools]


def _echoed(tool: dict[str, Any]) -> dict[str, Any]:
    if tool["type"] == IMAGE:
        return {key: value for key, value in tool.items() if value is not None}
    empty = {"description": None, "parameters": None, "strict": None}
    return {**empty, **tool}


def run_tools(tools: Sequence[Any], choice: Any) -> tuple[list[dict[str, Any]], Any]:
    """What a run is given: its tools, and its choice in the engine's form.

    ApiError for tools that do not go together or a choice that is not among them.
    """
    stored = [_stored(tool) for tool in echoed_tools(tools)]
    _check(stored)
    if choice == "required" and not stored:
        raise ApiError(
            400,
            "Invalid 'tool_choice': “required” needs at least one tool in 'tools'.",
            "tool_choice",
            "invalid_value",
        )
    if choice is None or isinstance(choice, str):
        return _without_forced(stored, choice), choice
    said: dict[str, Any] = plain(choice)
    if said["type"] == "allowed_tools":
        allowed = [
            _find(stored, entry, f"tool_choice.tools[{index}]")
            for index, entry in enumerate(said["tools"])
        ]
        return [tool for tool in stored if tool in allowed], said["mode"]
    found = _find(stored, said, "tool_choice")
    if found["type"] == IMAGE:
        return [{**t, "mode": "on"} if t is found else t for t in stored], None
    return stored, {"type": "function", "function": {"name": said["name"]}}


def _check(stored: Sequence[dict[str, Any]]) -> None:
    """The same rules as for an assistant's tools, told by this dialect's fields."""
    try:
        read_tools(stored)
    except ApiError as exc:
        param = (exc.param or "").replace(".function", "")
        message = exc.message.replace(exc.param or "", param)
        raise ApiError(exc.status, message, param, exc.code) from None


def _stored(tool: dict[str, Any]) -> dict[str, Any]:
    if tool["type"] == IMAGE:
        return {**tool, "partial_images": tool.get("partial_images") or 0}
    kept = ("name", "description", "parameters", "strict")
    function = {key: tool[key] for key in kept if tool.get(key) is not None}
    return {"type": "function", "function": function}


def _without_forced(stored: list[dict[str, Any]], choice: Any) -> list[dict[str, Any]]:
    """ "none" is about pictures, too."""
    if choice != "none":
        return stored
    return [{**t, "mode": "off"} if t["type"] == IMAGE else t for t in stored]


def _find(
    stored: Sequence[dict[str, Any]], said: dict[str, Any], place: str
) -> dict[str, Any]:
    for tool in stored:
        if tool["type"] != said["type"]:
            continue
        if tool["type"] == IMAGE or tool["function"]["name"] == said.get("name"):
            return tool
    name = said.get("name") or said["type"]
    raise ApiError(
        400,
        f"Invalid '{place}': the tool “{name}” is not among 'tools'.",
        place,
        "invalid_value",
    )
