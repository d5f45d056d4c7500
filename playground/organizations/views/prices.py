"""An admin's own price of a model."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from playground.organizations.access import (
    MemberRequest,
    get_connection,
    member_required,
)
from playground.organizations.kinds import Service, get_kind
from playground.organizations.model_lists import ModelList, served_lists
from playground.organizations.models import Connection, Membership
from playground.organizations.price_form import ModelChoiceForm, PriceForm
from playground.organizations.services.prices import remove_price, set_price
from playground.organizations.views.connection_edit import add_errors

admin_required = member_required(Membership.Role.ADMIN)
LONGEST_NAME = 200


@admin_required
def price_create(request: MemberRequest) -> HttpResponse:
    """Choose the model that gets a price; its own page asks for the price."""
    connections = request.organization.connections.filter(is_enabled=True)
    form = ModelChoiceForm(
        request.GET if "model" in request.GET else None,
        connections=list(connections.defer("api_key", "listed_models")),
    )
    if form.is_valid():
        service, _, name = form.cleaned_data["model_of"].partition("/")
        return redirect(price_address(name, service, form.cleaned_data["model"]))
    status = 422 if form.errors else 200
    context = {"form": form}
    return render(request, "organizations/price_create.html", context, status=status)


@admin_required
def price_edit(request: MemberRequest, name: str) -> HttpResponse:
    """The price of the model that the address names."""
    connection = get_connection(request.organization, name)
    service, models, model = named_model(request, connection)
    known = models.describe(connection, model)
    form = PriceForm(
        _posted(request), billings=models.billings, price_entry=known.price_entry
    )
    if request.method == "POST" and form.is_valid():
        try:
            set_price(connection, service, model, form.price(), user=request.user)
        except ValidationError as exc:
            add_errors(form, exc)
        else:
            price = models.describe(connection, model)
            text = f"{model} costs {price.price} per {price.unit} from now on."
            messages.success(request, text)
            return redirect(f"{reverse('organizations:budget')}#prices")
    context = {
        "form": form,
        "connection": connection,
        "kind": get_kind(connection.kind),
        "service": service,
        "model": known,
        "address": price_address(connection.name, service, model),
    }
    status = 422 if form.errors else 200
    return render(request, "organizations/price_edit.html", context, status=status)


@require_POST
@admin_required
def price_remove(request: MemberRequest, name: str) -> HttpResponse:
    """Let the provider's list hold again."""
    connection = get_connection(request.organization, name)
    service, _, model = named_model(request, connection)
    remove_price(connection, service, model, user=request.user)
    messages.success(request, f"Your own price of {model} is removed.")
    return redirect(f"{reverse('organizations:budget')}#prices")


def named_model(
    request: MemberRequest, connection: Connection
) -> tuple[Service, ModelList, str]:
    """The service and model that the address names; 404 for none that is served."""
    wanted, model = request.GET.get("service", ""), request.GET.get("model", "")
    for service, models in served_lists(connection).items():
        if service == wanted and 0 < len(model) <= LONGEST_NAME and model.isprintable():
            return service, models, model
    raise Http404


def price_address(connection: str, service: str, model: str) -> str:
    """The page of a model's price."""
    path = reverse("organizations:price_edit", args=[connection])
    return f"{path}?{urlencode({'service': service, 'model': model})}"


def _posted(request: MemberRequest) -> QueryDict | None:
    """What a form was filled with, be it nothing; None where it is only shown."""
    return request.POST if request.method == "POST" else None
