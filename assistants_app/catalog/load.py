"""The catalog of chat models, read once from `models.toml` and checked as a whole."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

MODELS_FILE = Path(__file__).with_name("models.toml")
SMALLEST = Decimal("0.00000001")
# What an admin may say anew of a model.
CHANGEABLE = {
    "label",
    "context",
    "max_output",
    "tools",
    "vision",
    "price",
    "shutdown_date",
}


class CatalogError(Exception):
    """The catalog's data is wrong; the text names the entry and the field."""


@dataclass(frozen=True)
class ChatPrice:
    """USD per million tokens on the day `as_of`."""

    as_of: date
    input: Decimal
    output: Decimal

    def cost(self, prompt_tokens: int, completion_tokens: int) -> Decimal:
        """USD for so many tokens."""
        total = self.input * prompt_tokens + self.output * completion_tokens
        return (total / 1_000_000).quantize(SMALLEST, ROUND_HALF_UP)


@dataclass(frozen=True)
class ChatModel:
    """What a chat model can do and costs.

    `context` and `max_output` are tokens, 0 unknown. `price` is None where the list
    prices are unknown.
    """

    id: str
    kind: str
    label: str
    context: int = 0
    max_output: int = 0
    tools: bool = True
    vision: bool = True
    shutdown_date: date | None = None
    successor: str | None = None
    price: ChatPrice | None = None
    known: bool = True

    def retired(self, today: date) -> bool:
        """Whether its provider has shut it down by that day."""
        return self.shutdown_date is not None and self.shutdown_date <= today


@lru_cache(maxsize=1)
def chat_models() -> Mapping[str, ChatModel]:
    """All models of the catalog by id."""
    return MappingProxyType(
        read_models(tomllib.loads(MODELS_FILE.read_text("utf-8"), parse_float=Decimal))
    )


def get_chat_model(model_id: str, kind: str) -> ChatModel:
    """The catalog's model, or one that is assumed to do everything."""
    model = chat_models().get(model_id)
    if model is not None and model.kind == kind:
        return model
    return ChatModel(model_id, kind, model_id, known=False)


def catalog_kind(model_id: str) -> str | None:
    """The kind of connection whose catalog holds this model."""
    model = chat_models().get(model_id)
    return model.kind if model else None


def read_models(raw: Mapping[str, Any]) -> dict[str, ChatModel]:
    """Check a whole catalog; raise CatalogError for the first thing that is wrong."""
    models: dict[str, ChatModel] = {}
    allowed = {field.name for field in fields(ChatModel)} - {"known"}
    for entry in raw.get("model", []):
        name = str(entry.get("id", "an entry without id"))
        if unknown := set(entry) - allowed:
            raise CatalogError(f"{name}: unknown field {sorted(unknown)[0]!r}.")
        if missing := {"id", "kind", "label"} - set(entry):
            raise CatalogError(f"{name}: {sorted(missing)[0]!r} is missing.")
        if name in models:
            raise CatalogError(f"{name}: the id is used twice.")
        models[name] = ChatModel(**{**entry, "price": read_price(name, entry)})
    for model in models.values():
        if model.successor is not None and model.successor not in models:
            raise CatalogError(f"{model.id}: successor {model.successor!r} is unknown.")
    return models


def changed(model: ChatModel, entry: Mapping[str, Any]) -> ChatModel:
    """The model with what an admin says of it; CatalogError names a wrong field."""
    if unknown := set(entry) - CHANGEABLE:
        raise CatalogError(f"{model.id}: {sorted(unknown)[0]!r} cannot be changed.")
    price = read_price(model.id, entry) if "price" in entry else model.price
    dies = entry.get("shutdown_date", model.shutdown_date)
    if isinstance(dies, str):
        dies = _date(model.id, dies)
    made = replace(model, **{**entry, "price": price, "shutdown_date": dies})
    _check_fields(made)
    return made


def _date(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise CatalogError(f"{name}: {text!r} is no date.") from exc


def _check_fields(model: ChatModel) -> None:
    """What the types of a file's author would say; an admin's entry is JSON."""
    problems = {
        "label": not isinstance(model.label, str) or not model.label,
        "context": not _tokens(model.context),
        "max_output": not _tokens(model.max_output),
        "tools": not isinstance(model.tools, bool),
        "vision": not isinstance(model.vision, bool),
        "shutdown_date": not isinstance(model.shutdown_date, date | None),
    }
    for field, wrong in problems.items():
        if wrong:
            value = getattr(model, field)
            raise CatalogError(f"{model.id}: {field} must not be {value!r}.")


def _tokens(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def read_price(name: str, entry: Mapping[str, Any]) -> ChatPrice | None:
    """The price in an entry; numbers may be texts and the day an ISO date, as JSON has
    neither decimals nor dates."""
    raw = entry.get("price")
    if raw is None:
        return None
    if set(raw) != {"as_of", "input", "output"}:
        raise CatalogError(f"{name}: price needs just as_of, input and output.")
    try:
        day = raw["as_of"]
        as_of = day if isinstance(day, date) else date.fromisoformat(day)
        values = Decimal(str(raw["input"])), Decimal(str(raw["output"]))
    except (TypeError, ValueError, InvalidOperation) as exc:
        raise CatalogError(f"{name}: price is no number or date: {raw!r}.") from exc
    if not all(value.is_finite() and value >= 0 for value in values):
        raise CatalogError(f"{name}: a price is 0 or more.")
    return ChatPrice(as_of, *values)
