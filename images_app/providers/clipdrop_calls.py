"""One POST to ClipDrop, sent once, and its failures as ProviderError."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests
from urllib3.exceptions import HTTPError as TransportError
from urllib3.exceptions import MaxRetryError, ReadTimeoutError

from playground.lib.error_bodies import clean, read_error
from playground.lib.errors import ErrorKind, ProviderError
from playground.lib.provider_errors import (
    broken_off,
    error_from_response,
    timed_out,
    unreachable,
)

MAX_PICTURE = 64 * 1024 * 1024
MAX_ERROR = 64 * 1024
PIECE = 256 * 1024


def post_form(
    url: str,
    api_key: str,
    fields: Mapping[str, Any],
    *,
    timeout: tuple[float, float],
    paid: bool = True,
) -> tuple[Mapping[str, str], bytes]:
    """Send a multipart form; the headers and body of a 200, or ProviderError.

    `fields` are as `requests` takes `files`; `timeout` is seconds to connect and
    between two pieces of the answer. Blocks, so call it in a thread.
    """
    with _provider_errors(api_key, paid), requests.Session() as session:
        # No proxy, and no password from a file beside the key.
        session.trust_env = False
        with session.post(
            url,
            headers={"x-api-key": api_key, "User-Agent": "Easel"},
            files=dict(fields),
            timeout=timeout,
            allow_redirects=False,
            stream=True,
        ) as answer:
            if answer.status_code != 200:
                raise _refusal(answer, api_key, paid)
            return answer.headers, _read(answer, api_key)


def _read(answer: requests.Response, api_key: str) -> bytes:
    data = bytearray()
    for piece in answer.iter_content(PIECE):
        data += piece
        if len(data) > MAX_PICTURE:
            detail = f"The answer has over {MAX_PICTURE:,} bytes."
            raise broken_off(detail, secret=api_key)
    return bytes(data)


def _refusal(answer: requests.Response, api_key: str, paid: bool) -> ProviderError:
    body = answer.raw.read(MAX_ERROR, decode_content=True)
    error = error_from_response(
        answer.status_code, answer.headers, body, secret=api_key, paid=paid
    )
    sentence = clean(read_error(body).message, api_key)
    if answer.status_code != 400 or not sentence:
        return error
    # About the prompt and nothing else, so whoever wrote it may read it.
    return ProviderError(
        ErrorKind.INVALID,
        f"ClipDrop refused the request: {sentence}",
        admin_text=error.admin_text,
        status=400,
    )


@contextmanager
def _provider_errors(secret: str, paid: bool) -> Iterator[None]:
    try:
        yield
    except requests.ConnectTimeout as exc:
        raise timed_out(f"No connection: {exc}", sent=False, secret=secret) from exc
    except (requests.ReadTimeout, ReadTimeoutError) as exc:
        raise timed_out(f"No data came: {exc}", sent=paid, secret=secret) from exc
    except (requests.RequestException, TransportError, OSError) as exc:
        detail = f"{type(exc).__name__}: {exc}"
        if _was_not_sent(exc):
            raise unreachable(detail, secret=secret) from exc
        raise broken_off(detail, paid=paid, secret=secret) from exc


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
