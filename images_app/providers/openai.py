"""Any server that speaks `POST images/generations` and `images/edits`.

One request, never repeated. With previews it is asked for a stream; a server that
answers JSON all the same is understood. The key goes to the connection's own origin and
nowhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2
from openai import AsyncAPIResponse, AsyncOpenAI

from images_app.providers.base import (
    GeneratedImage,
    ImageRequest,
    ImageResult,
    InputImage,
    OnPartial,
)
from images_app.providers.openai_answers import (
    Answer,
    Item,
    Preview,
    read_event,
    read_json,
)
from images_app.providers.openai_client import (
    CONNECT_SECONDS,
    READ_SECONDS,
    make_client,
)
from images_app.providers.openai_errors import provider_errors
from images_app.providers.picture_bytes import (
    NoPictureError,
    UnreadableAnswerError,
    check_picture,
)
from images_app.providers.threads import in_thread
from playground.lib.error_bodies import clean
from playground.lib.errors import ErrorKind, ProviderError
from playground.lib.provider_errors import TEXTS, error_in_stream
from playground.lib.safe_fetch import FetchRefusedError, fetch
from playground.lib.sse import EventDecoder, EventTooLargeError

MAX_ANSWER = 256 * 1024 * 1024
MAX_PICTURE = 64 * 1024 * 1024
FETCH_SECONDS = (10.0, 60.0)

# What a stream dies of.
BROKEN = (httpx2.HTTPError, httpx2.StreamError, UnreadableAnswerError)

_OPTIONS = (
    "n",
    "size",
    "quality",
    "background",
    "output_format",
    "output_compression",
    "moderation",
    "style",
    "input_fidelity",
    "seed",
    "response_format",
    "user",
    "safety_identifier",
)


class OpenAIImageProvider:
    """One connection: its base URL (with `/v1`), its key ("" for none).

    `options` may hold `connect_timeout` and `read_timeout` in seconds.
    """

    # What was sent is paid for, whether or not anybody waits for it.
    stops_truly = False

    def __init__(
        self,
        base_url: str,
        api_key: str = "",
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._api_key = api_key
        self._options = options or {}
        self._client: AsyncOpenAI | None = None

    async def generate(
        self, request: ImageRequest, *, on_partial: OnPartial
    ) -> ImageResult:
        """See `ImageProvider.generate`."""
        with provider_errors(self._api_key):
            async with self._post(request) as response:
                if "text/event-stream" in response.headers.get("content-type", ""):
                    answer = await self._read_stream(response, on_partial)
                else:
                    body = await _read_body(response)
                    answer = await asyncio.to_thread(read_json, body)
            images, problems = await self._collect(answer)
        return ImageResult(
            images=images,
            usage=answer.usage,
            cost=_reported_cost(response.headers),
            request_id=response.headers.get("x-request-id"),
            sent=self._describe(request),
            received=_received(response, answer, problems),
        )

    async def aclose(self) -> None:
        """Close the pooled connections; a later call opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    def _post(
        self, request: ImageRequest
    ) -> AbstractAsyncContextManager[AsyncAPIResponse[Any]]:
        if self._client is None:
            self._client = make_client(
                self._base_url,
                self._api_key,
                connect_seconds=self._options.get("connect_timeout", CONNECT_SECONDS),
                read_seconds=self._options.get("read_timeout", READ_SECONDS),
            )
        arguments: dict[str, Any] = {
            "model": request.model,
            "prompt": request.prompt,
            "extra_body": _fields(request),
        }
        call: Any = self._client.images.with_streaming_response.generate
        if request.images:
            call = self._client.images.with_streaming_response.edit
            parts = [_part(image) for image in request.images]
            # One file is `image`, several are `image[]`; the SDK goes by the type.
            arguments["image"] = parts if len(parts) > 1 else parts[0]
        if request.mask is not None:
            arguments["mask"] = _part(request.mask)
        context: AbstractAsyncContextManager[AsyncAPIResponse[Any]] = call(**arguments)
        return context

    async def _read_stream(
        self, response: AsyncAPIResponse[Any], on_partial: OnPartial
    ) -> Answer:
        answer = Answer()
        previews = 0
        try:
            async for name, data in _events(response):
                found = await asyncio.to_thread(read_event, name, data)
                if isinstance(found, Preview):
                    number = previews if found.number is None else found.number
                    previews += 1
                    await on_partial(number, found.data)
                elif found is not None:
                    answer = answer.joined_with(found)
        except BROKEN:
            # Pictures that have come are paid for, and they are whole.
            if not answer.items:
                raise
        return answer

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
        if answer.error is not None:
            raise error_in_stream(answer.error, secret=self._api_key)
        if any(item.moderated for item in answer.items):
            raise ProviderError(
                ErrorKind.MODERATED,
                TEXTS[ErrorKind.MODERATED],
                admin_text="The answer holds no picture, only a moderation mark.",
                may_have_cost=True,
            )
        if problems:
            raise NoPictureError(problems[0])
        raise UnreadableAnswerError("The stream ended without a picture.")

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
        headers = {"Authorization": f"Bearer {self._api_key}"} if self._api_key else {}
        try:
            fetched = await in_thread(
                fetch,
                url,
                max_bytes=MAX_PICTURE,
                timeout=FETCH_SECONDS,
                allow_origin=f"{parts.scheme}://{parts.netloc}",
                headers=headers,
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

    def _describe(self, request: ImageRequest) -> dict[str, Any]:
        """The request as it left, without key and bytes."""
        path = "/images/edits" if request.images else "/images/generations"
        told: dict[str, Any] = {
            "path": path,
            "model": request.model,
            "prompt": request.prompt,
            **_fields(request),
        }
        if request.images:
            told["images"] = [_note(image) for image in request.images]
        if request.mask is not None:
            told["mask"] = _note(request.mask)
        return told


def _fields(request: ImageRequest) -> dict[str, Any]:
    """The body besides model, prompt and pictures: only what the request has."""
    values = {name: getattr(request, name) for name in _OPTIONS}
    fields = {name: value for name, value in values.items() if value is not None}
    if request.partial_images > 0:
        fields |= {"stream": True, "partial_images": request.partial_images}
    return fields


def _part(image: InputImage) -> tuple[str, bytes, str]:
    return image.name, image.data, image.mime


def _note(image: InputImage) -> dict[str, Any]:
    return {"name": image.name, "mime": image.mime, "bytes": len(image.data)}


async def _read_body(response: AsyncAPIResponse[Any]) -> bytes:
    blocks: list[bytes] = []
    size = 0
    async for block in response.iter_bytes():
        blocks.append(block)
        size += len(block)
        if size > MAX_ANSWER:
            raise UnreadableAnswerError(f"The answer has over {MAX_ANSWER:,} bytes.")
    return b"".join(blocks)


async def _events(
    response: AsyncAPIResponse[Any],
) -> AsyncIterator[tuple[str, bytes]]:
    """All events, of which one may be as large as a picture."""
    decoder = EventDecoder(max_line=MAX_ANSWER, max_event=MAX_ANSWER)
    try:
        async for block in response.iter_bytes():
            for event in decoder.feed(block):
                yield event
    except EventTooLargeError as exc:
        raise UnreadableAnswerError(str(exc)) from exc
    for event in decoder.finish():
        yield event


def _reported_cost(headers: Mapping[str, str]) -> Decimal | None:
    """USD as a LiteLLM proxy tells; its 0 means that it knows no price."""
    try:
        cost = Decimal(headers.get("x-litellm-response-cost", ""))
    except InvalidOperation:
        return None
    return cost if cost.is_finite() and cost > 0 else None


def _received(
    response: AsyncAPIResponse[Any], answer: Answer, problems: list[str]
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
