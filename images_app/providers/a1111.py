"""The web UI of Automatic1111 and what speaks its API: Forge, SD.Next, sd-server.

The server works on one picture at a time, so calls to one server wait for each other
here, where waiting can be stopped. It is somebody's own machine: nothing is billed.
"""

from __future__ import annotations

import asyncio
import base64
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

from images_app.providers.a1111_answers import read_answer, refusal
from images_app.providers.a1111_previews import PATH as PROGRESS
from images_app.providers.a1111_previews import SECONDS, with_previews
from images_app.providers.a1111_request import EDIT, GENERATE, describe, make_body
from images_app.providers.base import ImageRequest, ImageResult, OnPartial
from images_app.providers.json_calls import (
    CONNECT_SECONDS,
    JsonCall,
    parse_json,
    read_body,
    sent_once,
)
from playground.lib.errors import ErrorKind, ProviderError

READ_SECONDS = 900.0  # a picture on a processor without a graphics card
PROGRESS_SECONDS = 5.0

_Locks = WeakValueDictionary[str, asyncio.Lock]
_queues: WeakKeyDictionary[asyncio.AbstractEventLoop, _Locks] = WeakKeyDictionary()


class A1111ImageProvider:
    """One server: its address without a path, and `user:password` or "" as the key.

    `options` may hold `connect_timeout`, `read_timeout` and `preview_seconds`.
    """

    # The server goes on with what it has begun.
    stops_truly = False

    def __init__(
        self,
        base_url: str,
        api_key: str = "",
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self._base_url = base_url
        self._api_key = api_key
        self._options = options or {}

    async def generate(
        self, request: ImageRequest, *, on_partial: OnPartial
    ) -> ImageResult:
        """See `ImageProvider.generate`."""
        call = replace(
            base_call(self._base_url, self._api_key),
            body=await asyncio.to_thread(make_body, request),
            connect_seconds=float(
                self._options.get("connect_timeout", CONNECT_SECONDS)
            ),
            read_seconds=float(self._options.get("read_timeout", READ_SECONDS)),
        )
        async with _queue(call.url):
            if not request.partial_images:
                return await _make(request, call)
            return await self._make_with_previews(request, call, on_partial)

    async def aclose(self) -> None:
        """Nothing is held open between calls."""

    async def _make_with_previews(
        self, request: ImageRequest, call: JsonCall, on_partial: OnPartial
    ) -> ImageResult:
        task_id = f"task(easel-{uuid.uuid4().hex})"
        asked = replace(call, url=call.url + PROGRESS, read_seconds=PROGRESS_SECONDS)
        named = {**(call.body or {}), "force_task_id": task_id}
        return await with_previews(
            _make(request, replace(call, body=named)),
            asked,
            task_id,
            n=request.partial_images,
            seconds=float(self._options.get("preview_seconds", SECONDS)),
            on_partial=on_partial,
        )


async def _make(request: ImageRequest, call: JsonCall) -> ImageResult:
    path = EDIT if request.images else GENERATE
    try:
        async with sent_once(replace(call, url=call.url + path)) as response:
            value = parse_json(await read_body(response))
            made = await asyncio.to_thread(read_answer, value, request.n)
    except ProviderError as exc:
        # It may still be working, so it is not asked again; but nobody bills it.
        exc.may_have_cost = False
        raise
    return ImageResult(
        images=made.pictures,
        sent=describe(path, request, call.body or {}),
        received={"status": 200, **made.told, "pictures": len(made.pictures)},
    )


def base_call(base_url: str, api_key: str) -> JsonCall:
    """How this server is asked: the bare address, and the key as a Basic header."""
    if api_key and ":" not in api_key:
        raise ProviderError(
            ErrorKind.CONFIGURATION,
            "The connection's key cannot be used. Ask an admin to check it.",
            admin_text="Write the key as user:password, as given to --api-auth.",
        )
    token = base64.b64encode(api_key.encode()).decode() if api_key else ""
    password = api_key.partition(":")[2]
    return JsonCall(
        url=base_url.rstrip("/"),
        headers={"Authorization": f"Basic {token}"} if token else {},
        secrets=(api_key, token, password),
        refusal=refusal,
    )


def _queue(url: str) -> asyncio.Lock:
    """The one lock for this server, kept as long as somebody holds or awaits it."""
    locks = _queues.setdefault(asyncio.get_running_loop(), WeakValueDictionary())
    lock = locks.get(url)
    if lock is None:
        lock = locks[url] = asyncio.Lock()
    return lock
