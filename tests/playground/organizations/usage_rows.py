"""Daily sums as tests need them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from playground.lib.clock import today
from playground.organizations.models import DailyUsage, Organization


def spend(
    organization: Organization, cost: str, *, day: date | None = None, **fields: object
) -> DailyUsage:
    """Some calls of one day, for pictures unless told."""
    values = {
        "day": day or today(),
        "connection_name": "ours",
        "kind": "image",
        "model": "gpt-image-2",
        "calls": 1,
        "pictures": 1,
        "cost": Decimal(cost),
        **fields,
    }
    if not values.get("unknown_calls"):
        values.setdefault("priced_pictures", values.get("pictures", 0))
    return DailyUsage.objects.create(organization=organization, **values)
