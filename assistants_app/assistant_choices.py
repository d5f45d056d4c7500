"""Assistants in the order in which a person is offered them."""

from __future__ import annotations

from django.db.models import Max

from assistants_app.models import Assistant, Run
from playground.organizations.models import Organization, User


def assistants_to_choose(organization: Organization, user: User) -> list[Assistant]:
    """Those in use. First the ones that this person talked to, the last of them first;
    then what people made, then what programs did, each newest first."""
    found = list(organization.assistants.filter(deleted_at=None))
    own = Run.objects.filter(assistant__in=found, created_by=user).order_by()
    last = dict(own.values_list("assistant").annotate(Max("pk")))
    # Sorting keeps the order of equals: newest first.
    return sorted(found, key=lambda a: (-last.get(a.pk, 0), a.created_by_id is None))
