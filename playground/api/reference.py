"""The OpenAPI document as the reference page shows it: groups, endpoints, fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from playground.api.openapi import resolved
from playground.api.reference_examples import Examples, Refusal, Server
from playground.api.reference_fields import Field, FieldReader
from playground.api.surfaces import SURFACES, Surface, surface_of

Json = dict[str, Any]


@dataclass(frozen=True)
class Body:
    """What is sent or comes back, in one content type."""

    content_type: str
    about: str
    fields: list[Field]


@dataclass(frozen=True)
class Endpoint:
    anchor: str
    method: str
    path: str
    summary: str
    about: str
    scope: str
    can_stream: bool
    path_params: list[Field]
    query: list[Field]
    bodies: list[Body]
    answers: list[Body]
    curl: SafeString
    python: SafeString
    refusals: list[Refusal]


@dataclass(frozen=True)
class Entry:
    """An endpoint in a list of all."""

    anchor: str
    method: str
    path: str
    summary: str


@dataclass(frozen=True)
class Group:
    surface: Surface
    entries: list[Entry]


def groups_of(document: Json) -> list[Group]:
    """All endpoints, briefly, by surface."""
    entries: dict[Surface, list[Entry]] = {surface: [] for surface in SURFACES}
    for path, method, item in _operations(document):
        entry = Entry(item["operationId"], method.upper(), path, item["summary"])
        entries[surface_of(path)].append(entry)
    return [Group(surface, found) for surface, found in entries.items() if found]


def endpoints_of(document: Json, surface: Surface, server: Server) -> list[Endpoint]:
    """The endpoints of one surface, wholly."""
    reader = FieldReader(document["components"]["schemas"])
    return [
        _endpoint(path, method, item, reader, server)
        for path, method, item in _operations(document)
        if surface_of(path) == surface
    ]


def _operations(document: Json) -> list[tuple[str, str, Json]]:
    """Path, method and operation; HEAD says nothing that GET does not."""
    return [
        (path, method, item)
        for path, methods in document["paths"].items()
        for method, item in methods.items()
        if method != "head"
    ]


def _endpoint(
    path: str, method: str, item: Json, reader: FieldReader, server: Server
) -> Endpoint:
    content = item.get("requestBody", {}).get("content", {})
    answer = item["responses"].get("200", {}).get("content", {})
    bodies = _bodies(content, reader)
    examples = Examples(f"{method.upper()} {path}", list(content), server)
    required = [entry for body in bodies for entry in body.fields if entry.is_required]
    security = item.get("security") or [{}]
    scope = " or ".join(scope for it in security for scope in it.get("bearer", ()))
    return Endpoint(
        anchor=item["operationId"],
        method=method.upper(),
        path=path,
        summary=item["summary"],
        about=item.get("description", ""),
        scope=scope,
        can_stream="text/event-stream" in answer,
        path_params=_params(item, "path", reader),
        query=_params(item, "query", reader),
        bodies=bodies,
        answers=[body for body in _bodies(answer, reader) if body.fields],
        curl=examples.curl(),
        python=examples.python(),
        refusals=examples.refusals(required[0].name if required else None, scope),
    )


def _params(item: Json, place: str, reader: FieldReader) -> list[Field]:
    return [
        reader.field(
            parameter["name"],
            {**parameter["schema"], **_about(parameter)},
            is_required=parameter.get("required", False),
        )
        for parameter in item["parameters"]
        if parameter["in"] == place
    ]


def _about(parameter: Json) -> Json:
    text = parameter.get("description")
    return {"description": text} if text else {}


def _bodies(content: Json, reader: FieldReader) -> list[Body]:
    return [
        Body(
            content_type,
            resolved(entry["schema"], reader.schemas).get("description", ""),
            reader.fields(entry["schema"]),
        )
        for content_type, entry in content.items()
    ]
