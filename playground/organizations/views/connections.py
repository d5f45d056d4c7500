"""Settings, first page: where the organization's text and pictures are made."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from playground.lib.check_result import CheckResult
from playground.organizations.access import (
    MemberRequest,
    get_connection,
    member_required,
)
from playground.organizations.forms import (
    DefaultsForm,
    RetiredModelsForm,
    service_words,
)
from playground.organizations.kinds import Kind, get_kind
from playground.organizations.model_lists import ListedModel, find_model
from playground.organizations.models import Connection, Membership
from playground.organizations.retiring import retiring_soon
from playground.organizations.services.connection_settings import (
    check_connection,
    set_defaults,
    set_enabled,
)
from playground.organizations.services.connections import delete_connection
from playground.organizations.services.organizations import (
    set_serves_retired_models,
)

admin_required = member_required(Membership.Role.ADMIN)
MAX_BADGES = 12


@dataclass(frozen=True)
class ModelBadge:
    """An allowed model's name, and what is known of it."""

    name: str
    model: ListedModel | None


@dataclass(frozen=True)
class Card:
    """One connection as the list shows it."""

    connection: Connection
    kind: Kind
    serves: str
    badges: list[ModelBadge]
    more: int

    @property
    def priority(self) -> int | None:
        """Its place among the fallbacks; None where it is none."""
        place = self.connection.options.get("priority")
        return place if isinstance(place, int) else None

    @property
    def usd_per_credit(self) -> str:
        """What its admin pays for a credit, as typed."""
        return str(self.connection.options.get("usd_per_credit") or "")


def card(connection: Connection) -> Card:
    kind = get_kind(connection.kind)
    allowed = connection.allowed_models
    return Card(
        connection=connection,
        kind=kind,
        serves=service_words(kind),
        badges=[
            ModelBadge(name, find_model(connection, name))
            for name in allowed[:MAX_BADGES]
        ],
        more=len(allowed) - MAX_BADGES,
    )


@admin_required
def connection_list(request: MemberRequest) -> HttpResponse:
    return show_list(request)


def show_list(
    request: MemberRequest, defaults_form: DefaultsForm | None = None
) -> HttpResponse:
    """The page, with the defaults as they were typed where something is wrong."""
    connections = list(request.organization.connections.defer("api_key"))
    serves = request.organization.serves_retired_models
    context = {
        "cards": [card(connection) for connection in connections],
        "defaults_form": defaults_form or DefaultsForm(connections=connections),
        "retired_form": RetiredModelsForm(initial={"serves_retired_models": serves}),
        "retiring": retiring_soon(request.organization),
    }
    status = 200 if defaults_form is None else 422
    return render(request, "organizations/connection_list.html", context, status=status)


@require_POST
@admin_required
def defaults(request: MemberRequest) -> HttpResponse:
    connections = list(request.organization.connections.defer("api_key"))
    form = DefaultsForm(request.POST, connections=connections)
    if not form.is_valid():
        return show_list(request, form)
    set_defaults(request.organization, user=request.user, **form.chosen())
    messages.success(request, "The defaults are saved.")
    return redirect("organizations:connection_list")


@require_POST
@admin_required
def retired_models(request: MemberRequest) -> HttpResponse:
    """Serve the names of models that were shut down, or refuse them."""
    form = RetiredModelsForm(request.POST)
    form.is_valid()
    serves = form.cleaned_data["serves_retired_models"]
    set_serves_retired_models(request.organization, serves=serves, user=request.user)
    word = "served" if serves else "refused"
    messages.success(request, f"dall-e-2 and dall-e-3 are {word} from now on.")
    return redirect("organizations:connection_list")


@require_POST
@admin_required
def connection_enable(request: MemberRequest, name: str) -> HttpResponse:
    connection = get_connection(request.organization, name)
    enabled = request.POST.get("enabled") == "1"
    set_enabled(connection, enabled=enabled, user=request.user)
    text = "is offered to members" if enabled else "is no longer offered to members"
    if not enabled and (connection.is_default_chat or connection.is_default_image):
        text += ". It is a default: choose another one, or requests have to name one"
    messages.success(request, f"{connection.name} {text}.")
    return redirect("organizations:connection_list")


@admin_required
def connection_delete(request: MemberRequest, name: str) -> HttpResponse:
    connection = get_connection(request.organization, name)
    if request.method == "POST":
        delete_connection(connection, user=request.user)
        messages.success(request, f"{name} is deleted, with its key.")
        return redirect("organizations:connection_list")
    context = {"connection": connection, "kind": get_kind(connection.kind)}
    return render(request, "organizations/connection_delete.html", context)


@require_POST
@admin_required
async def connection_check(request: MemberRequest, name: str) -> HttpResponse:
    """Test the connection now; htmx gets the result and the status line."""
    connection = await sync_to_async(get_connection)(request.organization, name)
    result = await check_connection(connection)
    return await sync_to_async(show_check)(request, connection, result)


def show_check(
    request: HttpRequest, connection: Connection, result: CheckResult
) -> HttpResponse:
    if request.headers.get("HX-Request"):
        context = {"connection": connection, "kind": get_kind(connection.kind)}
        return render(request, "organizations/_check_swap.html", context)
    tell = messages.success if result.ok else messages.error
    tell(request, f"{connection.name}: {result.text}")
    return redirect("organizations:connection_list")


@require_POST
@admin_required
async def connection_check_all(request: MemberRequest) -> HttpResponse:
    """Test every connection at the same time; the cards tell what was found."""
    query = request.organization.connections.defer("api_key")
    connections = [connection async for connection in query]
    results = await asyncio.gather(*(check_connection(c) for c in connections))
    failed = [
        connection.name
        for connection, result in zip(connections, results, strict=True)
        if not result.ok
    ]
    await sync_to_async(tell_checked)(request, len(connections), failed)
    return redirect("organizations:connection_list")


def tell_checked(request: HttpRequest, count: int, failed: list[str]) -> None:
    if failed:
        verb = "does not work" if len(failed) == 1 else "do not work"
        messages.warning(request, f"{', '.join(failed)} {verb}. The cards say why.")
    else:
        words = "The connection works" if count == 1 else f"All {count} work"
        messages.success(request, f"{words}.")
