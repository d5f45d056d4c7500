"""Requests that cost nothing and that a client sends again because it got no answer.

A creation is tied to its repeat by an `Idempotency-Key` alone. A deletion names what it
deletes, so that a client's own retry is known too: it is answered as the first was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest

from playground.api import idempotency
from playground.api.callers import Caller
from playground.api.errors import translate
from playground.api.validation import read_body

_Row = TypeVar("_Row")


def make_once(request: HttpRequest, caller: Caller, make: Callable[[], str]) -> str:
    """What this request makes, or what one with the same key has made."""
    return idempotency.once_by_key(caller, attempt_of(request), make)


def find_to_delete(
    request: HttpRequest, caller: Caller, find: Callable[[], _Row]
) -> _Row | None:
    """What is to be deleted; None where a retry finds that it has been done.

    It is noted before it is done: a client that leaves meanwhile may ask again.
    """
    attempt = attempt_of(request)
    try:
        row = find()
    except Exception as exc:
        error = translate(exc)
        if error is None or error.status != 404:
            raise
        missing = exc

        def refuse() -> str:
            raise missing

        idempotency.once(caller, attempt, refuse)
        return None
    idempotency.once(caller, attempt, lambda: "deleted")
    return row


def attempt_of(request: HttpRequest) -> idempotency.Attempt:
    """What tells this request, which has a JSON body or none, from others."""
    fingerprint = idempotency.fingerprint_of(read_body(request))
    return idempotency.read_attempt(request, fingerprint)
