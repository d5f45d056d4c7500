"""What a provider itself says that a call has cost, in USD. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from images_app.providers.dialects import CostSource

TICKS_IN_A_DOLLAR = 10**10


def reported_cost(
    source: CostSource, headers: Mapping[str, str], usage: Mapping[str, Any] | None
) -> Decimal | None:
    """The cost where this kind of server tells it; None where it does not say."""
    if source == "ticks":
        return _from_ticks((usage or {}).get("cost_in_usd_ticks"))
    return _from_header(headers.get("x-litellm-response-cost", ""))


def _from_header(text: str) -> Decimal | None:
    """As a LiteLLM proxy tells it; its 0 means that it knows no price."""
    try:
        cost = Decimal(text)
    except InvalidOperation:
        return None
    return cost if cost.is_finite() and cost > 0 else None


def _from_ticks(ticks: object) -> Decimal | None:
    if isinstance(ticks, bool) or not isinstance(ticks, int) or ticks < 0:
        return None
    return Decimal(ticks) / TICKS_IN_A_DOLLAR
