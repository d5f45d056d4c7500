"""Adding a connection, and changing one."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from playground.lib.check_result import CheckResult
from playground.lib.secrets import UnreadableSecretError
from playground.organizations.access import (
    MemberRequest,
    get_connection,
    member_required,
)
from playground.organizations.connection_form import ConnectionForm, initial_of
from playground.organizations.forms import FirstKeyForm
from playground.organizations.kinds import Group, Kind, all_kinds, get_kind
from playground.organizations.models import Connection, Membership, Organization
from playground.organizations.services.connection_settings import (
    check_connection,
    make_default,
    update_connection,
)
from playground.organizations.services.connections import add_connection
from playground.shell.views.home import show_welcome

admin_required = member_required(Membership.Role.ADMIN)
GROUPS: dict[Group, str] = {
    "openai": "OpenAI and compatible clouds",
    "cloud": "Other clouds",
    "own": "On your own machines",
    "built_in": "Built in",
}


def find_kind(name: str) -> Kind:
    try:
        return get_kind(name)
    except KeyError as exc:
        raise Http404 from exc


def grouped_kinds() -> list[tuple[str, list[Kind]]]:
    """Every kind under the heading of its group."""
    groups = [
        (title, [kind for kind in all_kinds() if kind.group == group])
        for group, title in GROUPS.items()
    ]
    return [(title, kinds) for title, kinds in groups if kinds]


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
    wished = request.GET.get("name", "")[:40] or kind.name
    base_url = request.GET.get("base_url", "")[:500] or kind.base_url
    initial = {"name": free_name(request.organization, wished), "base_url": base_url}
    form = ConnectionForm(kind=kind, initial=initial)
    return show_create(request, kind, form)


def free_name(organization: Organization, wished: str) -> str:
    """This name, or with the first number behind it that makes it a new one."""
    taken = set(organization.connections.values_list("name", flat=True))
    names = [wished, *(f"{wished[:36]}-{n}" for n in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def show_create(
    request: MemberRequest, kind: Kind, form: ConnectionForm, status: int = 200
) -> HttpResponse:
    context = {"form": form, "kind": kind, "groups": grouped_kinds()}
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
