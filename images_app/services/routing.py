"""Which connection and model make a picture."""

from __future__ import annotations

from dataclasses import dataclass

from images_app.catalog.load import ImageModel, get_image_model, image_models
from playground.lib.clock import today
from playground.organizations.models import Connection, Organization
from playground.organizations.services.connections import (
    NoConnectionError,
    choose_connection,
    choose_provider,
)

# Kinds that serve the catalog's models and nothing else; other servers may know more.
CLOSED_KINDS = frozenset({"offline", "clipdrop"})


@dataclass(frozen=True)
class ImageRoute:
    """A connection and what its model can do."""

    connection: Connection
    model: ImageModel


def choose_image_route(
    organization: Organization, *, model: str = "", provider: str = ""
) -> ImageRoute:
    """The route for a model name and a provider; both "" mean the default.

    NoConnectionError says what is missing or refused, a retired model included.
    """
    if provider:
        connection = choose_provider(organization, provider, "image")
        model = f"{connection.name}/{model}" if model else connection.name
    route = choose_connection(organization, model, "image", _catalog_kind)
    found = get_image_model(route.model, route.connection.kind)
    if found.known and found.retired(today()):
        successor = f" Use {found.successor} instead." if found.successor else ""
        raise NoConnectionError(
            f"{found.label} was shut down on {found.shutdown_date}.{successor}"
        )
    if not found.known and route.connection.kind in CLOSED_KINDS:
        raise NoConnectionError(
            f"“{route.connection.name}” has no image model “{route.model}”."
        )
    return ImageRoute(route.connection, found)


def offered_models(organization: Organization) -> list[ImageRoute]:
    """Every model that members can choose, the default connection's first.

    A connection with a list of allowed models offers those; one without offers the
    catalog's living models of its kind, and its own default.
    """
    routes: list[ImageRoute] = []
    connections = organization.connections.filter(is_enabled=True)
    for connection in sorted(connections, key=lambda c: (not c.is_default_image, c.pk)):
        routes.extend(
            ImageRoute(connection, get_image_model(name, connection.kind))
            for name in _model_names(connection)
        )
    return routes


def _model_names(connection: Connection) -> list[str]:
    catalog = [
        model.id
        for model in image_models().values()
        if model.kind == connection.kind and not model.retired(today())
    ]
    if connection.allowed_models:
        chat_only = {connection.chat_model} - {connection.image_model}
        names = [n for n in connection.allowed_models if n not in chat_only]
    else:
        names = catalog
    own = [connection.image_model] if connection.image_model else []
    return list(dict.fromkeys([*own, *names]))


def _catalog_kind(name: str) -> str | None:
    model = image_models().get(name)
    return model.kind if model else None
