"""Which models the assistants of an organization use, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from assistants_app.catalog.load import catalog_kind
from assistants_app.models import Assistant
from images_app.catalog.load import catalog_kind as image_kind
from playground.organizations.models import Connection, Organization
from playground.organizations.retiring import Use
from playground.organizations.services.connections import (
    NoConnectionError,
    choose_among,
    serving_connections,
)


def uses_of_assistants(organization: Organization) -> list[Use]:
    """What assistants name themselves; who names nothing uses the defaults."""
    assistants = Assistant.objects.filter(
        organization=organization, deleted_at=None
    ).only("public_id", "name", "model", "tools")
    chat = serving_connections(organization, "chat")
    image = serving_connections(organization, "image")
    return [
        use
        for assistant in assistants
        for use in (*_chat_use(assistant, chat), *_image_use(assistant, image))
    ]


def _chat_use(assistant: Assistant, connections: list[Connection]) -> Iterator[Use]:
    if not assistant.model:
        return
    try:
        route = choose_among(connections, assistant.model, "chat", catalog_kind)
    except NoConnectionError:  # its own page says so
        return
    yield Use(
        "chat", route.connection, route.model, str(assistant), _page_of(assistant)
    )


def _image_use(assistant: Assistant, connections: list[Connection]) -> Iterator[Use]:
    tool = assistant.image_tool
    if tool is None or assistant.image_mode == "off":
        return
    name = _image_name(tool, connections)
    if not name:
        return
    try:
        route = choose_among(connections, name, "image", image_kind)
    except NoConnectionError:
        return
    yield Use(
        "image", route.connection, route.model, str(assistant), _page_of(assistant)
    )


def _image_name(tool: dict[str, Any], connections: list[Connection]) -> str:
    """The tool's model as a name that leads to its provider; "" for the default."""
    provider, model = tool.get("provider") or "", tool.get("model") or ""
    if not provider:
        return str(model)
    named = [c for c in connections if c.name == provider]
    found = named or [c for c in connections if c.kind == provider]
    if len(found) != 1:
        return ""
    return f"{found[0].name}/{model}" if model else found[0].name


def _page_of(assistant: Assistant) -> str:
    return reverse("assistants:assistant_edit", args=[assistant.public_id])
