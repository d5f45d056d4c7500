"""Connections: made and changed here, and chosen for a model name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.db import transaction

from playground.lib.check_result import CheckResult
from playground.lib.clock import now
from playground.lib.written_query import WrittenQuery
from playground.organizations.kinds import CatalogKind, Service, get_kind, is_for
from playground.organizations.models import Connection, Organization, User
from playground.organizations.services import audit


class NoConnectionError(Exception):
    """No connection of the organization can serve what was asked; the text says why."""


@dataclass(frozen=True)
class Route:
    """Where a model name leads: the connection and the name that is sent there."""

    connection: Connection
    model: str


@transaction.atomic
def add_connection(
    *,
    organization: Organization,
    kind: str,
    name: str,
    base_url: str = "",
    api_key: str = "",
    chat_model: str = "",
    image_model: str = "",
    allowed_models: list[str] | None = None,
    options: Mapping[str, Any] | None = None,
    default_chat: bool = False,
    default_image: bool = False,
    user: User | None = None,
) -> Connection:
    """Add a connection; ValidationError names the field and the rule."""
    preset = get_kind(kind)
    connection = Connection(
        organization=organization,
        kind=kind,
        name=name,
        base_url=(base_url or preset.base_url).rstrip("/"),
        chat_model=chat_model,
        image_model=image_model,
        allowed_models=allowed_models or [],
        options=dict(options or {}),
    )
    connection.set_api_key(api_key)
    save_connection(connection, user=user, action="connection.added")
    for service, wanted in (("chat", default_chat), ("image", default_image)):
        if wanted:
            set_default(connection, service)  # type: ignore[arg-type]
    return connection


@transaction.atomic
def save_connection(
    connection: Connection,
    *,
    user: User | None,
    action: str = "connection.changed",
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Check and save a connection, with an audit entry that holds no key."""
    check_connection_fields(connection)
    connection.save()
    detail = {"kind": connection.kind, "base_url": connection.base_url}
    audit.record(
        connection.organization,
        user,
        action,
        connection.name,
        {**detail, **({"changes": changes} if changes else {})},
    )


def check_connection_fields(connection: Connection) -> None:
    """The rules that depend on the kind, and the model's own."""
    kind = get_kind(connection.kind)
    if kind.needs_base_url and not connection.base_url:
        raise ValidationError({"base_url": f"{kind.label} needs a base URL."})
    if (
        kind.needs_key
        and not connection.api_key
        and connection.base_url == kind.base_url
    ):
        raise ValidationError({"api_key": f"{kind.label} needs a key."})
    others = connection.organization.connections.exclude(pk=connection.pk)
    if others.filter(name=connection.name).exists():
        raise ValidationError({"name": "Another connection has this name."})
    for field in ("chat_model", "image_model"):
        model = getattr(connection, field)
        if model and not connection.allows(model):
            raise ValidationError(
                {field: f"“{model}” is not among the allowed models."}
            )
    connection.full_clean()


@transaction.atomic
def set_default(connection: Connection, service: Service) -> None:
    """Make it the organization's default for chat or images."""
    kind = get_kind(connection.kind)
    if service not in kind.services:
        raise ValidationError(f"{kind.label} does not serve {service}.")
    field = f"is_default_{service}"
    connection.organization.connections.filter(**{field: True}).update(**{field: False})
    setattr(connection, field, True)
    connection.save(update_fields=[field])


@transaction.atomic
def delete_connection(connection: Connection, *, user: User | None) -> None:
    """Remove a connection with its key; what it made stays."""
    detail = {"kind": connection.kind, "base_url": connection.base_url}
    audit.record(
        connection.organization, user, "connection.deleted", connection.name, detail
    )
    connection.delete()


def record_check(connection: Connection, result: CheckResult) -> None:
    """Keep what the last test found; a connection deleted meanwhile stays deleted."""
    connection.checked_at = now()
    connection.check_ok = result.ok
    connection.check_text = result.text
    connection.check_ms = result.milliseconds
    found: dict[str, Any] = {
        "checked_at": connection.checked_at,
        "check_ok": connection.check_ok,
        "check_text": connection.check_text,
        "check_ms": connection.check_ms,
    }
    if result.ok:  # a server that cannot be reached still has what it had
        found["listed_models"] = connection.listed_models = list(result.models)
    Connection.objects.filter(pk=connection.pk).update(**found)


_with_keys = WrittenQuery(
    lambda: Connection.objects.filter(organization_id=0, is_enabled=True).defer(
        "listed_models"
    )
)
_without_keys = WrittenQuery(
    lambda: Connection.objects.filter(organization_id=0, is_enabled=True).defer(
        "api_key", "listed_models"
    )
)


