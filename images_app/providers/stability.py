"""Stability's v2beta: pictures from a text, or from a text and a picture.

One call makes one picture. It answers JSON, so that the way it ended is told beside the
picture and no proxy can lose it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from images_app.providers.base import (
    GeneratedImage,
    ImageRequest,
    ImageResult,
    OnPartial,
)
from images_app.providers.connection import check_connection
from images_app.providers.form_calls import Call, send
from images_app.providers.picture_bytes import NoPictureError, UnreadableAnswerError
from images_app.providers.stability_answers import Answer, read_answer, refusal
from images_app.providers.stability_form import ENDPOINTS, Endpoint, Form, make_form
from images_app.providers.threads import in_thread
from playground.lib.errors import ErrorKind, ProviderError
from playground.lib.provider_errors import UNKNOWN_MODEL, broken_off, no_picture

CONNECT_SECONDS = 10.0
READ_SECONDS = 180.0


class StabilityImageProvider:
    """One account: the base URL (without a path) and the key.

    `options` may hold `connect_timeout` and `read_timeout` in seconds.
    """

    # Nothing can be called back once the request has arrived.
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
        headers, body = send(self._post(endpoint, form), self._refusal)
        return _result(form, headers, self._read(body))

    def _post(self, endpoint: Endpoint, form: Form) -> Call:
        return Call(
            self._base_url + endpoint.path,
            headers={
                "Authorization": f"Bearer {self._api_key}",
                "Accept": "application/json",
            },
            secret=self._api_key,
            timeout=self._timeout,
            fields=form.parts,
        )

    def _refusal(
        self, status: int, headers: Mapping[str, str], body: bytes
    ) -> ProviderError:
        return refusal(status, headers, body, secret=self._api_key)

    def _read(self, body: bytes) -> Answer:
        try:
            return read_answer(body, self._api_key)
        except NoPictureError as exc:
            raise no_picture(str(exc), secret=self._api_key) from exc
        except UnreadableAnswerError as exc:
            raise broken_off(str(exc), secret=self._api_key) from exc


def _result(form: Form, headers: Mapping[str, str], answer: Answer) -> ImageResult:
    return ImageResult(
        images=(GeneratedImage(answer.data, seed=answer.seed),),
        request_id=headers.get("x-request-id"),
        sent=form.told,
        received={
            "status": 200,
            "content_type": headers.get("Content-Type", "")[:100],
            "finish_reason": answer.finish_reason,
            "pictures": 1,
        },
    )
