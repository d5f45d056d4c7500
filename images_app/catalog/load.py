"""The catalog of image models, read once from `models.toml` and checked as a whole."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from images_app.catalog.descriptors import (
    BooleanParameter,
    EnumParameter,
    FreeSize,
    Parameter,
    RangeParameter,
    SizeParameter,
)

MODELS_FILE = Path(__file__).with_name("models.toml")
KINDS = frozenset({"openai", "clipdrop", "offline"})
OPERATIONS = frozenset({"generate", "edit", "mask"})
RESPONSES = frozenset({"b64_json", "url", "bytes"})

_PARAMETER_TYPES: dict[str, type[Any]] = {
    "enum": EnumParameter,
    "range": RangeParameter,
    "boolean": BooleanParameter,
    "size": SizeParameter,
}


class CatalogError(Exception):
    """The catalog's data is wrong; the text names the entry and the field."""


@dataclass(frozen=True)
class ImageModel:
    """What a model can do. `known` is false for one that no catalog names.

    `prompt_limit` is in characters, `partial_images` the most previews, `previews` the
    number of them that is asked for by default. `response` is the form in which the
    provider answers when it is not told otherwise.
    """

    id: str
    kind: str
    label: str
    prompt_limit: int
    max_n: int
    operations: frozenset[str]
    max_input_images: int
    partial_images: int
    previews: int
    parameters: Mapping[str, Parameter]
    response: str
    generate_only: frozenset[str] = frozenset()
    shutdown_date: date | None = None
    successor: str | None = None
    known: bool = True

    def retired(self, today: date) -> bool:
        """Whether its provider has shut it down by that day."""
        return self.shutdown_date is not None and self.shutdown_date <= today

    @property
    def size(self) -> SizeParameter | None:
        """The sizes, if this model lets anybody choose."""
        parameter = self.parameters.get("size")
        return parameter if isinstance(parameter, SizeParameter) else None


@lru_cache(maxsize=1)
def image_models() -> Mapping[str, ImageModel]:
    """All models of the catalog by id, newest first."""
    return MappingProxyType(read_models(_raw_catalog()))


def get_image_model(model_id: str, kind: str) -> ImageModel:
    """The catalog's model, or one that takes every standard option.

    A name that the catalog knows for another kind of connection says nothing about
    what this connection's server does with it.
    """
    model = image_models().get(model_id)
    if model is not None and model.kind == kind:
        return model
    return replace(_standard_model(), id=model_id, label=model_id, kind=kind)


def catalog_kind(model_id: str) -> str | None:
    """The kind of connection whose catalog holds this model."""
    model = image_models().get(model_id)
    return model.kind if model else None


@lru_cache(maxsize=1)
def _raw_catalog() -> dict[str, Any]:
    return tomllib.loads(MODELS_FILE.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _standard_model() -> ImageModel:
    entry = {"id": "standard", "label": "standard", **_raw_catalog()["standard"]}
    return replace(_read_model(entry, {}), known=False)


def read_models(raw: Mapping[str, Any]) -> dict[str, ImageModel]:
    """Check a whole catalog; raise CatalogError for the first thing that is wrong."""
    families = raw.get("family", {})
    models: dict[str, ImageModel] = {}
    for entry in raw.get("model", []):
        model = _read_model(entry, families)
        if model.id in models:
            raise CatalogError(f"{model.id}: the id is used twice.")
        models[model.id] = model
    for model in models.values():
        if model.successor is not None and model.successor not in models:
            raise CatalogError(f"{model.id}: successor {model.successor!r} is unknown.")
    return models


def _read_model(entry: Mapping[str, Any], families: Mapping[str, Any]) -> ImageModel:
    name = str(entry.get("id") or "an entry without id")
    fields = _with_family(name, entry, families)
    fields["parameters"] = MappingProxyType(
        {
            key: _read_parameter(f"{name}: parameters.{key}", value)
            for key, value in fields.get("parameters", {}).items()
        }
    )
    for key in ("operations", "generate_only"):
        fields[key] = frozenset(fields.get(key, ()))
    try:
        model = ImageModel(**fields)
    except TypeError as exc:
        raise CatalogError(f"{name}: {_missing_or_unknown(exc)}.") from exc
    _check_model(model)
    return model


def _with_family(
    name: str, entry: Mapping[str, Any], families: Mapping[str, Any]
) -> dict[str, Any]:
    """The entry over its family's facts, parameter by parameter."""
    fields = dict(entry)
    family = fields.pop("family", None)
    if family is None:
        return fields
    if family not in families:
        raise CatalogError(f"{name}: family {family!r} is unknown.")
    base = _with_family(f"family {family}", families[family], families)
    parameters = {**base.get("parameters", {}), **fields.get("parameters", {})}
    return {**base, **fields, "parameters": parameters}


def _read_parameter(where: str, raw: Mapping[str, Any]) -> Parameter:
    fields = dict(raw)
    kind = fields.pop("type", None)
    if kind not in _PARAMETER_TYPES:
        raise CatalogError(f"{where}: type {kind!r} is not enum, range, boolean, size.")
    if "values" in fields:
        fields["values"] = tuple(fields["values"])
    try:
        if "free" in fields:
            fields["free"] = FreeSize(**fields["free"])
        parameter: Parameter = _PARAMETER_TYPES[kind](**fields)
    except TypeError as exc:
        raise CatalogError(f"{where}: {_missing_or_unknown(exc)}.") from exc
    _check_parameter(where, parameter)
    return parameter


def _missing_or_unknown(exc: TypeError) -> str:
    """Python's own words name the field; only the function's name is in the way."""
    return str(exc).partition(") ")[2] or str(exc)


def _check_model(model: ImageModel) -> None:
    problems = {
        "id": not isinstance(model.id, str) or not model.id,
        "label": not isinstance(model.label, str) or not model.label,
        "kind": model.kind not in KINDS,
        "operations": not {"generate"} <= model.operations <= OPERATIONS,
        "response": model.response not in RESPONSES,
        "prompt_limit": not _positive(model.prompt_limit),
        "max_n": not _positive(model.max_n),
        "max_input_images": ("edit" in model.operations)
        != _positive(model.max_input_images),
        "partial_images": model.partial_images not in range(4),
        "previews": model.previews not in range(model.partial_images + 1),
        "generate_only": not model.generate_only <= set(model.parameters),
        "shutdown_date": not isinstance(model.shutdown_date, date | None),
    }
    for field, wrong in problems.items():
        if wrong:
            value = getattr(model, field)
            raise CatalogError(f"{model.id}: {field} must not be {value!r}.")


def _positive(value: Any) -> bool:
    return isinstance(value, int) and value > 0


def _check_parameter(where: str, parameter: Parameter) -> None:
    match parameter:
        case EnumParameter() | SizeParameter():
            default_fits = parameter.default in (None, *parameter.values)
            if not parameter.values:
                raise CatalogError(f"{where}: values must not be empty.")
        case RangeParameter():
            if parameter.minimum > parameter.maximum:
                raise CatalogError(f"{where}: minimum is above maximum.")
            default_fits = parameter.default is None or (
                parameter.minimum <= parameter.default <= parameter.maximum
            )
        case BooleanParameter():
            default_fits = isinstance(parameter.default, bool)
    if not default_fits:
        raise CatalogError(f"{where}: default {parameter.default!r} is not offered.")
