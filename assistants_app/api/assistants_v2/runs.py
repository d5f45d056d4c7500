"""`/v1/threads/{thread_id}/runs` and `/v1/threads/runs`: start, follow and end runs."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from ninja import Query, Router

from assistants_app.api.assistants_v2 import run_operations
from assistants_app.api.assistants_v2.objects import RunList, RunObject
from assistants_app.api.assistants_v2.schemas_runs import (
    IncludeQuery,
    RunCreate,
    ThreadRunCreate,
    ToolOutputs,
)
from assistants_app.api.assistants_v2.schemas_threads import MetadataUpdate
from assistants_app.api.assistants_v2.wire_objects import cancelling_run_json, run_json
from assistants_app.api.lookups import find_run, find_thread, runs_of
from assistants_app.models import Run
from assistants_app.services import dispatch
from assistants_app.services.endings import expire_overdue
from assistants_app.services.stored import RunStateError
from playground.api.answers import json_answer, respond
from playground.api.callers import Allow, ApiRequest
from playground.api.cursors import Page, list_body, page_of
from playground.api.idempotency import is_retry
from playground.api.operations import view
from playground.api.validation import Schema, read_json, validate
from playground.lib.database import in_database

router = Router(tags=["Runs"])
PATH = "/threads/{thread_id}/runs"
ONE = f"{PATH}/{{run_id}}"


@router.post("/threads/runs", auth=Allow("run"), response=RunObject)
async def thread_run_create(
    request: ApiRequest, data: ThreadRunCreate
) -> HttpResponseBase:
    """Create and run a thread.

    With `stream` the answer is the run's events.
    """
    return await view(run_operations.CREATE_THREAD_AND_RUN, request, data)


@router.post(PATH, auth=Allow("run"), response=RunObject)
async def run_create(
    request: ApiRequest,
    thread_id: str,
    data: RunCreate,
    query: Query[IncludeQuery],
) -> HttpResponseBase:
    """Run a thread.

    An assistant answers it; with `stream` the answer is the run's events.
    """
    return await view(run_operations.CREATE_RUN, request, data, thread_id=thread_id)


@router.get(PATH, auth=Allow("read"), response=RunList)
def run_list(
    request: ApiRequest, thread_id: str, page: Query[Page]
) -> HttpResponseBase:
    """List runs."""
    caller = request.auth
    thread = find_thread(caller.organization, thread_id)
    expire_overdue(thread)
    found, has_more = page_of(runs_of(thread), page)
    return respond(json_answer(list_body([*map(run_json, found)], has_more)))


@router.get(ONE, auth=Allow("read"), response=RunObject)
def run_detail(request: ApiRequest, thread_id: str, run_id: str) -> HttpResponseBase:
    """Read a run."""
    return _one(run_json(_run(request, thread_id, run_id)))


@router.post(ONE, auth=Allow("run"), response=RunObject)
def run_update(
    request: ApiRequest, thread_id: str, run_id: str, data: MetadataUpdate
) -> HttpResponseBase:
    """Change a run.

    Its metadata, that is.
    """
    run = _run(request, thread_id, run_id)
    if "metadata" in data.model_fields_set:
        run.metadata = data.metadata or {}
        run.save(update_fields=["metadata"])
    return _one(run_json(run))


@router.post(f"{ONE}/cancel", auth=Allow("run"), response=RunObject)
async def run_cancel(
    request: ApiRequest, thread_id: str, run_id: str
) -> HttpResponseBase:
    """Cancel a run.

    The text so far stays.
    """
    validate(Schema, await in_database(read_json, request))  # it has no parameters
    run = await in_database(_run, request, thread_id, run_id)
    try:
        await dispatch.cancel_run(run)
    except RunStateError:
        run = await in_database(_run, request, thread_id, run_id)
        if run.status != Run.Status.CANCELLED or not is_retry(request):
            raise
        return _one(await in_database(run_json, run))
    return _one(cancelling_run_json(run))


@router.post(f"{ONE}/submit_tool_outputs", auth=Allow("run"), response=RunObject)
async def run_submit_tool_outputs(
    request: ApiRequest, thread_id: str, run_id: str, data: ToolOutputs
) -> HttpResponseBase:
    """Answer waiting calls.

    All of them at once; with `stream` the answer is the events that follow.
    """
    return await view(
        run_operations.SUBMIT_TOOL_OUTPUTS,
        request,
        data,
        thread_id=thread_id,
        run_id=run_id,
    )


def _run(request: ApiRequest, thread_id: str, run_id: str) -> Run:
    caller = request.auth
    return find_run(find_thread(caller.organization, thread_id), run_id)


def _one(body: dict[str, Any]) -> HttpResponseBase:
    return respond(json_answer(body, headers=run_operations.POLL_HEADERS))
