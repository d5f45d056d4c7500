"""The OpenAPI 3.1 document: what Ninja knows of the operations, and what all share."""

from __future__ import annotations

import inspect
import re
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from playground.api.callers import Allow
from playground.api.path_params import described
from playground.api.schema_names import SchemaNames, renamed
from playground.api.surfaces import SURFACES, Surface, surface_of

Json = dict[str, Any]

SECURITY_SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "`Authorization: Bearer KEY`, as the official clients send it.",
    },
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "Counts where Authorization is absent or empty.",
    },
}
NULLABLE = {"type": ["string", "null"]}
ERROR = {
    "type": "object",
    "description": "A refusal or a failure.",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {
                "message": {"type": "string", "description": "For people."},
                "type": {"type": "string", "description": "The family of errors."},
                "param": {**NULLABLE, "description": "The field that is wrong."},
                "code": {**NULLABLE, "description": "The rule that was broken."},
            },
        }
    },
}
SEED_ERROR = {
    "type": "object",
    "description": "A refusal or a failure in the seed dialect.",
    "required": ["success", "error"],
    "properties": {
        "success": {"const": False},
        "error": {
            "type": "object",
            "required": ["code", "message", "type", "status", "trace_id", "timestamp"],
            "properties": {
                "code": {"type": "string", "description": "The rule that was broken."},
                "message": {"type": "string", "description": "For people."},
                "system_message": {
                    "type": "string",
                    "description": "The same, with the field's name before it.",
                },
                "type": {"enum": ["client_error", "server_error"]},
                "status": {"type": "integer", "description": "The HTTP status."},
                "trace_id": {
                    "type": "string",
                    "description": "The request's id, as in `x-request-id`.",
                },
                "timestamp": {"type": "string", "format": "date-time"},
                "details": {
                    "type": "object",
                    "properties": {"field": {"type": "string"}},
                },
            },
        },
    },
}


@lru_cache(maxsize=4)
def document_of(api: NinjaAPI, prefix: str = "/v1/") -> Json:
    """The document without the server's address; do not change it."""
    document: Json = _Document(api, prefix)
    schemas = {"Error": ERROR, "SeedError": SEED_ERROR}
    document["components"]["schemas"].update(schemas)
    document["components"]["responses"] = {
        name: _error_response(name) for name in schemas
    }
    used = {tag for item in _operations(document) for tag in item["tags"]}
    document["tags"] = [
        {"name": surface.name, "description": surface.about}
        for surface in SURFACES
        if surface.name in used
    ]
    document["paths"] = dict(sorted(document["paths"].items(), key=_by_surface))
    return document


@lru_cache(maxsize=4)
def _query_names(api: NinjaAPI) -> dict[tuple[str, str], frozenset[str]]:
    """By route and method.

    What is open without a key is read by browsers and caches, which add names of
    their own.
    """
    return {
        (path, method): frozenset(
            parameter["name"]
            for parameter in item["parameters"]
            if parameter["in"] == "query"
        )
        for path, methods in document_of(api)["paths"].items()
        for method, item in methods.items()
        if "security" in item
    }


def query_names(api: NinjaAPI, request: HttpRequest) -> frozenset[str] | None:
    """What the operation of this request reads from the query; None if all are let in."""
    match = request.resolver_match
    route = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", match.route if match else "")
    return _query_names(api).get((f"/{route}", (request.method or "").lower()))


def _operations(document: Json) -> list[Json]:
    return [item for path in document["paths"].values() for item in path.values()]


def _by_surface(entry: tuple[str, Json]) -> int:
    return SURFACES.index(surface_of(entry[0]))


def _error_response(name: str) -> Json:
    content = {"application/json": {"schema": _ref(name)}}
    return {"description": "Refused or failed.", "content": content}


def _ref(name: str, kind: str = "schemas") -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}


