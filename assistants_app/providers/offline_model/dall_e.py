"""Which of two old image models takes what: one function has the words of both."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from assistants_app.providers.offline_model.schema import Schema, choices

TAKES: Mapping[str, Mapping[str, Collection[str]]] = {
    "dall-e-2": {
        "size": ("1024x1024", "512x512", "256x256"),
        "quality": ("standard",),
        "style": (),
    },
    "dall-e-3": {
        "size": ("1024x1024", "1792x1024", "1024x1792"),
        "quality": ("standard", "hd"),
        "style": ("vivid", "natural"),
    },
}


def with_sizes(known: Mapping[str, Schema]) -> Mapping[str, Schema]:
    """The properties with the sizes of the models that they name, if they list none."""
    models = [name for name in choices(known.get("model", {})) if name in TAKES]
    size = known.get("size")
    if not models or size is None or choices(size):
        return known
    sizes = dict.fromkeys(size for name in models for size in TAKES[name]["size"])
    return {**known, "size": {**size, "enum": [*sizes]}}


def fitted(
    values: Mapping[str, Any], asked: Collection[str], known: Mapping[str, Schema]
) -> dict[str, Any]:
    """The arguments for a model that takes what was asked, without what it lacks.

    `asked` names those that are no defaults.
    """
    first = str(values.get("model"))
    if first not in TAKES:
        return dict(values)
    wish = {name: values[name] for name in asked if name in values}
    names = [first, *choices(known.get("model", {}))]
    able = (name for name in names if name in TAKES and _takes_all(name, wish))
    model = next(able, first)
    kept = {name: it for name, it in values.items() if _takes(model, name, it)}
    return {**kept, "model": model}


def _takes_all(model: str, values: Mapping[str, Any]) -> bool:
    return all(_takes(model, name, value) for name, value in values.items())


def _takes(model: str, name: str, value: Any) -> bool:
    return name not in TAKES[model] or value in TAKES[model][name]
