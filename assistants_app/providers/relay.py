"""Passing chat completions on: the body as the client wrote it, the answer as it came."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from assistants_app.providers.base import Usage
from assistants_app.providers.json_text import set_members


@dataclass(frozen=True)
class RelayBody:
    """The body of a chat completion: its members, and the JSON text that they are in."""

    members: Mapping[str, Any]
    text: bytes

    def with_members(self, **members: Any) -> RelayBody:
        """The same with these members; the text of all others stays as it is."""
        return RelayBody({**self.members, **members}, set_members(self.text, members))


@dataclass(frozen=True)
class Counted:
    """What a completion says of itself; `usage` is None where nobody counted."""

    id: str = ""
    model: str = ""
    usage: Usage | None = None


@dataclass(frozen=True)
class WholeAnswer:
    """A completion in one piece: the JSON text as it came."""

    content: bytes
    counted: Counted


class StreamedAnswer(Protocol):
    """A completion whose server has accepted the request."""

    def pieces(self) -> AsyncGenerator[bytes, None]:
        """Whole events, all of one network read in one piece, `[DONE]` the last.

        ProviderError when the answer breaks off or its server reports a failure.
        Closing the generator closes the connection.
        """
        ...

    @property
    def counted(self) -> Counted:
        """As far as it is known by now."""
        ...


class ChatRelay(Protocol):
    """A service that takes the body of a chat completion with its model's own name.

    Both methods raise ProviderError, and never send a request twice that may have been
    worked on.
    """

    async def complete(self, body: RelayBody) -> WholeAnswer:
        """The completion of a body that asks for no stream."""
        ...

    async def stream(self, body: RelayBody, *, shows_usage: bool) -> StreamedAnswer:
        """Ask for a stream; returns once the server has begun to answer."""
        ...
