"""Pictures: planned, paid once, stored. Plan, reserve, call, store, settle.

A generation is created `queued`, becomes `sending` before its body leaves, and ends in
exactly one final state. Nothing here ever sends a request twice.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from channels.db import database_sync_to_async
from django.db import transaction

from images_app.models import File, Generation
from images_app.providers.base import ImageProvider, ImageRequest, InputImage
from images_app.providers.registry import make_image_provider
from images_app.services import outcome
from images_app.services.accounts import payer_of
from images_app.services.files import read_bytes
from images_app.services.plan import ImageAsk, Plan, PlanError
from images_app.services.routing import ImageRoute
from images_app.services.scaling import scaled
from playground.lib.clock import now
from playground.lib.errors import ErrorKind, ProviderError
from playground.organizations.models import ApiKey, Connection, Organization, User
from playground.organizations.services.ledger import BudgetExceededError, reserve

logger = logging.getLogger(__name__)

OnPreview = Callable[[int, str], Awaitable[None]]
"""Called with a preview's number and the public id of its stored file."""

SOURCE_IDS = "source_ids"
"""Where a generation's `asked` keeps the order of its sources."""

# Work that goes on although nobody waits for it: a task must be held to stay alive.
_running: dict[str, asyncio.Task[None]] = {}


@dataclass(frozen=True)
class _Call:
    """What a call needs, read from the rows in one go."""

    provider: ImageProvider
    request: ImageRequest
    scale_to: str


@transaction.atomic
def create_generation(
    *,
    organization: Organization,
    route: ImageRoute,
    ask: ImageAsk,
    plan: Plan,
    user: User | None = None,
    api_key: ApiKey | None = None,
    sources: Sequence[File] = (),
    mask: File | None = None,
    reference: str = "",
    assistant: str = "",
    asked_prompt: str = "",
) -> Generation:
    """Write down what is about to be asked, and set its price aside; nothing is sent.

    `asked_prompt` is what a person said, where a chat model wrote the ask's prompt.
    BudgetExceededError when there is too little left.
    """
    generation = Generation.objects.create(
        organization=organization,
        created_by=user,
        api_key=api_key,
        connection=route.connection,
        connection_name=route.connection.name,
        kind=route.connection.kind,
        model=route.model.id,
        operation=(
            Generation.Operation.EDIT if sources else Generation.Operation.GENERATE
        ),
        asked={
            **_said(ask),
            SOURCE_IDS: [file.public_id for file in sources],
            outcome.FALLBACKS: list(route.fallbacks),
        },
        asked_prompt=asked_prompt or ask.prompt,
        sent_prompt=plan.sent_prompt,
        plan=plan.as_dict(),
        mask=mask,
        reference=reference,
        assistant=assistant,
    )
    reserve(payer_of(generation), generation.public_id, plan.price.amount)
    generation.sources.set(sources)
    return generation


def create_refused(
    *,
    organization: Organization,
    route: ImageRoute,
    ask: ImageAsk,
    error: PlanError | BudgetExceededError,
    user: User | None = None,
    api_key: ApiKey | None = None,
    reference: str = "",
    assistant: str = "",
    asked_prompt: str = "",
) -> Generation:
    """Write down a wish that can't be sent, and why; nothing was paid."""
    moment = now()
    return Generation.objects.create(
        organization=organization,
        created_by=user,
        api_key=api_key,
        connection=route.connection,
        connection_name=route.connection.name,
        kind=route.connection.kind,
        model=route.model.id,
        operation=(
            Generation.Operation.EDIT if ask.n_images else Generation.Operation.GENERATE
        ),
        status=Generation.Status.FAILED,
        asked=_said(ask),
        asked_prompt=asked_prompt or ask.prompt,
        **_refusal(error),
        reference=reference,
        assistant=assistant,
        created_at=moment,
        finished_at=moment,
    )


def _refusal(error: PlanError | BudgetExceededError) -> dict[str, str]:
    if isinstance(error, PlanError):
        return {
            "error_kind": ErrorKind.INVALID.value,
            "error_text": error.message,
            "error_param": error.parameter,
        }
    return {"error_kind": ErrorKind.QUOTA.value, "error_text": str(error)}


def _said(ask: ImageAsk) -> dict[str, Any]:
    """Only what was said of a wish."""
    return {key: value for key, value in asdict(ask).items() if value not in (None, "")}


