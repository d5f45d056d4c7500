"""Reads one answer of `chat/completions`, from bytes to deltas, and judges its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import orjson

from assistants_app.providers.base import (
    ChatDelta,
    FinishReason,
    TextArrived,
    ToolCallArrived,
    TurnEnded,
    Usage,
)
from assistants_app.providers.openai_tool_calls import ToolCallReader
from playground.lib.errors import ProviderError
from playground.lib.provider_errors import broken_off, error_in_stream
from playground.lib.sse import Event, EventDecoder, EventTooLargeError

DONE = b"[DONE]"
REASONS = {
    "length": FinishReason.LENGTH,
    "max_tokens": FinishReason.LENGTH,
    "content_filter": FinishReason.CONTENT_FILTER,
    "tool_calls": FinishReason.TOOL_CALLS,
    "function_call": FinishReason.TOOL_CALLS,
}


class TurnReader:
    """Takes the bytes of one answer; `take` gives what they brought.

    `is_over` is true after `[DONE]` and after a failure, which `end` raises: what came
    before it is taken first. `secret` is the key, so that no error tells it.
    """

    def __init__(self, *, secret: str = "") -> None:
        self.is_over = False
        self._secret = secret
        self._decoder = EventDecoder()
        self._calls = ToolCallReader()
        self._texts: list[str] = []
        self._deltas: list[ChatDelta] = []
        self._error: ProviderError | None = None
        self._reason = ""
        self._usage: Usage | None = None
        self._model = ""

    @property
    def has_reason(self) -> bool:
        """Whether the model has said why it stopped."""
        return bool(self._reason)

    def feed(self, block: bytes) -> None:
        """Read one piece of an event stream."""
        with self._kept_error():
            self._read_events(self._decoder.feed(block))

    def feed_end(self) -> None:
        """The stream has ended; its last line may lack its line end."""
        with self._kept_error():
            self._read_events(self._decoder.finish())

    def feed_whole(self, body: bytes) -> None:
        """Read a completion that was not streamed."""
        with self._kept_error():
            self._read_data("", body)

    def take(self) -> list[ChatDelta]:
        """What came since the last call; adjacent text is one delta."""
        self._join_text()
        deltas, self._deltas = self._deltas, []
        return deltas

    def end(self, sent: Mapping[str, Any]) -> TurnEnded:
        """The last delta, or ProviderError if the answer did not come to its end."""
        if self._error:
            raise self._error
        if not self._reason:
            raise self._broken("The answer ended without a finish_reason.")
        if self._calls.has_nameless_call:
            raise self._broken("A tool call came without a name.")
        return TurnEnded(self._find_reason(), self._usage, self._model, sent)

    @contextmanager
    def _kept_error(self) -> Iterator[None]:
        try:
            yield
        except EventTooLargeError as exc:
            self._error = self._broken(str(exc))
        except ProviderError as exc:
            self._error = exc
        self.is_over = self.is_over or self._error is not None

    def _find_reason(self) -> FinishReason:
        reason = REASONS.get(self._reason, FinishReason.STOP)
        if reason in {FinishReason.STOP, FinishReason.TOOL_CALLS}:
            # What came counts more than what is said of it: servers mix the two up.
            has_calls = self._calls.has_calls
            return FinishReason.TOOL_CALLS if has_calls else FinishReason.STOP
        return reason

    def _read_events(self, events: list[Event]) -> None:
        for name, data in events:
            if data.strip() == DONE:
                self.is_over = True
                return
            self._read_data(name, data)

    def _read_data(self, name: str, data: bytes) -> None:
        try:
            value = orjson.loads(data)
        except orjson.JSONDecodeError as exc:
            start = data[:200].decode("utf-8", "replace")
            raise self._broken(f"Not JSON: {start!r}") from exc
        if not isinstance(value, dict):
            raise self._broken("A chunk is no object.")
        if name == "error" or value.get("error") or value.get("object") == "error":
            raise error_in_stream(value, secret=self._secret)
        self._read_chunk(value)

    def _read_chunk(self, chunk: dict[str, Any]) -> None:
        if not self._model and isinstance(chunk.get("model"), str):
            self._model = chunk["model"]
        if chunk.get("usage"):
            self._usage = read_usage(chunk["usage"])
        # The last chunk of a stream with usage has no choices, and some have null.
        choices = chunk.get("choices") or []
        for choice in choices if isinstance(choices, list) else [None]:
            if not isinstance(choice, dict):
                raise self._broken("A choice is no object.")
            if not choice.get("index"):
                self._read_choice(choice)

    def _read_choice(self, choice: dict[str, Any]) -> None:
        delta = choice.get("delta") or choice.get("message")
        if isinstance(delta, dict):
            self._read_delta(delta)
        reason = choice.get("finish_reason")
        if reason == "error":
            raise error_in_stream(choice, secret=self._secret)
        if reason:
            self._reason = str(reason)

    def _read_delta(self, delta: dict[str, Any]) -> None:
        content = delta.get("content")
        if content:
            text = content if isinstance(content, str) else _text_of_parts(content)
            self._texts.append(text)
        refusal = delta.get("refusal")
        if refusal and isinstance(refusal, str):
            self._texts.append(refusal)
        fragments = delta.get("tool_calls")
        if isinstance(fragments, list):
            for arrived in self._calls.read(fragments):
                self._add_fragment(arrived)

    def _add_fragment(self, arrived: ToolCallArrived) -> None:
        self._join_text()
        last = self._deltas[-1] if self._deltas else None
        if (
            isinstance(last, ToolCallArrived)
            and last.index == arrived.index
            and not arrived.name
        ):
            arguments = last.arguments + arrived.arguments
            joined = ToolCallArrived(last.index, last.id, last.name, arguments)
            self._deltas[-1] = joined
        else:
            self._deltas.append(arrived)

    def _join_text(self) -> None:
        text = "".join(self._texts)
        self._texts.clear()
        if text:
            self._deltas.append(TextArrived(text))

    def _broken(self, detail: str) -> ProviderError:
        return broken_off(detail, secret=self._secret)


def _text_of_parts(content: object) -> str:
    """Content as a list of parts; what is not text (such as reasoning) is left out."""
    if not isinstance(content, list):
        return ""
    parts = (part.get("text") for part in content if isinstance(part, dict))
    return "".join(text for text in parts if isinstance(text, str))


def read_usage(usage: object) -> Usage | None:
    """None for a server that does not count, or not in whole numbers."""
    if not isinstance(usage, dict):
        return None
    prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if type(prompt) is not int or type(completion) is not int:
        return None
    return Usage(prompt, completion) if prompt >= 0 and completion >= 0 else None
