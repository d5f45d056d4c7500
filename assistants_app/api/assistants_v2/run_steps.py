"""`/v1/threads/{thread_id}/runs/{run_id}/steps`: what a run did, step by step."""

from __future__ import annotations

from django.http import HttpResponseBase
from ninja import Query, Router

from assistants_app.api.assistants_v2.objects import StepList, StepObject
from assistants_app.api.assistants_v2.schemas_runs import IncludeQuery, StepPage
from assistants_app.api.assistants_v2.wire_objects import step_json
from assistants_app.api.lookups import find_run, find_step, find_thread
from assistants_app.models import Run
from playground.api.answers import json_answer, respond
from playground.api.callers import Allow, ApiRequest
from playground.api.cursors import list_body, page_of

router = Router(tags=["Run steps"])
PATH = "/threads/{thread_id}/runs/{run_id}/steps"


@router.get(PATH, auth=Allow("read"), response=StepList)
def step_list(
    request: ApiRequest, thread_id: str, run_id: str, page: Query[StepPage]
) -> HttpResponseBase:
    """List steps."""
    run = _run(request, thread_id, run_id)
    found, has_more = page_of(run.steps.select_related("message"), page)
    body = list_body([step_json(step, run) for step in found], has_more)
    return respond(json_answer(body))


@router.get(f"{PATH}/{{step_id}}", auth=Allow("read"), response=StepObject)
def step_detail(
    request: ApiRequest,
    thread_id: str,
    run_id: str,
    step_id: str,
    query: Query[IncludeQuery],
) -> HttpResponseBase:
    """Read a step."""
    run = _run(request, thread_id, run_id)
    return respond(json_answer(step_json(find_step(run, step_id), run)))


def _run(request: ApiRequest, thread_id: str, run_id: str) -> Run:
    caller = request.auth
    return find_run(find_thread(caller.organization, thread_id), run_id)
