"""OpenRouter's typed list of image models, as entries of the catalog.

Pure: the list comes parsed. It names for each model the fields that a request may have
and what they take; sizes are ratios and tiers there, and pixels here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from images_app.catalog.descriptors import (
    BooleanParameter,
    EnumParameter,
    Parameter,
    RangeParameter,
    SizeParameter,
)
from images_app.catalog.reading import ImageModel

KIND = "openrouter"
PROMPT_LIMIT = 32_000  # characters; the list does not tell
MAX_N = 10  # of the API itself
MAX_REFERENCES = 16  # where the list does not tell how many
MAX_PREVIEWS = 3
MAX_SEED = 2**31 - 1
USUAL_TIER = "1K"
TIERS = {"512": 512, "1K": 1024, "1.5K": 1536, "2K": 2048, "4K": 4096}
"""The edge of a square of each tier, in pixels."""
STEP = 8  # both edges are multiples of it
# Fields that a catalog entry tells otherwise than as a parameter, or not at all.
_NOT_PARAMETERS = frozenset(
    {"n", "input_references", "aspect_ratio", "resolution", "size", "stream"}
)
# What a browser cannot show safely as a picture.
_NOT_SHOWN = frozenset({"svg"})


def models_from_list(value: Any) -> list[ImageModel]:
    """The models of `GET /images/models`; entries that cannot be read are left out."""
    return [_read(entry) for entry in _entries(value)]


def fields_from_list(value: Any) -> dict[str, list[str]]:
    """The names of the fields that each model takes, for the adapter's option
    `model_fields`."""
    return {entry["id"]: sorted(_supported(entry)) for entry in _entries(value)}


def pixels(ratio: str, tier: str) -> str:
    """About the pixels that a ratio and a tier come to; "" for what is no ratio."""
    across, _, down = ratio.partition(":")
    try:
        shape = float(across) / float(down)
    except (ValueError, ZeroDivisionError):
        return ""
    if tier not in TIERS or not 0.01 < shape < 100:
        return ""
    edge = TIERS[tier]
    width, height = edge * math.sqrt(shape), edge / math.sqrt(shape)
    return f"{round(width / STEP) * STEP}x{round(height / STEP) * STEP}"


def _entries(value: Any) -> list[dict[str, Any]]:
    entries = value.get("data") if isinstance(value, dict) else None
    listed = entries if isinstance(entries, list) else []
    return [
        entry
        for entry in listed
        if isinstance(entry, dict) and isinstance(entry.get("id"), str) and entry["id"]
    ]


def _read(entry: Mapping[str, Any]) -> ImageModel:
    supported = _supported(entry)
    references = _references(entry, supported)
    streams = entry.get("supports_streaming") is True
    edits = {"edit"} if references else set()
    return ImageModel(
        id=entry["id"],
        kind=KIND,
        label=str(entry.get("name") or entry["id"])[:100],
        prompt_limit=PROMPT_LIMIT,
        max_n=max(1, _most(supported["n"], MAX_N)) if "n" in supported else 1,
        operations=frozenset({"generate"} | edits),
        max_input_images=references,
        partial_images=MAX_PREVIEWS if streams else 0,
        previews=0,
        parameters=MappingProxyType(_parameters(supported)),
        response="b64_json",
    )


def _supported(entry: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    listed = entry.get("supported_parameters")
    items = listed.items() if isinstance(listed, dict) else ()
    return {name: told for name, told in items if isinstance(told, dict)}


def _references(entry: Mapping[str, Any], supported: Mapping[str, Any]) -> int:
    """How many pictures a request may bring along."""
    if "input_references" in supported:
        return _most(supported["input_references"], MAX_REFERENCES)
    architecture = entry.get("architecture")
    inputs = (
        architecture.get("input_modalities") if isinstance(architecture, dict) else ()
    )
    return MAX_REFERENCES if "image" in (inputs or ()) else 0


def _most(told: Mapping[str, Any], limit: int) -> int:
    """The upper end of a range; `limit` where it is not told."""
    most = told.get("max")
    if isinstance(most, bool) or not isinstance(most, int | float):
        return limit
    return max(0, min(int(most), limit))


def _parameters(supported: Mapping[str, Any]) -> dict[str, Parameter]:
    found = {
        name: parameter
        for name, told in supported.items()
        if name not in _NOT_PARAMETERS
        and (parameter := _parameter(name, told)) is not None
    }
    sizes = tuple(_sizes(supported))
    if sizes:
        found["size"] = SizeParameter(sizes)
    return found


def _parameter(name: str, told: Mapping[str, Any]) -> Parameter | None:
    if name == "seed":  # sent as a number, whatever the list calls it
        return RangeParameter(0, MAX_SEED)
    if told.get("type") == "boolean":
        return BooleanParameter()
    if told.get("type") == "range":
        low, high = told.get("min"), told.get("max")
        if not isinstance(low, int | float) or not isinstance(high, int | float):
            return None
        if low > high:
            return None
        if float(low).is_integer() and float(high).is_integer():
            return RangeParameter(int(low), int(high))
        return RangeParameter(low, high, integer=False)
    words = tuple(word for word in _words(told) if word not in _NOT_SHOWN)
    return EnumParameter(words) if words else None


def _words(told: Mapping[str, Any] | None) -> list[str]:
    values = told.get("values") if told else None
    return [v for v in values if isinstance(v, str)] if isinstance(values, list) else []


def _sizes(supported: Mapping[str, Any]) -> Iterable[str]:
    """Each ratio at each tier, the usual tier's first."""
    tiers = [t for t in _words(supported.get("resolution")) if t in TIERS]
    ratios = _words(supported.get("aspect_ratio"))
    if not tiers and not ratios:
        return []
    tiers.sort(key=lambda tier: (tier != USUAL_TIER, TIERS[tier]))
    made = (
        pixels(ratio, tier)
        for tier in tiers or [USUAL_TIER]
        for ratio in ratios or ["1:1"]
    )
    return dict.fromkeys(size for size in made if size)
