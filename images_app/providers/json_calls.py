"""One HTTP request, sent once, for providers that speak JSON but not OpenAI's API.

Nothing is taken from the environment, no redirect is followed, and what goes wrong
leaves as ProviderError.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from ssl import SSLContext
from typing import Any

import httpx2
import orjson

from images_app.providers.connection import check_connection
from images_app.providers.openai_errors import provider_errors
from images_app.providers.picture_bytes import UnreadableAnswerError
from playground.lib.error_bodies import REMOVED
from playground.lib.errors import ProviderError
from playground.lib.provider_errors import error_from_response

MAX_ANSWER = 256 * 1024 * 1024
MAX_ERROR = 64 * 1024
CONNECT_SECONDS = 10.0
READ_SECONDS = 300.0
SHORTEST_SECRET = 4  # characters; a shorter one cannot be told from a word

Refusal = Callable[[int, Mapping[str, str], bytes, str, bool], ProviderError]
"""`refusal(status, headers, body, secret, paid)`: what an answer means that is no 200."""


def standard_refusal(
    status: int, headers: Mapping[str, str], body: bytes, secret: str, paid: bool
) -> ProviderError:
    """For servers whose errors need no reading of their own."""
    return error_from_response(status, headers, body, secret=secret, paid=paid)


@dataclass(frozen=True)
class JsonCall:
    """What is sent; without `body` it is a GET.

    `headers` hold the key, `secrets` all texts that may appear in no message, the key
    first. `paid` says that the request costs money once its body has left. Timeouts
    are in seconds, `read_seconds` between two pieces of the answer.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: tuple[str, ...] = field(default=("",), repr=False)
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    paid: bool = True
    connect_seconds: float = CONNECT_SECONDS
    read_seconds: float = READ_SECONDS
    refusal: Refusal = standard_refusal


@asynccontextmanager
async def sent_once(call: JsonCall) -> AsyncIterator[httpx2.Response]:
    """The answer of a 200, its body still to be read; ProviderError for anything else.

    What reading it inside the `async with` raises becomes a ProviderError as well.
    """
    secret = call.secrets[0]
    check_connection(call.url, secret)
    read = call.read_seconds
    timeout = httpx2.Timeout(
        connect=call.connect_seconds, read=read, write=read, pool=call.connect_seconds
    )
    transport = httpx2.AsyncHTTPTransport(verify=_ssl_context(), trust_env=False)
    with provider_errors(secret, paid=call.paid):
        async with (
            httpx2.AsyncClient(
                transport=transport,
                timeout=timeout,
                follow_redirects=False,
                trust_env=False,
            ) as client,
            client.stream(
                "GET" if call.body is None else "POST",
                call.url,
                content=None if call.body is None else orjson.dumps(call.body),
                headers=_headers(call),
            ) as response,
        ):
            if response.status_code != 200:
                body = await _read_start(response)
                raise call.refusal(
                    response.status_code,
                    response.headers,
                    _without(call.secrets, body),
                    secret,
                    call.paid,
                )
            yield response


async def read_body(response: httpx2.Response, limit: int = MAX_ANSWER) -> bytes:
    """All of the answer, or UnreadableAnswerError when it is larger than `limit`."""
    data = bytearray()
    async for block in response.aiter_bytes():
        data += block
        if len(data) > limit:
            raise UnreadableAnswerError(f"The answer has over {limit:,} bytes.")
    return bytes(data)


async def ask_json(call: JsonCall) -> Any:
    """The parsed JSON of the answer, for small ones."""
    async with sent_once(call) as response:
        return parse_json(await read_body(response))


def parse_json(body: bytes) -> Any:
    """The JSON in a body, or UnreadableAnswerError."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as exc:
        raise UnreadableAnswerError(f"The answer is not JSON: {exc}.") from exc


def _headers(call: JsonCall) -> dict[str, str]:
    told = {
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "Easel",
    }
    if call.body is not None:
        told["Content-Type"] = "application/json"
    return {**told, **call.headers}


async def _read_start(response: httpx2.Response) -> bytes:
    data = bytearray()
    async for block in response.aiter_bytes():
        data += block
        if len(data) >= MAX_ERROR:
            break
    return bytes(data[:MAX_ERROR])


def _without(secrets: tuple[str, ...], body: bytes) -> bytes:
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            body = body.replace(secret.encode(), REMOVED.encode())
    return body


@lru_cache(maxsize=1)
def _ssl_context() -> SSLContext:
    """Made once: reading the certificates takes longer than many a call."""
    return httpx2.create_ssl_context()
