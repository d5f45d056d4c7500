"""`POST chat/completions` of one connection, from the request to the first byte.

What the answer holds is read elsewhere: as deltas by `openai.py`, as it came by
`relay.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from io import BytesIO
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError

from assistants_app.providers.openai_request import MaxTokensField
from assistants_app.providers.sessions import shared_session
from assistants_app.providers.watched_body import WatchedBody
from playground.lib.azure import read_azure_address
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
PATH = "/chat/completions"
ERROR_BYTES = 64 * 1024

BROKEN = (aiohttp.ClientError, HttpProcessingError, OSError)
"""What a connection can die of. Time-outs are OSErrors; aiohttp's parser in plain
Python (where its compiled one is missing) lets its own errors through."""


@dataclass(frozen=True)
class OpenAIChatOptions:
    """What differs between servers. `max_tokens_field` None decides by the host. With
    the dialect `azure` the base URL is read by `playground.lib.azure`.

    The time-outs are in seconds: `read_timeout` between two pieces of an answer,
    `end_timeout` from `[DONE]` to the answer's proper end, without which the connection
    cannot be used again.
    """

    max_tokens_field: MaxTokensField | None = None
    connect_timeout: float = 10
    # Models that think may be silent for minutes, and what they did is paid.
    read_timeout: float = 600
    end_timeout: float = 0.25
    dialect: Literal["openai", "azure"] = "openai"
    api_version: str = ""


def read_options(options: Mapping[str, Any]) -> OpenAIChatOptions:
    """A connection's options; those that are not named above are for others."""
    known = {field.name for field in fields(OpenAIChatOptions)}
    return OpenAIChatOptions(
        **{name: value for name, value in options.items() if name in known}
    )


class ChatEndpoint:
    """The address of one connection (its base URL with `/v1`), its key, its options."""

    def __init__(self, base_url: str, api_key: str, options: OpenAIChatOptions) -> None:
        self._base_url = base_url.rstrip("/")
        self.api_key = api_key
        self.options = options
        self._timeout = aiohttp.ClientTimeout(
            total=None,
            connect=options.connect_timeout,
            sock_connect=options.connect_timeout,
        )

    async def post(self, data: bytes | BytesIO, model: str) -> aiohttp.ClientResponse:
        """Send a body for this model; nothing of the answer's is read yet."""
        session = await shared_session()
        headers = self._headers()
        try:
            # aiohttp's own limit sets a timer for each piece that arrives.
            async with asyncio.timeout(self.options.read_timeout):
                return await session.post(
                    self._url(model),
                    data=data,
                    headers=headers,
                    allow_redirects=False,
                    timeout=self._timeout,
                )
        except (ValueError, aiohttp.NonHttpUrlClientError) as exc:
            detail = clean(f"The base URL is not valid: {exc}", self.api_key)
            raise _misconfigured(detail, ADDRESS) from exc

    async def read_refusal(
        self, response: aiohttp.ClientResponse
    ) -> tuple[ProviderError, bool]:
        """The error, and whether it is about `stream_options`."""
        body = b""
        watched = WatchedBody(response, self.options.read_timeout)
        try:
            with suppress(*BROKEN):  # the status alone says much
                body = await watched.read_up_to(ERROR_BYTES)
        finally:
            watched.close()
            response.close()
        error = error_from_response(
            response.status, response.headers, body, secret=self.api_key
        )
        is_about_it = response.status in {400, 422} and b"stream_options" in body
        return error, is_about_it

    def _url(self, model: str) -> str:
        if self.options.dialect == "openai":
            return f"{self._base_url}{PATH}"
        azure = read_azure_address(self._base_url, self.options.api_version)
        query = f"?{urlencode(azure.query)}" if azure.query else ""
        return f"{azure.base_url}{azure.path(PATH, model)}{query}"

    def _headers(self) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            "Accept": "text/event-stream, application/json",
            # A compressed stream arrives late.
            "Accept-Encoding": "identity",
            "User-Agent": "Easel",
        }
        if self.api_key:
            if not (self.api_key.isascii() and self.api_key.isprintable()):
                raise _misconfigured("The key has characters that no header may hold.")
            if self.options.dialect == "azure":
                headers["api-key"] = self.api_key
            else:
                headers["Authorization"] = f"Bearer {self.api_key}"
        return headers


def find_max_tokens_field(base_url: str) -> MaxTokensField:
    """OpenAI's own hosts take the new name, all others know the old one."""
    host = urlsplit(base_url).hostname or ""
    is_openai = host == OPENAI_HOST or host.endswith(f".{OPENAI_HOST}")
    return "max_completion_tokens" if is_openai else "max_tokens"


def is_answer(response: aiohttp.ClientResponse) -> bool:
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


@contextmanager
def provider_errors(secret: str) -> Iterator[None]:
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
