"""`POST /v1/responses`: from the body to the run, and from the run to the answer."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import orjson
from django.http import Http404

from assistants_app.api.budgets import check_budget
from assistants_app.api.checks import check_model
from assistants_app.api.joining import is_last_run
from assistants_app.api.responses.options import options_of
from assistants_app.api.responses.refusals import locked
from assistants_app.api.responses.schemas_items import plain_items
from assistants_app.api.responses.schemas_responses import ResponseCreate, check_request
from assistants_app.api.responses.wire_events import ResponseWire
from assistants_app.api.responses.wire_pictures import read_picture, read_preview
from assistants_app.api.starting import refused_at_start
from assistants_app.engine.events import (
    ImageCallEnded,
    ImagePreviewed,
    Numbered,
    from_json,
)
from assistants_app.models import Run
from assistants_app.services import dispatch, feed
from assistants_app.services.responses import Ask, create_response, sweep_unstored
from assistants_app.services.runs import RunInProgressError
from playground.api.answers import Answer, Stream, json_answer
from playground.api.callers import Caller
from playground.api.errors import ApiError
from playground.api.front import as_api_error
from playground.api.operations import Operation
from playground.lib.database import in_database

# Money may have been spent by now.
NO_RETRY = {"x-should-retry": "false"}
# Events that tell of a picture's bytes.
PICTURED = (ImageCallEnded, ImagePreviewed)
# Seconds between two sweeps of what was not to be kept.
SWEEP_EVERY = 60.0
_swept_at = 0.0


def begin_response(caller: Caller, data: ResponseCreate) -> str:
    """Check everything, write the input and the queued run."""
    check_request(data)
    _sweep_now_and_then()
    route = check_model(caller.organization, data.model)
    check_budget(caller, route, data.max_output_tokens)
    has_text = isinstance(data.input, str)
    ask = Ask(
        organization=caller.organization,
        options=options_of(caller, data),
        text=str(data.input) if has_text else None,
        items=plain_items(data.input, "input") if isinstance(data.input, list) else (),
        previous=data.previous_response_id or "",
        conversation=data.conversation_id or "",
        user=caller.user,
        api_key=caller.api_key,
    )
    try:
        return create_response(ask).public_id
    except RunInProgressError as exc:
        raise locked(exc) from exc
    except Http404 as exc:  # all else that may be missing has an error of its own
        raise ApiError(404, str(exc), "conversation") from exc


def still_fits(caller: Caller, data: ResponseCreate, reference: str) -> bool:
    """Whether a client's own retry may get this run.

    Outside a conversation nothing is shared, and the same request has the same answer.
    """
    run = Run.objects.filter(public_id=reference).first()
    if run is None or (data.store is not False and not run.is_stored):
        return False  # deleted since
    return not run.locks_thread or is_last_run(reference)


def _sweep_now_and_then() -> None:
    global _swept_at
    if time.monotonic() - _swept_at > SWEEP_EVERY:
        _swept_at = time.monotonic()
        sweep_unstored()


async def launch(reference: str) -> None:
    """Work on the run from now on."""
    dispatch.launch(await in_database(load, reference))


def load(run_id: str) -> Run:
    """The run with what its object needs."""
    return Run.objects.select_related("thread__organization").get(public_id=run_id)


async def answer(caller: Caller, data: ResponseCreate, reference: str) -> Answer:
    """The whole response at its end, or at once for one in the background."""
    refusal = await refused_at_start(reference)
    if refusal is not None:
        raise refusal
    if not data.background:
        async for _ in feed.follow(reference):
            pass
    body = await in_database(response_json, reference)
    return json_answer(body, headers=NO_RETRY)


async def stream(caller: Caller, data: ResponseCreate, reference: str) -> Stream:
    """The events from the first on."""
    refusal = await refused_at_start(reference)
    if refusal is not None:
        raise refusal
    run = await in_database(load, reference)
    return Stream(chunks(run, ResponseWire(run)), headers=NO_RETRY)


async def chunks(run: Run, wire: ResponseWire) -> AsyncIterator[bytes]:
    """The response's events as they come; what arrives together leaves together."""
    try:
        async for batch in feed.follow(run.public_id):
            pieces = []
            for numbered in batch:
                if isinstance(numbered.event, PICTURED):
                    pieces.append(await _pictured(run, wire, numbered))
                else:
                    pieces.append(wire.feed(numbered))
            piece = b"".join(pieces)
            if piece:
                yield piece
            if wire.is_over:
                return
    except Exception as exc:  # the status is sent: what is left is an event
        yield _error_event(exc, wire.sequence)


async def _pictured(run: Run, wire: ResponseWire, numbered: Numbered) -> bytes:
    """An event whose picture has to be read from its file first."""
    event = numbered.event
    if isinstance(event, ImageCallEnded):
        organization_id = run.thread.organization_id
        facts = await in_database(read_picture, organization_id, event.generation_id)
        return wire.feed(numbered, facts)
    if isinstance(event, ImagePreviewed) and event.number < wire.previews:
        preview = await in_database(read_preview, event.file_id)
        return wire.feed(numbered, preview=preview)
    return wire.feed(numbered)


def _error_event(exc: Exception, sequence: int) -> bytes:
    """Both forms in one: the flat one is documented, the nested one makes every client
    raise."""
    said = as_api_error(exc).as_openai()
    data = {
        "type": "error",
        "code": said["code"],
        "message": said["message"],
        "param": said["param"],
        "sequence_number": sequence,
        "error": said,
    }
    return b"event: error\ndata: %s\n\n" % orjson.dumps(data)


def response_json(run_id: str) -> dict[str, Any]:
    """The response as it is stored."""
    run = load(run_id)
    wire = ResponseWire(run, is_silent=True)
    for batch in run.event_batches.order_by("first"):
        for stored in batch.events:
            numbered = from_json(stored)
            event = numbered.event
            facts = None
            if isinstance(event, ImageCallEnded):
                organization_id = run.thread.organization_id
                facts = read_picture(organization_id, event.generation_id)
            wire.feed(numbered, facts)
    return wire.body()


CREATE_RESPONSE = Operation(
    "/v1/responses",
    "run",
    ResponseCreate,
    begin_response,
    launch,
    answer,
    stream,
    still_fits,
)
