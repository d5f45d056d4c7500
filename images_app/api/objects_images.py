"""The Images API's answers, as the API's document describes them."""

from __future__ import annotations

from pydantic import BaseModel, Field


class ImageObject(BaseModel):
    """One picture: base64, or an address that works for an hour without a key."""

    b64_json: str | None = None
    url: str | None = None
    revised_prompt: str | None = Field(
        None, description="The provider's own wording, where it tells."
    )


class TokenDetails(BaseModel):
    """How many tokens were text and how many pictures."""

    text_tokens: int
    image_tokens: int


class ImageUsage(BaseModel):
    """What the provider counted."""

    input_tokens: int
    output_tokens: int
    total_tokens: int
    input_tokens_details: TokenDetails
    output_tokens_details: TokenDetails | None = None


class ImagesAnswer(BaseModel):
    """The pictures, and what is known of them; keys that are not known are absent."""

    created: int = Field(description="Seconds since 1970.")
    data: list[ImageObject]
    background: str | None = None
    output_format: str | None = None
    quality: str | None = None
    size: str | None = None
    usage: ImageUsage | None = None
    safety_identifier: str | None = None
