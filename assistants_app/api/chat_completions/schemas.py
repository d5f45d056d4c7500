"""What a chat completion's request must say, and what its answer looks like."""

from __future__ import annotations

from typing import Any, Literal

import pydantic
from pydantic import BaseModel, Field

from playground.api.validation import Schema


class ChatCompletionCreate(Schema):
    """The body goes to the provider as it came; only these fields are looked at."""

    model_config = pydantic.ConfigDict(strict=True, extra="allow")

    model: str = Field(
        min_length=1, max_length=250, description="A model, or CONNECTION/MODEL."
    )
    messages: list[Any] = Field(min_length=1, description="The conversation.")
    stream: bool | None = Field(None, description="Answer as server-sent events.")
    stream_options: dict[str, Any] | None = Field(
        None, description="`include_usage` adds a last chunk with the tokens."
    )

    def as_sent(self) -> dict[str, Any]:
        """The fields that the client sent, nothing added."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class ChatCompletion(BaseModel):
    """The provider's answer, as it came."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[dict[str, Any]]
    usage: dict[str, Any] | None = None
