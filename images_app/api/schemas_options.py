"""What the options of pictures mean, in every dialect; limits are each body's own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

ImageModel = Annotated[
    str,
    Field(
        description="An image model, or CONNECTION/MODEL. Default: the organization's."
    ),
]
ImageProvider = Annotated[
    str,
    Field(
        description="A connection's name, or a kind of which there is one connection."
        " Default: the organization's default for pictures."
    ),
]
Size = Annotated[
    str,
    Field(
        description="`auto`, or width x height such as `1024x1024`. Each model has its own"
        " sizes; `GET /v1/images/models` lists them. Default: the model's."
    ),
]
AspectRatio = Annotated[
    str,
    Field(
        description="Easel's own: width to height, such as `16:9`, in place of a size."
    ),
]
Quality = Annotated[
    str,
    Field(
        description="`auto`, or one of the model's: often `low`, `medium`, `high`; for"
        " DALL-E `standard`, `hd`. Default: the model's."
    ),
]
Background = Annotated[
    str,
    Field(
        description="`auto`, `opaque` or `transparent`, where the model can."
        " Default: `auto`."
    ),
]
OutputFormat = Annotated[
    str,
    Field(description="`png`, `jpeg` or `webp`, where the model can. Default: `png`."),
]
Compression = Annotated[
    int,
    Field(description="Percent, for `jpeg` and `webp`. Default: the model's."),
]
Moderation = Annotated[
    str,
    Field(
        description="How strictly the provider moderates: `auto` or `low`, where the"
        " model has it. Default: `auto`."
    ),
]
Style = Annotated[
    str,
    Field(
        description="One of the model's styles, such as `vivid` or `natural`."
        " Default: the model's."
    ),
]
Seed = Annotated[
    int,
    Field(
        description="Easel's own: the same seed gives the same picture, where the model"
        " has seeds. Default: a random one."
    ),
]
Previews = Annotated[
    int,
    Field(description="How many previews a stream holds, where the model has them."),
]
InputFidelity = Annotated[
    Literal["high", "low"],
    Field(
        description="How closely an edit keeps to the pictures it is given, where the"
        " model has it. Default: the model's."
    ),
]
Mode = Annotated[
    Literal["auto", "on", "off"],
    Field(
        description="Easel's own: `auto` draws when it fits, `on` draws once for this"
        " message, `off` never draws. Default: `auto`."
    ),
]
