"""ClipDrop: one request in, one picture out, one credit; each endpoint is a model.

The call is made by `requests` in a thread. A multipart body is demanded even where
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
from images_app.providers.clipdrop_endpoints import ENDPOINTS, TEXT_TO_IMAGE, Endpoint
from images_app.providers.clipdrop_form import Form, make_form
from images_app.providers.connection import check_connection
from images_app.providers.picture_bytes import NoPictureError, check_picture
from images_app.providers.threads import in_thread
from playground.lib.errors import ErrorKind, ProviderError
from playground.lib.provider_errors import UNKNOWN_MODEL, no_picture

PATH = TEXT_TO_IMAGE.path
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
        self._base_url = base_url.rstrip("/")
        self._api_key = api_key
        self._timeout = (
            float(options.get("connect_timeout", CONNECT_SECONDS)),
            float(options.get("read_timeout", READ_SECONDS)),
        )

    async def generate(
        self, request: ImageRequest, *, on_partial: OnPartial
    ) -> ImageResult:
        """See `ImageProvider.generate`."""
        endpoint = ENDPOINTS.get(request.model)
        if endpoint is None:
            raise ProviderError(
                ErrorKind.INVALID, UNKNOWN_MODEL, param="model", code="model_not_found"
            )
        check_connection(self._base_url, self._api_key)
        return await in_thread(self._call, endpoint, request)

    async def aclose(self) -> None:
        """Nothing is held open between calls."""

    def _call(self, endpoint: Endpoint, request: ImageRequest) -> ImageResult:
        form = make_form(endpoint, request)
        headers, data = post_form(
            self._base_url + endpoint.path,
            self._api_key,
            form.parts,
            timeout=self._timeout,
            accept=form.accept,
        )
        try:
            check_picture(data)
        except NoPictureError as exc:
            raise no_picture(str(exc), secret=self._api_key) from exc
        seed = request.seed if endpoint.seed else None
        return _result(GeneratedImage(data, seed=seed), form, headers)


def _result(
    image: GeneratedImage, form: Form, headers: Mapping[str, str]
) -> ImageResult:
    return ImageResult(
        images=(image,),
        usage=_credits(headers) or None,
        request_id=headers.get("x-request-id"),
        sent=form.told,
        received={
            "status": 200,
            "content_type": headers.get("Content-Type", "")[:100],
            "pictures": 1,
        },
    )


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
