"""What a connection's image model can do and what it costs there."""

from __future__ import annotations

import logging
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from images_app.catalog.load import CatalogError, ImageModel, get_image_model
from images_app.catalog.prices import ListPrice
from images_app.catalog.reading import changed
from playground.organizations.kinds import get_kind
from playground.organizations.models import Connection

logger = logging.getLogger(__name__)

CREDIT = "usd_per_credit"
"""A connection's option: what the admin pays for a credit, in USD."""


def model_of(connection: Connection, name: str) -> ImageModel:
    """The catalog's model, with what this connection's admin says of it.

    List prices hold at their maker's own address only; what is free is so everywhere.
    """
    model = get_image_model(name, connection.kind)
    if model.price is not None:
        model = replace(model, price=_own_price(connection, model))
    entry = connection.model_entries.get("image", {}).get(name)
    if not entry:
        return model
    try:
        return _with_estimates(changed(model, entry), model.price)
    except CatalogError:  # checked when it was written; the catalog may have moved on
        logger.exception("An entry of connection %s is wrong", connection.pk)
        return model


def _with_estimates(model: ImageModel, listed: ListPrice | None) -> ImageModel:
    """What a usual picture comes to, by the admin's own price of a token.

    An own price says nothing of it; the list's estimates are put into proportion.
    """
    own = model.price
    if own is None or own.rows or listed is None or not listed.image_output:
        return model
    if own.unit != "token" or own.image_output is None:
        return model
    factor = own.image_output / listed.image_output
    rows = tuple(replace(row, usd=round(row.usd * factor, 8)) for row in listed.rows)
    return replace(model, price=replace(own, rows=rows))


def _own_price(connection: Connection, model: ImageModel) -> ListPrice | None:
    price, kind = model.price, get_kind(connection.kind)
    if price is None or kind.is_free:
        return price
    credit = _credit(connection)
    if price.unit == "credit" and credit is not None:
        return replace(price, usd=credit)
    return price if connection.base_url == kind.base_url else None


def _credit(connection: Connection) -> Decimal | None:
    try:
        value = Decimal(str(connection.options.get(CREDIT, "")))
    except InvalidOperation:
        return None
    return value if value.is_finite() and value >= 0 else None
