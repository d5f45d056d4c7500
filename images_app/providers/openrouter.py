"""OpenRouter's own Images API: one format for the models of many makers.

Not OpenAI's: another path, pictures to start from as data URLs in the JSON, and the
cost in USD in the answer. An answer or a stream of it is read as OpenAI's are.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from images_app.providers.base import (
    GeneratedImage,
    ImageRequest,
    ImageResult,
    InputImage,
    OnPartial,
)
from images_app.providers.json_calls import (
    CONNECT_SECONDS,
    READ_SECONDS,
    JsonCall,
    sent_once,
)
from images_app.providers.openrouter_answers import gathered, refusal
from images_app.providers.openrouter_sizes import size_fields
from images_app.providers.picture_answers import read_answer
from playground.lib.errors import ErrorKind, ProviderError

PATH = "/images"
_OPTIONS = (
    "quality",
    "background",
    "output_format",
    "output_compression",
    "seed",
)


class OpenRouterImageProvider:
    """One key; the base URL includes `/api/v1`.

    `options` may hold `connect_timeout` and `read_timeout` in seconds, and
    `model_fields`: for each model the fields that it takes, as discovery found them.
    """

    # What was sent is paid for, whether or not anybody waits for it.
    stops_truly = False

    def __init__(
        self, base_url: str, api_key: str, options: Mapping[str, Any] | None = None
    ) -> None:
        self._url = base_url.rstrip("/") + PATH
        self._api_key = api_key
        self._options = options or {}

    async def generate(
        self, request: ImageRequest, *, on_partial: OnPartial
    ) -> ImageResult:
        """See `ImageProvider.generate`."""
        fields = self._fields(request)
        call = JsonCall(
            url=self._url,
            headers={"Authorization": f"Bearer {self._api_key}"},
            secrets=(self._api_key,),
            body=await asyncio.to_thread(_body, fields, request.images),
            connect_seconds=float(
                self._options.get("connect_timeout", CONNECT_SECONDS)
            ),
            read_seconds=float(self._options.get("read_timeout", READ_SECONDS)),
            refusal=refusal,
        )
        async with sent_once(call) as response:
            answer = await read_answer(response, on_partial)
            pictures, problems = gathered(answer, self._api_key)
            missing = {"missing": problems} if problems else {}
            return ImageResult(
                images=tuple(GeneratedImage(data) for data in pictures),
                usage=answer.usage,
                cost=_cost(answer.usage),
                request_id=response.headers.get("x-generation-id"),
                sent=_describe(fields, request.images),
                received={
                    "status": 200,
                    **answer.told,
                    "pictures": len(pictures),
                    **missing,
                },
            )

    async def aclose(self) -> None:
        """Nothing is held open between calls."""

    def _fields(self, request: ImageRequest) -> dict[str, Any]:
        """The body without the pictures: only what the request has."""
        if request.mask is not None:
            text = "OpenRouter takes no mask. Say in the prompt what to change."
            raise ProviderError(ErrorKind.INVALID, text, param="mask")
        named = {name: getattr(request, name) for name in _OPTIONS}
        takes = (self._options.get("model_fields") or {}).get(request.model)
        fields = {
            "model": request.model,
            "prompt": request.prompt,
            **{name: value for name, value in named.items() if value is not None},
            **size_fields(request.size, takes),
            **request.options,
        }
        if request.n != 1:  # where it is not taken, even 1 would be refused
            fields["n"] = request.n
        if request.partial_images:
            fields["stream"] = True
        return fields


def _body(fields: Mapping[str, Any], images: tuple[InputImage, ...]) -> dict[str, Any]:
    references = [{"type": "image_url", "image_url": {"url": _url(i)}} for i in images]
    return {**fields, **({"input_references": references} if references else {})}


def _url(image: InputImage) -> str:
    return f"data:{image.mime};base64,{base64.b64encode(image.data).decode()}"


def _describe(
    fields: Mapping[str, Any], images: tuple[InputImage, ...]
) -> dict[str, Any]:
    """The request as it left, without key and bytes."""
    notes = [{"mime": image.mime, "bytes": len(image.data)} for image in images]
    return {"path": PATH, **fields, **({"images": notes} if notes else {})}


def _cost(usage: Mapping[str, Any] | None) -> Decimal | None:
    """USD as the answer tells; none told is not 0."""
    told = (usage or {}).get("cost")
    if isinstance(told, bool) or not isinstance(told, int | float):
        return None
    try:
        cost = Decimal(str(told))
    except InvalidOperation:
        return None
    return cost if cost.is_finite() and cost >= 0 else None
