"""A chat request as the body of `POST chat/completions`."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any, Literal

from assistants_app.providers.base import (
    ChatMessage,
    ChatRequest,
    Picture,
    Text,
    ToolCall,
    ToolSpec,
)

MaxTokensField = Literal["max_tokens", "max_completion_tokens"]
WritePicture = Callable[[Picture], str]

FUNCTION = "function:"


def build_body(
    request: ChatRequest,
    *,
    max_tokens_field: MaxTokensField,
    include_usage: bool,
    write_picture: WritePicture,
) -> dict[str, Any]:
    """What is sent; a parameter that is None is left out.

    `write_picture` gives a picture's address: `data_url` for the wire, `describe` for
    what is stored and shown.
    """
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [_message(item, write_picture) for item in request.messages],
        "stream": True,
    }
    if include_usage:
        body["stream_options"] = {"include_usage": True}
    options: dict[str, Any] = {
        "temperature": request.temperature,
        "top_p": request.top_p,
        max_tokens_field: request.max_tokens,
        "response_format": request.response_format,
        "reasoning_effort": request.reasoning_effort,
    }
    if request.tools:
        # Without tools, servers refuse the two parameters that are about them.
        options["tools"] = [_tool(spec) for spec in request.tools]
        options["tool_choice"] = _tool_choice(request.tool_choice)
        options["parallel_tool_calls"] = request.parallel_tool_calls
    body |= {name: value for name, value in options.items() if value is not None}
    return body


def data_url(picture: Picture) -> str:
    """The picture's own address, or its bytes as one."""
    if picture.url:
        return picture.url
    return f"data:{picture.mime};base64,{base64.b64encode(picture.data).decode()}"


def describe(picture: Picture) -> str:
    """The same for people: never the bytes."""
    return picture.url or f"data:{picture.mime} ({len(picture.data)} bytes)"


def _message(message: ChatMessage, write_picture: WritePicture) -> dict[str, Any]:
    wire: dict[str, Any] = {
        "role": message.role,
        "content": _content(message, write_picture),
    }
    if message.tool_calls:
        wire["tool_calls"] = [_tool_call(call) for call in message.tool_calls]
        wire["content"] = wire["content"] or None
    if message.role == "tool":
        wire["tool_call_id"] = message.tool_call_id
    return wire


def _content(
    message: ChatMessage, write_picture: WritePicture
) -> str | list[dict[str, Any]]:
    texts = [part.text for part in message.content if isinstance(part, Text)]
    if len(texts) == len(message.content):
        # Plain text, because many small servers take no list of parts.
        return "\n\n".join(texts)
    return [_part(part, write_picture) for part in message.content]


def _part(part: Text | Picture, write_picture: WritePicture) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    address = {"url": write_picture(part), "detail": part.detail}
    return {"type": "image_url", "image_url": address}


def _tool_call(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id, "type": "function", "function": function}


def _tool(spec: ToolSpec) -> dict[str, Any]:
    function: dict[str, Any] = {"name": spec.name}
    if spec.description:
        function["description"] = spec.description
    if spec.parameters is not None:
        function["parameters"] = spec.parameters
    if spec.strict is not None:
        function["strict"] = spec.strict
    return {"type": "function", "function": function}


def _tool_choice(choice: str | None) -> str | dict[str, Any] | None:
    if choice is None or not choice.startswith(FUNCTION):
        return choice
    return {"type": "function", "function": {"name": choice.removeprefix(FUNCTION)}}


def picture_bytes(messages: Sequence[ChatMessage]) -> int:
    """How many bytes of pictures the messages hold."""
    parts = (part for message in messages for part in message.content)
    return sum(len(part.data) for part in parts if isinstance(part, Picture))
