"""Never pay twice: a request that was made before gets what that one made.

A repeated request is known by its `Idempotency-Key`, or, as the official clients send
none and retry by themselves, by their retry count and an equal body. What is found is
a reference; the operation makes its answer from that again.
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
    count = request.headers.get("X-Stainless-Retry-Count", "0")
    is_retry = count.isascii() and count.isdigit() and int(count) > 0
    return Attempt(request.path, fingerprint, key, is_retry)


def fingerprint_of(body: bytes) -> str:
    """The digest of a JSON body."""
    return hashlib.sha256(body).hexdigest()


def fingerprint_of_form(request: HttpRequest) -> str:
    """The digest of a form's parts: its boundary differs from one try to the next."""
    digest = hashlib.sha256()
    for name in sorted(request.POST):
        for value in request.POST.getlist(name):
            digest.update(f"{name}={len(value)}:{value};".encode())
    for name in sorted(request.FILES):
        for upload in request.FILES.getlist(name):
            content = hashlib.sha256()
            for chunk in upload.chunks():
                content.update(chunk)
            upload.seek(0)
            digest.update(f"{name}={content.hexdigest()};".encode())
    return digest.hexdigest()


def once(caller: Caller, attempt: Attempt, make: Callable[[], str]) -> tuple[str, bool]:
    """The reference of what this request makes or has made, and whether it is new.

    `make` writes rows, returns the reference, and is rolled back together with the
    note of it. ApiError 409 when the key was used with another body.
    """
    earlier = _find(caller, attempt)
    if earlier is not None:
        return earlier, False
    try:
        with transaction.atomic():
            if not attempt.key:
                return _note(caller, attempt, make()).reference, True
            # First, so that of two requests with one key only one makes anything.
            row = _note(caller, attempt)
            row.reference = make()
            row.save(update_fields=["reference"])
            return row.reference, True
    except IntegrityError:
        earlier = _find(caller, attempt)
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


def _find(caller: Caller, attempt: Attempt) -> str | None:
    if not attempt.key and not attempt.is_retry:
        return None
    rows = IdempotentRequest.objects.filter(**_owner(caller), path=attempt.path[:250])
    moment = now()
    if attempt.key:
        row = rows.filter(key=attempt.key, created_at__gt=moment - KEPT).first()
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
    row = rows.filter(
        fingerprint=attempt.fingerprint,
        key="",
        created_at__gt=moment - RETRIED_WITHIN,
    ).first()
    return row.reference if row else None


def _owner(caller: Caller) -> Mapping[str, object]:
    if caller.api_key is not None:
        return {"api_key": caller.api_key}
    return {"user": caller.user}
