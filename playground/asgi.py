"""What Daphne serves: streams, Django's pages, and one WebSocket behind its guards."""

from __future__ import annotations

import os
from typing import Any

from playground.lib import daphne_guard

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
daphne_guard.install()

from asgiref.sync import ThreadSensitiveContext  # noqa: E402
from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import (  # noqa: E402
    AllowedHostsOriginValidator,
    WebsocketDenier,
)
from django.core.asgi import get_asgi_application  # noqa: E402
from django.urls import re_path  # noqa: E402

from playground.lib.origin import Application, ExactOriginGuard  # noqa: E402

# Before anything that imports models.
http_application = get_asgi_application()

from assistants_app.api.routes import stream_routes as assistants_streams  # noqa: E402
from assistants_app.routing import websocket_urlpatterns  # noqa: E402
from images_app.api.routes import stream_routes as images_streams  # noqa: E402
from playground.api.front import StreamingFront  # noqa: E402
from playground.api.oversize import write_refusal  # noqa: E402

daphne_guard.refuse_with(write_refusal)


def with_own_thread(application: Application) -> Application:
    """Give each socket its own thread for database work; all would share one else."""

    async def run(scope: Any, receive: Any, send: Any) -> None:
        async with ThreadSensitiveContext():
            await application(scope, receive, send)

    return run


denied: Any = WebsocketDenier.as_asgi()
routes: Any = [*websocket_urlpatterns, re_path(r"", denied)]
sockets: Any = AuthMiddlewareStack(URLRouter(routes))

application = ProtocolTypeRouter(
    {
        "http": StreamingFront(
            [*images_streams, *assistants_streams], http_application
        ),
        "websocket": AllowedHostsOriginValidator(
            ExactOriginGuard(with_own_thread(sockets))
        ),
    }
)
