"""Image models as the settings pages show and change them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from images_app.catalog.load import (
    CatalogError,
    ImageModel,
    get_image_model,
    image_models,
)
from images_app.catalog.prices import ListPrice
from images_app.catalog.reading import changed
from images_app.services.models import model_of
from playground.lib.clock import today
from playground.organizations.model_lists import (
    Billing,
    EntryField,
    ListedModel,
    ModelList,
    PriceNumber,
    PriceOrigin,
    usd_words,
)
from playground.organizations.models import Connection

FIELDS = (
    EntryField("prompt_limit", "Longest prompt", "In characters.", minimum=1),
    EntryField("max_n", "Pictures in one call", minimum=1),
    EntryField(
        "max_input_images",
        "Pictures to start from",
        "How many a request may hand over; 0 where the model only draws anew.",
    ),
    EntryField("partial_images", "Previews", "The most that it sends, 0 to 3."),
    EntryField("previews", "Previews asked for", "Where a request says nothing."),
)
BILLINGS = (
    Billing("image", "By the picture", (PriceNumber("usd", "A picture"),)),
    Billing(
        "token",
        "By tokens",
        (
            PriceNumber("text_input", "1M text tokens in", is_required=False),
            PriceNumber("image_input", "1M image tokens in", is_required=False),
            PriceNumber("text_output", "1M text tokens out", is_required=False),
            PriceNumber("image_output", "1M image tokens out"),
        ),
    ),
    Billing("megapixel", "By the megapixel", (PriceNumber("usd", "A million pixels"),)),
    Billing(
        "credit",
        "By credits",
        (
            PriceNumber("credits", "Credits for a picture", is_usd=False),
            PriceNumber("usd", "A credit"),
        ),
    ),
)
UNITS = {
    "image": "picture",
    "megapixel": "megapixel",
    "token": "1M tokens",
    "credit": "picture",
}
REPORTING = frozenset({"litellm", "openrouter", "xai"})
"""The kinds whose servers tell after each call what it has cost."""


def image_model_list() -> ModelList:
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
        for model in image_models().values()
        if model.kind == connection.kind and not model.retired(today())
    ]


def _check(connection: Connection, name: str, entry: Mapping[str, Any]) -> str:
    model = get_image_model(name, connection.kind)
    try:
        changed(model, entry)
    except (CatalogError, ValueError, TypeError, ArithmeticError) as exc:
        return str(exc).removeprefix(f"{name}: ")
    return ""


def _describe(connection: Connection, name: str) -> ListedModel:
    model = model_of(connection, name)
    entry = connection.model_entries.get("image", {}).get(name, {})
    return ListedModel(
        service="image",
        name=name,
        label=model.label,
        facts=_facts(model),
        values={
            "label": model.label,
            **{field.name: getattr(model, field.name) for field in FIELDS},
        },
        price=price_words(model.price) if model.price else "",
        unit=UNITS[model.price.unit] if model.price else "",
        price_origin=_origin(connection, model, entry),
        price_as_of=model.price.as_of if model.price else None,
        price_entry=_price_entry(model.price) if model.price else None,
        shutdown_date=model.shutdown_date,
        successor=model.successor or "",
        in_catalog=model.known,
        is_changed=bool(entry),
    )


def _origin(
    connection: Connection, model: ImageModel, entry: Mapping[str, Any]
) -> PriceOrigin:
    if entry.get("price"):
        return "own"
    if model.price is not None and price_words(model.price):
        return "list"
    return "reported" if connection.kind in REPORTING else "unknown"


def _facts(model: ImageModel) -> str:
    """As in “draws, edits, up to 10 at once”."""
    words = {"generate": "draws", "edit": "edits", "mask": "takes a mask"}
    said = [word for name, word in words.items() if name in model.operations]
    if model.max_n > 1:
        said.append(f"up to {model.max_n} at once")
    return ", ".join(said)


def price_words(price: ListPrice) -> str:
    """The price without its unit: “$0.02”, “$0.01 to $0.17”, “$8 in, $30 out”; "" where
    only the price of a credit is missing."""
    if price.unit == "credit":
        if price.usd is None or price.credits is None:
            return ""
        return usd_words(price.usd * price.credits)
    if price.unit == "token":
        return _token_words(price)
    known = [row.usd for row in price.rows] or [price.usd or Decimal(0)]
    low, high = min(known), max(known)
    return usd_words(low) if low == high else f"{usd_words(low)} to {usd_words(high)}"


def _token_words(price: ListPrice) -> str:
    sorts = {
        "text in": price.text_input,
        "pictures in": price.image_input,
        "text out": price.text_output,
        "pictures out": price.image_output,
    }
    return ", ".join(
        f"{usd_words(usd)} {sort}" for sort, usd in sorts.items() if usd is not None
    )


def _price_entry(price: ListPrice) -> dict[str, Any]:
    """The price as an entry of a connection holds it: numbers and dates as texts."""
    names = (
        "usd",
        "credits",
        "text_input",
        "image_input",
        "text_output",
        "image_output",
    )
    numbers = {name: getattr(price, name) for name in names}
    return {
        "unit": price.unit,
        "as_of": price.as_of.isoformat(),
        **{name: str(value) for name, value in numbers.items() if value is not None},
        "rows": [
            {"usd": str(row.usd), "size": row.size, "quality": row.quality}
            for row in price.rows
        ],
    }
