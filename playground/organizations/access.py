"""The only place that decides whose organization a request works in, and as what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, cast

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from playground.organizations.models import (
    ApiKey,
    Budget,
    Connection,
    Invitation,
    Membership,
    Organization,
    User,
)

SESSION_KEY = "organization"
RANK = {
    Membership.Role.VIEWER: 0,
    Membership.Role.MEMBER: 1,
    Membership.Role.ADMIN: 2,
    Membership.Role.OWNER: 3,
}


class MemberRequest(HttpRequest):
    """What `member_required` hands to a view."""

    user: User
    organization: Organization
    membership: Membership


def choose_membership(user: User, public_id: str | None) -> Membership | None:
    """His membership in the chosen organization, else in his oldest one."""
    memberships = list(
        user.memberships.select_related("organization").order_by("created_at", "pk")
    )
    for membership in memberships:
        if membership.organization.public_id == public_id:
            return membership
    return memberships[0] if memberships else None


def switch_organization(request: HttpRequest, public_id: str) -> bool:
    """Work in another of the user's organizations from now on."""
    user = cast(User, request.user)
    if not user.memberships.filter(organization__public_id=public_id).exists():
        return False
    request.session[SESSION_KEY] = public_id
    return True


def member_required(
    role: Membership.Role = Membership.Role.VIEWER,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let in users with at least this role and set `request.organization`.

    Works on sync and async views. Nobody signed in: to the sign-in page. No
    organization at all: a page that says so. Too low a role: 403.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        if iscoroutinefunction(view):
            return _async_view(view, role)

        @wraps(view)
        def wrapper(
            request: HttpRequest, *args: Any, **kwargs: Any
        ) -> HttpResponseBase:
            refusal = _admit(request, role)
            return refusal or view(request, *args, **kwargs)

        return wrapper

    return decorate


def _async_view(
    view: Callable[..., Awaitable[HttpResponseBase]], role: Membership.Role
) -> Callable[..., Awaitable[HttpResponseBase]]:
    @wraps(view)
    async def wrapper(
        request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        refusal = await sync_to_async(_admit)(request, role)
        return refusal or await view(request, *args, **kwargs)

    return wrapper


def _admit(request: HttpRequest, role: Membership.Role) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return _to_sign_in(request)
    chosen = request.session.get(SESSION_KEY)
    membership = choose_membership(request.user, chosen)
    if membership is None:
        return redirect("shell:no_organization")
    if RANK[Membership.Role(membership.role)] < RANK[role]:
        raise PermissionDenied(
            f"Your role here is {membership.role}; this needs {role.value}. Ask an"
            " admin of the organization."
        )
    member_request = cast(MemberRequest, request)
    member_request.membership = membership
    member_request.organization = membership.organization
    return None


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; an htmx request reloads the whole page instead."""
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = redirect_to_login(
            request.headers.get("HX-Current-URL", "/")
        )["Location"]
        return response
    target = request.get_full_path() if request.method == "GET" else "/"
    return redirect_to_login(target)


def get_connection(organization: Organization, name: str) -> Connection:
    """A connection of this organization by its name, or 404.

    Its key is read only when asked for, so that one that cannot be decrypted any more
    can still be replaced.
    """
    connections = Connection.objects.defer("api_key")
    return get_object_or_404(connections, organization=organization, name=name)


def get_membership(organization: Organization, user_id: int) -> Membership:
    """The membership of a user in this organization, or 404."""
    memberships = Membership.objects.select_related("user", "organization")
    return get_object_or_404(memberships, organization=organization, user_id=user_id)


def get_api_key(organization: Organization, public_id: str) -> ApiKey:
    """An API key of this organization, or 404."""
    return get_object_or_404(ApiKey, organization=organization, public_id=public_id)


def get_invitation(organization: Organization, number: int) -> Invitation:
    """An invitation of this organization, or 404."""
    return get_object_or_404(Invitation, organization=organization, pk=number)


def get_budget(organization: Organization, number: int) -> Budget:
    """A budget of this organization, or 404."""
    budgets = Budget.objects.select_related("user", "api_key", "organization")
    return get_object_or_404(budgets, organization=organization, pk=number)
