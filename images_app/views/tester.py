"""The direct tester: one form, one model, the newest results."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from images_app.access import generations, get_generation
from images_app.forms import Slot
from images_app.models import Generation
from images_app.views.bench import Bench, read_bench, start_bench
from images_app.views.results import Result, result
from playground.organizations.access import MemberRequest, member_required
from playground.organizations.models import Membership

PAGE = 24

_member = member_required(Membership.Role.MEMBER)


@require_safe
@never_cache
@member_required()
def tester(request: MemberRequest) -> HttpResponse:
    """The page; `?from=ig_…` fills in what that one asked for."""
    if is_htmx(request):
        return render(request, "images_app/_results.html", result_page(request))
    earlier_id = request.GET.get("from")
    earlier = get_generation(request.organization, earlier_id) if earlier_id else None
    return bench_page(request, start_bench(request.organization, earlier))


@require_POST
@_member
def plan(request: MemberRequest) -> HttpResponse:
    """What would be sent, and what is wrong, while somebody still writes."""
    bench = read_bench(request, is_draft=True)
    # A refused picture stays named beside its field until the next one is chosen.
    return _preview(request, bench, "images_app/_plan.html", ("images", "mask"))


@require_POST
@_member
def options(request: MemberRequest) -> HttpResponse:
    """The options of the model that was chosen, keeping what still fits."""
    bench = read_bench(request, is_draft=True, refit=True)
    drawn = tuple(bench.form.slots) if bench.form else ()
    inside = tuple(name for name in drawn if name not in {"model", "prompt"})
    return _preview(request, bench, "images_app/_options.html", inside)


@require_POST
@_member
def sources(request: MemberRequest) -> HttpResponse:
    """Pictures for an edit: taken, or taken away."""
    bench = read_bench(request, is_draft=True)
    return _preview(request, bench, "images_app/_refs.html", ("images", "mask"))


def _preview(
    request: MemberRequest, bench: Bench, template: str, drawn: tuple[str, ...]
) -> HttpResponse:
    """The part that changed, with the plan and the errors that it does not hold."""
    if not is_htmx(request) or bench.form is None:
        return bench_page(request, bench)
    context = {
        "bench": bench,
        "form": bench.form,
        "part": template,
        "plan_is_part": template == "images_app/_plan.html",
        "slots": slots(bench, without=drawn),
    }
    return render(request, "images_app/_live.html", context)


def slots(bench: Bench, without: tuple[str, ...] = ()) -> list[Slot]:
    """The places for errors that an answer has to fill or to empty."""
    found = bench.form.slots if bench.form else {}
    return [slot for name, slot in found.items() if name not in without]


def bench_page(request: MemberRequest, bench: Bench, status: int = 200) -> HttpResponse:
    """The whole page."""
    context = {
        "bench": bench,
        "form": bench.form,
        "can_run": request.membership.can_run,
        "alert": status == 422,
        **result_page(request),
    }
    return render(request, "images_app/tester.html", context, status=status)


def result_page(request: MemberRequest) -> dict[str, Any]:
    """The newest direct calls, or those before `?before=`, and where to go on."""
    rows = generations(request.organization).filter(reference="").order_by("-pk")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    page: list[Generation] = list(rows[: PAGE + 1])
    results: list[Result] = [result(row, request.membership) for row in page[:PAGE]]
    older = page[PAGE - 1].pk if len(page) > PAGE else None
    return {
        "results": results,
        "older": older,
        "is_first_page": not before,
    }


def is_htmx(request: HttpRequest) -> bool:
    """Whether a part of a page is asked for."""
    return request.headers.get("HX-Request") == "true"
