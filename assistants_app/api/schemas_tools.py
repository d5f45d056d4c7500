"""The tools of assistants and runs, and their rules that need no database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, model_validator

from assistants_app.api.schemas_fields import (
    FunctionAbout,
    FunctionName,
    Parameters,
    Strict,
    plain,
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
from playground.api.validation import Schema

MAX_STYLE = 1000


class Function(Schema):
    """A function of the client; its parameters are a JSON schema."""

    name: FunctionName
    description: FunctionAbout | None = None
    parameters: Parameters | None = None
    strict: Strict | None = None


class FunctionTool(Schema):
    """Your own function: a run that calls it waits for your program's answer."""

    type: Literal["function"]
    function: Function = Field(description="What the model may call.")


class ImageGenerationTool(Schema):
    """Easel's own tool: the server makes the pictures.

    Which values an option takes is decided by the image model.
    """

    type: Literal["image_generation"]
    mode: Mode | None = None
    provider: ImageProvider | None = Field(None, max_length=40)
    model: ImageModel | None = Field(None, max_length=250)
    size: Size | None = Field(None, max_length=40)
    aspect_ratio: AspectRatio | None = Field(None, max_length=20)
    quality: Quality | None = Field(None, max_length=40)
    background: Background | None = Field(None, max_length=40)
    output_format: OutputFormat | None = Field(None, max_length=20)
    output_compression: Compression | None = Field(None, ge=0, le=100)
    moderation: Moderation | None = Field(None, max_length=40)
    style: Style | None = Field(None, max_length=MAX_STYLE)
    seed: Seed | None = Field(None, ge=-(2**63), le=2**63 - 1)
    partial_images: Previews | None = Field(None, ge=0, le=3)


class OtherTool(Schema):
    """Tools of the published API that are refused, not dropped in silence."""

    model_config = {"extra": "allow"}

    type: Literal["code_interpreter", "file_search"] = Field(
        description="Not served here."
    )

    @model_validator(mode="after")
    def _refuse(self) -> OtherTool:
        raise ValueError(
            f"the tool {self.type} is not served here. Use “function” or"
            " “image_generation”."
        )


Tool = Annotated[FunctionTool | ImageGenerationTool | OtherTool, Discriminator("type")]


def read_tools(tools: Sequence[Any] | None) -> list[dict[str, Any]]:
    """The tools as they are stored; ApiError for those that do not go together."""
    stored: list[dict[str, Any]] = [_stored(tool) for tool in tools or ()]
    seen: set[str] = set()
    for index, tool in enumerate(stored):
        if tool["type"] == "function":
            _check_function(tool["function"], f"tools[{index}].function")
        name = tool["function"]["name"] if tool["type"] == "function" else tool["type"]
        place = f"tools[{index}]"
        if tool["type"] == "function":
            place += ".function.name"
        key = f"{tool['type']}:{name}"
        if key in seen:
            raise invalid(place, f"“{name}” is there twice. Leave one of them out.")
        seen.add(key)
    return stored


def _stored(tool: Any) -> dict[str, Any]:
    entry: dict[str, Any] = plain(tool)
    if entry["type"] == "function":
        return entry
    return {key: value for key, value in entry.items() if value is not None}


def _check_function(function: dict[str, Any], place: str) -> None:
    name = function["name"]
    if name in RESERVED_NAMES:
        raise invalid(
            f"{place}.name",
            f"“{name}” is Easel's own tool. Choose another name for your function.",
        )
    parameters = function.get("parameters")
    if parameters and parameters.get("type") != "object":
        raise invalid(
            f"{place}.parameters",
            'parameters must be a JSON schema with "type": "object".',
        )


def invalid(param: str, text: str) -> ApiError:
    """A value that no schema can refuse by itself."""
    return ApiError(400, f"Invalid '{param}': {text}", param, "invalid_value")
