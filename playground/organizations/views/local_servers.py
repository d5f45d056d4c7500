"""Looks for servers on this machine, at an admin's click."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from playground.organizations.access import MemberRequest, member_required
from playground.organizations.kinds import all_kinds
from playground.organizations.models import Membership
from playground.organizations.services.local_servers import (
    LocalServer,
    find_local_servers,
)

NAMES = {"LM Studio": "lm-studio", "llama.cpp": "llama-cpp", "Ollama": "ollama"}


@dataclass(frozen=True)
class Found:
    """A server, and what can be done with it: add it, or it is a connection already."""

    server: LocalServer
    add_url: str
    connection: str


@require_POST
@member_required(Membership.Role.ADMIN)
async def local_server_search(request: MemberRequest) -> HttpResponse:
    servers = await find_local_servers(settings.LOCAL_SERVER_PORTS)
    return await sync_to_async(show)(request, servers)


def show(request: MemberRequest, servers: list[LocalServer]) -> HttpResponse:
    """The fragment for htmx, else a page of its own."""
    connections = request.organization.connections.exclude(base_url="")
    names = {
        _loopback(url): name
        for name, url in connections.values_list("name", "base_url")
    }
    context = {
        "found": [
            Found(server, _add_url(server), names.get(server.base_url, ""))
            for server in servers
        ],
        "ports": settings.LOCAL_SERVER_PORTS,
    }
    is_fragment = bool(request.headers.get("HX-Request"))
    name = "_local_servers" if is_fragment else "local_servers"
    return render(request, f"organizations/{name}.html", context)


def _loopback(url: str) -> str:
    return url.replace("//localhost:", "//127.0.0.1:")


def _add_url(server: LocalServer) -> str:
    """The form for this server, filled in; "" where no kind serves it."""
    if server.kind not in {kind.name for kind in all_kinds()}:
        return ""
    name = NAMES.get(server.label, server.kind)
    query = {"kind": server.kind, "name": name, "base_url": server.base_url}
    return f"{reverse('organizations:connection_create')}?{urlencode(query)}"
