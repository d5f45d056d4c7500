"""`POST /v1/chat/completions`: passed on to the organization's provider, and counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import orjson
from django.http import HttpResponseBase
from ninja import Router

from assistants_app.api.chat_completions.schemas import (
    ChatCompletion,
    ChatCompletionCreate,
)
from assistants_app.services.relays import begin_relay, find_relay
from assistants_app.services.shared_streams import SharedStream
from playground.api.answers import Answer, Stream
from playground.api.callers import Allow, ApiRequest, Caller
from playground.api.errors import SERVER, ApiError, provider_error
from playground.api.front import as_api_error
from playground.api.operations import Operation, view
from playground.lib.errors import ErrorKind, ProviderError
from playground.lib.sse import encode

router = Router(tags=["Chat completions"])

# Whatever was sent may have cost something, so the clients shall not repeat it.
NO_RETRY = {"x-should-retry": "false"}
# A refusal that comes as the first event is still told with a status of its own; who
# begins to answer later than this many seconds gets the headers first.
FIRST_SECONDS = 5.0
LEAVE_TURNS = 4  # of the event loop
# Refusals that keep the provider's own status.
RELAYED = {
    ErrorKind.INVALID,
    ErrorKind.MODERATED,
    ErrorKind.TIMEOUT,
    ErrorKind.UPSTREAM,
}


def begin(caller: Caller, data: ChatCompletionCreate) -> str:
    """Choose who answers."""
    relay = begin_relay(
        organization=caller.organization,
        user=caller.user,
        api_key=caller.api_key,
        body=data.as_sent(),
    )
    return relay.reference


async def launch(reference: str) -> None:
    """A completion that is not streamed begins here; a stream with its reader."""
    relay = find_relay(reference)
    if relay is not None and not relay.is_streamed:
        relay.launch()


async def answer(caller: Caller, data: ChatCompletionCreate, reference: str) -> Answer:
    """The completion, also for a client that lost it and asks again."""
    relay = find_relay(reference)
    if relay is None or relay.work is None:
        raise _lost()
    try:
        whole = await asyncio.shield(relay.work)
    except ProviderError as exc:
        raise relayed_error(exc) from exc
    return Answer(whole.content, headers=NO_RETRY)


async def stream(caller: Caller, data: ChatCompletionCreate, reference: str) -> Stream:
    """The provider's events; who asks a second time gets them when all have come."""
    relay = find_relay(reference)
    if relay is None:
        raise _lost()
    if relay.shared is not None:
        return await _replayed(relay.shared)
    pieces = relay.stream()
    first = asyncio.ensure_future(_first(pieces))
    try:
        done, _ = await asyncio.wait({first}, timeout=FIRST_SECONDS)
        if done:
            first.result()
    except BaseException as exc:
        await _close(first, pieces)
        if isinstance(exc, ProviderError):
            raise relayed_error(exc) from exc
        raise
    return Stream(_events(first, pieces), NO_RETRY)


async def _replayed(shared: SharedStream) -> Stream:
    found = await shared.wait()
    if found is None:
        raise _lost()
    content, error = found
    if error is not None and not content:
        raise relayed_error(error) from error
    return Stream(_told(content, error), NO_RETRY)


async def _told(
    content: bytes, error: ProviderError | None
) -> AsyncGenerator[bytes, None]:
    yield content
    if error is not None:
        yield _error_event(relayed_error(error))


async def _first(pieces: AsyncGenerator[bytes, None]) -> bytes:
    return await anext(pieces, b"")


async def _events(
    first: asyncio.Future[bytes], pieces: AsyncGenerator[bytes, None]
) -> AsyncGenerator[bytes, None]:
    try:
        await first
        # The front notices within these turns a client that has left meanwhile; it
        # got nothing then, and its repeat gets all.
        for _ in range(LEAVE_TURNS):
            await asyncio.sleep(0)
        yield first.result()
        async for piece in pieces:
            yield piece
    except ProviderError as exc:
        yield _error_event(relayed_error(exc))
    except Exception as exc:  # a client that reads must be told
        yield _error_event(as_api_error(exc))
    finally:
        await _close(first, pieces)


async def _close(
    first: asyncio.Future[bytes], pieces: AsyncGenerator[bytes, None]
) -> None:
    if not first.done():
        first.cancel()
        await asyncio.wait({first})
    await pieces.aclose()


def _error_event(error: ApiError) -> bytes:
    return encode(orjson.dumps({"error": error.as_openai()}))


def relayed_error(exc: ProviderError) -> ApiError:
    """A provider's refusal with its own status; that of our key is our own fault."""
    error = provider_error(exc)
    if exc.kind in RELAYED and exc.status is not None and 400 <= exc.status < 500:
        return replace(error, status=exc.status)
    return error


def _lost() -> ApiError:
    return ApiError(
        502,
        "This request was made before, and its answer is no longer there. It may have"
        " been billed. To ask again, send it as a new request.",
        type=SERVER,
        code="outcome_unknown",
        retry=False,
    )


CREATE = Operation(
    "/v1/chat/completions",
    "run",
    ChatCompletionCreate,
    begin,
    launch,
    answer,
    stream,
)


@router.post("/chat/completions", auth=Allow("run"), response=ChatCompletion)
async def chat_completion_create(
    request: ApiRequest, data: ChatCompletionCreate
) -> HttpResponseBase:
    """Ask a chat model.

    The body and the answer are the provider's own.
    """
    return await view(CREATE, request, data)
