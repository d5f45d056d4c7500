"""Which connection and model make a picture."""

from __future__ import annotations

from dataclasses import dataclass

from images_app.catalog.load import (
    ImageModel,
    catalog_kind,
    image_models,
    knows_all_of,
)
from images_app.services.models import model_of
from playground.lib.clock import today
from playground.organizations.kinds import get_kind, is_for
from playground.organizations.models import Connection, Organization
from playground.organizations.services.connections import (
    NoConnectionError,
    Route,
    choose_connection,
    choose_provider,
    serving_connections,
)

# A connection's option: its place in the line of those that stand in for another.
PRIORITY = "priority"


@dataclass(frozen=True)
class ImageRoute:
    """A connection and what its model can do.

    `fallbacks` are the names of connections that may take its place, in order, when it
    refuses a call that has certainly cost nothing.
    """

    connection: Connection
    model: ImageModel
    fallbacks: tuple[str, ...] = ()


def choose_image_route(
    organization: Organization, *, model: str = "", provider: str = ""
) -> ImageRoute:
    """The route for a model name and a provider; both "" mean the default.

    NoConnectionError says what is missing or refused, a retired model included.
    """
    if provider:
        connection = choose_provider(organization, provider, "image")
        model = f"{connection.name}/{model}" if model else connection.name
    route = choose_connection(organization, model, "image", catalog_kind)
    found = model_of(route.connection, route.model)
    if found.retired(today()) and not _has_its_own(route.connection, route.model):
        successor = f" Use {found.successor} instead." if found.successor else ""
        raise NoConnectionError(
            f"{found.label} was shut down on {found.shutdown_date}.{successor}"
        )
    if not found.known and knows_all_of(route.connection.kind):
        raise NoConnectionError(
            f"“{route.connection.name}” has no image model “{route.model}”."
        )
    is_named = bool(provider) or model.partition("/")[0] == route.connection.name
    fallbacks = () if is_named else _fallbacks(organization, route)
    return ImageRoute(route.connection, found, fallbacks)


def _fallbacks(organization: Organization, route: Route) -> tuple[str, ...]:
    """Connections that have the same model, by the priority that the admin gave them.

    Of the same kind only: what was planned is in that kind's own words.
    """
    others = [
        connection
        for connection in serving_connections(organization, "image")
        if connection.pk != route.connection.pk
        and connection.kind == route.connection.kind
        and isinstance(connection.options.get(PRIORITY), int)
        and _has_model(connection, route.model)
    ]
    others.sort(key=lambda connection: connection.options[PRIORITY])
    return tuple(connection.name for connection in others)


def _has_model(connection: Connection, name: str) -> bool:
    if name in {connection.image_model, *connection.allowed_models}:
        return True
    return connection.kind == catalog_kind(name) and connection.allows(name)


def lists_itself(organization: Organization, name: str) -> bool:
    """Whether a connection to another server than the model's maker's has this model."""
    connections = serving_connections(organization, "image")
    return any(name in c.allowed_models and _has_its_own(c, name) for c in connections)


def _has_its_own(connection: Connection, name: str) -> bool:
    """Whether the admin says that this server has it, whatever its maker did."""
    is_makers = connection.base_url == get_kind(connection.kind).base_url
    names = {connection.image_model, *connection.allowed_models}
    return name in names and not is_makers


def offered_models(organization: Organization) -> list[ImageRoute]:
    """Every model that members can choose, the default connection's first.

    A connection with a list of allowed models offers those; one without offers the
    catalog's living models of its kind, and its own default.
    """
    routes: list[ImageRoute] = []
    connections = organization.connections.filter(is_enabled=True)
    for connection in sorted(connections, key=lambda c: (not c.is_default_image, c.pk)):
        routes.extend(
            ImageRoute(connection, model_of(connection, name))
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
        names = [
            n
            for n in connection.allowed_models
            if n not in chat_only and not is_for(n, "chat")
        ]
    else:
        names = [*catalog, *connection.model_entries.get("image", {})]
    own = [connection.image_model] if connection.image_model else []
    return list(dict.fromkeys([*own, *names]))
