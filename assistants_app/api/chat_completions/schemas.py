"""What a chat completion's request must say, and what its answer looks like."""

from __future__ import annotations

from typing import Any, Literal, Self

import orjson
import pydantic
from pydantic import BaseModel, Field, PrivateAttr

from assistants_app.providers.relay import RelayBody
from playground.api.validation import JsonBody, Schema


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

    _text: bytes = PrivateAttr(b"")

    @pydantic.model_validator(mode="wrap")
    @classmethod
    def _with_text(cls, value: Any, validate: Any) -> Self:
        made: Self = validate(value)
        if isinstance(value, JsonBody):
            made._text = value.text
        return made

    def as_sent(self) -> RelayBody:
        """What the client sent: the members, and the text that it wrote."""
        members = {name: getattr(self, name) for name in self.model_fields_set}
        return RelayBody(members, self._text or orjson.dumps(members))


class ChatCompletion(BaseModel):
    """The provider's answer, as it came."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[dict[str, Any]]
    usage: dict[str, Any] | None = None