class _Document(OpenAPISchema):
    """Ninja's document with our names for operations, groups, scopes and errors."""

    def __init__(self, api: NinjaAPI, prefix: str) -> None:
        self.names = SchemaNames()
        super().__init__(api, prefix)

    def get_paths(self) -> Json:
        paths: Json = super().get_paths()
        for path, methods in paths.items():
            surface = surface_of(path)
            for method, item in methods.items():
                methods[method] = _finished(item, method, surface)
        return paths

    def get_components(self) -> Json:
        return {"schemas": self.names.schemas, "securitySchemes": SECURITY_SCHEMES}

    def operation_details(self, operation: Operation) -> Json:
        details: Json = super().operation_details(operation)
        details["methods"] = operation.methods
        _describe(details, operation)
        answers = {str(status): it for status, it in details["responses"].items()}
        details["responses"] = answers
        if self._can_stream(details):
            _add_stream(answers["200"])
        return details

    def operation_security(self, operation: Operation) -> list[Json] | None:
        """One entry per scope that is enough, and way of sending the key."""
        entries = [
            {name: [scope]}
            for callback in operation.auth_callbacks
            if isinstance(callback, Allow)
            for scope in callback.scopes
            for name in SECURITY_SCHEMES
        ]
        return entries or None

    def _can_stream(self, details: Json) -> bool:
        content = details.get("requestBody", {}).get("content", {})
        schemas = self.names.schemas
        bodies = [resolved(entry["schema"], schemas) for entry in content.values()]
        return any("stream" in body.get("properties", {}) for body in bodies)

    def _extract_parameters(self, model: Any) -> list[Json]:
        made: list[Json] = self._with_names(super()._extract_parameters(model))
        return made

    def _create_schema_from_model(
        self, *arguments: Any, **options: Any
    ) -> tuple[Json, bool]:
        made, is_required = super()._create_schema_from_model(*arguments, **options)
        return self._with_names(made), is_required

    def _with_names(self, made: Any) -> Any:
        """What Ninja has made of one model, after its definitions have their names."""
        names = self.names.add(self.schemas)
        self.schemas = {}
        return renamed(made, names)


def _finished(item: Json, method: str, surface: Surface) -> Json:
    """An operation of one method, with its group, its errors and its scope.

    Where a view checks the scope itself, because one of two is enough or because the
    request names the organization, it says so in its `openapi_extra`:
    `{"x-scope": "run or images"}`.
    """
    item = dict(item)
    methods = [name.lower() for name in item.pop("methods")]
    scopes = item.pop("x-scope", None)
    if scopes:
        item["security"] = [
            {name: [scope]}
            for scope in scopes.split(" or ")
            for name in SECURITY_SCHEMES
        ]
    if method != methods[0]:
        item["operationId"] += f"_{method}"
    envelope = _ref("SeedError" if surface.is_seed else "Error", "responses")
    errors = {"4XX": envelope, "5XX": envelope}
    return {
        **item,
        "parameters": [described(it) for it in item["parameters"]],
        "tags": [surface.name],
        "responses": {**errors, **item["responses"]},
    }


def resolved(schema: Json, schemas: Json) -> Json:
    """The schema itself, where a reference names it."""
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def _describe(details: Json, operation: Operation) -> None:
    """The docstring's first line is the summary, where the view has no other one."""
    first, _, rest = (operation.description or "").strip().partition("\n")
    first = first.strip()
    rest = inspect.cleandoc(rest)
    by_name = operation.view_func.__name__.title().replace("_", " ")
    if details["summary"] == by_name:
        details["summary"] = first.rstrip(".") or by_name.capitalize()
    else:
        rest = f"{first}\n\n{rest}".strip()
    details.pop("description", None)
    if rest:
        details["description"] = rest


def _add_stream(answer: Json) -> None:
    answer.setdefault("content", {})["text/event-stream"] = {
        "schema": {
            "type": "string",
            "description": 'With `"stream": true`: server-sent events as they happen.',
        }
    }
