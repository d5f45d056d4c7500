"""`/v1/conversations` and their items."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from django.http import HttpResponseBase
from ninja import Query, Router
from pydantic import Field

from assistants_app.access import check_thread_change
from assistants_app.api.assistants_v2.objects import Deleted
from assistants_app.api.responses.objects import ConversationObject, ItemList
from assistants_app.api.responses.refusals import locked
from assistants_app.api.responses.schemas_item_queries import IncludeQuery, ItemQuery
from assistants_app.api.responses.schemas_items import Item, plain_items
from assistants_app.api.responses.wire_items import ItemReader, item_name
from assistants_app.api.schemas_fields import Metadata
from assistants_app.models import Message, Thread
from assistants_app.services import dispatch, item_ids
from assistants_app.services.conversations import (
    add_items,
    create_conversation,
    get_conversation,
    update_metadata,
)
from assistants_app.services.paths import context_of_path
from assistants_app.services.runs import RunInProgressError
from assistants_app.services.threads import delete_message
from playground.api.answers import json_answer, respond
from playground.api.callers import Allow, ApiRequest, Caller
from playground.api.cursors import list_body, slice_of
from playground.api.errors import ApiError
from playground.api.repeats import find_to_delete, make_once
from playground.api.validation import Schema
from playground.lib.database import in_database

router = Router(tags=["Conversations"])

FewItems = Annotated[list[Item], Field(max_length=20)]


class ConversationCreate(Schema):
    """All of it may be left out."""

    items: FewItems | None = Field(
        None, description="What it begins with, oldest first. Default: nothing."
    )
    metadata: Metadata | None = None


class ConversationUpdate(Schema):
    """What can be changed."""

    metadata: Metadata


class ItemsCreate(Schema):
    """What is added, at the end and in this order."""

    items: Annotated[FewItems, Field(min_length=1)] = Field(description="Oldest first.")


@router.post("/conversations", auth=Allow("run"), response=ConversationObject)
def conversation_create(
    request: ApiRequest, data: ConversationCreate
) -> HttpResponseBase:
    """Create a conversation.

    With its first items, if there are any.
    """
    caller = request.auth

    def make() -> str:
        thread = create_conversation(
            organization=caller.organization,
            items=plain_items(data.items or [], "items"),
            metadata=data.metadata,
            user=caller.user,
        )
        return thread.public_id

    reference = make_once(request, caller, make)
    name = item_ids.conversation_id(reference)
    return _conversation(get_conversation(caller.organization, name))


@router.get(
    "/conversations/{conversation_id}", auth=Allow("read"), response=ConversationObject
)
def conversation_detail(request: ApiRequest, conversation_id: str) -> HttpResponseBase:
    """Read a conversation."""
    return _conversation(_find(request, conversation_id))


@router.post(
    "/conversations/{conversation_id}", auth=Allow("run"), response=ConversationObject
)
def conversation_update(
    request: ApiRequest, conversation_id: str, data: ConversationUpdate
) -> HttpResponseBase:
    """Change a conversation.

    Its metadata, that is.
    """
    thread = _find_changeable(request, conversation_id)
    return _conversation(update_metadata(thread, data.metadata))


@router.delete("/conversations/{conversation_id}", auth=Allow("run"), response=Deleted)
async def conversation_delete(
    request: ApiRequest, conversation_id: str
) -> HttpResponseBase:
    """Delete a conversation.

    What is being made there is stopped. Responses that were made there can still be
    read and continued, until they are deleted themselves.
    """
    find = partial(_find_changeable, request, conversation_id)
    thread = await in_database(find_to_delete, request, request.auth, find)
    if thread is not None:
        await dispatch.delete_conversation(thread)
    body = {
        "id": conversation_id,
        "object": "conversation.deleted",
        "deleted": True,
    }
    return respond(json_answer(body))


@router.get(
    "/conversations/{conversation_id}/items", auth=Allow("read"), response=ItemList
)
def item_list(
    request: ApiRequest, conversation_id: str, query: Query[ItemQuery]
) -> HttpResponseBase:
    """List items."""
    thread = _find(request, conversation_id)
    items = _items(thread, image_urls=query.image_urls)
    found, has_more = slice_of(items, query.page, _id)
    return respond(json_answer(list_body(found, has_more)))


@router.post(
    "/conversations/{conversation_id}/items", auth=Allow("run"), response=ItemList
)
def item_create(
    request: ApiRequest,
    conversation_id: str,
    data: ItemsCreate,
    query: Query[IncludeQuery],
) -> HttpResponseBase:
    """Add items.

    They come to the end; the answer holds the new ones.
    """
    caller, thread = request.auth, _find(request, conversation_id)

    def make() -> str:
        rows = add_items(thread, plain_items(data.items, "items"), user=caller.user)
        return f"{rows[-1].public_id}:{len(rows)}"

    try:
        reference = make_once(request, caller, make)
    except RunInProgressError as exc:
        raise locked(exc) from exc
    reader = ItemReader(thread, image_urls=query.image_urls)
    items = [reader.row(row) for row in _added(thread, reference)]
    return respond(json_answer(list_body(items, has_more=False)))


def _added(thread: Thread, reference: str) -> list[Message]:
    """The rows of one request: the last one's name, and how many there were."""
    last_id, _, count = reference.partition(":")
    rows: list[Message] = []
    row = thread.messages.filter(public_id=last_id).first()
    while row is not None and len(rows) < int(count):
        rows.insert(0, row)
        row = row.parent
    return rows


