"""What the frame of every page shows: whose page it is, and in which organization."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from playground.organizations.access import SESSION_KEY, choose_membership
from playground.organizations.models import Membership, Organization, User
from playground.organizations.services.budgets import Standing, warnings_of


def frame(request: HttpRequest) -> dict[str, Any]:
    """`organization`, `membership`, `organizations`, and `budget_warnings` for admins;
    asked only when shown."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"organization": None, "membership": None, "organizations": []}

    def membership() -> Membership | None:
        chosen: Membership | None = getattr(request, "membership", None)
        return chosen or choose_membership(
            cast(User, user), request.session.get(SESSION_KEY)
        )

    def organization() -> Organization | None:
        return current.organization if current else None

    def organizations() -> list[Organization]:
        return list(Organization.objects.filter(memberships__user=user))

    def budget_warnings() -> list[Standing]:
        admin = current and current.can_administer
        return warnings_of(current.organization) if admin else []

    current: Any = SimpleLazyObject(membership)
    return {
        "membership": current,
        "organization": SimpleLazyObject(organization),
        "organizations": SimpleLazyObject(organizations),
        "budget_warnings": SimpleLazyObject(budget_warnings),
    }
