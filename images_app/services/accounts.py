"""A generation's place in the ledger: who pays, what it has cost, how it is settled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from images_app.models import Generation
from images_app.providers.base import ImageResult
from images_app.services.models import model_of
from images_app.services.plan_values import Price
from images_app.services.pricing import NO_PRICE, cost_after
from playground.organizations.models import UsageEntry
from playground.organizations.services.ledger import Payer, settle


def payer_of(generation: Generation) -> Payer:
    """On whose account it is made."""
    return Payer(
        generation.organization_id, generation.created_by_id, generation.api_key_id
    )


def cost_of(
    generation: Generation, result: ImageResult, sizes: list[tuple[int, int]]
) -> Price:
    """What it has cost: as the provider says, else by the price list.

    `sizes` are the measured widths and heights of the pictures.
    """
    if result.cost is not None:
        return Price(result.cost, "reported")
    if generation.connection is None:
        return Price(note=NO_PRICE)
    model = model_of(generation.connection, generation.model)
    quality = generation.plan.get("request_fields", {}).get("quality") or ""
    return cost_after(model.price, result.usage, sizes, quality)


def settle_generation(generation: Generation, *, pictures: int) -> None:
    """One entry for one paid call; what was set aside for it is given back."""
    units: Mapping[str, Any] = {"pictures": pictures, **(generation.usage or {})}
    entry = UsageEntry(
        organization=generation.organization,
        user=generation.created_by,
        api_key=generation.api_key,
        connection=generation.connection,
        connection_name=generation.connection_name,
        kind=UsageEntry.Kind.IMAGE,
        model=generation.model,
        units=dict(units),
        cost=generation.cost,
        cost_origin=generation.cost_origin,
        reference=generation.public_id,
        assistant=generation.assistant,
    )
    settle(entry, reservation=generation.public_id)
