"""What the parts of a path in braces are, for the API's document."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_ABOUT = {
    "model_id": "The model's name, as the list of models has it.",
    "provider_name": "A connection's name, or a kind of which there is one connection.",
    "token": "The signature: how long the address is good, and that it is ours.",
}


def described(parameter: Json) -> Json:
    """A parameter of the path with what it is; any other as it is."""
    if parameter["in"] != "path" or "description" in parameter:
        return parameter
    name = parameter["name"]
    what = name.removesuffix("_id").replace("_", " ")
    return {**parameter, "description": _ABOUT.get(name, f"The {what}'s id.")}
