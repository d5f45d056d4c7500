"""Google's Gemini models that draw: text and pictures in, one picture out.

A size is sent as ratio and tier. The models may answer in words; then there is no
picture, and the words are told.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from images_app.providers.base import (
    GeneratedImage,
    ImageRequest,
    ImageResult,
    InputImage,
    OnPartial,
)
from images_app.providers.gemini_answers import read_pictures, refusal, told
from images_app.providers.gemini_sizes import USUAL_TIER, shape_of
from images_app.providers.json_calls import (
    CONNECT_SECONDS,
    READ_SECONDS,
    JsonCall,
    parse_json,
    read_body,
    sent_once,
)
from playground.lib.errors import ErrorKind, ProviderError

FORMATS = ("image/png", "image/jpeg", "image/webp")


class GeminiImageProvider:
    """One key; the base URL is the host without a path.

    `options` may hold `connect_timeout` and `read_timeout` in seconds.
    """

    # What was sent is paid for, whether or not anybody waits for it.
    stops_truly = False

    def __init__(
        self, base_url: str, api_key: str, options: Mapping[str, Any] | None = None
    ) -> None:
        options = options or {}
        self._base_url = base_url.rstrip("/")
        self._api_key = api_key
        self._connect = float(options.get("connect_timeout", CONNECT_SECONDS))
        self._read = float(options.get("read_timeout", READ_SECONDS))

    async def generate(
        self, request: ImageRequest, *, on_partial: OnPartial
    ) -> ImageResult:
        """See `ImageProvider.generate`."""
        config = _config(request)
        path = f"/v1beta/models/{quote(request.model, safe='')}:generateContent"
        call = JsonCall(
            url=self._base_url + path,
            headers={"x-goog-api-key": self._api_key},
            secrets=(self._api_key,),
            body=await asyncio.to_thread(_body, request, config),
            connect_seconds=self._connect,
            read_seconds=self._read,
            refusal=refusal,
        )
        async with sent_once(call) as response:
            value = parse_json(await read_body(response))
            pictures = await asyncio.to_thread(read_pictures, value, self._api_key)
            usage = value.get("usageMetadata")
            return ImageResult(
                images=tuple(GeneratedImage(data) for data in pictures),
                usage=usage if isinstance(usage, dict) else None,
                request_id=str(value.get("responseId") or "")[:100] or None,
                sent=_describe(path, request, config),
                received={"status": 200, **told(value), "pictures": len(pictures)},
            )

    async def aclose(self) -> None:
        """Nothing is held open between calls."""


def _config(request: ImageRequest) -> dict[str, Any]:
    """The call's settings; a refusal for what the API has no place for."""
    if request.mask is not None:
        raise _invalid(
            "Gemini takes no mask. Say in the prompt what to change.", "mask"
        )
    if request.n != 1:
        raise _invalid("Gemini makes one picture in one call.", "n")
    for image in request.images:
        if image.mime not in FORMATS:
            raise _invalid("Gemini takes PNG, JPEG and WebP pictures.", "image")
    config: dict[str, Any] = {"responseModalities": ["TEXT", "IMAGE"]}
    if request.size is None:
        return config  # of an edit it keeps the shape, else it draws a square
    shape = shape_of(request.size)
    if shape is None:
        raise _invalid(f"Gemini makes no pictures of {request.size}.", "size")
    config["imageConfig"] = {"aspectRatio": shape.ratio}
    # Not every model knows tiers, and all of them make the usual one unasked.
    if shape.tier != USUAL_TIER:
        config["imageConfig"]["imageSize"] = shape.tier
    return config


def _body(request: ImageRequest, config: Mapping[str, Any]) -> dict[str, Any]:
    pictures = [{"inlineData": _inline(image)} for image in request.images]
    parts = [{"text": request.prompt}, *pictures]
    return {"contents": [{"role": "user", "parts": parts}], "generationConfig": config}


def _inline(image: InputImage) -> dict[str, str]:
    return {"mimeType": image.mime, "data": base64.b64encode(image.data).decode()}


def _describe(
    path: str, request: ImageRequest, config: Mapping[str, Any]
) -> dict[str, Any]:
    """The request as it left, without key and bytes."""
    sent: dict[str, Any] = {"path": path, "model": request.model}
    sent |= {"prompt": request.prompt, "generationConfig": dict(config)}
    notes = [{"mime": i.mime, "bytes": len(i.data)} for i in request.images]
    return sent | ({"images": notes} if notes else {})


def _invalid(text: str, param: str) -> ProviderError:
    return ProviderError(ErrorKind.INVALID, text, param=param)
