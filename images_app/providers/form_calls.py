"""One request by `requests`, sent once, and whatever goes wrong as ProviderError.

For providers that want a multipart form. Blocks, so it is called in a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests
from urllib3.exceptions import HTTPError as TransportError
from urllib3.exceptions import MaxRetryError, ReadTimeoutError

from playground.lib.errors import ProviderError
from playground.lib.provider_errors import broken_off, timed_out, unreachable

MAX_ANSWER = 64 * 1024 * 1024
MAX_ERROR = 64 * 1024
PIECE = 256 * 1024

Part = tuple[str | None, bytes, str]
"""One part of a form: its file name (None for a plain field), its bytes, its type."""


@dataclass(frozen=True)
class Call:
    """What is sent. `timeout` is seconds to connect and between two pieces of the
    answer. `secret` is the key that stands in `headers`; `paid` says whether the call
    costs money. Without `fields` it is a GET."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    secret: str = field(repr=False)
    timeout: tuple[float, float]
    fields: Mapping[str, Part] = field(default_factory=dict, repr=False)
    paid: bool = True


Refusal = Callable[[int, Mapping[str, str], bytes], ProviderError]
"""The error that an answer with this status, these headers and this body means."""


def text_part(text: str) -> Part:
    """A plain field of a form."""
    return None, text.encode(), "text/plain; charset=utf-8"


def send(call: Call, refusal: Refusal) -> tuple[Mapping[str, str], bytes]:
    """The headers and the body of a 200; ProviderError for anything else."""
    with _provider_errors(call), requests.Session() as session:
        # No proxy, and no password from a file beside the key.
        session.trust_env = False
        with session.request(
            "POST" if call.fields else "GET",
            call.url,
            headers={"User-Agent": "Easel", **call.headers},
            files=dict(call.fields) or None,
            timeout=call.timeout,
            allow_redirects=False,
            stream=True,
        ) as answer:
            if answer.status_code != 200:
                body: Any = answer.raw.read(MAX_ERROR, decode_content=True)
                raise refusal(answer.status_code, answer.headers, body)
            return answer.headers, _read(answer, call)


def _read(answer: requests.Response, call: Call) -> bytes:
    data = bytearray()
    for piece in answer.iter_content(PIECE):
        data += piece
        if len(data) > MAX_ANSWER:
            detail = f"The answer has over {MAX_ANSWER:,} bytes."
            raise broken_off(detail, paid=call.paid, secret=call.secret)
    return bytes(data)


@contextmanager
def _provider_errors(call: Call) -> Iterator[None]:
    secret = call.secret
    try:
        yield
    except requests.ConnectTimeout as exc:
        raise timed_out(f"No connection: {exc}", sent=False, secret=secret) from exc
    except (requests.ReadTimeout, ReadTimeoutError) as exc:
        raise timed_out(f"No data came: {exc}", sent=call.paid, secret=secret) from exc
    except (requests.RequestException, TransportError, OSError) as exc:
        detail = f"{type(exc).__name__}: {exc}"
        if _was_not_sent(exc):
            raise unreachable(detail, secret=secret) from exc
        raise broken_off(detail, paid=call.paid, secret=secret) from exc


def _was_not_sent(exc: Exception) -> bool:
    """Whether no connection came about: refused, unknown host, bad certificate.

    `requests` has one class for that and for a connection that died later; only what
    it wraps tells them apart.
    """
    return isinstance(exc, requests.exceptions.SSLError) or (
        isinstance(exc, requests.ConnectionError)
        and bool(exc.args)
        and isinstance(exc.args[0], MaxRetryError)
    )
