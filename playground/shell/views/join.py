"""Where an invitation leads: its finder makes an account, or joins with his own."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from playground.organizations.access import switch_organization
from playground.organizations.models import Invitation, User
from playground.organizations.services.invitations import (
    AccountExistsError,
    DeadInvitationError,
    WrongPersonError,
    accept_invitation,
    find_invitation,
    join_as_new,
)
from playground.shell.forms import JoinForm
from playground.shell.views.sign_in import BACKEND


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Looking at the invitation does not use it up; only a form does."""
    try:
        invitation = find_invitation(token)
        if request.user.is_authenticated:
            response = _with_account(request, invitation, token)
        else:
            response = _as_new(request, invitation, token)
    except DeadInvitationError:
        response = render(request, "shell/join_dead.html", status=410)
    return response


def _with_account(
    request: HttpRequest, invitation: Invitation, token: str
) -> HttpResponse:
    user = cast(User, request.user)
    refusal = ""
    if request.method == "POST":
        try:
            accept_invitation(token, user=user)
        except WrongPersonError as exc:
            refusal = str(exc)
        else:
            return _welcome(request, invitation)
    elif invitation.email and invitation.email != user.email:
        refusal = (
            f"This invitation is for {invitation.email}, and you are signed in as"
            f" {user.email}."
        )
    context = {"invitation": invitation, "refusal": refusal}
    status = 409 if refusal and request.method == "POST" else 200
    return render(request, "shell/join_signed_in.html", context, status=status)


def _as_new(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    form = JoinForm(request.POST or None, invited=invitation.email)
    if request.method == "POST" and form.is_valid():
        try:
            user = join_as_new(token, **form.values())
        except AccountExistsError:
            form.add_error(None, "This address has an account. Sign in to accept.")
        else:
            login(request, user, backend=BACKEND)
            return _welcome(request, invitation)
    context = {"invitation": invitation, "form": form}
    status = 422 if form.errors else 200
    return render(request, "shell/join.html", context, status=status)


def _welcome(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    organization = invitation.organization
    switch_organization(request, organization.public_id)
    messages.success(request, f"You work in {organization.name} now.")
    return redirect("shell:home")
