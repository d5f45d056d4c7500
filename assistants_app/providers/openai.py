"""Chat with any server that speaks `POST chat/completions`.

The stream is read raw: a typed object for each chunk costs far more than all the rest.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import orjson
from aiohttp.http_exceptions import HttpProcessingError

from assistants_app.providers.base import ChatDelta, ChatRequest
from assistants_app.providers.openai_request import (
    MaxTokensField,
    WritePicture,
    build_body,
    data_url,
    describe,
    picture_bytes,
)
from assistants_app.providers.openai_turn import TurnReader
from assistants_app.providers.watched_body import WatchedBody
from playground.lib.error_bodies import clean
from playground.lib.errors import ErrorKind, ProviderError
from playground.lib.provider_errors import (
    ADDRESS,
    broken_off,
    error_from_response,
    timed_out,
    unreachable,
)

OPENAI_HOST = "api.openai.com"
ERROR_BYTES = 64 * 1024
WHOLE_BYTES = 32 * 1024 * 1024
SLOW_BODY_BYTES = 512 * 1024
"""Bytes of pictures from which on a body is written by a thread."""

BROKEN = (aiohttp.ClientError, HttpProcessingError, OSError)
"""What a connection can die of. Time-outs are OSErrors; aiohttp's parser in plain
Python (where its compiled one is missing) lets its own errors through."""


@dataclass(frozen=True)
class OpenAIChatOptions:
    """What differs between servers. `max_tokens_field` None decides by the host.

    The time-outs are in seconds: `read_timeout` between two pieces of an answer,
    `end_timeout` from `[DONE]` to the answer's proper end, without which the connection
    cannot be used again.
    """

    max_tokens_field: MaxTokensField | None = None
    connect_timeout: float = 10
    read_timeout: float = 60
    end_timeout: float = 0.25


class OpenAIChatProvider:
    """One connection: its base URL (with `/v1`), its key ("" for none), its options.

    `options` are a connection's: those named in OpenAIChatOptions count here.
    Connections are pooled for the event loop that runs; `aclose` closes them.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str = "",
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self._url = base_url.rstrip("/") + "/chat/completions"
        self._api_key = api_key
        self._options = _read_options(options or {})
        self._max_tokens_field = (
            self._options.max_tokens_field or find_max_tokens_field(base_url)
        )
        self._takes_stream_options = True
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatDelta, None]:
        """See `ChatProvider.stream`."""
        turn = TurnReader(secret=self._api_key)
        with _provider_errors(self._api_key):
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
                await _read_rest(response, self._options.end_timeout)
            finally:
                body.close()
                response.close()

    async def aclose(self) -> None:
        """Close the pooled connections; a later call opens new ones."""
        session, self._session = self._session, None
        if session:
            await session.close()

    async def _ask(self, request: ChatRequest) -> tuple[aiohttp.ClientResponse, bool]:
        """An answer of which nothing was read, and whether usage was asked for."""
        has_usage = self._takes_stream_options
        response = await self._post(request, has_usage)
        if _is_answer(response):
            return response, has_usage
        error, names_stream_options = await self._read_refusal(response)
        if not (has_usage and names_stream_options):
            raise error
        # Refused before a single token, for a parameter that only counts them.
        self._takes_stream_options = False
        response = await self._post(request, False)
        if not _is_answer(response):
            raise (await self._read_refusal(response))[0]
        return response, False

    async def _post(
        self, request: ChatRequest, has_usage: bool
    ) -> aiohttp.ClientResponse:
        data: bytes | BytesIO
        if picture_bytes(request.messages) > SLOW_BODY_BYTES:
            # Written and sent in pieces, or it would hold the event loop up.
            body = await asyncio.to_thread(self._write_body, request, has_usage)
            data = BytesIO(body)
        else:
            data = self._write_body(request, has_usage)
        headers = self._headers()
        try:
            return await self._open_session().post(
                self._url, data=data, headers=headers, allow_redirects=False
            )
        except (ValueError, aiohttp.NonHttpUrlClientError) as exc:
            detail = clean(f"The base URL is not valid: {exc}", self._api_key)
            raise _misconfigured(detail, ADDRESS) from exc

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

    def _headers(self) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            "Accept": "text/event-stream, application/json",
            # A compressed stream arrives late.
            "Accept-Encoding": "identity",
            "User-Agent": "Easel",
        }
        if self._api_key:
            if not (self._api_key.isascii() and self._api_key.isprintable()):
                raise _misconfigured("The key has characters that no header may hold.")
            headers["Authorization"] = f"Bearer {self._api_key}"
        return headers

    def _open_session(self) -> aiohttp.ClientSession:
        """The session of the running loop; a session cannot change its loop."""
        loop = asyncio.get_running_loop()
        if self._session is None or self._session.closed or self._loop is not loop:
            timeout = aiohttp.ClientTimeout(
                total=None,
                connect=self._options.connect_timeout,
                sock_connect=self._options.connect_timeout,
                sock_read=self._options.read_timeout,
            )
            self._loop = loop
            self._session = aiohttp.ClientSession(
                timeout=timeout,
                # How many runs go on at once is not for a socket pool to decide.
                connector=aiohttp.TCPConnector(limit=0),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def _read_refusal(
        self, response: aiohttp.ClientResponse
    ) -> tuple[ProviderError, bool]:
        """The error, and whether it is about `stream_options`."""
        body = b""
        watched = WatchedBody(response, self._options.read_timeout)
        try:
            with suppress(*BROKEN):  # the status alone says much
                body = await watched.read_up_to(ERROR_BYTES)
        finally:
            watched.close()
            response.close()
        error = error_from_response(
            response.status, response.headers, body, secret=self._api_key
        )
        is_about_it = response.status in {400, 422} and b"stream_options" in body
        return error, is_about_it


def _read_options(options: Mapping[str, Any]) -> OpenAIChatOptions:
    known = {field.name for field in fields(OpenAIChatOptions)}
    return OpenAIChatOptions(
        **{name: value for name, value in options.items() if name in known}
    )


def find_max_tokens_field(base_url: str) -> MaxTokensField:
    """OpenAI's own hosts take the new name, all others know the old one."""
    host = urlsplit(base_url).hostname or ""
    is_openai = host == OPENAI_HOST or host.endswith(f".{OPENAI_HOST}")
    return "max_completion_tokens" if is_openai else "max_tokens"


def _is_answer(response: aiohttp.ClientResponse) -> bool:
    """Whether a completion follows; ProviderError for a web page with status 200."""
    if response.status == 200 and response.content_type == "text/html":
        response.close()
        raise ProviderError(
            ErrorKind.CONFIGURATION,
            ADDRESS,
            admin_text="The address answers with a web page.",
            may_have_cost=True,
        )
    return response.status == 200


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


async def _read_rest(response: aiohttp.ClientResponse, seconds: float) -> None:
    """Read to the end, so that the connection can be used again; not for long."""
    with suppress(*BROKEN):
        async with asyncio.timeout(seconds):
            while not response.content.at_eof():
                await response.content.readany()


@contextmanager
def _provider_errors(secret: str) -> Iterator[None]:
    """Turn whatever a connection dies of into a ProviderError."""
    try:
        yield
    except aiohttp.ClientConnectorError as exc:
        raise unreachable(str(exc), secret=secret) from exc
    except aiohttp.ConnectionTimeoutError as exc:
        raise timed_out(f"No connection: {exc}", sent=False, secret=secret) from exc
    except TimeoutError as exc:
        raise timed_out(f"No data came: {exc}", sent=True, secret=secret) from exc
    except BROKEN as exc:
        raise broken_off(f"{type(exc).__name__}: {exc}", secret=secret) from exc


def _misconfigured(detail: str, text: str = "") -> ProviderError:
    return ProviderError(
        ErrorKind.CONFIGURATION,
        text or "The key cannot be sent. Ask an admin to check the connection.",
        admin_text=detail,
    )
