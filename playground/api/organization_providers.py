"""The seed dialect's settings of providers, for admins: here, the connections.

GET   /v1/organizations/{id}/providers
GET   /v1/organizations/{id}/providers/validate
PATCH /v1/organizations/{id}/providers/{name}

A provider is named by its connection, or by a kind that has only one. Keys go in and
never come out.
"""

from __future__ import annotations

from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponseBase
from ninja import Query, Router
from pydantic import Field

from playground.api.answers import json_answer, respond
from playground.api.callers import Allow, ApiRequest, Caller
from playground.api.errors import ApiError
from playground.api.objects_providers import (
    Provider,
    ProviderSaved,
    ProviderState,
)
from playground.api.seed import in_organization
from playground.api.validation import Schema
from playground.lib.secrets import UnreadableSecretError
from playground.organizations.forms import clean_key
from playground.organizations.kinds import Kind, Service, all_kinds, get_kind
from playground.organizations.models import AuditEntry, Connection
from playground.organizations.services.connection_settings import (
    make_default,
    set_enabled,
    update_connection,
)
from playground.organizations.services.connections import add_connection

router = Router(tags=["Seed dialect"])
PATH = "/organizations/{organization_id}/providers"
MAX_KEY = 4000


class ProviderQuery(Schema):
    model_config = {"strict": False, "extra": "forbid"}

    active_only: bool = Field(
        False, description="Whether to leave out providers that are switched off."
    )


class ProviderUpdate(Schema):
    """What is left out stays as it is. A default is given to another, never removed."""

    is_active: bool | None = Field(None, description="Switch it on or off.")
    api_key: str | None = Field(
        None,
        min_length=1,
        max_length=MAX_KEY,
        description="The key at the provider; stored encrypted, never shown again.",
    )
    base_url: str | None = Field(
        None,
        min_length=1,
        max_length=500,
        description="The address of a compatible server, with `/v1`.",
    )
    is_default_chat: Literal[True] | None = Field(
        None, description="Let it answer models that no connection is named for."
    )
    is_default_image: Literal[True] | None = Field(
        None, description="The same for pictures."
    )


@router.get(PATH, auth=Allow("read"), response=list[Provider], summary="List providers")
def provider_list(
    request: ApiRequest, organization_id: str, query: Query[ProviderQuery]
) -> HttpResponseBase:
    """The organization's connections, without their keys. For admins."""
    caller = _admin(request, organization_id)
    connections = caller.organization.connections.defer("api_key")
    if query.active_only:
        connections = connections.filter(is_enabled=True)
    changed = _last_changes(caller)
    body = [_provider(connection, changed) for connection in connections]
    return respond(json_answer(body))


@router.get(
    f"{PATH}/validate",
    auth=Allow("read"),
    response=dict[str, ProviderState],
    summary="Check providers",
)
def provider_validate(request: ApiRequest, organization_id: str) -> HttpResponseBase:
    """Which providers are set up and can be used; nobody is called. For admins."""
    caller = _admin(request, organization_id)
    connections = caller.organization.connections.defer("api_key")
    body = {connection.name: _validated(connection) for connection in connections}
    present = {connection.kind for connection in connections}
    for kind in all_kinds():
        if kind.name not in present and kind.name not in body:
            body[kind.name] = _missing(kind)
    return respond(json_answer(body))


@router.patch(
    f"{PATH}/{{provider_name}}",
    auth=Allow("read"),
    response=ProviderSaved,
    summary="Set a provider",
    openapi_extra={"x-scope": "admin"},
)
def provider_update(
    request: ApiRequest,
    organization_id: str,
    provider_name: str,
    data: ProviderUpdate,
) -> HttpResponseBase:
    """Switch a provider on or off, give it a key or an address, make it a default.

    The first key of a kind that has no connection yet adds one. For admins.
    """
    caller = _admin(request, organization_id)
    if not data.model_dump(exclude_none=True):
        raise ApiError(
            400,
            "Name what to change: is_active, api_key, base_url, is_default_chat or"
            " is_default_image.",
            "body",
            "missing_required_parameter",
        )
    try:
        with transaction.atomic():
            connection = _find(caller, provider_name)
            if connection is None:
                connection = _add(caller, provider_name, data)
            else:
                _change(caller, connection, data)
            _switch(caller, connection, data)
    except ValidationError as exc:
        raise _refused(exc) from None
    except UnreadableSecretError:
        text = "The stored key cannot be read any more. Send it again."
        raise ApiError(400, text, "api_key", "invalid_value") from None
    text = f"Provider “{connection.name}” is saved."
    return respond(json_answer({"success": True, "message": text}))


def _admin(request: ApiRequest, organization_id: str) -> Caller:
    """The caller as an admin of that organization, or 403."""
    caller = request.auth
    caller = in_organization(caller, organization_id)
    caller.need("admin")
    return caller


