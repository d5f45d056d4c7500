"""The seed dialect: a conversation's next answer, with pictures, in one request.

POST /v1/model/response              answer (streamed or not)
GET  /v1/model/response/{id}         a response as it is now
POST /v1/model/response/{id}/cancel  stop what is being made in a thread
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from django.http import HttpResponseBase
from ninja import Router

from assistants_app.api.joining import is_last_run
from assistants_app.api.model_response.begin import begin
from assistants_app.api.model_response.objects import (
    CancelledResponse,
    ModelResponseObject,
)
from assistants_app.api.model_response.schemas import ModelResponseCreate
from assistants_app.api.model_response.threads import find_response, unfinished_of
from assistants_app.api.model_response.wire_events import (
    DONE,
    Head,
    ModelResponse,
)
from assistants_app.api.model_response.wire_events import response_id as response_id_of
from assistants_app.api.starting import refused_at_start, withdraw
from assistants_app.engine.events import ENDINGS, RunEvent, from_json
from assistants_app.models import Run
from assistants_app.services import dispatch, feed
from assistants_app.services.chat_models import find_chat_route
from assistants_app.services.endings import expire_if_overdue
from playground.api.answers import Answer, Stream, json_answer, respond
from playground.api.callers import Allow, ApiRequest, Caller
from playground.api.errors import ApiError, not_found
from playground.api.front import as_api_error
from playground.api.operations import Operation, view
from playground.api.seed import OrganizationId, in_organization
from playground.api.validation import Schema, read_json, validate
from playground.lib.clock import now
from playground.lib.database import in_database
from playground.organizations.services.connections import NoConnectionError

router = Router(tags=["Seed dialect"])

MODEL_NOT_FOUND = "model_not_found"
# From here on money may have been spent, so no client library repeats by itself.
PAID = {"x-should-retry": "false"}


def still_fits(caller: Caller, data: ModelResponseCreate, reference: str) -> bool:
    """Whether a client's own retry may get this run."""
    run_id, _ = _parse(reference)
    return is_last_run(run_id)


async def launch(reference: str) -> None:
    """Start the run, or let it go on."""
    run_id, _ = _parse(reference)
    dispatch.launch(await in_database(_read_run, run_id))


async def answer(caller: Caller, data: ModelResponseCreate, reference: str) -> Answer:
    """The whole response; with `background` as it is at once."""
    run_id, after = _parse(reference)
    made = await _begun(caller, run_id, after)
    if data.background:
        body = await in_database(_as_stored, caller, run_id)
        return json_answer(body, headers=PAID)
    async for events in _part(run_id, after):
        for event in events:
            for _ in made.apply(event):
                pass  # it is told at once, at the end
    if made.error and made.error["code"] == MODEL_NOT_FOUND and not made.items.output:
        await withdraw(run_id)
        raise ApiError(404, made.error["message"], "model", MODEL_NOT_FOUND)
    return json_answer(made.to_json(), headers=PAID)


async def stream(caller: Caller, data: ModelResponseCreate, reference: str) -> Stream:
    """The same as events; what is refused at the start has its HTTP status."""
    run_id, after = _parse(reference)
    made = await _begun(caller, run_id, after)
    return Stream(_chunks(made, run_id, after), PAID)


async def _begun(caller: Caller, run_id: str, after: int) -> ModelResponse:
    """The response at its beginning; ApiError when its model's server refuses it."""
    head, earlier = await in_database(_read_beginning, run_id, after)
    made = ModelResponse(head, caller.base_url)
    for event in earlier:
        made.items.remember(event)
    refusal = await refused_at_start(run_id)
    if refusal is not None:
        raise refusal
    return made


async def _part(run_id: str, after: int) -> AsyncIterator[list[RunEvent]]:
    """The run's events behind number `after`, in batches, to the next ending.

    A repeated request may come when the run has gone on long since.
    """
    async for batch in feed.follow(run_id, after=after):
        events = [numbered.event for numbered in batch]
        for index, event in enumerate(events):
            if isinstance(event, ENDINGS):
                yield events[: index + 1]
                return
        yield events


async def _chunks(made: ModelResponse, run_id: str, after: int) -> AsyncIterator[bytes]:
    """Each batch of events in one piece, to the end of this part of the run."""
    yield made.opening()
    try:
        async for events in _part(run_id, after):
            if chunk := b"".join(map(made.encoded, events)):
                yield chunk
    except Exception as exc:  # a stream always ends with an event
        error = as_api_error(exc)
        yield made.failed(error.code or "server_error", error.message)
    yield DONE


