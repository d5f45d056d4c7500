"""The Images API: generations, edits and variations, whole or as a stream."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from django.http import HttpResponseBase
from ninja import Router

from images_app.api import documents, wire_images
from images_app.api.asking import begin_drawing, begin_variation
from images_app.api.given import check_mask, stored
from images_app.api.objects_images import ImagesAnswer
from images_app.api.schemas_images import (
    DrawingOptions,
    GenerateBody,
    Options,
)
from images_app.api.wishes import Wish, form_edit, form_variation, json_edit
from images_app.models import File, Generation
from images_app.services.retired import asked_name
from images_app.services.watching import (
    Preview,
    previews,
    start_watched,
    wait_until_finished,
)
from playground.api import idempotency
from playground.api.answers import Answer, Stream, json_answer, respond
from playground.api.callers import Allow, ApiRequest, Caller
from playground.api.front import as_api_error
from playground.api.operations import Operation, perform, view
from playground.lib.database import in_database

router = Router(tags=["Images"])


def begin_generation(caller: Caller, data: GenerateBody) -> str:
    """Plan it and write it down."""
    return begin_drawing(caller, data)


def begin_edit(caller: Caller, wish: Wish) -> str:
    """The same with the pictures that it starts from."""
    sources = [stored(caller, given) for given in wish.pictures]
    mask = stored(caller, wish.mask) if wish.mask else None
    check_mask(sources, mask)
    options = wish.options
    assert isinstance(options, DrawingOptions)
    return begin_drawing(caller, options, sources=sources, mask=mask)


def begin_variation_of(caller: Caller, wish: Wish) -> str:
    """The same for a variation of its one picture."""
    return begin_variation(caller, wish.options, stored(caller, wish.pictures[0]))


def still_fits(caller: Caller, data: object, public_id: str) -> bool:
    """Whether a client's own retry may get these pictures: unless they were deleted."""
    made = Generation.objects.filter(public_id=public_id)
    deleted = made.filter(status=Generation.Status.COMPLETED, pictures=None)
    return made.exists() and not deleted.exists()


async def launch(public_id: str) -> None:
    """Send it; the work outlives the request."""
    start_watched(public_id)


async def answer_generation(caller: Caller, data: Options, public_id: str) -> Answer:
    """Wait for the end and tell it from what is stored."""
    await wait_until_finished(public_id)
    return await in_database(_answer, caller, data, public_id)


def _answer(caller: Caller, options: Options, public_id: str) -> Answer:
    generation = wire_images.finished(public_id)
    body = wire_images.images_body(
        generation,
        as_urls=_wants_urls(options, generation),
        base_url=caller.base_url,
        asked=_asked(options),
    )
    return json_answer(body, headers=wire_images.headers(generation))


def _wants_urls(options: Options, generation: Generation) -> bool:
    """The retired models answered with addresses unless they were told otherwise."""
    if options.response_format is not None:
        return options.response_format == "url"
    return bool(asked_name(generation))


def _asked(options: Options) -> dict[str, Any]:
    """What the answer depends on besides the rows."""
    identifier = getattr(options, "safety_identifier", None)
    return {"safety_identifier": identifier, "user": options.user}


async def stream_generation(caller: Caller, data: Options, public_id: str) -> Stream:
    """Events from the first preview on; what is refused before it is no stream.

    A repeated request gets the previews again while their files are kept, and the
    finished pictures for as long as those exist.
    """
    feed = previews(public_id)
    first = await anext(feed, None)
    if first is None:
        generation = await in_database(wire_images.finished, public_id)
        told = wire_images.headers(generation)
    else:
        told = await in_database(_running_headers, public_id)
    return Stream(_events(public_id, first, feed, _asked(data)), told)


def _running_headers(public_id: str) -> dict[str, str]:
    return wire_images.headers(Generation.objects.get(public_id=public_id))


async def _events(
    public_id: str,
    first: Preview | None,
    feed: AsyncGenerator[Preview],
    asked: dict[str, Any],
) -> AsyncIterator[bytes]:
    try:
        async with aclosing(feed):
            if first is not None:
                yield await in_database(_partial, public_id, first)
            async for preview in feed:
                yield await in_database(_partial, public_id, preview)
        for event in await in_database(_completed, public_id, asked):
            yield event
    except Exception as exc:  # the status is long sent: the error becomes an event
        yield wire_images.error_event(as_api_error(exc))


def _partial(public_id: str, preview: Preview) -> bytes:
    """A preview's event; nothing where it was swept away since."""
    file = File.objects.filter(public_id=preview.file_id).first()
    if file is None:
        return b""
    generation = Generation.objects.get(public_id=public_id)
    return wire_images.partial_event(generation, preview.number, file)


def _completed(public_id: str, asked: dict[str, Any]) -> list[bytes]:
    return wire_images.completed_events(wire_images.finished(public_id), asked)


async def _answer_wish(caller: Caller, wish: Wish, public_id: str) -> Answer:
    return await answer_generation(caller, wish.options, public_id)


async def _stream_wish(caller: Caller, wish: Wish, public_id: str) -> Stream:
    return await stream_generation(caller, wish.options, public_id)


GENERATE = Operation(
    "/v1/images/generations",
    "images",
    GenerateBody,
    begin_generation,
    launch,
    answer_generation,
    stream_generation,
    still_fits,
)
# Forms need Django's parser, so these two do not go through the streaming front.
EDIT = Operation(
    "/v1/images/edits",
    "images",
    Wish,
    begin_edit,
    launch,
    _answer_wish,
    _stream_wish,
    still_fits,
)
VARY = Operation(
    "/v1/images/variations",
    "images",
    Wish,
    begin_variation_of,
    launch,
    _answer_wish,
    still_fits=still_fits,
)


@router.post(
    "/images/generations",
    auth=Allow(GENERATE.scope),
    response=ImagesAnswer,
    operation_id="createImage",
    summary="Create images",
)
async def generate(request: ApiRequest, data: GenerateBody) -> HttpResponseBase:
    """Make pictures from a prompt.

    Without a model the organization's default makes them; a size, quality or style that
    only DALL-E 2 or 3 took then means that one, as long as its name is served.
    """
    return await view(GENERATE, request, data)


@router.post(
    "/images/edits",
    auth=Allow(EDIT.scope),
    response=ImagesAnswer,
    operation_id="createImageEdit",
    summary="Edit images",
    openapi_extra=documents.EDIT,
)
async def edit(request: ApiRequest) -> HttpResponseBase:
    """Make pictures from a prompt and other pictures; a form, or JSON."""
    is_json = request.content_type == "application/json"
    wish, fingerprint = await (json_edit(request) if is_json else form_edit(request))
    return await _perform(EDIT, request, wish, fingerprint)


@router.post(
    "/images/variations",
    auth=Allow(VARY.scope),
    response=ImagesAnswer,
    operation_id="createImageVariation",
    summary="Vary an image",
    openapi_extra=documents.VARIATION,
)
async def vary(request: ApiRequest) -> HttpResponseBase:
    """Make pictures like another one; served as an edit where a model can."""
    wish, fingerprint = await form_variation(request)
    return await _perform(VARY, request, wish, fingerprint)


async def _perform(
    operation: Operation[Wish], request: ApiRequest, wish: Wish, fingerprint: str
) -> HttpResponseBase:
    caller = request.auth
    attempt = idempotency.read_attempt(request, fingerprint)
    return respond(await perform(operation, caller, wish, attempt))
