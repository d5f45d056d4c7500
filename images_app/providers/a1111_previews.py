"""Previews of one picture while the web UI works on it.

They are asked for by the task's own name: the server's general progress also shows the
pictures of whoever else uses it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from typing import TypeVar

from images_app.providers.base import OnPartial
from images_app.providers.json_calls import JsonCall, ask_json
from images_app.providers.picture_bytes import UnreadableAnswerError, decode_base64
from playground.lib.errors import ProviderError

PATH = "/internal/progress"
SECONDS = 1.0  # between two questions

T = TypeVar("T")


async def with_previews(
    work: Awaitable[T],
    call: JsonCall,
    task_id: str,
    *,
    n: int,
    seconds: float,
    on_partial: OnPartial,
) -> T:
    """What `work` returns; meanwhile at most `n` previews, spread over its length.

    `call` is how the server is asked; a server that cannot tell is asked once.
    """
    asking = asyncio.ensure_future(_ask(call, task_id, n, seconds, on_partial))
    try:
        return await work
    finally:
        asking.cancel()
        # Whatever became of the previews, the picture counts.
        await asyncio.gather(asking, return_exceptions=True)


async def _ask(
    call: JsonCall, task_id: str, n: int, seconds: float, on_partial: OnPartial
) -> None:
    """Ends by being cancelled, when all previews have come, or when there are none."""
    newest, shown = -1, 0
    while shown < n:
        await asyncio.sleep(seconds)
        question = {"id_task": task_id, "id_live_preview": newest}
        try:
            value = await ask_json(replace(call, body=question))
            if not isinstance(value, dict) or value.get("completed"):
                return
            if not value.get("active") or not value.get("live_preview"):
                continue
            newest = int(value.get("id_live_preview") or 0)
            progress = float(value.get("progress") or 0)
            data = await asyncio.to_thread(decode_base64, value["live_preview"])
        except (ProviderError, UnreadableAnswerError, TypeError, ValueError):
            return  # a missing preview is no reason to lose the picture
        # The first after a third, the next after two thirds, and so on.
        if progress >= (shown + 1) / (n + 1):
            await on_partial(shown, data)
            shown += 1
