"""Values held strictly against the types of the installed official client.

Every required key must be there and of the right type; nothing is converted. Keys that
a type does not know are let through, as the client itself does.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from openai.types.shared import ErrorObject
from pydantic import TypeAdapter, ValidationError

from tests.clients.validation.wire import Value


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def problem_of(value: Value) -> str:
    """Why the value is invalid, or an empty text."""
    try:
        check(value)
    except ValidationError as exc:
        first = exc.errors(include_url=False)[:4]
        return "; ".join(f"{e['loc']}: {e['msg']}" for e in first)
    return ""


def check(value: Value) -> None:
    """ValidationError when it is not what the client's type says."""
    data, surface = value.data, value.surface
    if value.kind == "error":
        adapter(ErrorObject).validate_python(data["error"], strict=True)
    elif value.kind == "event":
        is_run = surface.event_schema == "AssistantStreamEvent"
        event = {"event": value.name, "data": data} if is_run else data
        adapter(surface.events).validate_python(event, strict=True)
    elif surface.item is not None:
        adapter(list[surface.item]).validate_python(data["data"], strict=True)
        adapter(bool).validate_python(data.get("has_more", False), strict=True)
    else:
        adapter(surface.type).validate_python(data, strict=True)
