"""Chat models as the settings pages show and change them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistants_app.catalog.load import (
    CatalogError,
    ChatModel,
    changed,
    chat_models,
    get_chat_model,
)
from assistants_app.services.chat_prices import chat_model_of
from playground.lib.clock import today
from playground.organizations.model_lists import (
    Billing,
    EntryField,
    ListedModel,
    ModelList,
    PriceNumber,
    usd_words,
)
from playground.organizations.models import Connection

FIELDS = (
    EntryField("context", "Context", "In tokens; 0 where nobody knows."),
    EntryField("max_output", "Longest answer", "In tokens; 0 where nobody knows."),
    EntryField("tools", "Calls tools", is_flag=True),
    EntryField("vision", "Sees pictures", is_flag=True),
)
BILLINGS = (
    Billing(
        "",
        "By tokens",
        (
            PriceNumber("input", "1M tokens in"),
            PriceNumber("output", "1M tokens out"),
        ),
    ),
)


def chat_model_list() -> ModelList:
    """What `kinds.add_model_list` takes."""
    return ModelList(
        names=_names,
        describe=_describe,
        check=_check,
        fields=FIELDS,
        billings=BILLINGS,
    )


def _names(connection: Connection) -> list[str]:
    return [
        model.id
        for model in chat_models().values()
        if model.kind == connection.kind and not model.retired(today())
    ]


def _check(connection: Connection, name: str, entry: Mapping[str, Any]) -> str:
    model = get_chat_model(name, connection.kind)
    try:
        changed(model, entry)
    except CatalogError as exc:
        return str(exc).removeprefix(f"{name}: ")
    return ""


def _describe(connection: Connection, name: str) -> ListedModel:
    model = chat_model_of(connection, name)
    entry = connection.model_entries.get("chat", {}).get(name, {})
    price = model.price
    own_price = bool(entry.get("price"))
    return ListedModel(
        service="chat",
        name=name,
        label=model.label,
        facts=_facts(model),
        values={
            "label": model.label,
            **{field.name: getattr(model, field.name) for field in FIELDS},
        },
        price=f"{usd_words(price.input)} in, {usd_words(price.output)} out"
        if price
        else "",
        unit="1M tokens" if price else "",
        price_origin="own" if own_price else "list" if price else "unknown",
        price_as_of=price.as_of if price else None,
        price_entry={
            "as_of": price.as_of.isoformat(),
            "input": str(price.input),
            "output": str(price.output),
        }
        if price
        else None,
        shutdown_date=model.shutdown_date,
        successor=model.successor or "",
        in_catalog=model.known,
        is_changed=bool(entry),
    )


def _facts(model: ChatModel) -> str:
    """As in “1,047,576 tokens, tools, vision”."""
    said = [f"{model.context:,} tokens"] if model.context else []
    said += ["tools"] if model.tools else ["no tools"]
    said += ["vision"] if model.vision else ["no vision"]
    return ", ".join(said)
