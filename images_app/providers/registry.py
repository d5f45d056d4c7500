"""Which adapter speaks for which kind of connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from images_app.providers.base import ImageProvider
from images_app.providers.clipdrop import ClipDropImageProvider
from images_app.providers.openai import OpenAIImageProvider


def make_image_provider(
    kind: str,
    *,
    base_url: str = "",
    api_key: str = "",
    options: Mapping[str, Any] | None = None,
) -> ImageProvider:
    """The adapter for one connection; close it after use. ValueError for a kind that
    makes no pictures."""
    if kind == "offline":
        # Its painter loads NumPy, which connections of other kinds never need.
        from images_app.providers.offline import OfflineImageProvider

        return OfflineImageProvider()
    if kind == "openai":
        return OpenAIImageProvider(base_url, api_key, options)
    if kind == "clipdrop":
        return ClipDropImageProvider(base_url, api_key, options)
    raise ValueError(f"No image provider for connections of kind {kind!r}.")
