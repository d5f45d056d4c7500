"""The catalog of image models, read once from `models/`, one file for each kind."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from images_app.catalog.reading import (
    CatalogError,
    ImageModel,
    read_models,
    read_unknown,
)

__all__ = [
    "CatalogError",
    "ImageModel",
    "catalog_kind",
    "get_image_model",
    "image_models",
    "knows_all_of",
    "read_models",
]

FOLDER = Path(__file__).with_name("models")
# What a model is taken for whose kind says nothing of such models.
STANDARD = "openai"


@lru_cache(maxsize=1)
def image_models() -> Mapping[str, ImageModel]:
    """All models of the catalog by id, each kind's newest first."""
    return MappingProxyType(read_models(_files().values()))


def get_image_model(model_id: str, kind: str) -> ImageModel:
    """The catalog's model, or what a model of this kind is taken for.

    A name that the catalog knows for another kind of connection says nothing about
    what this connection's server does with it.
    """
    model = image_models().get(model_id)
    if model is not None and model.kind == kind:
        return model
    unknown = _unknown_models().get(kind) or _unknown_models()[STANDARD]
    return replace(unknown, id=model_id, label=model_id, kind=kind)


def catalog_kind(model_id: str) -> str | None:
    """The kind of connection whose catalog holds this model."""
    model = image_models().get(model_id)
    return model.kind if model else None


def knows_all_of(kind: str) -> bool:
    """Whether this kind serves the catalog's models and nothing else."""
    return kind in _files() and kind not in _unknown_models()


@lru_cache(maxsize=1)
def _files() -> dict[str, dict[str, Any]]:
    """The parsed files by their kind."""
    parsed = (
        tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        for path in sorted(FOLDER.glob("*.toml"))
    )
    return {str(raw.get("kind")): raw for raw in parsed}


@lru_cache(maxsize=1)
def _unknown_models() -> dict[str, ImageModel]:
    read = {kind: read_unknown(raw) for kind, raw in _files().items()}
    return {kind: model for kind, model in read.items() if model is not None}
