"""`POST /v1/chat/completions` as the loopback upstream checks and answers it.

Builders: `text_stream("Hello", " world")`, `tool_call_stream(Call("draw", "{}"))` with
the habits of other servers as switches, `stream(...)` from single chunks, `completion`
(not streamed), `error`. Gates and cuts may stand between the texts and chunks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from tests.upstream import answers
from tests.upstream.answers import Answer, Step
from tests.upstream.received import Received, check_bearer, check_fields, require

PATH = "/v1/chat/completions"
MODEL = "loopback-chat"
DONE = b"data: [DONE]\n\n"

NUMBER = (int, float)
BODY_FIELDS: dict[str, type | tuple[type, ...]] = {
    "model": str,
    "messages": list,
    "tools": list,
    "tool_choice": (str, dict),
    "parallel_tool_calls": bool,
    "temperature": NUMBER,
    "top_p": NUMBER,
    "max_tokens": int,
    "max_completion_tokens": int,
    "response_format": dict,
    "reasoning_effort": str,
    "seed": int,
    "stream": bool,
    "stream_options": dict,
}
TOOL_FIELDS: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "description": str,
    "parameters": dict,
    "strict": bool,
}
MESSAGE_FIELDS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "system": {"role": str, "content": (str, list)},
    "user": {"role": str, "content": (str, list)},
    "assistant": {
        "role": str,
        "content": (str, list, type(None)),
        "tool_calls": list,
    },
    "tool": {"role": str, "content": (str, list), "tool_call_id": str},
}
NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class Routes(Protocol):
    def route(self, path: str, check: Any, *, paid: bool = False) -> None: ...


def add_routes(server: Routes) -> None:
    server.route(PATH, check, paid=True)


def check(request: Received, key: str) -> None:
    """Refuse what the real endpoint would refuse."""
    require(request.method == "POST", "the method is not POST")
    require(request.content_type == "application/json", "the body is not sent as JSON")
    check_bearer(request, key)
    body = request.json
    check_fields(body, BODY_FIELDS, required={"model", "messages"})
    require(body["model"], "model is empty")
    _check_options(body)
    names = [_check_tool(tool) for tool in body.get("tools", [])]
    _check_tool_choice(body.get("tool_choice"), names)
    _check_messages(body["messages"])


def _check_options(body: Mapping[str, Any]) -> None:
    if "stream_options" in body:
        require(body.get("stream") is True, "stream_options without stream")
        check_fields(
            body["stream_options"], {"include_usage": bool}, where="stream_options"
        )
    both = {"max_tokens", "max_completion_tokens"} <= set(body)
    require(not both, "max_tokens and max_completion_tokens at once")
    if "parallel_tool_calls" in body or "tools" in body:
        require(body.get("tools"), "tools is empty or missing")
    require(0 <= body.get("temperature", 1) <= 2, "temperature is out of range")
    require(0 <= body.get("top_p", 1) <= 1, "top_p is out of range")


def _check_tool(tool: Any) -> str:
    check_fields(tool, {"type": str, "function": dict}, required={"type", "function"})
    require(tool["type"] == "function", "a tool is no function")
    check_fields(tool["function"], TOOL_FIELDS, required={"name"}, where="function")
    require(NAME.fullmatch(tool["function"]["name"]), "a function's name is invalid")
    name: str = tool["function"]["name"]
    return name


def _check_tool_choice(choice: Any, names: Sequence[str]) -> None:
    if choice is None:
        return
    require(names, "tool_choice without tools")
    if isinstance(choice, str):
        require(choice in {"auto", "none", "required"}, "tool_choice is unknown")
        return
    check_fields(choice, {"type": str, "function": dict}, required={"type", "function"})
    require(choice["function"].get("name") in names, "tool_choice names no tool")


def _check_messages(messages: Sequence[Any]) -> None:
    require(messages, "messages is empty")
    open_calls: set[str] = set()
    for message in messages:
        role = message.get("role")
        require(role in MESSAGE_FIELDS, f"role {role!r} is unknown")
        check_fields(message, MESSAGE_FIELDS[role], required={"role"}, where=role)
        if role == "tool":
            require(message["tool_call_id"] in open_calls, "an answer without its call")
            open_calls.discard(message["tool_call_id"])
        else:
            require(not open_calls, f"calls without an answer: {sorted(open_calls)}")
        open_calls |= {_check_call(call) for call in message.get("tool_calls", [])}
        _check_content(message, role)
    require(not open_calls, f"calls without an answer: {sorted(open_calls)}")


def _check_call(call: Any) -> str:
    fields = {"id": str, "type": str, "function": dict}
    check_fields(call, fields, required=set(fields), where="tool call")
    inner = {"name": str, "arguments": str}
    check_fields(call["function"], inner, required=set(inner), where="tool call")
    require(call["id"] and call["function"]["name"], "a tool call has no id or name")
    identifier: str = call["id"]
    return identifier


def _check_content(message: Mapping[str, Any], role: str) -> None:
    content = message.get("content")
    if content is None:
        require(message.get("tool_calls"), f"a {role} message has no content")
    if not isinstance(content, list):
        return
    require(content, f"a {role} message has an empty list as content")
    for part in content:
        fields = {"type": str, "text": str, "image_url": dict}
        check_fields(part, fields, required={"type"}, where="content part")
        if part["type"] == "text":
            require("text" in part, "a text part has no text")
            continue
        require(role == "user", f"a {role} message holds a picture")
        require(part["type"] == "image_url", "a content part's type is unknown")
        _check_picture(part["image_url"])


def _check_picture(picture: Any) -> None:
    fields = {"url": str, "detail": str}
    check_fields(picture, fields, required={"url"}, where="image_url")
    require(picture.get("detail", "auto") in {"auto", "low", "high"}, "unknown detail")
    data = re.fullmatch(r"data:image/\w+;base64,[A-Za-z0-9+/]+=*", picture["url"])
    require(data or picture["url"].startswith("http"), "a picture's address is invalid")


def event(value: Any) -> bytes:
    """One data line."""
    return b"data: " + orjson.dumps(value) + b"\n\n"


def chunk(
    delta: Mapping[str, Any] | None = None, *, finish: str | None = None, **extra: Any
) -> bytes:
    """One chunk as it goes over the wire; `extra` lands at its top level."""
    choice = {"index": 0, "delta": delta or {}, "finish_reason": finish}
    return event({**_head("chat.completion.chunk"), "choices": [choice], **extra})


def usage_chunk(prompt: int, completion: int) -> bytes:
    """The last chunk when usage was asked for: no choices."""
    head = _head("chat.completion.chunk")
    return event({**head, "choices": [], "usage": _usage(prompt, completion)})


def stream(*steps: Step, done: bool = True) -> Answer:
    """A stream of exactly these chunks, gates and cuts."""
    return answers.sse(*steps, *((DONE,) if done else ()))


def text_stream(
    *texts: str | Step,
    finish: str = "stop",
    usage: tuple[int, int] | None = (12, 5),
    done: bool = True,
) -> Answer:
    """A whole turn of text, one chunk for each; usage is (prompt, completion) tokens."""
    steps = [
        chunk({"content": text}) if isinstance(text, str) else text for text in texts
    ]
    opening = chunk({"role": "assistant", "content": ""})
    return stream(opening, *steps, *_ending(finish, usage), done=done)


@dataclass(frozen=True)
class Call:
    """A tool call that the model makes."""

    name: str
    arguments: str = "{}"
    id: str = "call_1"


def tool_call_stream(
    *calls: Call,
    text: str = "",
    piece: int = 0,
    index: bool = True,
    ids: bool = True,
    finish: str = "tool_calls",
    usage: tuple[int, int] | None = (12, 5),
) -> Answer:
    """A turn that calls tools, after `text` if any.

    `piece` is the size into which arguments are split after a first fragment that holds
    none; 0 sends each call whole. `index` and `ids` false leave these fields out, as
    some servers do.
    """
    steps = [chunk({"content": text})] if text else []
    for number, call in enumerate(calls):
        for fragment in _fragments(call, piece):
            if index:
                fragment["index"] = number
            if not ids:
                fragment.pop("id", None)
            steps.append(chunk({"tool_calls": [fragment]}))
    return stream(*steps, *_ending(finish, usage))


def completion(
    text: str | None = None,
    *calls: Call,
    finish: str = "stop",
    usage: tuple[int, int] | None = (12, 5),
) -> Answer:
    """A whole completion, as a server gives it that cannot stream."""
    message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None}
    if calls:
        message["tool_calls"] = [_fragments(call, 0)[0] for call in calls]
    choice: dict[str, Any] = {"index": 0, "message": message, "logprobs": None}
    choice["finish_reason"] = finish
    body = {**_head("chat.completion"), "choices": [choice]}
    return answers.json(body | ({"usage": _usage(*usage)} if usage else {}))


def error(
    status: int,
    message: str = "It went wrong.",
    *,
    type: str = "invalid_request_error",
    param: str | None = None,
    code: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """An error in the usual envelope."""
    inner = {"message": message, "type": type, "param": param, "code": code}
    return answers.json({"error": inner}, status=status, headers=headers)


def _head(kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1763600000, "model": MODEL}


def _usage(prompt: int, completion: int) -> dict[str, int]:
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }


def _ending(finish: str, usage: tuple[int, int] | None) -> list[bytes]:
    return [chunk(finish=finish), *([usage_chunk(*usage)] if usage else [])]


def _fragments(call: Call, piece: int) -> list[dict[str, Any]]:
    head = {"id": call.id, "type": "function"}
    if not piece:
        whole = {"name": call.name, "arguments": call.arguments}
        return [{**head, "function": whole}]
    starts = range(0, len(call.arguments), piece)
    return [
        {**head, "function": {"name": call.name, "arguments": ""}},
        *(
            {"function": {"arguments": call.arguments[at : at + piece]}}
            for at in starts
        ),
    ]
