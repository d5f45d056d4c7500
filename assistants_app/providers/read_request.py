"""The body of a chat completion as a ChatRequest, for models without a server."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Literal, NoReturn

from assistants_app.providers.base import (
    ChatMessage,
    ChatRequest,
    Content,
    Picture,
    Text,
    ToolCall,
    ToolSpec,
)
from playground.lib.errors import ErrorKind, ProviderError

ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
}


def read_request(body: Mapping[str, Any]) -> ChatRequest:
    """What a body asks for; ProviderError names the field that cannot be read."""
    if body.get("n") not in {None, 1}:
        _refuse("n", "the offline model gives one answer")
    most = body.get("max_completion_tokens", body.get("max_tokens"))
    if most is not None and (type(most) is not int or most < 1):
        _refuse("max_tokens", "it must be a whole number above 0")
    messages = _list(body, "messages")
    return ChatRequest(
        model=body["model"],
        messages=[_message(m, f"messages[{n}]") for n, m in enumerate(messages)],
        tools=[_tool(t, f"tools[{n}]") for n, t in enumerate(_list(body, "tools"))],
        tool_choice=_tool_choice(body.get("tool_choice")),
        parallel_tool_calls=body.get("parallel_tool_calls"),
        max_tokens=most,
    )


def _message(said: Any, where: str) -> ChatMessage:
    message = _object(said, where)
    role = message.get("role")
    if role not in ROLES:
        _refuse(f"{where}.role", f"it must be one of {', '.join(ROLES)}")
    calls = [
        _call(call, f"{where}.tool_calls[{n}]")
        for n, call in enumerate(_list(message, "tool_calls", where))
    ]
    return ChatMessage(
        ROLES[role],  # type: ignore[arg-type]
        _content(message.get("content"), f"{where}.content"),
        tuple(calls),
        _text(message.get("tool_call_id", ""), f"{where}.tool_call_id"),
    )


def _content(said: Any, where: str) -> tuple[Content, ...]:
    if said is None:
        return ()
    if isinstance(said, str):
        return (Text(said),)
    if not isinstance(said, list):
        _refuse(where, "it must be a text or a list of parts")
    return tuple(_part(part, f"{where}[{n}]") for n, part in enumerate(said))


def _part(said: Any, where: str) -> Content:
    part = _object(said, where)
    match part.get("type"):
        case "text" | "refusal" as kind:
            return Text(_text(part.get(kind), f"{where}.{kind}"))
        case "image_url":
            picture = _object(part.get("image_url"), f"{where}.image_url")
            return _picture(picture, f"{where}.image_url")
    _refuse(f"{where}.type", "the offline model reads text and image_url")


def _picture(picture: Mapping[str, Any], where: str) -> Picture:
    url = _text(picture.get("url"), f"{where}.url")
    detail = _detail(picture.get("detail"))
    if not url.startswith("data:"):
        return Picture(url=url, detail=detail)
    head, _, data = url.partition(",")
    try:
        content = base64.b64decode(data, validate=True)
    except binascii.Error:
        _refuse(f"{where}.url", "its data is no base64")
    mime = head.removeprefix("data:").partition(";")[0]
    return Picture(mime, content, detail=detail)


def _detail(said: Any) -> Literal["auto", "low", "high"]:
    if said == "low":
        return "low"
    return "high" if said == "high" else "auto"


def _call(said: Any, where: str) -> ToolCall:
    call = _object(said, where)
    function = _object(call.get("function"), f"{where}.function")
    return ToolCall(
        _text(call.get("id"), f"{where}.id"),
        _text(function.get("name"), f"{where}.function.name"),
        _text(function.get("arguments"), f"{where}.function.arguments"),
    )


def _tool(said: Any, where: str) -> ToolSpec:
    tool = _object(said, where)
    if tool.get("type") != "function":
        _refuse(f"{where}.type", "the offline model takes functions")
    function = _object(tool.get("function"), f"{where}.function")
    parameters = function.get("parameters")
    return ToolSpec(
        _text(function.get("name"), f"{where}.function.name"),
        _text(function.get("description") or "", f"{where}.function.description"),
        None if parameters is None else _object(parameters, f"{where}.function"),
    )


def _tool_choice(said: Any) -> str | None:
    if isinstance(said, dict):
        name = _object(said.get("function"), "tool_choice.function").get("name")
        return f"function:{_text(name, 'tool_choice.function.name')}"
    return None if said is None else _text(said, "tool_choice")


def _list(value: Mapping[str, Any], name: str, where: str = "") -> list[Any]:
    found = value.get(name)
    if found is None:
        return []
    if not isinstance(found, list):
        _refuse(f"{where}.{name}".strip("."), "it must be a list")
    return found


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse(where, "it must be an object")
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        _refuse(where, "it must be a text")
    return value


def _refuse(param: str, rule: str) -> NoReturn:
    raise ProviderError(
        ErrorKind.INVALID,
        f"Invalid '{param}': {rule}.",
        param=param,
        code="invalid_value",
        status=400,
    )
