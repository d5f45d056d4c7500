"""The functions that a chat model is offered, made from an image model's catalog entry.

Only values that the image model takes can be chosen. How many pictures are made is not
the chat model's choice: each call makes one.
"""

from __future__ import annotations

import math
from typing import Any

from images_app.catalog.descriptors import EnumParameter, RangeParameter, SizeParameter
from images_app.catalog.load import ImageModel
from images_app.services.sizes import AUTO, nearest_to_ratio, parse_ratio, same_shape

GENERATE = "generate_image"
EDIT = "edit_image"

COMMON_RATIOS = (
    "1:1",
    "5:4",
    "4:5",
    "4:3",
    "3:4",
    "3:2",
    "2:3",
    "16:9",
    "9:16",
    "21:9",
    "3:1",
    "1:3",
)

_WORDS = {
    "quality": "How much effort to spend. Leave it out unless the user asks.",
    "background": "What is behind the subject.",
    "output_format": "File type. Leave it out unless the user asks.",
    "style": "The look of the picture, if the user named one.",
}


def tool_schema(model: ImageModel) -> dict[str, Any]:
    """Name, description and JSON schema of the function `generate_image`."""
    return {
        "name": GENERATE,
        "description": (
            "Draw one new picture and show it to the user. Call it once for each"
            " picture that is wanted."
        ),
        "parameters": _schema({"prompt": _prompt(model), **_options(model)}),
    }


def edit_tool_schema(model: ImageModel) -> dict[str, Any]:
    """Name, description and JSON schema of the function `edit_image`."""
    properties = {
        "prompt": _prompt(model),
        "image_id": _image_id(model),
        **_options(model),
    }
    return {
        "name": EDIT,
        "description": (
            "Make a changed version of a picture of this conversation and show it to"
            " the user. The prompt says what the result should show."
        ),
        "parameters": _schema(properties),
    }


def _schema(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": ["prompt"],
        "additionalProperties": False,
    }


def _prompt(model: ImageModel) -> dict[str, Any]:
    return {
        "type": "string",
        "minLength": 1,
        "maxLength": model.prompt_limit,
        "description": (
            "What the picture shows, in full: subject, setting, light, composition,"
            f" style. At most {model.prompt_limit:,} characters."
        ),
    }


def _image_id(model: ImageModel) -> dict[str, Any]:
    one = {"type": "string"}
    description = (
        "Id of a picture in this conversation, such as file-…; without it the newest"
        " picture is changed."
    )
    if model.max_input_images < 2:
        return {**one, "description": description}
    several = {
        "type": "array",
        "items": one,
        "minItems": 1,
        "maxItems": model.max_input_images,
    }
    return {
        "anyOf": [one, several],
        "description": f"{description} Several ids combine their pictures.",
    }


def _options(model: ImageModel) -> dict[str, Any]:
    options = _size_options(model.size)
    for name, description in _WORDS.items():
        parameter = model.parameters.get(name)
        if isinstance(parameter, EnumParameter) and len(parameter.values) > 1:
            options[name] = {
                "type": "string",
                "enum": list(parameter.values),
                "description": description,
            }
    seed = model.parameters.get("seed")
    if isinstance(seed, RangeParameter):
        options["seed"] = {
            "type": "integer",
            "minimum": seed.minimum,
            "maximum": seed.maximum,
            "description": "The same prompt with the same seed gives the same picture.",
        }
    return options


def _size_options(parameter: SizeParameter | None) -> dict[str, Any]:
    if parameter is None:
        return {}
    if parameter.free is None:
        return _fixed_sizes(parameter)
    return {
        "aspect_ratio": {
            "type": "string",
            "enum": [ratio for ratio in COMMON_RATIOS if _fits(parameter, ratio)],
            "description": "Width to height. Use this or size, not both.",
        },
        "size": {
            "type": "string",
            "pattern": _size_pattern(parameter),
            "description": (
                f"Exact pixels, only if the user names them: {parameter.free.rule()}."
            ),
        },
    }


def _fixed_sizes(parameter: SizeParameter) -> dict[str, Any]:
    if len(parameter.values) < 2:
        return {}
    return {
        "size": {
            "type": "string",
            "enum": list(parameter.values),
            "description": "Width and height in pixels: square, wide or tall.",
        }
    }


def _fits(parameter: SizeParameter, text: str) -> bool:
    ratio = parse_ratio(text) or math.nan
    return same_shape(nearest_to_ratio(parameter, ratio), ratio)


def _size_pattern(parameter: SizeParameter) -> str:
    pattern = "[0-9]{2,5}x[0-9]{2,5}"
    return f"^({AUTO}|{pattern})$" if AUTO in parameter.values else f"^{pattern}$"
