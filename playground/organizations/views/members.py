"""Settings, second page: who belongs to the organization, and its programs' keys."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from playground.lib.secrets import UnreadableSecretError, decrypt, encrypt
from playground.organizations.access import (
    MemberRequest,
    get_api_key,
    get_membership,
    member_required,
)
from playground.organizations.api_key_form import ApiKeyForm
from playground.organizations.forms import MemberForm
from playground.organizations.models import Membership
from playground.organizations.services.organizations import (
    add_member,
    create_api_key,
    remove_member,
    revoke_api_key,
)
from playground.organizations.services.sign_in import create_sign_in_link
from playground.organizations.views.connections import add_errors

# A key on its way to the page that shows it, encrypted: a form that answered with that
# page itself would make another key with each reload.
NEW_KEY = "new_api_key"

admin_required = member_required(Membership.Role.ADMIN)


@admin_required
@never_cache
def member_list(request: MemberRequest) -> HttpResponse:
    return show(request, new_key=_new_key(request))


def show(request: MemberRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    """The page with whatever one of its forms has to say."""
    organization = request.organization
    context.setdefault("member_form", MemberForm(membership=request.membership))
    context.setdefault("key_form", ApiKeyForm())
    context["memberships"] = organization.memberships.select_related("user").order_by(
        "created_at", "pk"
    )
    context["api_keys"] = organization.api_keys.select_related("created_by")
    context["link_text"] = (
        "Send this link. It signs in once, within"
        f" {settings.SIGN_IN_LINK_MINUTES} minutes, and is not shown again."
    )
    return render(request, "organizations/member_list.html", context, status=status)


@require_POST
@admin_required
@never_cache
def member_create(request: MemberRequest) -> HttpResponse:
    """Add a member; the way in is shown only for an account made just now.

    A link for an account that exists would sign the admin in as somebody else, in other
    organizations too.
    """
    form = MemberForm(request.POST, membership=request.membership)
    if not form.is_valid():
        return show(request, status=422, member_form=form)
    person, is_new = add_member(
        organization=request.organization, user=request.user, **form.cleaned_data
    )
    if not is_new:
        messages.success(request, f"{person.email} is a member now.")
        return redirect("organizations:member_list")
    token = create_sign_in_link(user=person)
    path = reverse("shell:sign_in_link", args=[token])
    new_link = {"email": person.email, "url": request.build_absolute_uri(path)}
    return show(request, new_link=new_link)


@require_POST
@admin_required
def member_remove(request: MemberRequest, user_id: int) -> HttpResponse:
    membership = get_membership(request.organization, user_id)
    is_owner = membership.role == Membership.Role.OWNER
    if is_owner and request.membership.role != Membership.Role.OWNER:
        raise PermissionDenied("Only an owner can remove an owner.")
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
            made = {"name": key.name, "text": text}
            request.session[NEW_KEY] = encrypt(json.dumps(made))
            return redirect("organizations:member_list")
    return show(request, status=422, key_form=form)


def _new_key(request: MemberRequest) -> dict[str, str] | None:
    """The key that was made just now; whoever reloads the page sees it no more."""
    token = request.session.pop(NEW_KEY, None)
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
