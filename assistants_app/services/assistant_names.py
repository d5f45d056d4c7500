"""What assistants are called, for pages that know only their ids."""

from __future__ import annotations

from collections.abc import Iterable

from assistants_app.models import Assistant
from playground.organizations.models import Organization


def assistant_names(
    organization: Organization, public_ids: Iterable[str]
) -> dict[str, str]:
    """The names of these assistants by id; deleted ones are left out."""
    assistants = Assistant.objects.filter(
        organization=organization, public_id__in=list(public_ids), deleted_at=None
    )
    return {a.public_id: str(a) for a in assistants.only("public_id", "name")}
