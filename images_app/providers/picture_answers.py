"""An answer of pictures as it arrives, a document or a stream, and why there are none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import httpx2

from images_app.providers.base import OnPartial
from images_app.providers.json_calls import MAX_ANSWER, read_body
from images_app.providers.openai_answers import (
    Answer,
    Preview,
    read_event,
    read_json,
)
from images_app.providers.picture_bytes import NoPictureError, UnreadableAnswerError
from playground.lib.errors import ErrorKind, ProviderError
from playground.lib.provider_errors import TEXTS, error_in_stream
from playground.lib.sse import EventDecoder, EventTooLargeError

# What a stream dies of.
BROKEN = (httpx2.HTTPError, httpx2.StreamError, UnreadableAnswerError)


async def read_answer(response: httpx2.Response, on_partial: OnPartial) -> Answer:
    """The whole answer; previews go to `on_partial` as they come."""
    if "text/event-stream" not in response.headers.get("content-type", ""):
        return await asyncio.to_thread(read_json, await read_body(response))
    answer, previews = Answer(), 0
    try:
        async for name, data in _events(response):
            found = await asyncio.to_thread(read_event, name, data)
            if isinstance(found, Preview):
                number = previews if found.number is None else found.number
                previews += 1
                await on_partial(number, found.data)
            elif found is not None:
                answer = answer.joined_with(found)
    except BROKEN:
        # Pictures that have come are paid for, and they are whole.
        if not answer.items:
            raise
    return answer


def no_pictures(answer: Answer, problems: Sequence[str], secret: str) -> Exception:
    """The error for an answer without a picture; `problems` say why each is missing."""
    if answer.error is not None:
        return error_in_stream(answer.error, secret=secret)
    if any(item.moderated for item in answer.items):
        return ProviderError(
            ErrorKind.MODERATED,
            TEXTS[ErrorKind.MODERATED],
            admin_text="The answer holds no picture, only a moderation mark.",
            may_have_cost=True,
        )
    if problems:
        return NoPictureError(problems[0])
    return UnreadableAnswerError("The stream ended without a picture.")


async def _events(response: httpx2.Response) -> AsyncIterator[tuple[str, bytes]]:
    """All events, of which one may be as large as a picture."""
    decoder = EventDecoder(max_line=MAX_ANSWER, max_event=MAX_ANSWER)
    try:
        async for block in response.aiter_bytes():
            for event in decoder.feed(block):
                yield event
    except EventTooLargeError as exc:
        raise UnreadableAnswerError(str(exc)) from exc
    for event in decoder.finish():
        yield event
