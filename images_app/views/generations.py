"""One generation: made, watched, stopped, tried again."""

from __future__ import annotations

import json
from dataclasses import dataclass

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import reswap, retarget

from images_app.access import get_generation
from images_app.models import Generation
from images_app.services.generate import (
    create_generation,
    start_generation,
    stop_generation,
)
from images_app.services.outcome import note_cancel
from images_app.services.retry import RetryError, retry_generation
from images_app.views.bench import Bench, read_bench
from images_app.views.results import result
from images_app.views.tester import bench_page, is_htmx, slots
from playground.organizations.access import MemberRequest, member_required
from playground.organizations.models import Membership
from playground.organizations.services.ledger import BudgetExceededError

_member = member_required(Membership.Role.MEMBER)


@dataclass(frozen=True)
class _Refused:
    """The answer to a request that was not sent to anybody."""

    response: HttpResponse


@require_POST
@_member
async def generation_create(request: MemberRequest) -> HttpResponse:
    """Check, write down, start; the page follows the new card."""
    made = await sync_to_async(_create)(request)
    if isinstance(made, _Refused):
        return made.response
    return await _answer_and_start(request, made)


@require_POST
@_member
async def generation_retry(request: MemberRequest, public_id: str) -> HttpResponse:
    """The same wish as a new generation; the earlier one stays as it ended."""
    made = await sync_to_async(_retry)(request, public_id)
    if isinstance(made, _Refused):
        return made.response
    return await _answer_and_start(request, made)


async def _answer_and_start(request: MemberRequest, made: Generation) -> HttpResponse:
    """Nothing is sent, and so nothing paid, before the answer is certain."""
    response = await sync_to_async(_new_result)(request, made)
    start_generation(made.public_id)
    return response


@require_POST
@_member
async def generation_stop(request: MemberRequest, public_id: str) -> HttpResponse:
    """Stop what can be stopped without paying; anything else goes on."""
    generation = await sync_to_async(get_generation)(request.organization, public_id)
    if not generation.is_finished and not await stop_generation(public_id):
        await sync_to_async(note_cancel)(public_id)
    return await sync_to_async(_shown)(request, public_id)


@require_safe
@never_cache
@member_required()
def generation_detail(request: MemberRequest, public_id: str) -> HttpResponse:
    """The page of one call; for htmx its card, or nothing when nothing is new."""
    generation = get_generation(request.organization, public_id)
    shown = result(generation, request.membership)
    if is_htmx(request):
        if request.GET.get("seen") == shown.card.seen:
            return HttpResponse(status=204)
        context = {"result": shown, "announce": shown.card.is_finished}
        return render(request, "images_app/_result.html", context)
    context = {
        "result": shown,
        "generation": generation,
        "sent": _pretty(generation.sent or generation.plan.get("request_fields")),
        "received": _pretty(generation.received),
        "usage": _pretty(generation.usage),
    }
    return render(request, "images_app/generation_detail.html", context)


def _create(request: MemberRequest) -> Generation | _Refused:
    bench = read_bench(request, is_draft=False)
    route, form = bench.route, bench.form
    if route is None or form is None or form.plan is None or form.errors:
        return _Refused(_refusal(request, bench))
    try:
        return create_generation(
            organization=request.organization,
            user=request.user,
            route=route,
            ask=form.ask(),
            plan=form.plan,
            sources=form.sources,
            mask=form.mask,
        )
    except BudgetExceededError as exc:
        bench.refusal = str(exc)
        return _Refused(_refusal(request, bench))


def _refusal(request: MemberRequest, bench: Bench) -> HttpResponse:
    """422: the page as it was, or only its errors, with every typed word kept."""
    if not is_htmx(request) or bench.form is None:
        return bench_page(request, bench, status=422)
    context = {
        "bench": bench,
        "form": bench.form,
        "part": "images_app/_plan.html",
        "plan_is_part": True,
        "slots": slots(bench),
        "alert": True,
    }
    response = render(request, "images_app/_live.html", context, status=422)
    return reswap(retarget(response, "#plan"), "outerHTML")


def _retry(request: MemberRequest, public_id: str) -> Generation | _Refused:
    earlier = get_generation(request.organization, public_id)
    try:
        return retry_generation(earlier, user=request.user)
    except RetryError as exc:
        return _Refused(_retry_refusal(request, str(exc)))


def _retry_refusal(request: MemberRequest, text: str) -> HttpResponse:
    title = "It was not tried again."
    if not is_htmx(request):
        messages.error(request, f"{title} {text}")
        return redirect("images:tester")
    context = {"title": title, "text": text, "kind": "madder", "role": "alert"}
    return render(request, "shell/_notice.html", context, status=409)


def _new_result(request: MemberRequest, generation: Generation) -> HttpResponse:
    if not is_htmx(request):
        return redirect("images:tester")
    fresh = get_generation(request.organization, generation.public_id)
    context = {"result": result(fresh, request.membership), "clear": True}
    return render(request, "images_app/_result_new.html", context)


def _shown(request: MemberRequest, public_id: str) -> HttpResponse:
    if not is_htmx(request):
        return redirect("images:tester")
    generation = get_generation(request.organization, public_id)
    context = {"result": result(generation, request.membership)}
    return render(request, "images_app/_result.html", context)


def _pretty(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) if value else ""
