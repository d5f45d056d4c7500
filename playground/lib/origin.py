"""Web origins: compared exactly, and the guard of WebSockets that is built on it.

Browsers send cookies with a WebSocket from any page, so the Origin header is all that
tells our pages from somebody else's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.core.exceptions import ValidationError

PORTS = {"http": 80, "https": 443}
Application = Callable[[Any, Any, Any], Awaitable[None]]


def origin_of(url: str) -> str:
    """Scheme, host and port of an http(s) URL, the port always named.

    ValueError for anything else.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("The address must start with http:// or https:// and a host.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{parts.port or PORTS[parts.scheme]}"


def same_origin(one: str, other: str) -> bool:
    """Whether two URLs have one origin; an address that cannot be read has none."""
    try:
        return origin_of(one) == origin_of(other)
    except ValueError:
        return False


def validate_base_url(value: str) -> None:
    """Refuse a base URL that calls could not be built on, or that hides a secret."""
    try:
        origin_of(value)
    except ValueError as exc:
        raise ValidationError(
            "Enter an address that starts with http:// or https://, such as"
            " http://localhost:8080/v1."
        ) from exc
    parts = urlsplit(value)
    if parts.username or parts.password:
        raise ValidationError("Leave user name and password out of the address.")
    if any(sign in value for sign in "?# \t\r\n\\"):
        raise ValidationError("The address must end with its path, without “?” or “#”.")


class ExactOriginGuard:
    """Let in WebSockets whose Origin is this server, down to scheme and port.

    Channels' own validator compares only the host, and another port of this machine is
    another program. Behind a proxy that renames the host, `EASEL_TRUSTED_ORIGINS` says
    which origins are ours.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if is_own_origin(scope):
            await self.application(scope, receive, send)
        else:
            await WebsocketDenier()(scope, receive, send)


def is_own_origin(scope: dict[str, Any]) -> bool:
    """Whether the handshake's Origin names the server that was called."""
    headers = {
        name.decode("latin1"): value.decode("latin1")
        for name, value in scope.get("headers", [])
    }
    origin, host = headers.get("origin", ""), headers.get("host", "")
    forwarded = settings.BEHIND_HTTPS and headers.get("x-forwarded-proto") == "https"
    scheme = "https" if scope.get("scheme") == "wss" or forwarded else "http"
    own = [f"{scheme}://{host}", *settings.CSRF_TRUSTED_ORIGINS]
    return any(same_origin(origin, candidate) for candidate in own)
