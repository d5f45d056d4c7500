"""Settings, first page: where the organization's text and pictures are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from playground.lib.check_result import CheckResult
from playground.lib.secrets import UnreadableSecretError
from playground.organizations.access import (
    MemberRequest,
    get_connection,
    member_required,
)
from playground.organizations.forms import (
    ConnectionForm,
    DefaultsForm,
    FirstKeyForm,
    RetiredModelsForm,
    initial_of,
    service_words,
)
from playground.organizations.kinds import Kind, all_kinds, get_kind
from playground.organizations.models import Connection, Membership
from playground.organizations.services.connection_settings import (
    check_connection,
    make_default,
    set_defaults,
    set_enabled,
    update_connection,
)
from playground.organizations.services.connections import (
    add_connection,
    delete_connection,
)
from playground.organizations.services.organizations import (
    set_serves_retired_models,
)
from playground.shell.views.home import show_welcome

admin_required = member_required(Membership.Role.ADMIN)


@dataclass(frozen=True)
class Card:
    """One connection as the list shows it."""

    connection: Connection
    kind: Kind
    serves: str


def card(connection: Connection) -> Card:
    kind = get_kind(connection.kind)
    return Card(connection=connection, kind=kind, serves=service_words(kind))


def find_kind(name: str) -> Kind:
    try:
        return get_kind(name)
    except KeyError as exc:
        raise Http404 from exc


@admin_required
def connection_list(request: MemberRequest) -> HttpResponse:
    connections = list(request.organization.connections.defer("api_key"))
    context = {
        "cards": [card(connection) for connection in connections],
        "defaults_form": DefaultsForm(connections=connections),
        "retired_form": retired_form(request),
    }
    return render(request, "organizations/connection_list.html", context)


def retired_form(request: MemberRequest) -> RetiredModelsForm:
    serves = request.organization.serves_retired_models
    return RetiredModelsForm(initial={"serves_retired_models": serves})


@require_POST
@admin_required
def defaults(request: MemberRequest) -> HttpResponse:
    connections = list(request.organization.connections.defer("api_key"))
    form = DefaultsForm(request.POST, connections=connections)
    if form.is_valid():
        set_defaults(request.organization, user=request.user, **form.chosen())
        messages.success(request, "The defaults are saved.")
        return redirect("organizations:connection_list")
    cards = [card(connection) for connection in connections]
    context = {
        "cards": cards,
        "defaults_form": form,
        "retired_form": retired_form(request),
    }
    return render(request, "organizations/connection_list.html", context, status=422)


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


@sensitive_post_parameters("api_key")
@admin_required
async def connection_create(request: MemberRequest) -> HttpResponse:
    """Add a connection, test it, and make it the default if that was wished for."""
    if request.method == "POST":
        answer, connection = await sync_to_async(create_from_form)(request)
        if connection is None:
            return answer
        result = await check_connection(connection)
        await sync_to_async(tell_created)(request, connection, result)
        return answer
    return await sync_to_async(create_page)(request)


def create_page(request: MemberRequest) -> HttpResponse:
    kinds = all_kinds()
    kind = find_kind(request.GET.get("kind") or (kinds[0].name if kinds else ""))
    taken = request.organization.connections.filter(name=kind.name).exists()
    initial = {"name": "" if taken else kind.name, "base_url": kind.base_url}
    form = ConnectionForm(kind=kind, initial=initial)
    return show_create(request, kind, form)


def show_create(
    request: MemberRequest, kind: Kind, form: ConnectionForm, status: int = 200
) -> HttpResponse:
    context = {"form": form, "kind": kind, "kinds": all_kinds()}
    return render(
        request, "organizations/connection_create.html", context, status=status
    )


def create_from_form(request: MemberRequest) -> tuple[HttpResponse, Connection | None]:
    """The answer and the new connection; without one, the answer shows the errors."""
    kind = find_kind(request.POST.get("kind", ""))
    from_welcome = request.POST.get("next") == "welcome"
    form: ConnectionForm | FirstKeyForm = (
        FirstKeyForm(request.POST, organization=request.organization)
        if from_welcome
        else ConnectionForm(request.POST, kind=kind)
    )
    if form.is_valid():
        try:
            connection = add_connection(
                organization=request.organization,
                kind=kind.name,
                user=request.user,
                **form.values(),
            )
        except ValidationError as exc:
            add_errors(form, exc)
        else:
            page = "shell:welcome" if from_welcome else "organizations:connection_list"
            return redirect(page), connection
    if isinstance(form, FirstKeyForm):
        return show_welcome(request, form, status=422), None
    return show_create(request, kind, form, status=422), None


def tell_created(
    request: MemberRequest, connection: Connection, result: CheckResult
) -> None:
    """Say what the test found; only a connection that works becomes the default."""
    wished = "make_default" in request.POST
    if not result.ok:
        kept = " The defaults stay as they were." if wished else ""
        messages.warning(request, f"{connection.name} is saved. {result.text}{kept}")
        return
    made = make_default(connection, user=request.user) if wished else []
    used = " It is the default now." if made else ""
    messages.success(request, f"{connection.name} works. {result.text}{used}")


def add_errors(form: Any, exc: ValidationError) -> None:
    """Put a service's errors beside their fields; one without a field goes on top."""
    errors = exc.message_dict if hasattr(exc, "error_dict") else {None: exc.messages}
    for field, texts in errors.items():
        known = field if field in form.fields else None
        form.add_error(known, ValidationError(list(texts)))


@sensitive_post_parameters("api_key")
@admin_required
def connection_edit(request: MemberRequest, name: str) -> HttpResponse:
    connection = get_connection(request.organization, name)
    kind = get_kind(connection.kind)
    form = ConnectionForm(
        request.POST or None,
        kind=kind,
        connection=connection,
        initial=initial_of(connection),
    )
    if request.method == "POST" and form.is_valid():
        try:
            update_connection(connection, user=request.user, **form.values())
        except ValidationError as exc:
            add_errors(form, exc)
        except UnreadableSecretError:
            form.add_error("api_key", "The stored key cannot be read. Type it again.")
        else:
            messages.success(request, f"{connection.name} is saved.")
            return redirect("organizations:connection_list")
        connection = get_connection(request.organization, name)
    status = 422 if form.errors else 200
    context = {"form": form, "connection": connection, "kind": kind}
    return render(request, "organizations/connection_edit.html", context, status=status)


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
