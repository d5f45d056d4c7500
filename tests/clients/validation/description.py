"""Values held against a local copy of OpenAI's description, where there is one.

The copy is not part of the repository: EASEL_OPENAPI_REFERENCE names it, or it lies in a
folder `reference` of a neighbour of the checkout.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.clients.validation.wire import Value

ROOT = Path(__file__).resolve().parents[3]
BESIDE = "*/reference/openai-openapi.json"
ADDRESS = "urn:openai"


def description_path() -> Path | None:
    """The copy, or None where there is none."""
    named = os.environ.get("EASEL_OPENAPI_REFERENCE")
    paths = [Path(named)] if named else sorted(ROOT.parent.glob(BESIDE))
    return next((path for path in paths if path.is_file()), None)


@cache
def registry() -> Registry[Any]:
    path = description_path()
    assert path is not None
    document = orjson.loads(path.read_bytes())
    resource = DRAFT202012.create_resource(document)
    return Registry().with_resource(ADDRESS, resource)


@cache
def validator(schema: str) -> Draft202012Validator:
    reference = {"$ref": f"{ADDRESS}#/components/schemas/{schema}"}
    return Draft202012Validator(reference, registry=registry())


def problem_of(value: Value) -> str:
    """Why the value is invalid, or an empty text."""
    schema, data = _question(value)
    error = best_match(validator(schema).iter_errors(data))
    if error is None:
        return ""
    place = "/".join(str(step) for step in error.absolute_path)
    return f"{schema} at {place or 'the top'}: {error.message[:300]}"


def _question(value: Value) -> tuple[str, Any]:
    surface = value.surface
    if value.kind == "error":
        return "ErrorResponse", value.data
    if value.kind == "body":
        return surface.schema, value.data
    if surface.event_schema == "AssistantStreamEvent":
        return _stream_schema(value.name), {"event": value.name, "data": value.data}
    return surface.event_schema, value.data


def _stream_schema(name: str) -> str:
    """One family of events instead of all: the union of all takes ten times longer."""
    families = {
        "thread.run.step.": "RunStepStreamEvent",
        "thread.run.": "RunStreamEvent",
        "thread.message.": "MessageStreamEvent",
        "thread.": "ThreadStreamEvent",
    }
    return next((s for start, s in families.items() if name.startswith(start)), "")