def choose_connection(
    organization: Organization,
    name: str,
    service: Literal["chat", "image"],
    catalog_kind: CatalogKind,
    *,
    with_key: bool = False,
) -> Route:
    """Which connection serves this model name; "" means the default of all.

    In order: `CONNECTION/MODEL`; a model that a connection's admin names; a catalog model by
    the connections of its kind, the default first; anything else, unchanged, by the
    default connection. NoConnectionError says what is missing. `with_key` reads the
    key too, for who is about to send it.
    """
    connections = serving_connections(organization, service, with_keys=with_key)
    return choose_among(connections, name, service, catalog_kind)


def choose_among(
    connections: list[Connection],
    name: str,
    service: Literal["chat", "image"],
    catalog_kind: CatalogKind,
) -> Route:
    """The same among `serving_connections` that are read already."""
    default = next((c for c in connections if _is_default(c, service)), None)
    prefix, _, rest = name.partition("/")
    by_name = next((c for c in connections if c.name == prefix), None)
    if by_name is not None and (rest or "/" not in name):
        return _route(by_name, rest, service)
    if not name:
        return _route(_need(default, service), "", service)
    _check_service(connections, name, service)
    is_known = catalog_kind(name) is not None
    listing = [c for c in connections if _lists(c, name, service, is_known)]
    of_kind = [c for c in connections if c.kind == catalog_kind(name)]
    open_ones = [c for c in of_kind if c.allows(name)]
    chosen = (*_first(listing, default), *_first(open_ones, default))
    return _route(chosen[0] if chosen else _need(default, service), name, service)


def _lists(connection: Connection, name: str, service: Service, is_known: bool) -> bool:
    """Whether its admin says that the model is there; of one that a catalog knows, an
    entry says something else, such as its price."""
    if name in connection.allowed_models:
        return True
    is_added = not is_known and name in connection.model_entries.get(service, {})
    return is_added and connection.allows(name)


def _check_service(connections: list[Connection], name: str, service: Service) -> None:
    """Ask nobody for pictures of a chat model, nor the other way round."""
    other: Service = "chat" if service == "image" else "image"
    own = {c.chat_model if service == "chat" else c.image_model for c in connections}
    if name in own or not is_for(name, other):
        return
    raise NoConnectionError(
        f"“{name}” is a chat model and makes no pictures. Choose an image model."
        if service == "image"
        else f"“{name}” makes pictures and does not chat. Choose a chat model."
    )


def choose_provider(
    organization: Organization, provider: str, service: Service
) -> Connection:
    """A connection by its name, or by a kind that only one connection has."""
    connections = serving_connections(organization, service)
    named = [c for c in connections if c.name == provider]
    of_kind = [c for c in connections if c.kind == provider]
    found = named or of_kind
    if len(found) == 1:
        return found[0]
    offered = ", ".join(c.name for c in connections) or "none"
    reason = "is ambiguous here" if found else "is not offered by this organization"
    raise NoConnectionError(f"Provider “{provider}” {reason}. Offered: {offered}.")


def serving_connections(
    organization: Organization, service: Service, *, with_keys: bool = False
) -> list[Connection]:
    """The offered connections whose kind serves chat (or images), the oldest first."""
    offered = (_with_keys if with_keys else _without_keys).rows(organization.pk)
    serving = [c for c in offered if service in get_kind(c.kind).services]
    for connection in serving:
        connection.organization = organization
    return serving


def _is_default(connection: Connection, service: Service) -> bool:
    return bool(getattr(connection, f"is_default_{service}"))


def _first(found: list[Connection], default: Connection | None) -> list[Connection]:
    """The default where it is among those found, else the oldest."""
    return [default] if default in found and default else found[:1]


def _need(connection: Connection | None, service: Service) -> Connection:
    if connection is None:
        what = "chat" if service == "chat" else "pictures"
        raise NoConnectionError(
            f"There is no default connection for {what}. An admin can add or choose one"
            " under Settings."
        )
    return connection


def _route(connection: Connection, model: str, service: Service) -> Route:
    own: Any = connection.chat_model if service == "chat" else connection.image_model
    kind = get_kind(connection.kind)
    preset = kind.chat_model if service == "chat" else kind.image_model
    model = model or own or preset
    if not model and connection.allowed_models:
        model = connection.allowed_models[0]
    if not model:
        raise NoConnectionError(
            f"Connection “{connection.name}” has no default model. Name one, or ask an"
            " admin to set it."
        )
    if not connection.allows(model) and model != own:
        raise NoConnectionError(
            f"Connection “{connection.name}” does not offer the model “{model}”."
        )
    return Route(connection, model)
