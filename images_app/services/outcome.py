"""How a generation ends: each ending is one short transaction, written once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from images_app.models import File, Generation, Picture
from images_app.providers.base import ImageResult
from images_app.services.files import (
    NotAPictureError,
    delete_file,
    store_picture,
    sweep_expired,
)
from playground.lib.clock import now
from playground.lib.errors import ErrorKind, ProviderError
from playground.organizations.kinds import all_kinds
from playground.organizations.models import UsageEntry

logger = logging.getLogger(__name__)

Status = Generation.Status
PREVIEW_LIFETIME = timedelta(minutes=10)
OPEN = (Status.QUEUED, Status.SENDING)


def completed(public_id: str, result: ImageResult) -> None:
    """Store the pictures and settle; bytes that are no picture end it as failed."""
    try:
        _store(public_id, result)
    except NotAPictureError as exc:
        failed(
            public_id,
            ProviderError(
                ErrorKind.UPSTREAM,
                "The provider answered with something that is not a picture.",
                admin_text=str(exc),
                may_have_cost=True,
            ),
        )


@transaction.atomic
def _store(public_id: str, result: ImageResult) -> None:
    generation = _open_row(public_id)
    if generation is None:
        return
    for index, image in enumerate(result.images):
        file = store_picture(
            organization=generation.organization,
            data=image.data,
            name=_name(generation),
            purpose=File.Purpose.GENERATED,
            user=generation.created_by,
        )
        Picture.objects.create(
            generation=generation,
            index=index,
            file=file,
            revised_prompt=image.revised_prompt or "",
            seed=image.seed,
        )
    generation.sent, generation.received = dict(result.sent), dict(result.received)
    if result.request_id:
        generation.received["request_id"] = result.request_id[:200]
    generation.usage = None if result.usage is None else dict(result.usage)
    generation.cost = result.cost
    generation.cost_origin = "unknown" if result.cost is None else "reported"
    _finish(generation, Status.COMPLETED)
    record_usage(generation, pictures=len(result.images))


@transaction.atomic
def failed(public_id: str, exc: ProviderError) -> None:
    """Keep who failed and why; with the outcome unknown, it may have been billed."""
    generation = _open_row(public_id)
    if generation is None:
        return
    generation.error_kind = exc.kind.value
    generation.error_text = exc.text
    generation.error_admin_text = exc.admin_text
    generation.error_param = exc.param or ""
    generation.error_code = exc.code or ""
    generation.error_said = exc.said
    generation.error_details = exc.details
    generation.error_status = exc.status
    generation.retry_after = exc.retry_after
    generation.may_have_cost = exc.may_have_cost
    _finish(generation, _failed_status(exc))
    logger.warning(
        "Generation %s failed: connection “%s”, %s",
        public_id,
        generation.connection_name,
        exc.summary,
    )
    if exc.may_have_cost:
        record_usage(generation, pictures=0)


def _failed_status(exc: ProviderError) -> Status:
    if exc.kind == ErrorKind.MODERATED:
        return Status.MODERATED
    lost = exc.kind in {ErrorKind.TIMEOUT, ErrorKind.UPSTREAM} and exc.status is None
    return Status.UNKNOWN if exc.may_have_cost and lost else Status.FAILED


@transaction.atomic
def cancelled(public_id: str) -> None:
    """Stopped before anything was paid."""
    generation = _open_row(public_id)
    if generation is not None:
        _finish(generation, Status.CANCELLED)


def note_cancel(public_id: str) -> None:
    """Somebody stopped waiting; a call that was not sent yet ends here."""
    Generation.objects.filter(public_id=public_id, status=Status.QUEUED).update(
        status=Status.CANCELLED, finished_at=now()
    )


def recover() -> int:
    """After a restart nobody works on what is open; returns how many were ended.

    What was `sending` may have been billed, and only a person tries again.
    """
    moment = now()
    sending = Generation.objects.filter(status=Status.SENDING)
    lost = list(sending.select_related("organization"))
    for generation in lost:
        generation.may_have_cost = not _is_free(generation.kind)
        generation.error_kind = ErrorKind.TIMEOUT.value
        generation.error_text = "Easel was stopped before the provider's answer came."
        _finish(
            generation,
            Status.UNKNOWN if generation.may_have_cost else Status.CANCELLED,
        )
        if generation.may_have_cost:
            record_usage(generation, pictures=0)
    waiting = Generation.objects.filter(status=Status.QUEUED)
    return waiting.update(status=Status.CANCELLED, finished_at=moment) + len(lost)


def _is_free(kind: str) -> bool:
    return any(known.is_free for known in all_kinds() if known.name == kind)


@transaction.atomic
def keep_preview(public_id: str, number: int, data: bytes) -> str:
    """Store a preview as the newest one; "" when it is no picture.

    Earlier ones stay for a while: a page may be about to load them.
    """
    generation = _open_row(public_id)
    if generation is None:
        return ""
    try:
        file = store_picture(
            organization=generation.organization,
            data=data,
            name=f"preview-{number}",
            purpose=File.Purpose.PARTIAL,
        )
    except NotAPictureError:
        return ""
    generation.partial, generation.partial_count = file, number + 1
    generation.save(update_fields=["partial", "partial_count"])
    return file.public_id


def sweep_files() -> None:
    """Remove previews that no page can be waiting for any more, and expired files."""
    old = File.objects.filter(
        purpose=File.Purpose.PARTIAL, created_at__lt=now() - PREVIEW_LIFETIME
    )
    for file in old[:100]:
        delete_file(file)
    sweep_expired()


def _open_row(public_id: str) -> Generation | None:
    """The row, locked where the database can, unless it has ended already."""
    return (
        Generation.objects.select_for_update(of=("self",))
        .select_related("organization", "created_by", "partial")
        .filter(public_id=public_id, status__in=OPEN)
        .first()
    )


def _finish(generation: Generation, status: Status) -> None:
    generation.partial = None
    generation.status = status
    generation.finished_at = now()
    generation.save()


def _name(generation: Generation) -> str:
    """A file name made of the prompt's first words."""
    return " ".join(generation.sent_prompt.split()[:8])[:60]


def record_usage(generation: Generation, *, pictures: int) -> None:
    """One entry for one paid call."""
    units: Mapping[str, Any] = {"pictures": pictures, **(generation.usage or {})}
    UsageEntry.objects.create(
        organization=generation.organization,
        user=generation.created_by,
        api_key=generation.api_key,
        connection=generation.connection,
        connection_name=generation.connection_name,
        kind=UsageEntry.Kind.IMAGE,
        model=generation.model,
        units=dict(units),
        cost=generation.cost,
        cost_origin=generation.cost_origin,
        reference=generation.public_id,
    )
