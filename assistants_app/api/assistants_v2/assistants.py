"""`/v1/assistants`: make, list, read, change and delete assistants."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.http import HttpResponseBase
from ninja import Query, Router

from assistants_app.access import check_assistant_change
from assistants_app.api.assistants_v2.objects import (
    AssistantList,
    AssistantObject,
    Deleted,
)
from assistants_app.api.assistants_v2.schemas_assistants import (
    AssistantCreate,
    AssistantUpdate,
)
from assistants_app.api.assistants_v2.wire_objects import assistant_json, deleted_json
from assistants_app.api.checks import check_image_tools, check_model
from assistants_app.api.lookups import find_assistant
from assistants_app.api.schemas_fields import response_format
from assistants_app.api.schemas_tools import read_tools
from assistants_app.models import Assistant
from assistants_app.services.assistants import (
    create_assistant,
    delete_assistant,
    update_assistant,
)
from assistants_app.services.chat_models import default_chat_model
from playground.api.answers import json_answer, respond
from playground.api.callers import Allow, ApiRequest, Caller
from playground.api.cursors import Page, list_body, page_of
from playground.api.repeats import find_to_delete, make_once

router = Router(tags=["Assistants"])
TEXTS = ("name", "description", "instructions", "reasoning_effort")


@router.post("/assistants", auth=Allow("run"), response=AssistantObject)
def assistant_create(request: ApiRequest, data: AssistantCreate) -> HttpResponseBase:
    """Create an assistant."""
    caller = request.auth

    def make() -> str:
        fields = _fields(caller, data)
        assistant = create_assistant(
            organization=caller.organization, user=caller.user, **fields
        )
        return assistant.public_id

    public_id = make_once(request, caller, make)
    return _one(find_assistant(caller.organization, public_id))


@router.get("/assistants", auth=Allow("read"), response=AssistantList)
def assistant_list(request: ApiRequest, page: Query[Page]) -> HttpResponseBase:
    """List assistants.

    All that the organization has.
    """
    caller = request.auth
    rows = Assistant.objects.filter(organization=caller.organization, deleted_at=None)
    rows = rows.select_related("organization")
    found, has_more = page_of(rows, page)
    return respond(json_answer(list_body(_told(found), has_more)))


@router.get("/assistants/{assistant_id}", auth=Allow("read"), response=AssistantObject)
def assistant_detail(request: ApiRequest, assistant_id: str) -> HttpResponseBase:
    """Read an assistant."""
    caller = request.auth
    return _one(find_assistant(caller.organization, assistant_id))


@router.post("/assistants/{assistant_id}", auth=Allow("run"), response=AssistantObject)
def assistant_update(
    request: ApiRequest, assistant_id: str, data: AssistantUpdate
) -> HttpResponseBase:
    """Change an assistant.

    What is left out stays as it is.
    """
    caller = request.auth
    assistant = _changeable(caller, assistant_id)
    fields = _fields(caller, data)
    return _one(update_assistant(assistant=assistant, user=caller.user, **fields))


@router.delete("/assistants/{assistant_id}", auth=Allow("run"), response=Deleted)
def assistant_delete(request: ApiRequest, assistant_id: str) -> HttpResponseBase:
    """Delete an assistant.

    Its threads and runs stay.
    """
    caller = request.auth
    find = partial(_changeable, caller, assistant_id)
    assistant = find_to_delete(request, caller, find)
    if assistant is not None:
        delete_assistant(assistant)
    return respond(json_answer(deleted_json("assistant", assistant_id)))


def _one(assistant: Assistant) -> HttpResponseBase:
    return respond(json_answer(_told([assistant])[0]))


def _told(assistants: Sequence[Assistant]) -> list[dict[str, Any]]:
    """One without a model of its own has the organization's; that is a model's name,
    which a client may send back."""
    default = ""
    if any(not assistant.model for assistant in assistants):
        default = default_chat_model(assistants[0].organization)
    return [assistant_json(assistant, default) for assistant in assistants]


def _changeable(caller: Caller, assistant_id: str) -> Assistant:
    assistant = find_assistant(caller.organization, assistant_id)
    if caller.membership is not None:
        check_assistant_change(caller.membership, assistant)
    return assistant


def _fields(caller: Caller, data: AssistantCreate | AssistantUpdate) -> dict[str, Any]:
    """The columns that a body sets; null empties one."""
    said = {name: getattr(data, name) for name in data.model_fields_set}
    for name in TEXTS:
        if name in said:
            said[name] = said[name] or ""
    if said.pop("model", None) is not None:
        said["model"] = data.model
        check_model(caller.organization, said["model"])
    if "tools" in said:
        said["tools"] = read_tools(data.tools)
        check_image_tools(caller.organization, said["tools"])
    if "metadata" in said:
        said["metadata"] = data.metadata or {}
    if "response_format" in said:
        said["response_format"] = response_format(data.response_format)
    said.pop("tool_resources", None)
    return said
