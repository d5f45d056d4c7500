"""The options of the image tool: the assistant's, a run's overrides, one call's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from images_app.catalog.descriptors import EnumParameter
from images_app.catalog.load import ImageModel
from images_app.services.plan import ImageAsk

MODES = ("auto", "on", "off")
# What an assistant may preset, besides mode, provider and model.
OPTIONS = (
    "size",
    "aspect_ratio",
    "quality",
    "background",
    "output_format",
    "output_compression",
    "moderation",
    "input_fidelity",
    "style",
    "seed",
    "partial_images",
)


def merged(entry: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The tool's entry with a run's overrides over it; empty values say nothing.

    A size and an aspect ratio exclude each other: the later one wins.
    """
    options = {key: value for key, value in entry.items() if value not in (None, "")}
    for key, value in overrides.items():
        if value in (None, ""):
            continue
        options[key] = value
        if key == "size":
            options.pop("aspect_ratio", None)
        elif key == "aspect_ratio":
            options.pop("size", None)
    return options


def image_ask(
    options: Mapping[str, Any],
    arguments: Mapping[str, Any],
    model: ImageModel,
    *,
    n_images: int = 0,
) -> ImageAsk:
    """What is wished for: the call's arguments over the assistant's options."""
    wishes = merged(
        {key: options[key] for key in OPTIONS if key in options},
        {key: arguments[key] for key in OPTIONS if key in arguments},
    )
    style = str(wishes.pop("style", "") or "")
    if style and not _is_parameter(style, model):
        wishes |= {"style_name": style, "style_suffix": style}
    elif style:
        wishes["style"] = style
    prompt = str(arguments.get("prompt") or "")
    return ImageAsk(prompt=prompt, model=model.id, n_images=n_images, **wishes)


def _is_parameter(style: str, model: ImageModel) -> bool:
    """A style is the model's own parameter where it has that value; else it is a text
    that is added to the prompt."""
    parameter = model.parameters.get("style")
    return isinstance(parameter, EnumParameter) and style in parameter.values
