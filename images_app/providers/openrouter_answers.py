"""Reads what OpenRouter answers: a document or a stream of pictures, and errors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping

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
from playground.lib.provider_errors import (
    TEXTS,
    error_from_response,
    error_in_stream,
)
from playground.lib.sse import EventDecoder, EventTooLargeError

OVERLOADED = 529
BROKEN = (httpx2.HTTPError, httpx2.StreamError, UnreadableAnswerError)


def refusal(
    status: int, headers: Mapping[str, str], body: bytes, secret: str, paid: bool
) -> ProviderError:
    """What an answer means that is no 200."""
    error = error_from_response(status, headers, body, secret=secret, paid=paid)
    if status == OVERLOADED:
        error.text = (
            "The model's maker has too much to do. Wait a little and try again, or"
            " choose another model."
        )
    return error


async def read_all(response: httpx2.Response, on_partial: OnPartial) -> Answer:
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


def gathered(answer: Answer, secret: str) -> tuple[list[bytes], list[str]]:
    """The pictures, and why others are missing; an error if there are none."""
    pictures = [item.data for item in answer.items if item.data is not None]
    problems = [
        item.problem or "An entry of the answer holds no bytes."
        for item in answer.items
        if item.data is None
    ]
    if pictures:
        return pictures, problems
    if answer.error is not None:
        raise error_in_stream(answer.error, secret=secret)
    if any(item.moderated for item in answer.items):
        raise ProviderError(
            ErrorKind.MODERATED,
            TEXTS[ErrorKind.MODERATED],
            admin_text="The answer holds no picture, only a moderation mark.",
            may_have_cost=True,
        )
    if problems:
        raise NoPictureError(problems[0])
    raise UnreadableAnswerError("The stream ended without a picture.")


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
