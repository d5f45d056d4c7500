"""What the settings pages change on a connection that exists, and its test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asgiref.sync import sync_to_async
from django.core.exceptions import ValidationError
from django.db import transaction

from playground.lib.check_result import CheckResult
from playground.lib.errors import ProviderError
from playground.lib.origin import same_origin
from playground.lib.secrets import UnreadableSecretError
from playground.organizations.kinds import Service, get_kind
from playground.organizations.models import Connection, Organization, User
from playground.organizations.services import audit
from playground.organizations.services.connections import (
    record_check,
    save_connection,
    set_default,
)

SERVICES: tuple[Service, ...] = ("chat", "image")
OPTIONS = ("connect_timeout", "read_timeout", "usd_per_credit", "priority")
"""What the settings page keeps in a connection's options: seconds to connect and
between two pieces of an answer, USD for a credit, and the place in the order of
fallbacks, 1 first."""


@transaction.atomic
def update_connection(
    connection: Connection,
    *,
    user: User | None,
    name: str,
    base_url: str,
    chat_model: str,
    image_model: str,
    allowed_models: list[str],
    api_key: str = "",
    remove_key: bool = False,
    options: Mapping[str, Any] | None = None,
) -> None:
    """Change a connection; an empty `api_key` keeps the stored one, `options` None all
    options. Options other than `OPTIONS` stay as they are.

    A key belongs to the server it was typed for: with another origin it has to be typed
    again, so that nobody can send a stored key to a server of his own.
    """
    base_url = (base_url or get_kind(connection.kind).base_url).rstrip("/")
    moved = base_url != connection.base_url and not same_origin(
        base_url, connection.base_url
    )
    if moved and connection.has_api_key and not (api_key or remove_key):
        raise ValidationError(
            {"api_key": "The base URL leads to another server. Type its key here."}
        )
    before = shown_of(connection)
    connection.name = name
    connection.base_url = base_url
    connection.chat_model = chat_model
    connection.image_model = image_model
    connection.allowed_models = allowed_models
    if options is not None:
        kept = {k: v for k, v in connection.options.items() if k not in OPTIONS}
        connection.options = {**kept, **options}
    if api_key or remove_key:
        connection.set_api_key(api_key)
    if moved or api_key or remove_key:
        forget_check(connection)
    changes = audit.difference(before, shown_of(connection))
    if api_key or remove_key:
        changes["key"] = {"from": before["key"], "to": _key_words(connection)}
    save_connection(connection, user=user, changes=changes)


def shown_of(connection: Connection) -> dict[str, Any]:
    """What an audit entry may say of a connection."""
    fields = ("name", "base_url", "chat_model", "image_model", "allowed_models")
    return {
        **{name: getattr(connection, name) for name in fields},
        **{name: connection.options.get(name) for name in OPTIONS},
        "key": _key_words(connection),
    }


def _key_words(connection: Connection) -> str:
    return f"…{connection.api_key_end}" if connection.api_key_end else ""


def forget_check(connection: Connection) -> None:
    """What an earlier test found says nothing about another server or key."""
    connection.checked_at = connection.check_ok = connection.check_ms = None
    connection.check_text = ""
    connection.listed_models = []


@transaction.atomic
def set_enabled(connection: Connection, *, enabled: bool, user: User | None) -> None:
    """Offer the connection to the members of its organization, or no longer."""
    connection.is_enabled = enabled
    connection.save(update_fields=["is_enabled"])
    action = "connection.enabled" if enabled else "connection.disabled"
    audit.record(connection.organization, user, action, connection.name)


@transaction.atomic
def set_defaults(
    organization: Organization,
    *,
    chat: Connection | None,
    image: Connection | None,
    user: User | None,
) -> None:
    """Choose both defaults; None leaves a service without one."""
    for service, connection in zip(SERVICES, (chat, image), strict=True):
        field = f"is_default_{service}"
        before = _default_name(organization, service)
        if connection is None:
            organization.connections.filter(**{field: True}).update(**{field: False})
        else:
            set_default(connection, service)
        _note_default(organization, user, service, before, connection)


def make_default(
    connection: Connection,
    *,
    user: User | None,
    services: tuple[Service, ...] = SERVICES,
) -> list[Service]:
    """Make it the default of those services that it has, and say of which."""
    served = [s for s in services if s in get_kind(connection.kind).services]
    for service in served:
        before = _default_name(connection.organization, service)
        set_default(connection, service)
        _note_default(connection.organization, user, service, before, connection)
    return served


def _default_name(organization: Organization, service: Service) -> str:
    defaults = organization.connections.filter(**{f"is_default_{service}": True})
    return defaults.values_list("name", flat=True).first() or ""


def _note_default(
    organization: Organization,
    user: User | None,
    service: Service,
    before: str,
    connection: Connection | None,
) -> None:
    after = connection.name if connection else ""
    if before != after:
        detail = {"from": before, "to": after}
        audit.record(organization, user, "default.changed", service, detail)


async def check_connection(connection: Connection) -> CheckResult:
    """Try the connection without paying anything, and keep what was found."""
    kind = get_kind(connection.kind)
    try:
        api_key = await sync_to_async(getattr)(connection, "api_key")
        result = await kind.check(connection.base_url, api_key)
    except ProviderError as exc:
        result = CheckResult(ok=False, text=exc.admin_text)
    except UnreadableSecretError as exc:
        result = CheckResult(ok=False, text=str(exc))
    await sync_to_async(record_check)(connection, result)
    return result
