"""Everything that this app adds under /v1: routers, and POSTs that can stream."""

from __future__ import annotations

from ninja import Router

from playground.api.front import StreamRoute

routers: list[Router] = []
stream_routes: list[StreamRoute] = []
