"""A response's parameters as the options of its run, and as the response repeats them."""

from __future__ import annotations

from typing import Any

from assistants_app.api.checks import check_image_tools
from assistants_app.api.responses.schemas_response_tools import echoed_tools, run_tools
from assistants_app.api.responses.schemas_responses import (
    JsonObjectFormat,
    JsonSchemaFormat,
    ResponseCreate,
)
from assistants_app.api.schemas_fields import plain
from assistants_app.services.runs import RunOptions
from playground.api.callers import Caller


def options_of(caller: Caller, data: ResponseCreate) -> RunOptions:
    """The options of the run; ApiError for tools that cannot be served."""
    tools, choice = run_tools(data.tools or (), data.tool_choice)
    if data.max_tool_calls is not None:
        tools = [_limited(tool, data.max_tool_calls) for tool in tools]
    # A client that names no model cannot know what the default one takes.
    check_image_tools(caller.organization, tools, adapts=True)
    reasoning = data.reasoning
    return RunOptions(
        model=data.model,
        instructions=data.instructions or "",
        tools=tools,
        metadata=data.metadata or {},
        temperature=data.temperature,
        top_p=data.top_p,
        max_completion_tokens=data.max_output_tokens,
        truncation_strategy={"type": data.truncation or "disabled"},
        tool_choice=choice if tools else None,
        parallel_tool_calls=data.parallel_tool_calls is not False,
        response_format=_response_format(data),
        reasoning_effort=reasoning.effort if reasoning else None,
        asked=_asked(data),
        pauses=False,
        is_stored=data.is_stored,
        is_background=bool(data.background),
    )


def _limited(tool: dict[str, Any], most: int) -> dict[str, Any]:
    """How many pictures the run may make; the client's own functions are not counted."""
    return {**tool, "max_calls": most} if tool["type"] == "image_generation" else tool


def _response_format(data: ResponseCreate) -> dict[str, Any] | None:
    """The format as chat models take it."""
    said = data.text.format if data.text else None
    if isinstance(said, JsonObjectFormat):
        return {"type": "json_object"}
    if isinstance(said, JsonSchemaFormat):
        inner = said.model_dump(by_alias=True, exclude_none=True, exclude={"type"})
        return {"type": "json_schema", "json_schema": inner}
    return None


def _asked(data: ResponseCreate) -> dict[str, Any]:
    """What only the response itself repeats."""
    conversation = data.conversation_id
    reasoning = data.reasoning
    return {
        "tools": echoed_tools(data.tools or ()),
        "tool_choice": "auto" if data.tool_choice is None else plain(data.tool_choice),
        "text": _text(data),
        "reasoning": {
            "effort": reasoning.effort if reasoning else None,
            "summary": reasoning.summary if reasoning else None,
        },
        "previous_response_id": data.previous_response_id,
        "conversation": {"id": conversation} if conversation else None,
        "max_tool_calls": data.max_tool_calls,
        "truncation": data.truncation or "disabled",
        "top_logprobs": 0,
        "service_tier": "default",
        "prompt_cache_key": data.prompt_cache_key,
        "safety_identifier": data.safety_identifier,
        "user": data.user,
        "store": data.is_stored,
    }


def _text(data: ResponseCreate) -> dict[str, Any]:
    said = data.text
    text_format: dict[str, Any] = {"type": "text"}
    if said and said.format:
        text_format = said.format.model_dump(by_alias=True, exclude_none=True)
    return {
        "format": text_format,
        "verbosity": (said.verbosity if said else None) or "medium",
    }
