"""Plan before paying: what will really be sent, and how it differs from the wish.

Pure: no rows, no network. The plan is shown to the user and stored with the call.
"""

from __future__ import annotations

from images_app.catalog.load import ImageModel
from images_app.services.plan_values import (
    Adjustment,
    ImageAsk,
    Plan,
    PlanError,
    Price,
)
from images_app.services.planner import Planner
from images_app.services.sizes import aspect_box

__all__ = [
    "Adjustment",
    "ImageAsk",
    "Plan",
    "PlanError",
    "Price",
    "aspect_box",
    "plan",
]


def plan(ask: ImageAsk, model: ImageModel, *, strict: bool = False) -> Plan:
    """Decide what is sent to `model`, or raise PlanError.

    What the model does not take is replaced by the nearest thing that it does, or left
    out; each such change is an adjustment. `strict` refuses them all.
    """
    return Planner(ask, model, strict).plan()
