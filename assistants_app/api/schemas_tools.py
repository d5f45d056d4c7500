"""The tools of assistants and runs, and their rules that need no database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, model_validator

from assistants_app.api.schemas_fields import NAME_PATTERN, JsonObject, plain
from assistants_app.tools.functions import RESERVED_NAMES
from playground.api.errors import ApiError
from playground.api.validation import Schema

MAX_STYLE = 1000


class Function(Schema):
    """A function of the client; its parameters are a JSON schema."""

    name: str = Field(pattern=NAME_PATTERN)
    description: str | None = None
    parameters: JsonObject | None = None
    strict: bool | None = None


class FunctionTool(Schema):
    type: Literal["function"]
    function: Function


class ImageGenerationTool(Schema):
    """Easel's own tool: the server makes the pictures.

    Which values an option takes is decided by the image model.
    """

    type: Literal["image_generation"]
    mode: Literal["auto", "on", "off"] | None = None
    provider: str | None = Field(None, max_length=40)
    model: str | None = Field(None, max_length=250)
    size: str | None = Field(None, max_length=40)
    aspect_ratio: str | None = Field(None, max_length=20)
    quality: str | None = Field(None, max_length=40)
    background: str | None = Field(None, max_length=40)
    output_format: str | None = Field(None, max_length=20)
    output_compression: int | None = Field(None, ge=0, le=100)
    moderation: str | None = Field(None, max_length=40)
    style: str | None = Field(None, max_length=MAX_STYLE)
    seed: int | None = Field(None, ge=-(2**63), le=2**63 - 1)
    partial_images: int | None = Field(None, ge=0, le=3)


class OtherTool(Schema):
    """Tools of the published API that are refused, not dropped in silence."""

    model_config = {"extra": "allow"}

    type: Literal["code_interpreter", "file_search"]

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
