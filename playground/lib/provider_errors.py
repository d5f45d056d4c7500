"""Turns what a provider says when it refuses or fails into a `ProviderError`.

Pure functions. The user's text names what happened and what to do; the provider's own
words go to `admin_text`, shortened and with anything like a key taken out, and what it
says of a request that it refused also to `said`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from playground.lib.error_bodies import (
    MODERATION,
    ErrorBody,
    clean,
    read_error,
    read_error_value,
    read_retry_after,
)
from playground.lib.errors import ErrorKind, ProviderError

TOO_LONG_CODES = frozenset({"context_length_exceeded", "string_above_max_length"})
# Refusals that the sender of the request can do something about.
SENDERS_OWN = frozenset({ErrorKind.INVALID, ErrorKind.MODERATED})
QUOTA = re.compile(r"quota|credit|billing|payment|(spend|usage)_limit")
PARAM = re.compile(r"[\w.\[\]-]{1,100}")

TEXTS = {
    ErrorKind.CONFIGURATION: (
        "The provider refused the key. Ask an admin to check the connection."
    ),
    ErrorKind.QUOTA: (
        "The provider's account has no credit left. Ask an admin to top it up or to"
        " choose another connection."
    ),
    ErrorKind.RATE: "The provider gets too many requests. Wait a little and try again.",
    ErrorKind.MODERATED: (
        "The provider refused the content of this request. Change the wording or the"
        " picture and try again."
    ),
    ErrorKind.INVALID: (
        "The provider refused the request. Change it and try again, or ask an admin"
        " what the provider said."
    ),
    ErrorKind.TIMEOUT: "The provider did not answer in time. Try again later.",
    ErrorKind.UPSTREAM: "The provider had a fault of its own. Try again later.",
}
# Where its own words follow, nobody has to ask for them.
REFUSED = "The provider refused the request. Change it and try again."
ADDRESS = (
    "The provider has nothing at the connection's address. Ask an admin to check the"
    " base URL."
)
REDIRECTED = (
    "The provider's address leads somewhere else, and keys are not sent there. Ask an"
    " admin to check the base URL."
)
UNKNOWN_MODEL = (
    "The provider does not know this model. Choose another one, or ask an admin to"
    " check the connection."
)
TOO_LONG = (
    "The request is longer than this model can read. Shorten it, start a new thread or"
    " choose a model that reads more."
)
TOO_LARGE = (
    "The request is too large for the provider. Use fewer or smaller pictures, or a"
    " shorter text."
)


def error_from_response(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    secret: str = "",
    paid: bool = True,
) -> ProviderError:
    """The error that an answer with this status means.

    `secret` is the key that was sent. `paid` says that the request would have cost
    money: then a failure that does not say "refused" may have cost some.
    """
    found = read_error(body)
    kind, text, code = _classify(status, found)
    refused = 300 <= status < 500 and kind is not ErrorKind.TIMEOUT
    return ProviderError(
        kind,
        text,
        admin_text=_admin_text(f"HTTP {status}", found, secret),
        may_have_cost=paid and not refused,
        # Nothing was done, and a later try may pass: too fast, or in conflict.
        retry_safe=kind is ErrorKind.RATE or status == 409 or not (paid or refused),
        retry_after=read_retry_after(headers),
        status=status,
        param=found.param,
        code=code,
        said=_said(kind, found, secret),
        details=_details(kind, found),
    )


def error_in_stream(
    value: object, *, secret: str = "", paid: bool = True
) -> ProviderError:
    """The error that a stream carries after its status was 200; `value` is what was
    parsed from the event. The work had begun, so it is never safe to repeat."""
    found = read_error_value(value)
    kind, text, code = _classify(found.status, found)
    return ProviderError(
        kind,
        text,
        admin_text=_admin_text("Error in the stream", found, secret),
        may_have_cost=paid,
        retry_safe=not paid,
        status=found.status,
        param=found.param,
        code=code,
        said=_said(kind, found, secret),
        details=_details(kind, found),
    )


# What libraries write of a connection that did not come about, in plain words.
_NO_CONNECTION = (
    ("certificate", "its TLS certificate is not valid."),
    ("SSL", "it does not speak TLS. Is it http:// and not https://?"),
    ("refused", "nothing listens at this address."),
    ("attempts failed", "nothing listens at this address."),
    ("not known", "there is no host of this name."),
    ("name resolution", "the host's name cannot be looked up."),
    ("getaddrinfo", "the host's name cannot be looked up."),
)


def _plainly(detail: str) -> str:
    return next((said for word, said in _NO_CONNECTION if word in detail), detail)


def unreachable(detail: str, *, secret: str = "") -> ProviderError:
    """No connection came about (refused, DNS, TLS), so nothing was sent."""
    return ProviderError(
        ErrorKind.UPSTREAM,
        "The provider cannot be reached. Try again later, or ask an admin to check the"
        " connection's address.",
        admin_text=clean(f"No connection: {_plainly(detail)}", secret),
        retry_safe=True,
    )


def timed_out(detail: str, *, sent: bool, secret: str = "") -> ProviderError:
    """Nothing came in time. `sent` says that a paid request may have arrived."""
    return ProviderError(
        ErrorKind.TIMEOUT,
        TEXTS[ErrorKind.TIMEOUT],
        admin_text=clean(detail, secret),
        may_have_cost=sent,
        retry_safe=not sent,
    )


def broken_off(detail: str, *, paid: bool = True, secret: str = "") -> ProviderError:
    """The connection ended, or what came is unreadable, after the request was sent."""
    return ProviderError(
        ErrorKind.UPSTREAM,
        "The provider's answer broke off or could not be read.",
        admin_text=clean(detail, secret),
        may_have_cost=paid,
        retry_safe=not paid,
    )


def no_picture(detail: str, *, paid: bool = True, secret: str = "") -> ProviderError:
    """The provider answered as if all was well, but with no picture in it."""
    return ProviderError(
        ErrorKind.UPSTREAM,
        "The provider answered, but what it sent is no picture.",
        admin_text=clean(detail, secret),
        may_have_cost=paid,
        retry_safe=not paid,
        status=200,
    )


def _classify(
    status: int | None, found: ErrorBody
) -> tuple[ErrorKind, str, str | None]:
    """The kind, the user's text and the code; the body's own words count most."""
    words = f"{found.code or ''} {found.type}".lower()
    if status == 401:
        kind = ErrorKind.CONFIGURATION
    elif found.moderated or MODERATION.search(words):
        kind = ErrorKind.MODERATED
    elif status == 402 or (status or 400) < 500 and QUOTA.search(words):
        kind = ErrorKind.QUOTA
    elif _is_unknown_model(status, found):
        return ErrorKind.INVALID, UNKNOWN_MODEL, "model_not_found"
    else:
        return *_classify_by_status(status, words, found), found.code
    return kind, TEXTS[kind], found.code


def _classify_by_status(
    status: int | None, words: str, found: ErrorBody
) -> tuple[ErrorKind, str]:
    if status is None:
        kind = _kind_of_words(words)
        return kind, TEXTS[kind]
    if status < 400:
        return ErrorKind.CONFIGURATION, REDIRECTED
    if status in {404, 405}:
        return ErrorKind.CONFIGURATION, ADDRESS
    if status == 413:
        return ErrorKind.INVALID, TOO_LARGE
    known = {
        403: ErrorKind.CONFIGURATION,
        407: ErrorKind.CONFIGURATION,
        408: ErrorKind.TIMEOUT,
        409: ErrorKind.UPSTREAM,
        429: ErrorKind.RATE,
        504: ErrorKind.TIMEOUT,
        524: ErrorKind.TIMEOUT,
    }
    default = ErrorKind.INVALID if status < 500 else ErrorKind.UPSTREAM
    kind = known.get(status, default)
    return kind, _text_of_invalid(found) if kind is ErrorKind.INVALID else TEXTS[kind]


def _kind_of_words(words: str) -> ErrorKind:
    if "rate_limit" in words:
        return ErrorKind.RATE
    if "timeout" in words:
        return ErrorKind.TIMEOUT
    if "authentication" in words or "api_key" in words:
        return ErrorKind.CONFIGURATION
    return ErrorKind.INVALID if "invalid_request" in words else ErrorKind.UPSTREAM


def _text_of_invalid(found: ErrorBody) -> str:
    if found.code in TOO_LONG_CODES:
        return TOO_LONG
    if found.param and PARAM.fullmatch(found.param):
        return f"The provider refused the parameter {found.param}. Change it and try again."
    is_told = found.message.strip() and not found.is_page
    return REFUSED if is_told else TEXTS[ErrorKind.INVALID]


def _is_unknown_model(status: int | None, found: ErrorBody) -> bool:
    if found.code == "model_not_found":
        return True
    # A wrong path is a 404 as well; only the words tell the two apart.
    about_model = found.param == "model" or "model" in found.message.lower()
    return status == 404 and about_model


def _said(kind: ErrorKind, found: ErrorBody, secret: str) -> str:
    is_told = kind in SENDERS_OWN and not found.is_page
    return clean(found.message, secret) if is_told else ""


def _details(kind: ErrorKind, found: ErrorBody) -> dict[str, Any]:
    is_told = kind is ErrorKind.MODERATED and found.moderation
    return {"moderation_details": dict(found.moderation)} if is_told else {}


def _admin_text(what: str, found: ErrorBody, secret: str) -> str:
    tags = (f"{n} {v}" for n, v in (("code", found.code), ("param", found.param)) if v)
    noted = ", ".join([what, *tags])
    return clean(f"{noted}: {found.message}" if found.message else noted, secret)
