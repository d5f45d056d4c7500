"""Passes chat completions on to a server that speaks `POST chat/completions`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any

import aiohttp
import orjson

from assistants_app.providers.openai import WHOLE_BYTES, read_rest
from assistants_app.providers.openai_endpoint import (
    BROKEN,
    ChatEndpoint,
    is_answer,
    provider_errors,
    read_options,
)
from assistants_app.providers.openai_turn import DONE, read_usage
from assistants_app.providers.passed_events import PassedEvents, text_of
from assistants_app.providers.relay import (
    Counted,
    RelayBody,
    StreamedAnswer,
    WholeAnswer,
)
from assistants_app.providers.watched_body import WatchedBody
from playground.lib.provider_errors import broken_off, error_in_stream
from playground.lib.sse import encode


class OpenAIRelay:
    """One connection: its base URL (with `/v1`), its key ("" for none), its options."""

    def __init__(self, base_url: str, api_key: str, options: Mapping[str, Any]) -> None:
        self._endpoint = ChatEndpoint(base_url, api_key, read_options(options))

    async def complete(self, body: RelayBody) -> WholeAnswer:
        """See `ChatRelay.complete`."""
        with provider_errors(self._endpoint.api_key):
            response = await self._ask(body)
            content = await self._read_whole(response)
        return WholeAnswer(content, count(self._parse(content)))

    async def stream(self, body: RelayBody, *, shows_usage: bool) -> StreamedAnswer:
        """See `ChatRelay.stream`."""
        with provider_errors(self._endpoint.api_key):
            response = await self._ask_counted(body)
            if response.content_type == "application/json":
                content = await self._read_whole(response)
                return WholeAsStream(self._parse(content), shows_usage=shows_usage)
            return OpenAIStream(self._endpoint, response, shows_usage)

    async def _ask_counted(self, body: RelayBody) -> aiohttp.ClientResponse:
        """Ask for the count of tokens too, unless the server does not know that."""
        asked = body.members.get("stream_options") or {}
        if asked.get("include_usage") is True:
            return await self._ask(body)
        counted = body.with_members(stream_options={**asked, "include_usage": True})
        response = await self._endpoint.post(counted.text, _model(body))
        if is_answer(response):
            return response
        error, is_about_it = await self._endpoint.read_refusal(response)
        if not is_about_it:
            raise error
        return await self._ask(body)

    async def _ask(self, body: RelayBody) -> aiohttp.ClientResponse:
        response = await self._endpoint.post(body.text, _model(body))
        if not is_answer(response):
            raise (await self._endpoint.read_refusal(response))[0]
        return response

    async def _read_whole(self, response: aiohttp.ClientResponse) -> bytes:
        watched = WatchedBody(response, self._endpoint.options.read_timeout)
        try:
            return await watched.read_up_to(WHOLE_BYTES)
        finally:
            watched.close()
            response.close()

    def _parse(self, content: bytes) -> dict[str, Any]:
        secret = self._endpoint.api_key
        try:
            value = orjson.loads(content)
        except orjson.JSONDecodeError as exc:
            start = content[:200].decode("utf-8", "replace")
            raise broken_off(f"Not JSON: {start!r}", secret=secret) from exc
        if not isinstance(value, dict):
            raise broken_off("The answer is no object.", secret=secret)
        if value.get("error") or value.get("object") == "error":
            raise error_in_stream(value, secret=secret)
        return value


class OpenAIStream:
    """A stream that is passed on, with what it says of itself on the way."""

    def __init__(
        self,
        endpoint: ChatEndpoint,
        response: aiohttp.ClientResponse,
        shows_usage: bool,
    ) -> None:
        self._endpoint = endpoint
        self._response = response
        self._events = PassedEvents(shows_usage=shows_usage, secret=endpoint.api_key)

    @property
    def counted(self) -> Counted:
        """See `StreamedAnswer.counted`."""
        return Counted(self._events.id, self._events.model, self._events.usage)

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """See `StreamedAnswer.pieces`."""
        options = self._endpoint.options
        body = WatchedBody(self._response, options.read_timeout)
        try:
            with provider_errors(self._endpoint.api_key):
                while not self._events.is_over:
                    piece = await self._next(body)
                    if piece:
                        yield piece
                if self._events.error:
                    raise self._events.error
                await read_rest(self._response, options.end_timeout)
        finally:
            body.close()
            self._response.close()

    async def _next(self, body: WatchedBody) -> bytes:
        try:
            block = await body.read()
        except BROKEN:
            # All that matters has come once the model said why it stopped.
            if not self._events.has_reason:
                raise
            block = b""
        return self._events.feed(block) if block else self._events.finish()


class WholeAsStream:
    """The answer of a server that cannot stream, as a stream of one chunk."""

    def __init__(self, completion: Mapping[str, Any], *, shows_usage: bool) -> None:
        self._completion = completion
        self._shows_usage = shows_usage
        self.counted = count(completion)

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """See `StreamedAnswer.pieces`."""
        chunk = {**self._completion, "object": "chat.completion.chunk"}
        usage = chunk.pop("usage", None)
        chunk["choices"] = [_as_delta(c) for c in chunk.get("choices") or []]
        events = [chunk]
        if self._shows_usage:
            events.append({**chunk, "choices": [], "usage": usage})
        yield b"".join(encode(orjson.dumps(event)) for event in events) + encode(DONE)


def _model(body: RelayBody) -> str:
    return str(body.members.get("model", ""))


def _as_delta(choice: Mapping[str, Any]) -> dict[str, Any]:
    """A choice with its message as one delta; its tool calls get their numbers."""
    delta = {**(choice.get("message") or {})}
    calls = delta.get("tool_calls")
    if isinstance(calls, list):
        delta["tool_calls"] = [{"index": n, **call} for n, call in enumerate(calls)]
    return {**{k: v for k, v in choice.items() if k != "message"}, "delta": delta}


def count(completion: Mapping[str, Any]) -> Counted:
    """What a whole completion says of itself."""
    return Counted(
        text_of(completion, "id"),
        text_of(completion, "model"),
        read_usage(completion.get("usage")),
    )
