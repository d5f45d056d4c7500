"""Chat with any server that speaks `POST chat/completions`.

The stream is read raw: a typed object for each chunk costs far more than all the rest.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from io import BytesIO
from typing import Any

import aiohttp
import orjson

from assistants_app.providers.base import ChatDelta, ChatRequest
from assistants_app.providers.openai_endpoint import (
    BROKEN,
    ChatEndpoint,
    find_max_tokens_field,
    is_answer,
    provider_errors,
    read_options,
)
from assistants_app.providers.openai_request import (
    WritePicture,
    build_body,
    data_url,
    describe,
    picture_bytes,
)
from assistants_app.providers.openai_turn import TurnReader
from assistants_app.providers.watched_body import WatchedBody
from playground.lib.errors import ErrorKind, ProviderError

WHOLE_BYTES = 32 * 1024 * 1024
SLOW_BODY_BYTES = 512 * 1024
"""Bytes of pictures from which on a body is written by a thread."""


class OpenAIChatProvider:
    """One connection: its base URL (with `/v1`), its key ("" for none), its options.

    `options` are a connection's: those named in OpenAIChatOptions count here.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str = "",
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self._options = read_options(options or {})
        self._endpoint = ChatEndpoint(base_url, api_key, self._options)
        self._max_tokens_field = (
            self._options.max_tokens_field or find_max_tokens_field(base_url)
        )
        self._takes_stream_options = True

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatDelta, None]:
        """See `ChatProvider.stream`."""
        turn = TurnReader(secret=self._endpoint.api_key)
        with provider_errors(self._endpoint.api_key):
            response, has_usage = await self._ask(request)
            body = WatchedBody(response, self._options.read_timeout)
            is_whole = response.content_type == "application/json"
            try:
                is_going_on = True
                while is_going_on:
                    is_going_on = await _read_some(body, turn, is_whole)
                    for delta in turn.take():
                        yield delta
                yield turn.end(self._body(request, has_usage, describe))
                await read_rest(response, self._options.end_timeout)
            finally:
                body.close()
                response.close()

    async def aclose(self) -> None:
        """Nothing is this adapter's own: the sockets are everybody's."""

    async def _ask(self, request: ChatRequest) -> tuple[aiohttp.ClientResponse, bool]:
        """An answer of which nothing was read, and whether usage was asked for."""
        has_usage = self._takes_stream_options
        response = await self._post(request, has_usage)
        if is_answer(response):
            return response, has_usage
        error, names_stream_options = await self._endpoint.read_refusal(response)
        if not (has_usage and names_stream_options):
            raise error
        # Refused before a single token, for a parameter that only counts them.
        self._takes_stream_options = False
        response = await self._post(request, False)
        if not is_answer(response):
            raise (await self._endpoint.read_refusal(response))[0]
        return response, False

    async def _post(
        self, request: ChatRequest, has_usage: bool
    ) -> aiohttp.ClientResponse:
        if picture_bytes(request.messages) <= SLOW_BODY_BYTES:
            return await self._endpoint.post(
                self._write_body(request, has_usage), request.model
            )
        # Written and sent in pieces, or it would hold the event loop up.
        body = await asyncio.to_thread(self._write_body, request, has_usage)
        return await self._endpoint.post(BytesIO(body), request.model)

    def _body(
        self, request: ChatRequest, has_usage: bool, write_picture: WritePicture
    ) -> dict[str, Any]:
        return build_body(
            request,
            max_tokens_field=self._max_tokens_field,
            include_usage=has_usage,
            write_picture=write_picture,
        )

    def _write_body(self, request: ChatRequest, has_usage: bool) -> bytes:
        try:
            return orjson.dumps(self._body(request, has_usage, data_url), default=dict)
        except orjson.JSONEncodeError as exc:
            raise ProviderError(
                ErrorKind.INVALID,
                "The request holds something that cannot be written as JSON. Remove"
                " unusual characters from the text and try again.",
                admin_text=f"The request is not JSON: {exc}",
            ) from exc


async def _read_some(body: WatchedBody, turn: TurnReader, is_whole: bool) -> bool:
    """Read what has arrived; false at the answer's end."""
    try:
        if is_whole:
            turn.feed_whole(await body.read_up_to(WHOLE_BYTES))
            return False
        block = await body.read()
    except BROKEN:
        # All that matters has come once the model said why it stopped.
        if not turn.has_reason:
            raise
        return False
    if not block:
        turn.feed_end()
        return False
    turn.feed(block)
    return not turn.is_over


async def read_rest(response: aiohttp.ClientResponse, seconds: float) -> None:
    """Read to the end, so that the connection can be used again; not for long."""
    with suppress(*BROKEN):
        async with asyncio.timeout(seconds):
            while not response.content.at_eof():
                await response.content.readany()
