"""How OpenRouter is told of a size: by ratio and tier where the model takes these."""

from __future__ import annotations

from collections.abc import Collection

from images_app.providers.openrouter_models import TIERS, USUAL_TIER, pixels

# Every ratio of the API. Others are sent as pixels.
RATIOS = (
    *("1:1", "1:2", "1:4", "1:8", "2:1", "2:3", "3:2", "3:4", "4:1", "4:3", "4:5"),
    *("5:4", "8:1", "9:16", "16:9", "9:19.5", "19.5:9", "9:20", "20:9", "9:21", "21:9"),
)
_SHAPES = {pixels(ratio, tier): (ratio, tier) for tier in TIERS for ratio in RATIOS}


def size_fields(size: str | None, takes: Collection[str] | None) -> dict[str, str]:
    """The fields for a size. `takes` are the fields that the model is known to take;
    for a model of which nothing is known the pixels are sent, which the API fits to
    whoever serves it."""
    if size is None:
        return {}
    ratio, tier = _SHAPES.get(size, ("", ""))
    if takes is None or not ratio:
        return {"size": size}
    told = {"aspect_ratio": ratio, "resolution": tier}
    fields = {name: value for name, value in told.items() if name in takes}
    if not fields or ("resolution" not in takes and tier != USUAL_TIER):
        return {"size": size}
    return fields
