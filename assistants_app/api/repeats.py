"""Requests that a client library sends again because it got no answer.

A retry is known by its retry count or its Idempotency-Key; it gets what the first
request got, although what that one did cannot be done twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest

from playground.api import idempotency
from playground.api.callers import Caller
from playground.api.errors import ApiError
from playground.api.validation import read_body

_Row = TypeVar("_Row")


def make_once(request: HttpRequest, caller: Caller, make: Callable[[], str]) -> str:
    """What this request makes, or has made if it is a client's own retry."""
    return idempotency.once(caller, _attempt(request), make)[0]


def find_to_delete(
    request: HttpRequest, caller: Caller, find: Callable[[], _Row]
) -> _Row | None:
    """What is to be deleted; None where a retry finds that it has been done."""
    try:
        return find()
    except ApiError as exc:
        if exc.status != 404:
            raise
        missing = exc

    def refuse() -> str:
        raise missing

    make_once(request, caller, refuse)
    return None


def note_deletion(request: HttpRequest, caller: Caller, public_id: str) -> None:
    """So that a retry of this request is answered as it was."""
    make_once(request, caller, lambda: public_id)


def is_retry(request: HttpRequest) -> bool:
    """Whether the client library says that it asks again."""
    return _attempt(request).is_retry


def _attempt(request: HttpRequest) -> idempotency.Attempt:
    fingerprint = idempotency.fingerprint_of(read_body(request))
    return idempotency.read_attempt(request, fingerprint)
