"""What a POST that starts paid work does, whichever way it came in.

The Ninja view and the streaming front both end here: claim the request, write its
rows, start the work, and answer from what is stored, so that a repeated request gets
the same answer without a second payment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from django.http import HttpRequest, HttpResponseBase
from pydantic import BaseModel

from playground.api import idempotency
from playground.api.answers import Answer, Stream, respond
from playground.api.callers import ApiRequest, Caller
from playground.api.errors import translate
from playground.api.validation import read_body, read_json, validate
from playground.lib.database import in_database

_Data = TypeVar("_Data", bound=BaseModel)
_Result = TypeVar("_Result")


def fits_always(caller: Caller, data: Any, reference: str) -> bool:
    """For answers that nobody shares and that no later request changes."""
    return True


@dataclass(frozen=True)
class Operation(Generic[_Data]):
    """One paid POST.

    `begin(caller, data, **path)` writes the rows and returns a reference to them; it
    raises ApiError for whatever can be refused. `launch(reference)` starts the work on
    the event loop and is called only by the request that began it. `answer` and
    `stream` make the answer from the reference; both may raise ApiError before it.
    `still_fits(caller, data, reference)` tells whether a client's own retry may be
    answered by what an earlier request with the same body made.
    """

    path: str
    scope: str
    schema: type[_Data]
    begin: Callable[..., str]
    launch: Callable[[str], Awaitable[None]]
    answer: Callable[[Caller, _Data, str], Awaitable[Answer]]
    stream: Callable[[Caller, _Data, str], Awaitable[Stream]] | None = None
    still_fits: Callable[[Caller, _Data, str], bool] = fits_always


async def perform(
    operation: Operation[_Data],
    caller: Caller,
    data: _Data,
    attempt: idempotency.Attempt,
    **path: str,
) -> Answer | Stream:
    """Do it once and answer; `data.stream` decides how."""

    async def begin() -> str:
        reference, is_new = await in_database(
            _claim, operation, caller, data, attempt, path
        )
        if is_new:
            await operation.launch(reference)
        return reference

    reference = await _to_the_end(begin(), is_retry=attempt.is_retry)
    return await _finish(operation, caller, data, reference)


# What is begun for clients that have left: a task must be held to stay alive.
_beginnings: set[asyncio.Task[Any]] = set()


async def _to_the_end(work: Coroutine[Any, Any, _Result], *, is_retry: bool) -> _Result:
    """Do it although the client may leave meanwhile.

    Rows without their work would wait for ever, and with them whoever asks again.
    """
    earlier = _beginnings & asyncio.all_tasks() if is_retry else set()
    task = asyncio.create_task(_behind(earlier, work))
    _beginnings.add(task)
    task.add_done_callback(_beginnings.discard)
    return await asyncio.shield(task)


async def _behind(
    earlier: set[asyncio.Task[Any]], work: Coroutine[Any, Any, _Result]
) -> _Result:
    """A retry begins when what came before it has begun: it must not overtake the try
    that it repeats, which would then find nothing and be paid a second time."""
    if earlier:
        await asyncio.wait(earlier)
    return await work


async def _finish(
    operation: Operation[_Data], caller: Caller, data: _Data, reference: str
) -> Answer | Stream:
    try:
        if operation.stream is not None and getattr(data, "stream", None):
            return await operation.stream(caller, data, reference)
        return await operation.answer(caller, data, reference)
    except Exception as exc:
        error = translate(exc)
        if error is not None and error.may_be_tried_again:
            await in_database(idempotency.release, caller, reference)
        raise


async def view(
    operation: Operation[_Data], request: ApiRequest, data: _Data, **path: str
) -> HttpResponseBase:
    """The body of an operation's Ninja view (`auth=Allow(operation.scope)`)."""
    fingerprint = idempotency.fingerprint_of(read_body(request))
    attempt = idempotency.read_attempt(request, fingerprint)
    caller = request.auth
    return respond(await perform(operation, caller, data, attempt, **path))


async def open_stream(
    operation: Operation[Any],
    request: HttpRequest,
    authenticate: Callable[[HttpRequest], Caller],
    **path: str,
) -> Answer | Stream:
    """The same for the streaming front: everything up to the rows in one thread hop."""

    async def begin() -> tuple[Any, Caller, str]:
        data, caller, reference, is_new = await in_database(
            _begin, operation, request, authenticate, path
        )
        if is_new:
            await operation.launch(reference)
        return data, caller, reference

    is_retry = idempotency.is_retry(request)
    data, caller, reference = await _to_the_end(begin(), is_retry=is_retry)
    return await _finish(operation, caller, data, reference)


def _begin(
    operation: Operation[Any],
    request: HttpRequest,
    authenticate: Callable[[HttpRequest], Caller],
    path: dict[str, str],
) -> tuple[Any, Caller, str, bool]:
    caller = authenticate(request)
    caller.need(operation.scope)
    data = validate(operation.schema, read_json(request))
    fingerprint = idempotency.fingerprint_of(read_body(request))
    attempt = idempotency.read_attempt(request, fingerprint)
    reference, is_new = _claim(operation, caller, data, attempt, path)
    return data, caller, reference, is_new


def _claim(
    operation: Operation[_Data],
    caller: Caller,
    data: _Data,
    attempt: idempotency.Attempt,
    path: dict[str, str],
) -> tuple[str, bool]:
    """What the request makes or has made, and whether it is new."""
    make = partial(operation.begin, caller, data, **path)
    still_fits = partial(operation.still_fits, caller, data)
    return idempotency.once(caller, attempt, make, still_fits)