async def run_generation(
    public_id: str,
    on_preview: OnPreview | None = None,
    on_late: Callable[[], None] | None = None,
) -> None:
    """Make the call and store its outcome; returns when the generation is finished.

    When the waiting task is cancelled, a call that may already be billed goes on by
    itself, its result is stored and `on_late` is called; one that can truly be stopped
    is stopped.
    """
    task = start_generation(public_id, on_preview)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await database_sync_to_async(outcome.note_cancel)(public_id)
        provider = _providers.get(public_id)
        if provider is None or provider.stops_truly:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        elif on_late is not None:
            late = on_late
            task.add_done_callback(lambda _: late())
        raise


def start_generation(
    public_id: str, on_preview: OnPreview | None = None
) -> asyncio.Task[None]:
    """Run a generation in a task that outlives the request (needs a running loop)."""
    work = _run_in_own_context(public_id, on_preview)
    task = asyncio.create_task(work, context=contextvars.Context())
    _running[public_id] = task
    task.add_done_callback(lambda _: _running.pop(public_id, None))
    return task


async def stop_generation(public_id: str) -> bool:
    """Stop a call that costs nothing to stop; False when it has to be waited for."""
    task, provider = _running.get(public_id), _providers.get(public_id)
    if task is None or (provider is not None and not provider.stops_truly):
        return False
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return True


_providers: dict[str, ImageProvider] = {}


async def _run_in_own_context(public_id: str, on_preview: OnPreview | None) -> None:
    async with ThreadSensitiveContext():
        try:
            await _run(public_id, on_preview)
        except asyncio.CancelledError:
            await asyncio.shield(database_sync_to_async(outcome.cancelled)(public_id))
            raise
        finally:
            _providers.pop(public_id, None)


async def _run(public_id: str, on_preview: OnPreview | None) -> None:
    """The one place where an image call's failures of any kind become an outcome."""
    sent = False
    try:
        call = await database_sync_to_async(_begin)(public_id)
        sent = call is not None
        if call is None:
            return
        _providers[public_id] = call.provider
        try:
            result = await call.provider.generate(
                call.request, on_partial=_preview_keeper(public_id, on_preview)
            )
        finally:
            await call.provider.aclose()
        result = await scaled(result, call.scale_to)
        await database_sync_to_async(outcome.completed)(public_id, result)
    except ProviderError as exc:
        if await database_sync_to_async(outcome.moved_on)(public_id, exc):
            await _run(public_id, on_preview)
            return
        await database_sync_to_async(outcome.failed)(public_id, exc)
    except Exception:  # a generation always ends with an outcome
        logger.exception("Generation %s crashed", public_id)
        crash = ProviderError(
            ErrorKind.UPSTREAM,
            "Something went wrong inside Easel while the picture was made.",
            may_have_cost=sent,
        )
        await database_sync_to_async(outcome.failed)(public_id, crash)


def _begin(public_id: str) -> _Call | None:
    """Mark it as sending and read all that the call needs; None if it was stopped."""
    outcome.sweep_files()
    generation = Generation.objects.select_related("connection", "mask").get(
        public_id=public_id
    )
    connection = generation.connection
    if connection is None or not connection.is_enabled:
        raise ProviderError(
            ErrorKind.CONFIGURATION,
            f"The connection “{generation.connection_name}” is not available any more.",
        )
    plan = Plan.from_dict(generation.plan)
    sources = tuple(_input(file) for file in ordered_sources(generation))
    mask = _input(generation.mask) if generation.mask else None
    call = _Call(
        provider=provider_for(connection),
        request=ImageRequest(**plan.request_fields, images=sources, mask=mask),
        scale_to=plan.scale_to,
    )
    queued = Generation.objects.filter(
        pk=generation.pk, status=Generation.Status.QUEUED
    )
    began = queued.update(status=Generation.Status.SENDING, sent_at=now())
    return call if began else None


def ordered_sources(generation: Generation) -> list[File]:
    """The pictures that it starts from, in the order in which they were given."""
    order = generation.asked.get(SOURCE_IDS, [])
    places = {public_id: place for place, public_id in enumerate(order)}
    files = list(generation.sources.order_by("pk"))
    return sorted(files, key=lambda file: places.get(file.public_id, len(places)))


def provider_for(connection: Connection) -> ImageProvider:
    """The adapter of this connection."""
    return make_image_provider(
        connection.kind,
        base_url=connection.base_url,
        api_key=connection.api_key,
        options=connection.options,
    )


def _input(file: File) -> InputImage:
    return InputImage(read_bytes(file), file.mime, file.name)


def _preview_keeper(
    public_id: str, on_preview: OnPreview | None
) -> Callable[[int, bytes], Awaitable[None]]:
    async def keep(number: int, data: bytes) -> None:
        keep_file = database_sync_to_async(outcome.keep_preview)
        file_id = await keep_file(public_id, number, data)
        if file_id and on_preview:
            await on_preview(number, file_id)

    return keep
