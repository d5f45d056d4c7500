"""Which adapter speaks for which kind of connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from images_app.providers.a1111 import A1111ImageProvider
from images_app.providers.base import ImageProvider
from images_app.providers.clipdrop import ClipDropImageProvider
from images_app.providers.dialects import DIALECTS
from images_app.providers.gemini import GeminiImageProvider
from images_app.providers.openai import OpenAIImageProvider
from images_app.providers.openrouter import OpenRouterImageProvider
from images_app.providers.stability import StabilityImageProvider

Options = Mapping[str, Any]
Adapter = Callable[[str, str, Options], ImageProvider]
"""`adapter(base_url, api_key, options)`."""


def _offline(base_url: str, api_key: str, options: Options) -> ImageProvider:
    # Its painter loads NumPy, which connections of other kinds never need.
    from images_app.providers.offline import OfflineImageProvider

    return OfflineImageProvider()


ADAPTERS: Mapping[str, Adapter] = {
    "offline": _offline,
    **{
        kind: partial(OpenAIImageProvider, dialect=dialect)
        for kind, dialect in DIALECTS.items()
    },
    "clipdrop": ClipDropImageProvider,
    "stability": StabilityImageProvider,
    "a1111": A1111ImageProvider,
    "gemini": GeminiImageProvider,
    "openrouter": OpenRouterImageProvider,
}


def make_image_provider(
    kind: str,
    *,
    base_url: str = "",
    api_key: str = "",
    options: Options | None = None,
) -> ImageProvider:
    """The adapter for one connection; close it after use. ValueError for a kind that
    makes no pictures."""
    if kind not in ADAPTERS:
        raise ValueError(f"No image provider for connections of kind {kind!r}.")
    return ADAPTERS[kind](base_url, api_key, options or {})
