"""The price of what a plan sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from images_app.catalog.descriptors import EnumParameter, SizeParameter
from images_app.catalog.load import ImageModel
from images_app.services.plan_values import Price
from images_app.services.pricing import Wanted, price_before
from images_app.services.sizes import AUTO


def planned_price(model: ImageModel, sent: Mapping[str, Any]) -> Price:
    """What a request with these fields will cost."""
    sizes = _possible(model, "size", sent)
    qualities = _possible(model, "quality", sent)
    return price_before(model.price, Wanted(sent["n"], sizes, qualities))


def _possible(model: ImageModel, name: str, sent: Mapping[str, Any]) -> tuple[str, ...]:
    """The value that is sent, or the default, or all that the model may choose."""
    parameter = model.parameters.get(name)
    if not isinstance(parameter, EnumParameter | SizeParameter):
        return ()
    value = sent.get(name) or parameter.default
    if value is not None and value != AUTO:
        return (value,)
    return tuple(word for word in parameter.values if word != AUTO)