OPERATION = Operation(
    "/v1/model/response",
    "run",
    ModelResponseCreate,
    begin,
    launch,
    answer,
    stream,
    still_fits,
)


@router.post(
    "/model/response",
    auth=Allow("run"),
    response=ModelResponseObject,
    summary="Create a response",
)
async def model_response_create(
    request: ApiRequest, data: ModelResponseCreate
) -> HttpResponseBase:
    """Answer the inputs, in a new thread or at the end of `thread_id`.

    With `stream` the answer is an event stream that ends with response.completed,
    response.failed or response.cancelled, and then `[DONE]`. A response that waits for
    the outputs of functions is a completed request: the `status` of its response is
    requires_action. Send each output as a message of the role tool, with the
    `thread_id` and nothing else: the response goes on with the settings that it began
    with, and what it adds is the answer.
    """
    return await view(OPERATION, request, data)


@router.get(
    "/model/response/{response_id}",
    auth=Allow("read"),
    response=ModelResponseObject,
    summary="Retrieve a response",
)
def model_response_detail(
    request: ApiRequest, response_id: str, organization_id: OrganizationId | None = None
) -> HttpResponseBase:
    """A response as it is now, with all that it said before and after its pauses."""
    caller = request.auth
    caller = in_organization(caller, organization_id)
    run = find_response(caller, response_id)
    expire_if_overdue(run)
    return respond(json_answer(_as_stored(caller, run.public_id)))


@router.post(
    "/model/response/{thread_id}/cancel",
    auth=Allow("run"),
    response=CancelledResponse,
    summary="Cancel a response",
)
async def model_response_cancel(
    request: ApiRequest, thread_id: str, organization_id: OrganizationId | None = None
) -> HttpResponseBase:
    """Stop what is being made in a thread. What was written so far is kept."""
    validate(Schema, await in_database(read_json, request))  # it has no parameters
    caller = request.auth
    run = await in_database(_run_to_cancel, caller, organization_id, thread_id)
    elapsed = (now() - run.created_at).total_seconds()
    run = await dispatch.cancel_run(run)
    body = {
        "success": True,
        "cancel_mode": "keep_partial",
        "elapsed_seconds": round(elapsed, 3),
        "user_message_deleted": False,
        "assistant_response_deleted": False,
        "partial_content_saved": await run.messages.aexists(),
        "thread_id": thread_id,
        "response_id": response_id_of(run.public_id),
        "status": run.status,
    }
    return respond(json_answer(body))


def _run_to_cancel(caller: Caller, organization_id: str | None, thread_id: str) -> Run:
    caller = in_organization(caller, organization_id)
    caller.need("run")
    return unfinished_of(caller, thread_id)


def _parse(reference: str) -> tuple[str, int]:
    """The run, and the event behind which the answer begins."""
    run_id, _, after = reference.partition(":")
    return run_id, int(after)


def _read_run(run_id: str) -> Run:
    rows = Run.objects.select_related("thread__organization")
    return rows.get(public_id=run_id)


def _read_beginning(run_id: str, after: int) -> tuple[Head, list[RunEvent]]:
    """What is known of the answer, and the run's events up to number `after`."""
    rows = Run.objects.select_related("thread__organization", "assistant")
    run = rows.filter(public_id=run_id).first()
    if run is None:  # a repeated request, and its thread was deleted meanwhile
        raise not_found("response", response_id_of(run_id))
    batches = run.event_batches.filter(first__lte=after) if after else ()
    return _head_of(run), [
        from_json(stored).event
        for batch in batches
        for stored in batch.events
        if stored["sequence"] <= after
    ]


def _head_of(run: Run) -> Head:
    organization = run.thread.organization
    model = run.model or run.sent_model
    if not model:
        with suppress(NoConnectionError):  # the run fails then, and says so
            model = find_chat_route(organization, "").model
    return Head(
        run_id=run.public_id,
        thread_id=run.thread.public_id,
        organization_id=organization.public_id,
        assistant_id=run.assistant.public_id if run.assistant else None,
        model=model,
        created_at=int(run.created_at.timestamp()),
        metadata=run.metadata,
        asked=run.asked,
    )


def _as_stored(caller: Caller, run_id: str) -> dict[str, Any]:
    """The response by what is stored of its run at this moment."""
    run = Run.objects.select_related("thread__organization", "assistant").get(
        public_id=run_id
    )
    made = ModelResponse(_head_of(run), caller.base_url)
    for batch in run.event_batches.order_by("first"):
        for stored in batch.events:
            for _ in made.apply(from_json(stored).event):
                pass
    return made.to_json()
