"""Reads catalog files and checks them as a whole; pure, the data comes as parsed TOML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from images_app.catalog.descriptors import (
    BooleanParameter,
    EnumParameter,
    FreeSize,
    Parameter,
    RangeParameter,
    SizeParameter,
    TextParameter,
)
from images_app.catalog.prices import ListPrice, price_of_json, read_price

OPERATIONS = frozenset({"generate", "edit", "mask"})
RESPONSES = frozenset({"b64_json", "url", "bytes"})
PROMPTS = frozenset({"required", "optional", "none"})

_PARAMETER_TYPES: dict[str, type[Any]] = {
    "enum": EnumParameter,
    "range": RangeParameter,
    "boolean": BooleanParameter,
    "text": TextParameter,
    "size": SizeParameter,
}


class CatalogError(Exception):
    """The catalog's data is wrong; the text names the entry and the field."""


@dataclass(frozen=True)
class ImageModel:
    """What a model can do. `known` is false for one that no catalog names.

    `prompt` says whether it has to be told anything: required, optional or none.
    `prompt_limit` is in characters, `partial_images` the most previews, `previews` the
    number of them that is asked for by default. `response` is the form in which the
    provider answers when it is not told otherwise. `price` is None where the list
    prices are unknown.
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
    prompt: str = "required"
    price: ListPrice | None = None
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


def read_models(files: Iterable[Mapping[str, Any]]) -> dict[str, ImageModel]:
    """Check a whole catalog; raise CatalogError for the first thing that is wrong.

    Each file holds the models of one kind of connection, newest first.
    """
    models: dict[str, ImageModel] = {}
    for raw in files:
        for entry in raw.get("model", []):
            model = _read_model({"kind": raw.get("kind"), **entry}, raw)
            if model.id in models:
                raise CatalogError(f"{model.id}: the id is used twice.")
            models[model.id] = model
    for model in models.values():
        if model.successor is not None and model.successor not in models:
            raise CatalogError(f"{model.id}: successor {model.successor!r} is unknown.")
    return models


def read_unknown(raw: Mapping[str, Any]) -> ImageModel | None:
    """What a model of this kind is taken for that no catalog names; None where the
    kind serves the catalog's models and nothing else."""
    if "unknown" not in raw:
        return None
    words = {"id": "unknown", "label": "unknown", "kind": raw.get("kind")}
    return replace(_read_model({**words, **raw["unknown"]}, raw), known=False)


CHANGEABLE = frozenset(
    {
        "label",
        "prompt_limit",
        "max_n",
        "max_input_images",
        "partial_images",
        "previews",
        "price",
        "shutdown_date",
    }
)
"""What an admin may say anew of a model."""


def changed(model: ImageModel, entry: Mapping[str, Any]) -> ImageModel:
    """The model with what an admin says of it; CatalogError names a wrong field.

    `parameters` are changed one by one. Numbers may be texts and dates ISO dates, as
    JSON has neither.
    """
    if unknown := set(entry) - CHANGEABLE - {"parameters"}:
        raise CatalogError(f"{model.id}: {sorted(unknown)[0]!r} cannot be changed.")
    fields: dict[str, Any] = {name: entry[name] for name in CHANGEABLE & set(entry)}
    if "price" in fields:
        fields["price"] = _read_list_price(model.id, price_of_json(fields["price"]))
    if isinstance(day := fields.get("shutdown_date"), str):
        fields["shutdown_date"] = _date(model.id, day)
    parameters = {
        name: _read_parameter(f"{model.id}: parameters.{name}", value)
        for name, value in entry.get("parameters", {}).items()
    }
    fields["parameters"] = MappingProxyType({**model.parameters, **parameters})
    made = replace(model, **fields)
    _check_model(made)
    return made


def _date(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise CatalogError(f"{name}: {text!r} is no date.") from exc


def _read_model(entry: Mapping[str, Any], raw: Mapping[str, Any]) -> ImageModel:
    name = str(entry.get("id") or "an entry without id")
    fields = _with_family(name, entry, raw.get("family", {}))
    fields["parameters"] = MappingProxyType(
        {
            key: _read_parameter(f"{name}: parameters.{key}", value)
            for key, value in fields.get("parameters", {}).items()
        }
    )
    for key in ("operations", "generate_only"):
        fields[key] = frozenset(fields.get(key, ()))
    fields["price"] = _read_list_price(name, fields.get("price"))
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


def _read_list_price(name: str, raw: Mapping[str, Any] | None) -> ListPrice | None:
    if raw is None:
        return None
    try:
        return read_price(raw)
    except TypeError as exc:
        raise CatalogError(f"{name}: price: {_missing_or_unknown(exc)}.") from exc
    except ValueError as exc:
        raise CatalogError(f"{name}: price: {exc}.") from exc


def _read_parameter(where: str, raw: Mapping[str, Any]) -> Parameter:
    fields = dict(raw)
    kind = fields.pop("type", None)
    if kind not in _PARAMETER_TYPES:
        raise CatalogError(
            f"{where}: type {kind!r} is not one of {', '.join(_PARAMETER_TYPES)}."
        )
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
        "kind": not isinstance(model.kind, str) or not model.kind,
        "operations": not model.operations
        or not model.operations <= OPERATIONS
        or model.operations == {"mask"},
        "prompt": model.prompt not in PROMPTS,
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
        case TextParameter():
            default_fits = parameter.default is None
            if not _positive(parameter.max_length):
                raise CatalogError(f"{where}: max_length must be above 0.")
    if not default_fits:
        raise CatalogError(f"{where}: default {parameter.default!r} is not offered.")
