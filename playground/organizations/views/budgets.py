"""Settings: what may be spent, what was, and what models cost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from playground.organizations.access import (
    MemberRequest,
    get_budget,
    member_required,
)
from playground.organizations.budget_form import BudgetForm
from playground.organizations.models import Membership, Organization
from playground.organizations.services import usage
from playground.organizations.services.budgets import (
    add_budget,
    change_budget,
    remove_budget,
    standings,
    subject_of,
)
from playground.organizations.services.prices import price_lines
from playground.organizations.services.usage_names import names_of
from playground.organizations.usage_tables import (
    api_key_table,
    assistant_table,
    member_table,
    model_table,
)
from playground.organizations.views.connection_edit import add_errors
from playground.organizations.views.usage import (
    chosen_month,
    listed_keys,
    month_context,
)

admin_required = member_required(Membership.Role.ADMIN)


@dataclass(frozen=True)
class Reserved:
    """What is set aside for calls that are being made."""

    amount: Decimal
    calls: int


@admin_required
def budget_page(request: MemberRequest) -> HttpResponse:
    month = chosen_month(request)
    organization = request.organization
    rows = usage.daily_usage(organization, month)
    by_model = usage.grouped(rows, "connection_name", "kind", "model")
    by_member = usage.grouped(rows, "user_number")
    by_key = usage.grouped(rows.exclude(api_key_number=0), "api_key_number")
    by_assistant = usage.grouped(rows, "assistant")
    names = names_of(
        organization,
        members=listed_keys(by_member),
        api_keys=listed_keys(by_key),
        assistants=listed_keys(by_assistant),
    )
    found = standings(organization, month)
    offered = organization.connections.filter(is_enabled=True).defer("api_key")
    lines = price_lines(offered, dict(by_model))
    context = {
        **month_context(organization, month),
        "sums": usage.total(by_model),
        "reserved": _reserved(organization),
        "standings": found,
        "own": next((s for s in found if s.is_of_organization), None),
        "tables": [
            member_table(by_member, names, found),
            api_key_table(by_key, names, found),
            assistant_table(by_assistant, names),
            model_table(by_model),
        ],
        "prices": [line for line in lines if line.matters],
        "more_prices": [line for line in lines if not line.matters],
    }
    return render(request, "organizations/budget.html", context)


@admin_required
def budget_create(request: MemberRequest) -> HttpResponse:
    form = BudgetForm(_posted(request), organization=request.organization)
    if request.method == "POST" and form.is_valid():
        try:
            budget = add_budget(request.organization, by=request.user, **form.values())
        except ValidationError as exc:
            add_errors(form, exc)
        else:
            subject = subject_of(budget)
            messages.success(request, f"{subject}: the budget is {budget}.")
            return redirect("organizations:budget")
    status = 422 if form.errors else 200
    context = {"form": form}
    return render(request, "organizations/budget_edit.html", context, status=status)


@admin_required
def budget_edit(request: MemberRequest, number: int) -> HttpResponse:
    budget = get_budget(request.organization, number)
    form = BudgetForm(
        _posted(request), organization=request.organization, budget=budget
    )
    if request.method == "POST" and form.is_valid():
        change_budget(budget, by=request.user, **form.values())
        messages.success(request, f"{subject_of(budget)}: the budget is {budget}.")
        return redirect("organizations:budget")
    status = 422 if form.errors else 200
    context = {"form": form, "budget": budget, "subject": subject_of(budget)}
    return render(request, "organizations/budget_edit.html", context, status=status)


@admin_required
def budget_delete(request: MemberRequest, number: int) -> HttpResponse:
    budget = get_budget(request.organization, number)
    subject = subject_of(budget)
    if request.method == "POST":
        remove_budget(budget, by=request.user)
        messages.success(request, f"{subject}: there is no budget any more.")
        return redirect("organizations:budget")
    context = {"budget": budget, "subject": subject}
    return render(request, "organizations/budget_delete.html", context)


def _reserved(organization: Organization) -> Reserved:
    amounts = list(organization.reservations.values_list("amount", flat=True))
    return Reserved(sum(amounts, Decimal(0)), len(amounts))


def _posted(request: MemberRequest) -> QueryDict | None:
    """What a form was filled with, be it nothing; None where it is only shown."""
    return request.POST if request.method == "POST" else None
