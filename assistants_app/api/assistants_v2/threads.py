"""`/v1/threads`: make, read, change and delete threads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.http import HttpResponseBase
from ninja import Router

from assistants_app.access import check_thread_change
from assistants_app.api.assistants_v2.objects import Deleted, ThreadObject
from assistants_app.api.assistants_v2.schemas_threads import (
    MessageCreate,
    ThreadCreate,
    ThreadUpdate,
)
from assistants_app.api.assistants_v2.wire_objects import deleted_json, thread_json
from assistants_app.api.checks import stored_attachments, stored_content
from assistants_app.api.lookups import find_thread
from assistants_app.models import Message, Thread
from assistants_app.services import dispatch
from assistants_app.services.threads import add_message, create_thread
from playground.api.answers import json_answer, respond
from playground.api.callers import Allow, ApiRequest, Caller
from playground.api.repeats import find_to_delete, make_once
from playground.lib.database import in_database

router = Router(tags=["Threads"])


@router.post("/threads", auth=Allow("run"), response=ThreadObject)
def thread_create(request: ApiRequest, data: ThreadCreate) -> HttpResponseBase:
    """Create a thread.

    With its first messages, if there are any.
    """
    caller = request.auth

    def make() -> str:
        return make_thread(caller, data, "").public_id

    public_id = make_once(request, caller, make)
    return _one(find_thread(caller.organization, public_id))


@router.get("/threads/{thread_id}", auth=Allow("read"), response=ThreadObject)
def thread_detail(request: ApiRequest, thread_id: str) -> HttpResponseBase:
    """Read a thread."""
    caller = request.auth
    return _one(find_thread(caller.organization, thread_id))


@router.post("/threads/{thread_id}", auth=Allow("run"), response=ThreadObject)
def thread_update(
    request: ApiRequest, thread_id: str, data: ThreadUpdate
) -> HttpResponseBase:
    """Change a thread.

    Its metadata, that is.
    """
    caller = request.auth
    thread = find_changeable(caller, thread_id)
    if "metadata" in data.model_fields_set:
        thread.metadata = data.metadata or {}
        thread.save(update_fields=["metadata"])
    return _one(thread)


@router.delete("/threads/{thread_id}", auth=Allow("run"), response=Deleted)
async def thread_delete(request: ApiRequest, thread_id: str) -> HttpResponseBase:
    """Delete a thread.

    Its messages and runs, too; an active run is cancelled first.
    """
    caller = request.auth
    find = partial(find_changeable, caller, thread_id)
    thread = await in_database(find_to_delete, request, caller, find)
    if thread is not None:
        await dispatch.delete_thread(thread)
    return respond(json_answer(deleted_json("thread", thread_id)))


def find_changeable(caller: Caller, thread_id: str) -> Thread:
    """A thread that this caller may change; keys act for the whole organization."""
    thread = find_thread(caller.organization, thread_id)
    if caller.membership is not None:
        check_thread_change(caller.membership, thread)
    return thread


def make_thread(caller: Caller, data: ThreadCreate, place: str) -> Thread:
    """A thread as a body describes it; `place` begins names in errors."""
    thread = create_thread(
        organization=caller.organization, user=caller.user, metadata=data.metadata
    )
    add_messages(caller, thread, data.messages or (), f"{place}messages", is_new=True)
    return thread


def add_messages(
    caller: Caller,
    thread: Thread,
    messages: Sequence[MessageCreate],
    place: str,
    *,
    is_new: bool = False,
) -> None:
    """Each of them behind the one before."""
    for index, message in enumerate(messages):
        put_message(caller, thread, message, f"{place}[{index}].", is_new=is_new)


def put_message(
    caller: Caller,
    thread: Thread,
    data: MessageCreate,
    place: str = "",
    *,
    is_new: bool = False,
) -> Message:
    """A message as a body describes it, at the end of the thread."""
    organization = caller.organization
    return add_message(
        thread=thread,
        role=data.role,
        content=stored_content(organization, data, place),
        attachments=stored_attachments(organization, data, place),
        metadata=data.metadata,
        user=caller.user,
        is_new=is_new,
    )


def _one(thread: Thread) -> HttpResponseBase:
    return respond(json_answer(thread_json(thread)))
