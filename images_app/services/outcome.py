"""How a generation ends: each ending is one short transaction, written once."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction

from images_app.models import File, Generation, Picture
from images_app.providers.base import ImageResult
from images_app.services.accounts import cost_of, settle_generation
from images_app.services.files import (
    NotAPictureError,
    delete_file,
    store_picture,
    sweep_expired,
)
from playground.lib.clock import now
from playground.lib.errors import ErrorKind, ProviderError
from playground.organizations.kinds import all_kinds
from playground.organizations.services.ledger import release

logger = logging.getLogger(__name__)

Status = Generation.Status
PREVIEW_LIFETIME = timedelta(minutes=10)
OPEN = (Status.QUEUED, Status.SENDING)
# In a generation's `asked`: connections that may stand in, and those that did not serve.
FALLBACKS, MOVED = "fallbacks", "moved"
# What is wrong with a request is wrong everywhere.
SAME_ELSEWHERE = frozenset({ErrorKind.INVALID, ErrorKind.MODERATED})


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
    sizes = []
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
        sizes.append((file.width or 0, file.height or 0))
    generation.sent, generation.received = dict(result.sent), dict(result.received)
    if result.request_id:
        generation.received["request_id"] = result.request_id[:200]
    generation.usage = None if result.usage is None else dict(result.usage)
    cost = cost_of(generation, result, sizes)
    generation.cost, generation.cost_origin = cost.amount, cost.origin
    _finish(generation, Status.COMPLETED)
    settle_generation(generation, pictures=len(result.images))


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
        settle_generation(generation, pictures=0)
    else:
        release(public_id)


@transaction.atomic
def moved_on(public_id: str, exc: ProviderError) -> bool:
    """Give a call that certainly cost nothing to the next connection in line.

    False when there is none, or when another one would refuse it just the same.
    """
    generation = _open_row(public_id)
    if generation is None or exc.may_have_cost or exc.kind in SAME_ELSEWHERE:
        return False
    names = generation.asked.get(FALLBACKS, [])
    offered = generation.organization.connections.filter(
        name__in=names, is_enabled=True
    )
    by_name = {connection.name: connection for connection in offered}
    left = [name for name in names if name in by_name]
    if not left:
        return False
    generation.asked[FALLBACKS] = names[names.index(left[0]) + 1 :]
    moved = generation.asked.setdefault(MOVED, [])
    moved.append({"connection": generation.connection_name, "reason": exc.text})
    generation.connection = by_name[left[0]]
    generation.connection_name = left[0]
    generation.status = Status.QUEUED
    generation.save(update_fields=["asked", "connection", "connection_name", "status"])
    return True


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
        release(public_id)


def note_cancel(public_id: str) -> None:
    """Somebody stopped waiting; a call that was not sent yet ends here."""
    queued = Generation.objects.filter(public_id=public_id, status=Status.QUEUED)
    if queued.update(status=Status.CANCELLED, finished_at=now()):
        release(public_id)


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
            settle_generation(generation, pictures=0)
        else:
            release(generation.public_id)
    waiting = Generation.objects.filter(status=Status.QUEUED)
    for public_id in waiting.values_list("public_id", flat=True):
        release(public_id)
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
        .select_related("organization", "created_by", "partial", "connection")
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
