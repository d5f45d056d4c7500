"""What a person does with a run: stop it, answer its calls, try again."""

from __future__ import annotations

import contextlib

from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from assistants_app.access import get_run
from assistants_app.items import calls_item
from assistants_app.models import Run
from assistants_app.services import dispatch
from assistants_app.services.runs import RunInProgressError, ToolOutputsError, retry_run
from assistants_app.services.stored import RunStateError
from playground.organizations.access import MemberRequest, member_required
from playground.organizations.models import Membership

Role = Membership.Role


@require_POST
@member_required(Role.MEMBER)
async def run_cancel(request: MemberRequest, run_id: str) -> HttpResponse:
    """Stop a run; one that has ended meanwhile is fine as well."""
    run = await sync_to_async(get_run)(request.organization, run_id)
    with contextlib.suppress(RunStateError):
        await dispatch.cancel_run(run)
    return _done(request, run)


@require_POST
@member_required(Role.MEMBER)
async def run_outputs(request: MemberRequest, run_id: str) -> HttpResponse:
    """Submit the outputs of all waiting calls; fields are named `output_CALL`."""
    run = await sync_to_async(get_run)(request.organization, run_id)
    typed = {
        key.removeprefix("output_"): str(value)
        for key, value in request.POST.items()
        if key.startswith("output_")
    }
    empty = [key for key, value in typed.items() if not value.strip()]
    if empty and "submit_empty" not in request.POST:
        error = "Write what the function returned, or choose “Submit empty”."
        return await sync_to_async(_calls_again)(request, run, typed, error, 422)
    try:
        await dispatch.submit_outputs(run, list(typed.items()))
    except RunStateError:
        await run.arefresh_from_db(fields=["status"])
        error = f"This run is {run.status}; it takes no outputs any more."
        return await sync_to_async(_calls_again)(request, run, typed, error)
    except ToolOutputsError as exc:
        return await sync_to_async(_calls_again)(request, run, typed, str(exc))
    return _done(request, run)


@require_POST
@member_required(Role.MEMBER)
async def run_retry(request: MemberRequest, run_id: str) -> HttpResponse:
    """Answer the same message again with a new run."""
    run = await sync_to_async(get_run)(request.organization, run_id)
    try:
        again = await sync_to_async(retry_run)(run, user=request.user)
    except (RunInProgressError, RunStateError):
        return _done(request, run)  # the thread has gone on: the page shows with what
    dispatch.launch(again)
    return _done(request, run)


def _done(request: MemberRequest, run: Run) -> HttpResponse:
    """Nothing to swap: the socket shows it; without JavaScript the thread reloads."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return redirect(run.thread)


def _calls_again(
    request: MemberRequest,
    run: Run,
    typed: dict[str, str],
    error: str,
    status: int = 409,
) -> HttpResponse:
    run.refresh_from_db(fields=["status"])
    step = run.steps.filter(type="tool_calls").order_by("index").last()
    if step is None or not request.headers.get("HX-Request"):
        return redirect(run.thread)
    item = calls_item(run, step, typed=typed, error=error)
    return render(request, "assistants_app/_calls.html", {"item": item}, status=status)
