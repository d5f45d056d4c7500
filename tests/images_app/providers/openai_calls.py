"""Calls of the OpenAI image adapter against the loopback upstream."""

from __future__ import annotations

from typing import Any

import pytest

from images_app.providers.base import ImageRequest, ImageResult, InputImage
from images_app.providers.openai import OpenAIImageProvider
from playground.lib.errors import ProviderError
from tests.upstream.images import png

REQUEST = ImageRequest(model="gpt-image-2", prompt="A boat")
STREAMED = ImageRequest(model="gpt-image-2", prompt="A boat", partial_images=2)
EDIT = ImageRequest(
    model="gpt-image-2",
    prompt="Make it night",
    images=(InputImage(png(), "image/png", "boat.png"),),
)


async def generate(
    upstream: Any, request: ImageRequest = REQUEST, **options: Any
) -> tuple[ImageResult, list[tuple[int, bytes]]]:
    previews: list[tuple[int, bytes]] = []

    async def on_partial(number: int, data: bytes) -> None:
        previews.append((number, data))

    provider = OpenAIImageProvider(upstream.base_url, upstream.key, options)
    try:
        return await provider.generate(request, on_partial=on_partial), previews
    finally:
        await provider.aclose()


async def fail(
    upstream: Any, request: ImageRequest = REQUEST, **options: Any
) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await generate(upstream, request, **options)
    return caught.value


async def never(number: int, data: bytes) -> None:
    raise AssertionError("No preview was expected.")
