"""The models of one connection: what is known of each, and what its admin says."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from playground.organizations.access import (
    MemberRequest,
    get_connection,
    member_required,
)
from playground.organizations.forms import SERVICE_WORDS
from playground.organizations.kinds import Service, get_kind
from playground.organizations.model_entry_form import ModelEntryForm, ModelNameForm
from playground.organizations.model_lists import (
    ListedModel,
    ModelList,
    models_of,
    served_lists,
    unsorted_names,
)
from playground.organizations.models import Connection, Membership
from playground.organizations.services.model_entries import change_entry, remove_entry
from playground.organizations.views.connection_edit import add_errors

admin_required = member_required(Membership.Role.ADMIN)


@dataclass(frozen=True)
class Row:
    """A model of the connection, as one line."""

    model: ListedModel
    is_default: bool
    is_allowed: bool


@admin_required
def model_list(request: MemberRequest, name: str) -> HttpResponse:
    connection = get_connection(request.organization, name)
    return show_list(request, connection, _name_form(connection, None))


def show_list(
    request: MemberRequest, connection: Connection, form: ModelNameForm
) -> HttpResponse:
    rows = [_row(connection, model) for model in models_of(connection)]
    groups = [
        (service, SERVICE_WORDS[service], of_service)
        for service in served_lists(connection)
        if (of_service := [row for row in rows if row.model.service == service])
    ]
    context = {
        "connection": connection,
        "kind": get_kind(connection.kind),
        "groups": groups,
        "unsorted": unsorted_names(connection),
        "name_form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "organizations/model_list.html", context, status=status)


@admin_required
def model_edit(request: MemberRequest, name: str) -> HttpResponse:
    """What an admin says of a model that the address names; a new one is named first."""
    connection = get_connection(request.organization, name)
    form = _name_form(connection, request.GET)
    if not form.is_valid():
        return show_list(request, connection, form)
    service, model = form.cleaned_data["service"], form.cleaned_data["model"]
    models = served_lists(connection)[service]
    known = models.describe(_without_entries(connection), model)
    entry_form = ModelEntryForm(
        request.POST or None,
        models=models,
        known=known,
        initial=models.describe(connection, model).values,
    )
    if request.method == "POST" and entry_form.is_valid():
        try:
            said = entry_form.said()
            change_entry(connection, service, model, said, user=request.user)
        except ValidationError as exc:
            add_errors(entry_form, exc)
        else:
            messages.success(request, f"What you say of {model} is saved.")
            return redirect("organizations:model_list", name=connection.name)
    return _show_entry(request, connection, models, model, entry_form, service)


def _show_entry(
    request: MemberRequest,
    connection: Connection,
    models: ModelList,
    name: str,
    form: ModelEntryForm,
    service: Service,
) -> HttpResponse:
    context = {
        "connection": connection,
        "kind": get_kind(connection.kind),
        "model": models.describe(connection, name),
        "known": form.known,
        "form": form,
        "words": SERVICE_WORDS[service],
    }
    status = 422 if form.errors else 200
    return render(request, "organizations/model_edit.html", context, status=status)


@require_POST
@admin_required
def model_reset(request: MemberRequest, name: str) -> HttpResponse:
    """Forget what the admin said of a model."""
    connection = get_connection(request.organization, name)
    form = _name_form(connection, request.POST)
    if not form.is_valid():
        raise Http404
    service, model = form.cleaned_data["service"], form.cleaned_data["model"]
    if remove_entry(connection, service, model, user=request.user):
        messages.success(request, f"{model} is what the catalog says again.")
    return redirect("organizations:model_list", name=connection.name)


def _name_form(connection: Connection, data: Mapping[str, Any] | None) -> ModelNameForm:
    return ModelNameForm(data, services=list(served_lists(connection)))


def _row(connection: Connection, model: ListedModel) -> Row:
    own = getattr(connection, f"{model.service}_model")
    preset = getattr(get_kind(connection.kind), f"{model.service}_model")
    return Row(
        model=model,
        is_default=model.name == (own or preset),
        is_allowed=connection.allows(model.name),
    )


def _without_entries(connection: Connection) -> Connection:
    """The connection as it would be if its admin had said nothing of models."""
    plain = copy.copy(connection)
    plain.model_entries = {}
    return plain
