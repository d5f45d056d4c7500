"""Turns what the `openai` client and its transport raise into a ProviderError."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import openai

from images_app.providers.picture_bytes import NoPictureError, UnreadableAnswerError
from playground.lib.errors import ProviderError
from playground.lib.provider_errors import (
    broken_off,
    error_from_response,
    no_picture,
    timed_out,
    unreachable,
)

# Raised before the first byte of the request's body leaves.
_NOT_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
)


@contextmanager
def provider_errors(secret: str, *, paid: bool = True) -> Iterator[None]:
    """Let nothing out but ProviderError (and cancellation).

    `paid` says that the request costs money once its body has left.
    """
    try:
        yield
    except openai.APIStatusError as exc:
        raise error_from_response(
            exc.status_code,
            exc.response.headers,
            exc.response.content,
            secret=secret,
            paid=paid,
            # The SDK's message repeats the body, in which a server may echo the key.
        ) from None
    except openai.APIConnectionError as exc:
        raise _from_transport(exc.__cause__ or exc, secret, paid) from exc
    except (httpx2.HTTPError, httpx2.StreamError) as exc:
        raise _from_transport(exc, secret, paid) from exc
    except NoPictureError as exc:
        raise no_picture(str(exc), paid=paid, secret=secret) from exc
    except UnreadableAnswerError as exc:
        raise broken_off(str(exc), paid=paid, secret=secret) from exc


def _from_transport(exc: BaseException, secret: str, paid: bool) -> ProviderError:
    detail = f"{type(exc).__name__}: {exc}"
    sent = not isinstance(exc, _NOT_SENT)
    if isinstance(exc, httpx2.TimeoutException):
        return timed_out(detail, sent=sent and paid, secret=secret)
    if not sent:
        return unreachable(detail, secret=secret)
    return broken_off(detail, paid=paid, secret=secret)
