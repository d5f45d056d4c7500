"""The log of administrative changes: who, when, what, from what, to what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.organizations.models import AuditEntry, Organization, User


def record(
    organization: Organization,
    user: User | None,
    action: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Note a change, within the transaction that makes it. Never give it a key."""
    return AuditEntry.objects.create(
        organization=organization,
        user=user,
        action=action,
        subject=subject[:200],
        detail=dict(detail or {}),
    )


def difference(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """What became of what, as an entry's `detail["changes"]`; "" and None are alike."""
    names = dict.fromkeys([*before, *after])
    pairs = {name: (before.get(name), after.get(name)) for name in names}
    return {
        name: {"from": old, "to": new}
        for name, (old, new) in pairs.items()
        if old != new and (old or new or 0 in (old, new) or False in (old, new))
    }
