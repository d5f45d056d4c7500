"""What a chat provider is: one streaming method, plain values, one exception.

The words are the engine's own, not those of any API. An adapter knows nothing of
rows, users, runs or retries.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol


@dataclass(frozen=True)
class Text:
    """A piece of written content."""

    text: str


@dataclass(frozen=True)
class Picture:
    """A picture put before a model that can see: bytes, or an address it may fetch."""

    mime: str = ""
    data: bytes = field(default=b"", repr=False)
    url: str = ""
    detail: Literal["auto", "low", "high"] = "auto"


Content = Text | Picture


@dataclass(frozen=True)
class ToolCall:
    """A call that the model made; `arguments` is the JSON text exactly as it came."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class ChatMessage:
    """One message of the prompt.

    `tool_calls` belong to role assistant; `tool_call_id` to role tool, whose content is
    the output of that call.
    """

    role: Literal["system", "user", "assistant", "tool"]
    content: tuple[Content, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str = ""


@dataclass(frozen=True)
class ToolSpec:
    """A function offered to the model; `parameters` is its JSON schema, or None."""

    name: str
    description: str = ""
    parameters: Mapping[str, Any] | None = None
    strict: bool | None = None


@dataclass(frozen=True)
class ChatRequest:
    """One turn that is asked of a model. None means "do not send this parameter".

    `tool_choice` is `auto`, `none`, `required` or a function's name with the prefix
    `function:`, so that a function called "auto" stays possible.
    """

    model: str
    messages: Sequence[ChatMessage]
    tools: Sequence[ToolSpec] = ()
    tool_choice: str | None = None
    parallel_tool_calls: bool | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    response_format: Mapping[str, Any] | None = None
    reasoning_effort: str | None = None


class FinishReason(StrEnum):
    """Why the model stopped."""

    STOP = "stop"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"
    CONTENT_FILTER = "content_filter"


@dataclass(frozen=True)
class Usage:
    """Tokens of one turn, as the provider counted them."""

    prompt_tokens: int
    completion_tokens: int

    @property
    def total_tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True)
class TextArrived:
    """Text; everything of one network read is joined into one value."""

    text: str


@dataclass(frozen=True)
class ToolCallArrived:
    """A fragment of the tool call at `index`.

    The first fragment of an index has `id` and `name` (an adapter makes an id where the
    server gives none); later ones only more `arguments`.
    """

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(frozen=True)
class TurnEnded:
    """The last value of every stream that did not raise.

    `usage` is None when the server did not count. `sent` is the request body as it left
    (no key; picture bytes replaced by a note of their size); `model` is the name that
    the server answered with.
    """

    reason: FinishReason
    usage: Usage | None = None
    model: str = ""
    sent: Mapping[str, Any] = field(default_factory=dict)


ChatDelta = TextArrived | ToolCallArrived | TurnEnded


class ChatProvider(Protocol):
    """A service that answers a conversation."""

    def stream(self, request: ChatRequest) -> AsyncGenerator[ChatDelta, None]:
        """Yield deltas as they arrive, the last one `TurnEnded`.

        Raise ProviderError and nothing else: also for a stream that ends without a
        finish reason or holds a line that is not JSON. Never send a request twice.
        Closing the iterator closes the connection.
        """
        ...

    async def aclose(self) -> None:
        """Close what the adapter holds open."""
        ...
