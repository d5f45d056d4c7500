"""Calls of the OpenAI image adapter in each dialect against its own strict peer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from images_app.providers.base import ImageRequest, ImageResult, InputImage
from images_app.providers.registry import make_image_provider
from playground.lib.errors import ProviderError
from tests.upstream import images
from tests.upstream.dialects import PEERS, Peer

KINDS = tuple(PEERS)
MODELS = {"azure": "painter", "recraft": "recraftv3", "xai": "grok-imagine-image-2.0"}
PICTURE = InputImage(images.png(), "image/png", "boat.png")
OTHER = InputImage(images.png(colour="gold"), "image/png", "other.png")
MASK = InputImage(images.mask(), "image/png", "mask.png")


def proving(cell: str, kinds: Iterable[str] = KINDS) -> list[Any]:
    """One case for each kind, marked with the cell of the table that it proves."""
    return [pytest.param(k, marks=pytest.mark.proves(k, cell), id=k) for k in kinds]


def wish(kind: str, **more: Any) -> ImageRequest:
    fields = {"model": MODELS.get(kind, "painter"), "prompt": "A boat", **more}
    return ImageRequest(**fields)


def base_url(upstream: Any, peer: Peer) -> str:
    """What an admin would type; Azure's names the deployment with each call."""
    address = f"{upstream.url}{peer.root}"
    return address.removesuffix("/painter") if peer.kind == "azure" else address


async def draw(
    upstream: Any, request: ImageRequest, peer: Peer, **options: Any
) -> ImageResult:
    provider = make_image_provider(
        peer.kind,
        base_url=base_url(upstream, peer),
        api_key=upstream.key,
        options=options,
    )

    async def never(number: int, data: bytes) -> None:
        raise AssertionError("No preview was expected.")

    try:
        return await provider.generate(request, on_partial=never)
    finally:
        await provider.aclose()


async def fail(
    upstream: Any, request: ImageRequest, peer: Peer, **options: Any
) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await draw(upstream, request, peer, **options)
    return caught.value
