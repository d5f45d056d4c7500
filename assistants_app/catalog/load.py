"""The catalog of chat models, read once from `models.toml` and checked as a whole."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

MODELS_FILE = Path(__file__).with_name("models.toml")


class CatalogError(Exception):
    """The catalog's data is wrong; the text names the entry and the field."""


@dataclass(frozen=True)
class ChatModel:
    """What a chat model can do; `context` and `max_output` are tokens, 0 unknown."""

    id: str
    kind: str
    label: str
    context: int = 0
    max_output: int = 0
    tools: bool = True
    vision: bool = True
    shutdown_date: date | None = None
    known: bool = True

    def retired(self, today: date) -> bool:
        """Whether its provider has shut it down by that day."""
        return self.shutdown_date is not None and self.shutdown_date <= today


@lru_cache(maxsize=1)
def chat_models() -> Mapping[str, ChatModel]:
    """All models of the catalog by id."""
    return MappingProxyType(read_models(tomllib.loads(MODELS_FILE.read_text("utf-8"))))


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
        models[name] = ChatModel(**entry)
    return models
