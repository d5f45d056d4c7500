"""Bodies, queries and answers of the seed platform's calls for pictures."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from images_app.api.schemas_images import PROMPT_LIMIT
from images_app.api.schemas_options import (
    AspectRatio,
    ImageModel,
    ImageProvider,
    Quality,
    Size,
    Style,
)
from playground.api.seed import OrganizationId
from playground.api.validation import Schema

Capability = Literal["text_to_image", "image_editing", "image_masking"]
# What that platform's models could be asked for besides; no image model here does it.
AskedCapability = Literal[
    "text_to_image", "image_editing", "image_masking", "image_analysis"
]
CAPABILITIES: dict[str, Capability] = {
    "generate": "text_to_image",
    "edit": "image_editing",
    "mask": "image_masking",
}


class SeedGenerateBody(Schema):
    """A picture from words.

    `provider` is a connection's name, or a kind of which there is one connection.
    Without it the organization's default makes the picture. `image_size` is about how
    many pixels the longer edge has; `size` is exact and goes before it.
    """

    prompt: str = Field(
        min_length=1, max_length=PROMPT_LIMIT, description="What to draw."
    )
    provider: ImageProvider | None = Field(None, max_length=40)
    organization_id: OrganizationId | None = Field(None, max_length=64)
    model: ImageModel | None = Field(None, max_length=200)
    size: Size | None = Field(None, max_length=20)
    quality: Quality | None = Field(None, max_length=20)
    style: Style | None = Field(None, max_length=40)
    aspect_ratio: AspectRatio | None = Field(None, max_length=20)
    image_size: Literal["1K", "2K", "4K"] | None = Field(
        None, description="About 1,000, 2,000 or 4,000 pixels on the longer edge."
    )
    n: int | None = Field(
        None,
        ge=1,
        le=10,
        description="How many pictures; more than one in the JSON form only. Default: 1.",
    )


class SeedModelsQuery(Schema):
    """The query of `GET /v1/images/models`."""

    provider: ImageProvider | None = Field(None, max_length=40)
    capability: AskedCapability | None = Field(
        None, description="Only models that can do this. Default: all."
    )
    organization_id: OrganizationId | None = Field(None, max_length=64)


class SeedImage(BaseModel):
    """One picture of the JSON form."""

    url: str
    revised_prompt: str
    seed: int | None


class SeedImages(BaseModel):
    """The JSON form of an answer."""

    data: list[SeedImage]
    created: int
    model: str
    provider: str


class SeedImageModel(BaseModel):
    """What one model of one provider can do."""

    id: str
    name: str
    provider: str
    is_default: bool
    capabilities: list[Capability]
    sizes: list[str]
    aspect_ratios: list[str]
    qualities: list[str]
    styles: list[str]
    formats: list[str]
    max_prompt_length: int
    max_images: int


class SeedImageModels(BaseModel):
    """All models that can be chosen."""

    models: list[SeedImageModel]
    total_count: int
