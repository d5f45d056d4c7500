"""What the settings pages change on a connection that exists, and its test."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.core.exceptions import ValidationError
from django.db import transaction

from playground.lib.check_result import CheckResult
from playground.lib.errors import ProviderError
from playground.lib.origin import same_origin
from playground.lib.secrets import UnreadableSecretError
from playground.organizations.kinds import Service, get_kind
from playground.organizations.models import (
    AuditEntry,
    Connection,
    Organization,
    User,
)
from playground.organizations.services.connections import (
    record_check,
    save_connection,
    set_default,
)

SERVICES: tuple[Service, ...] = ("chat", "image")


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
) -> None:
    """Change a connection; an empty `api_key` keeps the stored one.

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
    connection.name = name
    connection.base_url = base_url
    connection.chat_model = chat_model
    connection.image_model = image_model
    connection.allowed_models = allowed_models
    if api_key or remove_key:
        connection.set_api_key(api_key)
    if moved or api_key or remove_key:
        forget_check(connection)
    save_connection(connection, user=user)


def forget_check(connection: Connection) -> None:
    """What an earlier test found says nothing about another server or key."""
    connection.checked_at = connection.check_ok = connection.check_ms = None
    connection.check_text = ""


@transaction.atomic
def set_enabled(connection: Connection, *, enabled: bool, user: User | None) -> None:
    """Offer the connection to the members of its organization, or no longer."""
    connection.is_enabled = enabled
    connection.save(update_fields=["is_enabled"])
    action = "connection.enabled" if enabled else "connection.disabled"
    _audit(connection.organization, user, action, connection.name)


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
        if connection is None:
            organization.connections.filter(**{field: True}).update(**{field: False})
        else:
            set_default(connection, service)
        subject = f"{service}: {connection.name if connection else 'none'}"
        _audit(organization, user, "default.changed", subject)


def make_default(
    connection: Connection,
    *,
    user: User | None,
    services: tuple[Service, ...] = SERVICES,
) -> list[Service]:
    """Make it the default of those services that it has, and say of which."""
    served = [s for s in services if s in get_kind(connection.kind).services]
    for service in served:
        set_default(connection, service)
        subject = f"{service}: {connection.name}"
        _audit(connection.organization, user, "default.changed", subject)
    return served


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


def _audit(
    organization: Organization, user: User | None, action: str, subject: str
) -> None:
    AuditEntry.objects.create(
        organization=organization, user=user, action=action, subject=subject
    )
