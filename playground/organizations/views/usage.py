"""What a month has cost, and everybody's page of what he has spent himself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from playground.lib.clock import today
from playground.organizations.access import MemberRequest, member_required
from playground.organizations.models import Organization
from playground.organizations.services import usage
from playground.organizations.services.budgets import standings
from playground.organizations.services.ledger import month_after
from playground.organizations.services.usage_names import names_of
from playground.organizations.usage_chart import month_chart
from playground.organizations.usage_csv import usage_csv
from playground.organizations.usage_tables import Groups, assistant_table, model_table

FIRST_YEAR = 2000
MOST_MONTHS = 36


@member_required()
def usage_page(request: MemberRequest) -> HttpResponse:
    """What the person who looks has spent; admins see everybody's."""
    if request.membership.can_administer:
        return redirect("organizations:budget")
    month = chosen_month(request)
    organization, user = request.organization, request.user
    rows = usage.daily_usage(organization, month, user_id=user.pk)
    by_model = usage.grouped(rows, "connection_name", "kind", "model")
    by_assistant = usage.grouped(rows, "assistant")
    names = names_of(organization, assistants=listed_keys(by_assistant))
    own = [s for s in standings(organization, month) if s.budget.user_id == user.pk]
    context = {
        **month_context(organization, month, user_id=user.pk),
        "sums": usage.total(by_model),
        "own": own[0] if own else None,
        "tables": [assistant_table(by_assistant, names), model_table(by_model)],
    }
    return render(request, "organizations/usage.html", context)


@member_required()
def usage_export(request: MemberRequest) -> HttpResponse:
    """The month as CSV; who is no admin gets what he has spent himself."""
    month = chosen_month(request)
    user_id = None if request.membership.can_administer else request.user.pk
    sums = usage.daily_usage(request.organization, month, user_id=user_id)
    rows = list(sums.order_by("day", "pk"))
    names = names_of(
        request.organization,
        members={row.user_number for row in rows},
        api_keys={row.api_key_number for row in rows},
        assistants={row.assistant for row in rows},
    )
    response = HttpResponse(
        usage_csv(rows, names), content_type="text/csv; charset=utf-8"
    )
    name = f"easel-usage-{month:%Y-%m}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def chosen_month(request: MemberRequest) -> date:
    """The month in the address, else the present one; 404 for one that is none."""
    present = today().replace(day=1)
    text = request.GET.get("month", "")
    if not text:
        return present
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError as exc:
        raise Http404("A month is written as in 2026-11.") from exc
    if month > present or month.year < FIRST_YEAR:
        raise Http404("There is nothing to tell of this month.")
    return month


def month_context(
    organization: Organization, month: date, *, user_id: int | None = None
) -> dict[str, Any]:
    """The month, its chart, and the months that can be chosen instead."""
    days = usage.by_day(organization, month, user_id=user_id)
    is_present = usage.is_present(month)
    return {
        "month": month,
        "last_day": month_after(month) - timedelta(days=1),
        "months": _months(usage.first_month(organization), month),
        "is_present": is_present,
        "chart": month_chart(month, days, today()),
        "likely": usage.likely_total(days, month, today()) if is_present else None,
    }


def listed_keys(groups: Groups) -> list[Any]:
    """What the lines of a table are about."""
    return [key[0] for key, _ in groups[: usage.MOST_LINES]]


def _months(first: date, chosen: date) -> list[date]:
    """From the present month back to the first one that has something to tell."""
    found = [today().replace(day=1)]
    while found[-1] > first and len(found) < MOST_MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found if chosen in found else [*found, chosen]
