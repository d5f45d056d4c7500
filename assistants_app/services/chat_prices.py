"""What a connection's chat model can do there, and what a call of it costs."""

from __future__ import annotations

import logging
from dataclasses import replace
from decimal import Decimal

from assistants_app.catalog.load import (
    CatalogError,
    ChatModel,
    changed,
    get_chat_model,
)
from playground.organizations.kinds import get_kind
from playground.organizations.models import Connection

logger = logging.getLogger(__name__)

# Where a request sets no limit, an answer is taken to be at most this long.
USUAL_OUTPUT_TOKENS = 4096
BYTES_PER_TOKEN = 4


def chat_model_of(connection: Connection, name: str) -> ChatModel:
    """The catalog's model, with what this connection's admin says of it.

    List prices hold at their maker's own address only.
    """
    model = get_chat_model(name, connection.kind)
    if model.price and connection.base_url != get_kind(connection.kind).base_url:
        model = replace(model, price=None)
    entry = connection.model_entries.get("chat", {}).get(name)
    if not entry:
        return model
    try:
        return changed(model, entry)
    except CatalogError:  # checked when it was written; the catalog may have moved on
        logger.exception("An entry of connection %s is wrong", connection.pk)
        return model


def cost_of(
    connection: Connection | None, name: str, tokens: tuple[int, int] | None
) -> Decimal | None:
    """USD for so many prompt and completion tokens; None where that is unknown."""
    if connection is None:
        return None
    price = chat_model_of(connection, name).price
    if price is None:
        return None
    if price.input == price.output == 0:
        return Decimal(0)
    return None if tokens is None else price.cost(*tokens)


def most_it_may_cost(
    connection: Connection, name: str, *, prompt_bytes: int, max_tokens: int | None
) -> Decimal | None:
    """What is set aside before a call; None where the price is unknown."""
    prompt_tokens = prompt_bytes // BYTES_PER_TOKEN + 1
    return cost_of(connection, name, (prompt_tokens, max_tokens or USUAL_OUTPUT_TOKENS))
