"""Which chat models an organization offers, and what is wrong with a chosen one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from assistants_app.catalog.load import (
    ChatModel,
    catalog_kind,
    chat_models,
    get_chat_model,
)
from assistants_app.services.chat_prices import chat_model_of
from images_app.catalog.load import image_models
from playground.lib.clock import today
from playground.organizations.kinds import get_kind
from playground.organizations.models import Connection, Organization
from playground.organizations.services.connections import (
    NoConnectionError,
    Route,
    choose_connection,
)

# How long before its end a model is marked.
RETIRES_SOON = timedelta(days=90)


@dataclass(frozen=True)
class ChatRoute:
    """A connection and a model that it offers."""

    connection: Connection
    model: ChatModel

    @property
    def name(self) -> str:
        """The model name that leads here whatever else is set up."""
        return f"{self.connection.name}/{self.model.id}"


def offered_chat_models(organization: Organization) -> list[ChatRoute]:
    """Every chat model that members can choose, the default connection's first.

    A connection with a list of allowed models offers those that make no pictures; one
    without offers the catalog's living models of its kind, and its own default.
    """
    connections = organization.connections.defer("api_key").filter(is_enabled=True)
    serving = [c for c in connections if "chat" in get_kind(c.kind).services]
    return [
        ChatRoute(connection, chat_model_of(connection, name))
        for connection in sorted(serving, key=lambda c: (not c.is_default_chat, c.pk))
        for name in _model_names(connection)
    ]


def _model_names(connection: Connection) -> list[str]:
    if connection.allowed_models:
        for_pictures = {*image_models(), connection.image_model}
        names = [n for n in connection.allowed_models if n not in for_pictures]
    else:
        names = [
            model.id
            for model in chat_models().values()
            if model.kind == connection.kind and not model.retired(today())
        ]
        names.extend(connection.model_entries.get("chat", {}))
    own = connection.chat_model or get_kind(connection.kind).chat_model
    return list(dict.fromkeys([*([own] if own else []), *names]))


def find_chat_route(organization: Organization, name: str) -> Route:
    """Where this model name leads; NoConnectionError says what is missing."""
    return choose_connection(organization, name, "chat", catalog_kind)


def default_chat_model(organization: Organization) -> str:
    """What serves whoever names no model; "" where nothing does."""
    try:
        return find_chat_route(organization, "").model
    except NoConnectionError:
        return ""


@dataclass(frozen=True)
class ModelState:
    """What a page says about the model of an assistant.

    `label` is short, for a badge; `text` says what to do about it, and is empty when
    nothing is wrong. `kind` is the colour: "", ochre or madder.
    """

    label: str
    text: str = ""
    kind: str = ""


def chat_model_state(organization: Organization, name: str) -> ModelState:
    """Whether a model name still leads somewhere, and for how long."""
    try:
        route = find_chat_route(organization, name)
    except NoConnectionError as exc:
        return ModelState(name or "no chat model", str(exc), "madder")
    model = get_chat_model(route.model, route.connection.kind)
    return _retirement(model) or _detour(organization, name, route)


def _retirement(model: ChatModel) -> ModelState | None:
    day = model.shutdown_date
    if day is None or day > today() + RETIRES_SOON:
        return None
    if model.retired(today()):
        return ModelState(
            f"{model.id} was shut down",
            f"{model.label} was shut down on {day}. Choose another model.",
            "madder",
        )
    return ModelState(
        f"{model.id} retires {day}",
        f"{model.label} is shut down on {day}. Choose another model before then.",
        "ochre",
    )


def _detour(organization: Organization, name: str, route: Route) -> ModelState:
    """A name that looks like CONNECTION/MODEL, but no such connection is offered."""
    prefix, slash, _ = name.partition("/")
    label = route.model if name else f"default: {route.model}"
    if slash and prefix != route.connection.name and route.model == name:
        return ModelState(
            label,
            f"No connection called “{prefix}” serves chat here, so “{name}” is asked"
            f" of {route.connection.name} as it stands.",
            "ochre",
        )
    return ModelState(label)
