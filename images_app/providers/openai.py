"""Any server that speaks `POST images/generations` and `images/edits`, in its dialect.

One request, never repeated. With previews it is asked for a stream; a server that
answers JSON all the same is understood. The key goes to the connection's own origin and
nowhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2
from openai import AsyncOpenAI, AsyncStream

from images_app.providers.base import (
    GeneratedImage,
    ImageRequest,
    ImageResult,
    OnPartial,
)
from images_app.providers.dialect_requests import (
    Target,
    Written,
    find_target,
    write_request,
)
from images_app.providers.dialects import OPENAI, Dialect
from images_app.providers.openai_answers import (
    Answer,
    Item,
)
from images_app.providers.openai_client import (
    CONNECT_SECONDS,
    auth_headers,
    make_client,
)
from images_app.providers.openai_errors import provider_errors
from images_app.providers.picture_answers import no_pictures, read_answer
from images_app.providers.picture_bytes import (
    UnreadableAnswerError,
    check_picture,
)
from images_app.providers.reported_costs import reported_cost
from images_app.providers.threads import in_thread
from playground.lib.error_bodies import clean
from playground.lib.errors import ErrorKind, ProviderError
from playground.lib.safe_fetch import FetchRefusedError, fetch

MAX_PICTURE = 64 * 1024 * 1024
FETCH_SECONDS = (10.0, 60.0)


class OpenAIImageProvider:
    """One connection: its base URL, its key ("" for none), its server's dialect.

    `options` may hold `connect_timeout` and `read_timeout` in seconds, and Azure's
    `api_version`.
    """

    # What was sent is paid for, whether or not anybody waits for it.
    stops_truly = False

    def __init__(
        self,
        base_url: str,
        api_key: str = "",
        options: Mapping[str, Any] | None = None,
        dialect: Dialect = OPENAI,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._api_key = api_key
        self._options = options or {}
        self._dialect = dialect
        self._client: AsyncOpenAI | None = None

    async def generate(
        self, request: ImageRequest, *, on_partial: OnPartial
    ) -> ImageResult:
        """See `ImageProvider.generate`."""
        target = self._target(request)
        # Pictures are encoded and masks redrawn, which takes its time.
        written = await asyncio.to_thread(write_request, request, self._dialect, target)
        with provider_errors(self._api_key):
            async with self._post(target, written) as response:
                answer = await read_answer(response, on_partial)
            images, problems = await self._collect(answer)
        return ImageResult(
            images=images,
            usage=answer.usage,
            cost=reported_cost(self._dialect.cost, response.headers, answer.usage),
            request_id=response.headers.get("x-request-id"),
            sent=written.told,
            received=_received(response, answer, problems),
        )

    async def aclose(self) -> None:
        """Close the pooled connections; a later call opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    def _target(self, request: ImageRequest) -> Target:
        version = str(self._options.get("api_version") or "")
        return find_target(self._base_url, request, self._dialect, version)

    @asynccontextmanager
    async def _post(
        self, target: Target, written: Written
    ) -> AsyncIterator[httpx2.Response]:
        """The answer, of which only the head has been read."""
        if self._client is None:
            options = self._options
            self._client = make_client(
                target.base_url,
                self._api_key,
                auth=self._dialect.auth,
                connect_seconds=options.get("connect_timeout", CONNECT_SECONDS),
                read_seconds=options.get("read_timeout", self._dialect.read_seconds),
            )
        kind = "multipart/form-data" if written.files else "application/json"
        # The SDK's own methods know OpenAI's paths and file forms only. Its stream is
        # used for the response that it holds open.
        stream: AsyncStream[object] = await self._client.post(
            target.path,
            cast_to=object,
            body=dict(written.body),
            files=list(written.files) or None,
            options={
                "headers": {"Content-Type": kind},
                "params": dict(target.query),
            },
            stream=True,
            stream_cls=AsyncStream[object],
        )
        async with stream:
            yield stream.response

    async def _collect(
        self, answer: Answer
    ) -> tuple[tuple[GeneratedImage, ...], list[str]]:
        """The pictures, and why others are missing; an error if there are none."""
        images, problems = [], []
        for item in answer.items:
            try:
                data = await self._bytes_of(item)
            except UnreadableAnswerError as exc:
                problems.append(str(exc))
            else:
                images.append(GeneratedImage(data, item.revised_prompt, item.seed))
        if images:
            return tuple(images), problems
        raise no_pictures(answer, problems, self._api_key)

    async def _bytes_of(self, item: Item) -> bytes:
        if item.data is not None:
            return item.data
        if item.url is None:
            raise UnreadableAnswerError(item.problem)
        return check_picture(await self._fetch(item.url))

    async def _fetch(self, url: str) -> bytes:
        """The picture behind a URL; a relative one belongs to the base URL's host."""
        url = urljoin(f"{self._base_url}/", url)
        parts = urlsplit(self._base_url)
        try:
            fetched = await in_thread(
                fetch,
                url,
                max_bytes=MAX_PICTURE,
                timeout=FETCH_SECONDS,
                allow_origin=f"{parts.scheme}://{parts.netloc}",
                headers=auth_headers(self._api_key, self._dialect.auth),
            )
        except FetchRefusedError as exc:
            # Whoever reads this must not get a link that still works: no query.
            place = url.partition("?")[0]
            raise ProviderError(
                ErrorKind.UPSTREAM,
                "The picture was made, but it could not be fetched from the address"
                " that the provider gave. It may have been charged.",
                admin_text=clean(f"{exc} ({place})", self._api_key),
                may_have_cost=True,
            ) from exc
        return fetched.data


def _received(
    response: httpx2.Response, answer: Answer, problems: list[str]
) -> dict[str, Any]:
    """What came back besides pictures, small enough to be kept and shown."""
    told: dict[str, Any] = {
        "status": response.status_code,
        "content_type": response.headers.get("content-type", "")[:100],
        **answer.told,
        "pictures": len(answer.items) - len(problems),
    }
    if problems:
        told["missing"] = problems
    return told
