"""`/v1/models`: what this organization offers, by the names that clients may send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.http import HttpResponseBase
from ninja import Router

from assistants_app.api.chat_completions.objects_models import Model, ModelList
from assistants_app.catalog.load import catalog_kind
from assistants_app.services.chat_models import offered_chat_models
from images_app.catalog.load import catalog_kind as image_catalog_kind
from images_app.services.retired import NAMES, retired_model
from images_app.services.routing import choose_image_route, offered_models
from playground.api.answers import json_answer, respond
from playground.api.callers import Allow, ApiRequest
from playground.api.errors import ApiError
from playground.organizations.kinds import CatalogKind
from playground.organizations.models import Connection, Organization
from playground.organizations.services.connections import (
    NoConnectionError,
    choose_among,
    serving_connections,
)

router = Router(tags=["Models"])


@dataclass(frozen=True)
class Offered:
    """A model of a connection; `id` is the shortest name that leads to it."""

    id: str
    name: str
    connection: Connection
    shutdown_date: date | None

    def is_called(self, name: str) -> bool:
        """Whether a client may write this name for it."""
        return name in {self.id, f"{self.connection.name}/{self.name}"}

    def to_wire(self) -> dict[str, Any]:
        """The object that clients read."""
        wire: dict[str, Any] = {
            "id": self.id,
            "object": "model",
            "created": int(self.connection.created_at.timestamp()),
            "owned_by": self.connection.name,
        }
        if self.shutdown_date:
            wire["shutdown_date"] = self.shutdown_date.isoformat()
        return wire


def offered(organization: Organization) -> list[Offered]:
    """Chat models, then image models, each name once."""
    chat = ((r.connection, r.model) for r in offered_chat_models(organization))
    images = ((r.connection, r.model) for r in offered_models(organization))
    found = [
        *_named(organization, "chat", catalog_kind, chat),
        *_named(organization, "image", image_catalog_kind, images),
    ]
    by_id: dict[str, Offered] = {}
    for entry in (*found, *_retired(organization)):
        by_id.setdefault(entry.id, entry)
    return list(by_id.values())


def _retired(organization: Organization) -> Iterator[Offered]:
    """The names that were shut down, where the default for pictures serves them."""
    if not organization.serves_retired_models:
        return
    try:
        route = choose_image_route(organization)
    except NoConnectionError:
        return
    for old in filter(None, map(retired_model, NAMES)):
        yield Offered(old.id, route.model.id, route.connection, old.shutdown_date)


def _named(
    organization: Organization,
    service: Literal["chat", "image"],
    kind_of: CatalogKind,
    routes: Iterator[tuple[Connection, Any]],
) -> Iterator[Offered]:
    connections = serving_connections(organization, service)

    def leads_to(name: str) -> tuple[Connection, str] | None:
        try:
            route = choose_among(connections, name, service, kind_of)
        except NoConnectionError:
            return None
        return route.connection, route.model

    for connection, model in routes:
        there = connection, model.id
        full_name = f"{connection.name}/{model.id}"
        name = next((n for n in (model.id, full_name) if leads_to(n) == there), None)
        if name is not None:  # a default that the admin does not allow leads nowhere
            yield Offered(name, model.id, connection, model.shutdown_date)


@router.get("/models", auth=Allow("read", "images"), response=ModelList)
def model_list(request: ApiRequest) -> HttpResponseBase:
    """List models.

    Those that this caller may name.
    """
    data = [entry.to_wire() for entry in offered(_organization(request))]
    return respond(json_answer({"object": "list", "data": data}))


@router.get("/models/{path:model_id}", auth=Allow("read", "images"), response=Model)
def model_detail(request: ApiRequest, model_id: str) -> HttpResponseBase:
    """Read a model.

    Its id may hold slashes.
    """
    for entry in offered(_organization(request)):
        if entry.is_called(model_id):
            return respond(json_answer({**entry.to_wire(), "id": model_id}))
    raise ApiError(
        404,
        f"The model '{model_id}' does not exist, or this organization does not offer it.",
        "model",
        "model_not_found",
    )


def _organization(request: ApiRequest) -> Organization:
    organization: Organization = request.auth.organization
    return organization
