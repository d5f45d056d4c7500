"""Settings: who belongs to the organization, and its programs' keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from playground.lib.clock import now, today
from playground.lib.secrets import UnreadableSecretError, decrypt, encrypt
from playground.organizations.access import (
    MemberRequest,
    get_api_key,
    get_invitation,
    get_membership,
    member_required,
)
from playground.organizations.api_key_form import ApiKeyForm
from playground.organizations.audit_words import audit_lines
from playground.organizations.member_forms import (
    InviteForm,
    RoleForm,
    grantable_roles,
)
from playground.organizations.models import (
    ApiKey,
    Budget,
    Membership,
    Organization,
)
from playground.organizations.services.invitations import (
    create_invitation,
    revoke_invitation,
)
from playground.organizations.services.organizations import (
    change_role,
    create_api_key,
    remove_member,
    revoke_api_key,
)
from playground.organizations.services.usage import daily_usage, grouped
from playground.organizations.views.connection_edit import add_errors

# A key or a link on its way to the page that shows it, encrypted: a form that answered
# with that page itself would make another one with each reload.
NEW_KEY = "new_api_key"
NEW_LINK = "new_invitation"
RECENT = 5

Role = Membership.Role
admin_required = member_required(Role.ADMIN)


@dataclass(frozen=True)
class Row:
    """A member as the table shows him."""

    membership: Membership
    spent: Decimal
    roles: list[str]  # to which he may be changed; empty: by nobody here
    is_self: bool


@dataclass(frozen=True)
class KeyRow:
    """An API key, and what may be spent with it in a month."""

    key: ApiKey
    budget: Budget | None


@admin_required
@never_cache
def member_list(request: MemberRequest) -> HttpResponse:
    return show(
        request,
        new_key=_shown_once(request, NEW_KEY),
        new_link=_shown_once(request, NEW_LINK),
    )


def show(request: MemberRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    """The page with whatever one of its forms has to say."""
    organization = request.organization
    context.setdefault("invite_form", InviteForm(membership=request.membership))
    context.setdefault("key_form", ApiKeyForm())
    context["rows"] = _rows(request)
    context["invitations"] = organization.invitations.filter(
        used_at=None, revoked_at=None, expires_at__gt=now()
    ).select_related("created_by")
    context["key_rows"] = _key_rows(organization)
    context["recent"] = audit_lines(organization.audit.select_related("user")[:RECENT])
    context["link_text"] = (
        "Send it yourself. It makes one person a member, within"
        f" {settings.INVITATION_DAYS} days, and is not shown again."
    )
    return render(request, "organizations/member_list.html", context, status=status)


def _rows(request: MemberRequest) -> list[Row]:
    month = daily_usage(request.organization, today().replace(day=1))
    spent = {number: sums.cost for (number,), sums in grouped(month, "user_number")}
    memberships = request.organization.memberships.select_related("user")
    return [
        Row(
            membership=membership,
            spent=spent.get(membership.user_id, Decimal(0)),
            roles=grantable_roles(request.membership)
            if _may_change(request, membership)
            else [],
            is_self=membership.user_id == request.user.pk,
        )
        for membership in memberships.order_by("created_at", "pk")
    ]


def _key_rows(organization: Organization) -> list[KeyRow]:
    budgets = {
        budget.api_key_id: budget
        for budget in organization.budgets.exclude(api_key=None)
    }
    keys = organization.api_keys.select_related("created_by")
    return [KeyRow(key, budgets.get(key.pk)) for key in keys]


def _may_change(request: MemberRequest, membership: Membership) -> bool:
    """Only an owner changes an owner."""
    return membership.role != Role.OWNER or request.membership.role == Role.OWNER


def _check_may_change(request: MemberRequest, membership: Membership) -> None:
    if not _may_change(request, membership):
        raise PermissionDenied("Only an owner can change or remove an owner.")


@require_POST
@admin_required
@never_cache
def invitation_create(request: MemberRequest) -> HttpResponse:
    form = InviteForm(request.POST, membership=request.membership)
    if form.is_valid():
        try:
            invitation, token = create_invitation(
                organization=request.organization,
                user=request.user,
                **form.cleaned_data,
            )
        except ValidationError as exc:
            add_errors(form, exc)
        else:
            path = reverse("shell:join", args=[token])
            whom = invitation.email or "anybody"
            made = {"name": whom, "text": request.build_absolute_uri(path)}
            _keep(request, NEW_LINK, made)
            return redirect("organizations:member_list")
    return show(request, status=422, invite_form=form)


@require_POST
@admin_required
def invitation_revoke(request: MemberRequest, number: int) -> HttpResponse:
    invitation = get_invitation(request.organization, number)
    if revoke_invitation(invitation, user=request.user):
        messages.success(
            request, "The invitation is revoked. Its link works no longer."
        )
    else:
        messages.warning(request, "This invitation was used or revoked before.")
    return redirect("organizations:member_list")


@require_POST
@admin_required
def member_role(request: MemberRequest, user_id: int) -> HttpResponse:
    membership = get_membership(request.organization, user_id)
    _check_may_change(request, membership)
    form = RoleForm(request.POST, membership=request.membership)
    if not form.is_valid():
        messages.error(request, str(form.errors["role"][0]))
        return redirect("organizations:member_list")
    try:
        change_role(membership, form.cleaned_data["role"], user=request.user)
    except ValidationError as exc:
        messages.error(request, exc.messages[0])
    else:
        messages.success(request, f"{membership.user.email} is {membership.role} now.")
    return redirect("organizations:member_list")


@require_POST
@admin_required
def member_remove(request: MemberRequest, user_id: int) -> HttpResponse:
    membership = get_membership(request.organization, user_id)
    _check_may_change(request, membership)
    try:
        remove_member(membership, user=request.user)
    except ValidationError as exc:
        messages.error(request, exc.messages[0])
    else:
        messages.success(request, f"{membership.user.email} is no longer a member.")
    return redirect("organizations:member_list")


@require_POST
@admin_required
@never_cache
def api_key_create(request: MemberRequest) -> HttpResponse:
    form = ApiKeyForm(request.POST)
    if form.is_valid():
        try:
            key, text = create_api_key(
                organization=request.organization,
                created_by=request.user,
                **form.values(),
            )
        except ValidationError as exc:
            add_errors(form, exc)
        else:
            _keep(request, NEW_KEY, {"name": key.name, "text": text})
            return redirect("organizations:member_list")
    return show(request, status=422, key_form=form)


def _keep(request: MemberRequest, name: str, made: Mapping[str, str]) -> None:
    request.session[name] = encrypt(json.dumps(made))


def _shown_once(request: MemberRequest, name: str) -> dict[str, str] | None:
    """What was made just now; whoever reloads the page sees it no more."""
    token = request.session.pop(name, None)
    if token is None:
        return None
    try:
        made: dict[str, str] = json.loads(decrypt(token))
    except UnreadableSecretError:  # the keys were rotated in this very moment
        return None
    return made


@require_POST
@admin_required
def api_key_revoke(request: MemberRequest, public_id: str) -> HttpResponse:
    key = get_api_key(request.organization, public_id)
    revoke_api_key(key, user=request.user)
    messages.success(request, f"The key {key.name} works no longer.")
    return redirect("organizations:member_list")
