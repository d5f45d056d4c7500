"""Never pay twice: a request that was made before gets what that one made.

A repeated request is known by its `Idempotency-Key`. The official clients send none and
retry by themselves: their retry count and an equal body tell a retry, as long as what
was made cannot be another request's. What is found is a reference; the operation makes
its answer from that again.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from playground.api.callers import Caller
from playground.api.errors import ApiError
from playground.api.models import IdempotentRequest
from playground.lib import written_rows
from playground.lib.clock import now

KEPT = timedelta(hours=24)
RETRIED_WITHIN = timedelta(minutes=10)
KEY_LENGTH = 255
# Old requests are forgotten by one new one in so many: it costs as much as a note.
FORGET_SHARE = 0.02


@dataclass(frozen=True)
class Attempt:
    """What tells a request from others of the same caller."""

    path: str
    fingerprint: str
    key: str = ""
    is_retry: bool = False


def read_attempt(request: HttpRequest, fingerprint: str) -> Attempt:
    """From the headers; ApiError 400 for a key that is too long."""
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > KEY_LENGTH:
        raise ApiError(
            400,
            f"Invalid 'Idempotency-Key': at most {KEY_LENGTH} characters are allowed.",
            "Idempotency-Key",
            "string_above_max_length",
        )
    return Attempt(request.path, fingerprint, key, is_retry(request))


def is_retry(request: HttpRequest) -> bool:
    """Whether the client library says that it asks again."""
    count = request.headers.get("X-Stainless-Retry-Count", "0")
    return count.isascii() and count.isdigit() and int(count) > 0


def fingerprint_of(body: bytes) -> str:
    """The digest of a JSON body."""
    return hashlib.sha256(body).hexdigest()


def fingerprint_of_form(request: HttpRequest) -> str:
    """The digest of a form's parts: its boundary differs from one try to the next."""
    digest = hashlib.sha256()
    for name in sorted(request.POST):
        for value in request.POST.getlist(name):
            digest.update(repr((name, value)).encode())
    for name in sorted(request.FILES):
        for upload in request.FILES.getlist(name):
            content = hashlib.sha256()
            for chunk in upload.chunks():
                content.update(chunk)
            upload.seek(0)
            part = (name, upload.name, content.hexdigest())
            digest.update(repr(part).encode())
    return digest.hexdigest()


def always(reference: str) -> bool:
    """For what the same request may get however often it is sent."""
    return True


def once(
    caller: Caller,
    attempt: Attempt,
    make: Callable[[], str],
    still_fits: Callable[[str], bool] = always,
) -> tuple[str, bool]:
    """The reference of what this request makes or has made, and whether it is new.

    `make` writes rows, returns the reference, and is rolled back together with the
    note of it. `still_fits` is asked of what a retry without a key would get: False
    when it is gone or may be the answer to another request with the same body.
    ApiError 409 when the key was used with another body.
    """
    if attempt.key:
        return _once_by_key(caller, attempt, make)
    with transaction.atomic():
        # Looked for in here, so that a first try that is just being written is seen.
        earlier = _joined(caller, attempt, still_fits) if attempt.is_retry else None
        if earlier is not None:
            return earlier, False
        return _note(caller, attempt, make()).reference, True


def once_by_key(caller: Caller, attempt: Attempt, make: Callable[[], str]) -> str:
    """The reference of what costs nothing: only a key ties its requests together.

    A second empty thread does no harm; one that two of a program's users share does.
    """
    if attempt.key:
        return _once_by_key(caller, attempt, make)[0]
    with transaction.atomic():
        return make()


def _once_by_key(
    caller: Caller, attempt: Attempt, make: Callable[[], str]
) -> tuple[str, bool]:
    earlier = _keyed(caller, attempt)
    if earlier is not None:
        return earlier, False
    try:
        with transaction.atomic():
            # First, so that of two requests with one key only one makes anything.
            row = _note(caller, attempt)
            row.reference = make()
            row.save(update_fields=["reference"])
            return row.reference, True
    except IntegrityError:
        earlier = _keyed(caller, attempt)
        if earlier is None:
            raise
        return earlier, False


def release(caller: Caller, reference: str) -> None:
    """Forget a request that failed without costing anything: a repeat may try anew."""
    IdempotentRequest.objects.filter(**_owner(caller), reference=reference).delete()


def _note(caller: Caller, attempt: Attempt, reference: str = "") -> IdempotentRequest:
    path = attempt.path[:250]
    if attempt.key:  # it may be used again
        _old().filter(**_owner(caller), path=path, key=attempt.key).delete()
    if random.random() < FORGET_SHARE:
        _old().delete()
    note = IdempotentRequest(
        **_owner(caller),
        path=path,
        key=attempt.key,
        fingerprint=attempt.fingerprint,
        reference=reference,
    )
    written_rows.insert(note)
    return note


def _old() -> QuerySet[IdempotentRequest]:
    return IdempotentRequest.objects.filter(created_at__lte=now() - KEPT)


def _keyed(caller: Caller, attempt: Attempt) -> str | None:
    """What was made with this key."""
    rows = _notes(caller, attempt, KEPT).filter(key=attempt.key)
    row = rows.first()
    if row is not None and row.fingerprint != attempt.fingerprint:
        raise ApiError(
            409,
            "This Idempotency-Key was used for another request. Send the same body"
            " again, or choose another key.",
            "Idempotency-Key",
            "idempotency_key_reused",
            retry=False,
        )
    return row.reference if row else None


def _joined(
    caller: Caller, attempt: Attempt, still_fits: Callable[[str], bool]
) -> str | None:
    """What the newest equal request made; its note goes when that does not fit."""
    rows = _notes(caller, attempt, RETRIED_WITHIN).filter(key="")
    row = rows.filter(fingerprint=attempt.fingerprint).first()
    if row is None:
        return None
    if still_fits(row.reference):
        return row.reference
    row.delete()
    return None


def _notes(
    caller: Caller, attempt: Attempt, age: timedelta
) -> QuerySet[IdempotentRequest]:
    """This caller's notes of this path, the newest first."""
    return IdempotentRequest.objects.filter(
        **_owner(caller), path=attempt.path[:250], created_at__gt=now() - age
    )


def _owner(caller: Caller) -> Mapping[str, object]:
    if caller.api_key is not None:
        return {"api_key": caller.api_key}
    return {"user": caller.user}
