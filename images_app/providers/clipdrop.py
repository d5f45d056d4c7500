"""ClipDrop's text-to-image: one prompt in, one PNG of 1024 x 1024 out, one credit.

The call is made by `requests` in a thread. A multipart body is demanded even though
there is no file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from images_app.providers.base import (
    GeneratedImage,
    ImageRequest,
    ImageResult,
    OnPartial,
)
from images_app.providers.clipdrop_calls import post_form
from images_app.providers.connection import check_connection
from images_app.providers.picture_bytes import NoPictureError, check_picture
from images_app.providers.threads import in_thread
from playground.lib.errors import ErrorKind, ProviderError
from playground.lib.provider_errors import no_picture

PATH = "/text-to-image/v1"
PROMPT_LIMIT = 1000  # characters
CONNECT_SECONDS = 10.0
READ_SECONDS = 90.0


class ClipDropImageProvider:
    """One account: the base URL (without a path) and the key.

    `options` may hold `connect_timeout` and `read_timeout` in seconds.
    """

    # A credit is spent once the request has arrived.
    stops_truly = False

    def __init__(
        self,
        base_url: str,
        api_key: str,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        options = options or {}
        self._url = base_url.rstrip("/") + PATH
        self._api_key = api_key
        self._timeout = (
            float(options.get("connect_timeout", CONNECT_SECONDS)),
            float(options.get("read_timeout", READ_SECONDS)),
        )

    async def generate(
        self, request: ImageRequest, *, on_partial: OnPartial
    ) -> ImageResult:
        """See `ImageProvider.generate`."""
        _check(request)
        check_connection(self._url, self._api_key)
        return await in_thread(self._call, request.prompt)

    async def aclose(self) -> None:
        """Nothing is held open between calls."""

    def _call(self, prompt: str) -> ImageResult:
        headers, data = post_form(
            self._url,
            self._api_key,
            {"prompt": (None, prompt.encode(), "text/plain; charset=utf-8")},
            timeout=self._timeout,
        )
        try:
            check_picture(data)
        except NoPictureError as exc:
            raise no_picture(str(exc), secret=self._api_key) from exc
        return ImageResult(
            images=(GeneratedImage(data),),
            usage=_credits(headers) or None,
            request_id=headers.get("x-request-id"),
            sent={"path": PATH, "prompt": prompt},
            received={
                "status": 200,
                "content_type": headers.get("Content-Type", "")[:100],
                "pictures": 1,
            },
        )


def _check(request: ImageRequest) -> None:
    """Refuse what the endpoint cannot do, before a credit is spent on less."""
    length = len(request.prompt)
    if not request.prompt.strip():
        raise _invalid("The prompt is empty. Say what to draw.", "prompt")
    if length > PROMPT_LIMIT:
        raise _invalid(
            f"The prompt has {length:,} characters; ClipDrop takes at most"
            f" {PROMPT_LIMIT:,}. Shorten it.",
            "prompt",
        )
    if request.images or request.mask:
        raise _invalid("ClipDrop's text-to-image cannot edit pictures.", "image")
    if request.n != 1:
        raise _invalid("ClipDrop makes one picture in one call.", "n")


def _invalid(text: str, param: str) -> ProviderError:
    return ProviderError(ErrorKind.INVALID, text, param=param)


def _credits(headers: Mapping[str, str]) -> dict[str, int | float]:
    """What the account's headers say, where they are there and are numbers."""
    told = {
        "credits_consumed": _number(headers.get("x-credits-consumed")),
        "credits_remaining": _number(headers.get("x-remaining-credits")),
    }
    return {name: value for name, value in told.items() if value is not None}


def _number(text: str | None) -> int | float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() else value