@router.get(
    "/conversations/{conversation_id}/items/{item_id}",
    auth=Allow("read"),
    response=dict[str, Any],
)
def item_detail(
    request: ApiRequest,
    conversation_id: str,
    item_id: str,
    query: Query[IncludeQuery],
) -> HttpResponseBase:
    """Read an item."""
    thread = _find(request, conversation_id)
    for item in _items(thread, image_urls=query.image_urls):
        if item["id"] == item_id:
            return respond(json_answer(item))
    raise _no_item(item_id)


@router.delete(
    "/conversations/{conversation_id}/items/{item_id}",
    auth=Allow("run"),
    response=ConversationObject,
)
def item_delete(
    request: ApiRequest, conversation_id: str, item_id: str
) -> HttpResponseBase:
    """Delete an item.

    Only one that a client has added.
    """
    caller, thread = request.auth, _find(request, conversation_id)
    find = partial(_changeable_row, caller, thread, item_id)
    row = find_to_delete(request, caller, find)
    try:
        if row is not None:
            delete_message(row)
    except RunInProgressError as exc:
        raise locked(exc) from exc
    return _conversation(_find(request, conversation_id))


def _changeable_row(caller: Caller, thread: Thread, item_id: str) -> Message:
    row = _row_of(thread, item_id)
    if caller.membership is not None:
        check_thread_change(caller.membership, thread, row)
    return row


def _row_of(thread: Thread, item_id: str) -> Message:
    """The message row of an item; calls that a response made have none."""
    path, _ = context_of_path(thread, thread.head_id)
    for message in path:
        if item_name(message) == item_id:
            return message
    if any(item["id"] == item_id for item in _items(thread)):
        raise ApiError(
            400,
            f"The item '{item_id}' belongs to a response of this conversation and"
            " cannot be deleted alone.",
        )
    raise _no_item(item_id)


def _items(thread: Thread, *, image_urls: bool = False) -> list[dict[str, Any]]:
    """Everything on the shown path, oldest first."""
    reader = ItemReader(thread, image_urls=image_urls)
    return reader.items(*context_of_path(thread, thread.head_id))


def _conversation(thread: Thread) -> HttpResponseBase:
    return respond(
        json_answer(
            {
                "id": item_ids.conversation_id(thread.public_id),
                "object": "conversation",
                "created_at": int(thread.created_at.timestamp()),
                "metadata": thread.metadata,
            }
        )
    )


def _find(request: ApiRequest, conversation_id: str) -> Thread:
    return get_conversation(request.auth.organization, conversation_id)


def _find_changeable(request: ApiRequest, conversation_id: str) -> Thread:
    """One that this caller may change; keys act for the whole organization."""
    caller, thread = request.auth, _find(request, conversation_id)
    if caller.membership is not None:
        check_thread_change(caller.membership, thread)
    return thread


def _id(item: dict[str, Any]) -> str:
    return str(item["id"])


def _no_item(item_id: str) -> ApiError:
    return ApiError(404, f"Item with id '{item_id}' not found.")
