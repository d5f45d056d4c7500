"""Where people arrive: home, welcome, and the choice of an organization."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from playground.organizations.access import (
    MemberRequest,
    choose_membership,
    member_required,
    switch_organization,
)
from playground.organizations.forms import FirstKeyForm
from playground.organizations.models import User


@member_required()
def home(request: HttpRequest) -> HttpResponse:
    return redirect("assistants:home")


@member_required()
def welcome(request: MemberRequest) -> HttpResponse:
    return show_welcome(request, FirstKeyForm(organization=request.organization))


def show_welcome(
    request: MemberRequest, form: FirstKeyForm, status: int = 200
) -> HttpResponse:
    """The welcome page; its form for a key is answered by the settings' view."""
    defaults = request.organization.connections.filter(is_default_chat=True)
    context = {"form": form, "is_offline": defaults.filter(kind="offline").exists()}
    return render(request, "shell/welcome.html", context, status=status)


@require_POST
@login_required
def organization_switch(request: HttpRequest) -> HttpResponse:
    if not switch_organization(request, request.POST.get("organization", "")):
        raise Http404
    return redirect("shell:home")


@login_required
def no_organization(request: HttpRequest) -> HttpResponse:
    if choose_membership(cast(User, request.user), None) is not None:
        return redirect("shell:home")
    return render(request, "shell/no_organization.html")
