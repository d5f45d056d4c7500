"""Everything that this app adds under /v1: routers, and POSTs that can stream."""

from __future__ import annotations

from ninja import Router

from images_app.api import files, images, seed_images
from playground.api.front import StreamRoute, stream_route

routers: list[Router] = [images.router, files.router, seed_images.router]
stream_routes: list[StreamRoute] = [stream_route(images.GENERATE)]
