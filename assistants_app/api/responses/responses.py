"""`/v1/responses`: create, read, resume, cancel, delete."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

from django.http import HttpResponseBase
from ninja import Query, Router

from assistants_app.api.assistants_v2.objects import Deleted
from assistants_app.api.responses.objects import ItemList, ResponseObject
from assistants_app.api.responses.operations import (
    CREATE_RESPONSE,
    chunks,
    response_json,
)
from assistants_app.api.responses.schemas_item_queries import ItemQuery, ResponseQuery
from assistants_app.api.responses.schemas_responses import ResponseCreate
from assistants_app.api.responses.wire_events import ResponseWire
from assistants_app.api.responses.wire_items import ItemReader
from assistants_app.models import Run
from assistants_app.services import dispatch, feed, item_ids
from assistants_app.services.paths import context_of
from assistants_app.services.responses import delete_response, responses_of
from assistants_app.services.stored import RunStateError
from playground.api.answers import Stream, json_answer, respond
from playground.api.callers import Allow, ApiRequest, Caller
from playground.api.cursors import list_body, slice_of
from playground.api.errors import ApiError
from playground.api.operations import view
from playground.api.repeats import find_to_delete
from playground.api.validation import Schema, read_json, validate
from playground.lib.database import in_database

router = Router(tags=["Responses"])


@router.post("/responses", auth=Allow("run"), response=ResponseObject)
async def response_create(
    request: ApiRequest, data: ResponseCreate
) -> HttpResponseBase:
    """Create a response.

    It answers the input, calls your functions and draws.
    """
    return await view(CREATE_RESPONSE, request, data)


@router.post("/responses/input_tokens", auth=Allow("read"), include_in_schema=False)
@router.post("/responses/compact", auth=Allow("read"), include_in_schema=False)
def response_unserved(request: ApiRequest) -> HttpResponseBase:
    """What cannot be had without the provider's own tokenizer and models."""
    raise ApiError(404, f"POST {request.path} is not served here.", code="unknown_url")


@router.get("/responses/{response_id}", auth=Allow("read"), response=ResponseObject)
async def response_detail(
    request: ApiRequest, response_id: str, query: Query[ResponseQuery]
) -> HttpResponseBase:
    """Read a response.

    With `stream` its events, also those to come.
    """
    run = await in_database(find_response, request.auth, response_id)
    if not query.stream:
        if query.starting_after is not None:
            raise ApiError(
                400,
                "Invalid 'starting_after': it is for a stream. Send stream=true, too.",
                "starting_after",
                "invalid_value",
            )
        return respond(json_answer(await in_database(response_json, run.public_id)))
    after = -1 if query.starting_after is None else query.starting_after
    return respond(Stream(chunks(run, ResponseWire(run, after=after))))


@router.delete("/responses/{response_id}", auth=Allow("run"), response=Deleted)
def response_delete(request: ApiRequest, response_id: str) -> HttpResponseBase:
    """Delete a response.

    What continues it keeps its context, and its pictures stay files.
    """
    caller = request.auth
    find = partial(find_changeable, caller, response_id)
    run = find_to_delete(request, caller, find)
    if run is not None:
        delete_response(run)
    body = {"id": response_id, "object": "response", "deleted": True}
    return respond(json_answer(body))


@router.post(
    "/responses/{response_id}/cancel", auth=Allow("run"), response=ResponseObject
)
async def response_cancel(request: ApiRequest, response_id: str) -> HttpResponseBase:
    """Cancel a response.

    Only a background one; one that has ended stays as it is.
    """
    validate(Schema, await in_database(read_json, request))  # it has no parameters
    run = await in_database(find_changeable, request.auth, response_id)
    if not run.is_background:
        raise ApiError(400, "Cannot cancel a synchronous response.")
    if not run.is_finished:
        with suppress(RunStateError):  # it may have ended in this moment
            await dispatch.cancel_run(run)
            async for _ in feed.follow(run.public_id):
                pass  # until it has ended
    return respond(json_answer(await in_database(response_json, run.public_id)))


@router.get(
    "/responses/{response_id}/input_items", auth=Allow("read"), response=ItemList
)
def response_input_items(
    request: ApiRequest, response_id: str, query: Query[ItemQuery]
) -> HttpResponseBase:
    """List a response's input.

    The whole context, with the responses that it follows.
    """
    run = find_response(request.auth, response_id)
    reader = ItemReader(run.thread, image_urls=query.image_urls)
    found, has_more = slice_of(reader.items(*context_of(run)), query.page, _id)
    return respond(json_answer(list_body(found, has_more)))


def find_response(caller: Caller, response_id: str) -> Run:
    """The response, or 404."""
    wanted = item_ids.run_id(response_id)
    run = responses_of(caller.organization).filter(public_id=wanted).first()
    if run is None:
        raise ApiError(404, f"Response with id '{response_id}' not found.")
    return run


def find_changeable(caller: Caller, response_id: str) -> Run:
    """One that this caller may stop or delete: members only their own."""
    run = find_response(caller, response_id)
    membership = caller.membership
    if membership is None or membership.can_administer:
        return run
    if run.created_by_id != membership.user_id:
        raise ApiError(
            403, "Only an admin, or the member who made it, can change this response."
        )
    return run


def _id(item: dict[str, Any]) -> str:
    return str(item["id"])