def _find(caller: Caller, name: str) -> Connection | None:
    """The connection of this provider, if it has one."""
    connections = list(caller.organization.connections.defer("api_key"))
    named = [c for c in connections if c.name == name]
    found = named or [c for c in connections if c.kind == name]
    if len(found) > 1:
        names = ", ".join(c.name for c in found)
        raise ApiError(
            400,
            f"Several connections have the kind “{name}”. Name one of: {names}.",
            "provider_name",
            "invalid_value",
        )
    return found[0] if found else None


def _add(caller: Caller, name: str, data: ProviderUpdate) -> Connection:
    """A kind's first connection, made by its key."""
    if name not in {kind.name for kind in all_kinds()}:
        raise ApiError(404, f"No provider found with name '{name}'.")
    if data.api_key is None and get_kind(name).needs_key:
        raise ApiError(
            404, f"Provider '{name}' is not set up yet. Send its 'api_key' first."
        )
    _check_use(get_kind(name), data)
    return add_connection(
        organization=caller.organization,
        kind=name,
        name=name,
        base_url=data.base_url or "",
        api_key=_key(data),
        user=caller.user,
    )


def _change(caller: Caller, connection: Connection, data: ProviderUpdate) -> None:
    _check_use(get_kind(connection.kind), data)
    if data.api_key is not None or data.base_url is not None:
        update_connection(
            connection,
            user=caller.user,
            name=connection.name,
            base_url=data.base_url or connection.base_url,
            chat_model=connection.chat_model,
            image_model=connection.image_model,
            allowed_models=connection.allowed_models,
            api_key=_key(data),
        )


def _switch(caller: Caller, connection: Connection, data: ProviderUpdate) -> None:
    if data.is_active is not None:
        set_enabled(connection, enabled=data.is_active, user=caller.user)
    services: tuple[Service, ...] = ("chat", "image")
    for service in services:
        field = f"is_default_{service}"
        if getattr(data, field):
            made = make_default(connection, user=caller.user, services=(service,))
            if not made:
                text = f"“{connection.name}” does not serve {service}."
                raise ApiError(400, text, field, "invalid_value")


def _check_use(kind: Kind, data: ProviderUpdate) -> None:
    """ApiError for a field that this kind has no use for."""
    unused = {
        "base_url": not kind.needs_base_url,
        "api_key": not kind.needs_base_url and not kind.needs_key,
    }
    for field, is_unused in unused.items():
        if is_unused and getattr(data, field) is not None:
            raise ApiError(400, f"{kind.label} has none.", field, "invalid_value")


def _key(data: ProviderUpdate) -> str:
    """The key that was sent, or "" to keep the stored one."""
    try:
        return clean_key(data.api_key or "")
    except ValidationError as exc:
        raise ApiError(400, exc.messages[0], "api_key", "invalid_value") from None


def _refused(exc: ValidationError) -> ApiError:
    """The first rule that a field breaks."""
    if hasattr(exc, "error_dict"):
        field, texts = next(iter(exc.message_dict.items()))
        return ApiError(400, texts[0], field, "invalid_value")
    return ApiError(400, exc.messages[0], "body", "invalid_value")


def _last_changes(caller: Caller) -> dict[str, str]:
    """When the audit last names each subject."""
    entries = AuditEntry.objects.filter(
        organization=caller.organization, action__startswith="connection."
    )
    rows = entries.order_by("created_at").values_list("subject", "created_at")
    return {subject: at.isoformat() for subject, at in rows}


def _provider(connection: Connection, changed: dict[str, str]) -> dict[str, Any]:
    created = connection.created_at.isoformat()
    return {
        "provider_name": connection.name,
        "kind": connection.kind,
        "is_active": connection.is_enabled,
        "has_credentials": connection.has_api_key,
        "provider_org_id": None,
        "provider_project_id": None,
        "base_url": connection.base_url or None,
        "is_default_chat": connection.is_default_chat,
        "is_default_image": connection.is_default_image,
        "created_at": created,
        "updated_at": changed.get(connection.name, created),
    }


def _validated(connection: Connection) -> dict[str, Any]:
    has_key = connection.has_api_key
    kind = get_kind(connection.kind)
    # A server of one's own may do without a key.
    is_open = not kind.needs_key or connection.base_url != kind.base_url
    return {
        "provider_name": connection.name,
        "exists": True,
        "is_active": connection.is_enabled,
        "has_credentials": has_key,
        "can_be_used": connection.is_enabled and (has_key or is_open),
    }


def _missing(kind: Kind) -> dict[str, Any]:
    return {
        "provider_name": kind.name,
        "exists": False,
        "is_active": False,
        "has_credentials": False,
        "can_be_used": False,
    }
