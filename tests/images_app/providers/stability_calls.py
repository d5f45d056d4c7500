"""Calls of the Stability adapter against the loopback upstream."""

from __future__ import annotations

from typing import Any

import pytest

from images_app.providers.base import ImageRequest, ImageResult, InputImage
from images_app.providers.stability import StabilityImageProvider
from playground.lib.errors import ProviderError
from tests.upstream.images import png
from tests.upstream.stability import CORE, SD3, ULTRA

PATHS = {
    "stable-image-core": CORE,
    "stable-image-ultra": ULTRA,
    "sd3.5-large": SD3,
    "sd3.5-large-turbo": SD3,
    "sd3.5-medium": SD3,
}
EDITORS = [name for name in PATHS if name != "stable-image-core"]
proves = pytest.mark.proves


def source(data: bytes | None = None) -> InputImage:
    return InputImage(data or png(64, 96), "image/png", "Mein Haus.png")


async def never(number: int, data: bytes) -> None:
    raise AssertionError("Stability gives no previews.")


async def generate(
    upstream: Any,
    model: str = "stable-image-core",
    timeouts: Any = None,
    **fields: Any,
) -> ImageResult:
    provider = StabilityImageProvider(upstream.url, upstream.key, timeouts)
    request = ImageRequest(**{"model": model, "prompt": "A boat", **fields})
    try:
        return await provider.generate(request, on_partial=never)
    finally:
        await provider.aclose()


async def fail(upstream: Any, *args: Any, **kwargs: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await generate(upstream, *args, **kwargs)
    return caught.value


def texts(upstream: Any) -> dict[str, str]:
    parts = upstream.requests[0].parts
    return {part.name: part.text for part in parts if part.filename is None}
