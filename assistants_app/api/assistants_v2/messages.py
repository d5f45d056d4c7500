"""`/v1/threads/{thread_id}/messages`: what was said on the thread's shown path."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.http import HttpResponseBase
from ninja import Query, Router

from assistants_app.access import check_thread_change
from assistants_app.api.assistants_v2.objects import (
    Deleted,
    MessageList,
    MessageObject,
)
from assistants_app.api.assistants_v2.refusals import busy
from assistants_app.api.assistants_v2.schemas_runs import MessagePage
from assistants_app.api.assistants_v2.schemas_threads import (
    MessageCreate,
    MetadataUpdate,
)
from assistants_app.api.assistants_v2.threads import put_message
from assistants_app.api.assistants_v2.wire_objects import (
    deleted_json,
    is_message,
    message_json,
)
from assistants_app.api.joining import is_last_message
from assistants_app.api.lookups import find_message, find_thread
from assistants_app.models import Message, Thread
from assistants_app.services.paths import message_path
from assistants_app.services.runs import RunInProgressError
from assistants_app.services.stored import content_so_far
from assistants_app.services.threads import delete_message
from playground.api import idempotency
from playground.api.answers import json_answer, respond
from playground.api.callers import Allow, ApiRequest, Caller
from playground.api.cursors import list_body, slice_of
from playground.api.repeats import attempt_of, find_to_delete

router = Router(tags=["Messages"])
PATH = "/threads/{thread_id}/messages"


@router.post(PATH, auth=Allow("run"), response=MessageObject)
def message_create(
    request: ApiRequest, thread_id: str, data: MessageCreate
) -> HttpResponseBase:
    """Add a message.

    Not while a run is active on the thread.
    """
    caller = request.auth
    thread = find_thread(caller.organization, thread_id)

    def make() -> str:
        return put_message(caller, thread, data).public_id

    try:
        public_id, _ = idempotency.once(
            caller, attempt_of(request), make, partial(is_last_message, thread)
        )
    except RunInProgressError as exc:
        raise busy(exc, "add messages to") from exc
    return _one(find_message(thread, public_id), thread)


@router.get(PATH, auth=Allow("read"), response=MessageList)
def message_list(
    request: ApiRequest, thread_id: str, page: Query[MessagePage]
) -> HttpResponseBase:
    """List messages.

    Those of the path that is shown.
    """
    caller = request.auth
    thread = find_thread(caller.organization, thread_id)
    shown = [m for m in message_path(thread, thread.head_id) if is_message(m)]
    if page.run_id is not None:
        run = thread.runs.filter(public_id=page.run_id).first()
        shown = [m for m in shown if run is not None and m.run_id == run.pk]
    found, has_more = slice_of(shown, page, lambda message: message.public_id)
    body = list_body([_json(m, thread) for m in _loaded(found)], has_more)
    return respond(json_answer(body))


@router.get(f"{PATH}/{{message_id}}", auth=Allow("read"), response=MessageObject)
def message_detail(
    request: ApiRequest, thread_id: str, message_id: str
) -> HttpResponseBase:
    """Read a message."""
    caller = request.auth
    thread = find_thread(caller.organization, thread_id)
    return _one(find_message(thread, message_id), thread)


@router.post(f"{PATH}/{{message_id}}", auth=Allow("run"), response=MessageObject)
def message_update(
    request: ApiRequest, thread_id: str, message_id: str, data: MetadataUpdate
) -> HttpResponseBase:
    """Change a message.

    Its metadata, that is.
    """
    caller = request.auth
    thread = find_thread(caller.organization, thread_id)
    message = _changeable(caller, thread, message_id)
    if "metadata" in data.model_fields_set:
        message.metadata = data.metadata or {}
        message.save(update_fields=["metadata"])
    return _one(message, thread)


@router.delete(f"{PATH}/{{message_id}}", auth=Allow("run"), response=Deleted)
def message_delete(
    request: ApiRequest, thread_id: str, message_id: str
) -> HttpResponseBase:
    """Delete a message.

    Those behind it stay.
    """
    caller = request.auth
    thread = find_thread(caller.organization, thread_id)
    find = partial(_changeable, caller, thread, message_id)
    message = find_to_delete(request, caller, find)
    try:
        if message is not None:
            delete_message(message)
    except RunInProgressError as exc:
        raise busy(exc, "delete messages from") from exc
    return respond(json_answer(deleted_json("thread.message", message_id)))


def _changeable(caller: Caller, thread: Thread, message_id: str) -> Message:
    message = find_message(thread, message_id)
    if caller.membership is not None:
        check_thread_change(caller.membership, thread, message)
    return message


def _loaded(messages: Sequence[Message]) -> list[Message]:
    """The same messages with what their JSON needs, in one query."""
    keys = [message.pk for message in messages]
    rows = Message.objects.select_related("assistant", "run").in_bulk(keys)
    return [rows[key] for key in keys]


def _one(message: Message, thread: Thread) -> HttpResponseBase:
    return respond(json_answer(_json(message, thread)))


def _json(message: Message, thread: Thread) -> dict[str, Any]:
    """A message that is being written has the words so far."""
    told = message_json(message, thread.public_id)
    return {**told, "content": content_so_far(message)}
