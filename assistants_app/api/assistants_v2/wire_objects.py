"""Rows as the objects of Assistants v2; every published key is always there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from assistants_app.models import Assistant, Message, Run, RunStep, Thread

# What holds where nothing was said; the published API echoes it.
TEMPERATURE = 1.0
TOP_P = 1.0
TRUNCATION = {"type": "auto", "last_messages": None}
MESSAGE_PARTS = frozenset({"text", "image_file", "image_url", "refusal"})
# The published API drops a run's deadline when it ends, unless it ended by it.
KEEPS_DEADLINE = frozenset({*Run.UNFINISHED, Run.Status.EXPIRED})


def seconds(moment: datetime | None) -> int | None:
    """A moment as whole seconds since 1970."""
    return None if moment is None else int(moment.timestamp())


def assistant_json(assistant: Assistant, default_model: str = "") -> dict[str, Any]:
    """`default_model` serves one that names no model of its own."""
    return {
        "id": assistant.public_id,
        "object": "assistant",
        "created_at": seconds(assistant.created_at),
        "name": assistant.name or None,
        "description": assistant.description or None,
        "model": assistant.model or default_model,
        "instructions": assistant.instructions or None,
        "tools": assistant.tools,
        "tool_resources": {},
        "metadata": assistant.metadata,
        "temperature": _or(assistant.temperature, TEMPERATURE),
        "top_p": _or(assistant.top_p, TOP_P),
        "response_format": assistant.response_format or "auto",
    }


def thread_json(thread: Thread) -> dict[str, Any]:
    return {
        "id": thread.public_id,
        "object": "thread",
        "created_at": seconds(thread.created_at),
        "tool_resources": {},
        "metadata": thread.metadata,
    }


def is_message(message: Message) -> bool:
    """Whether a row is a message to clients, and no item that only a response knows."""
    return message.role in {Message.Role.USER, Message.Role.ASSISTANT} and all(
        part["type"] in MESSAGE_PARTS for part in message.content
    )


def message_json(message: Message, thread_id: str) -> dict[str, Any]:
    """`message` with its run and assistant loaded."""
    reason = message.incomplete_reason
    return {
        "id": message.public_id,
        "object": "thread.message",
        "created_at": seconds(message.created_at),
        "thread_id": thread_id,
        "status": message.status,
        "incomplete_details": {"reason": reason} if reason else None,
        "completed_at": seconds(message.completed_at),
        "incomplete_at": seconds(message.incomplete_at),
        "role": message.role,
        "content": message.content,
        "assistant_id": message.assistant.public_id if message.assistant else None,
        "run_id": message.run.public_id if message.run else None,
        "attachments": message.attachments,
        "metadata": message.metadata,
    }


def run_json(run: Run) -> dict[str, Any]:
    """`run` with its thread and assistant loaded."""
    calls: list[dict[str, Any]] = []
    if run.waits:
        for step in run.steps.filter(type=RunStep.Type.TOOL_CALLS):
            calls = step.open_calls or calls
    reason = run.incomplete_reason
    return {
        **created_run_json(run),
        "status": run.status,
        "required_action": required_action(calls) if run.waits else None,
        "last_error": run.last_error,
        "expires_at": seconds(run.expires_at) if run.status in KEEPS_DEADLINE else None,
        "started_at": seconds(run.started_at),
        "cancelled_at": seconds(run.cancelled_at),
        "failed_at": seconds(run.failed_at),
        "completed_at": seconds(run.completed_at),
        "incomplete_details": {"reason": reason} if reason else None,
        "usage": usage_json(run.usage) if run.is_finished else None,
    }


def created_run_json(run: Run) -> dict[str, Any]:
    """The run as it was when it was created, whatever has become of it since."""
    return {
        "id": run.public_id,
        "object": "thread.run",
        "created_at": seconds(run.created_at),
        "thread_id": run.thread.public_id,
        "assistant_id": run.assistant.public_id if run.assistant else "",
        "status": "queued",
        "required_action": None,
        "last_error": None,
        "expires_at": seconds(run.expires_at),
        "started_at": None,
        "cancelled_at": None,
        "failed_at": None,
        "completed_at": None,
        "incomplete_details": None,
        "model": run.model or run.sent_model,
        "instructions": run.instructions,
        "tools": run.tools,
        "metadata": run.metadata,
        "usage": None,
        "temperature": _or(run.temperature, TEMPERATURE),
        "top_p": _or(run.top_p, TOP_P),
        "max_prompt_tokens": run.max_prompt_tokens,
        "max_completion_tokens": run.max_completion_tokens,
        "truncation_strategy": {**TRUNCATION, **(run.truncation_strategy or {})},
        "tool_choice": run.tool_choice or "auto",
        "parallel_tool_calls": run.parallel_tool_calls,
        "response_format": run.response_format or "auto",
    }


def cancelling_run_json(run: Run) -> dict[str, Any]:
    """The run as a request that stops it leaves it; `cancelled` comes afterwards."""
    begun = seconds(run.started_at)
    return {**created_run_json(run), "status": "cancelling", "started_at": begun}


def required_action(calls: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the client has to do before the run can go on."""
    waiting = [
        {
            "id": call["id"],
            "type": "function",
            "function": {
                "name": call["function"]["name"],
                "arguments": call["function"]["arguments"],
            },
        }
        for call in calls
    ]
    return {
        "type": "submit_tool_outputs",
        "submit_tool_outputs": {"tool_calls": waiting},
    }


def step_json(step: RunStep, run: Run) -> dict[str, Any]:
    """`step` with its message, `run` with its thread and assistant loaded."""
    details: dict[str, Any]
    if step.type == RunStep.Type.MESSAGE_CREATION:
        message_id = step.message.public_id if step.message else ""
        details = message_details(message_id)
    else:
        details = tool_details([tool_call_json(call) for call in step.tool_calls])
    return {
        "id": step.public_id,
        "object": "thread.run.step",
        "created_at": seconds(step.created_at),
        "assistant_id": run.assistant.public_id if run.assistant else "",
        "thread_id": run.thread.public_id,
        "run_id": run.public_id,
        "type": step.type,
        "status": step.status,
        "step_details": details,
        "last_error": step.last_error,
        "expired_at": seconds(step.expired_at),
        "cancelled_at": seconds(step.cancelled_at),
        "failed_at": seconds(step.failed_at),
        "completed_at": seconds(step.completed_at),
        "metadata": step.metadata,
        "usage": usage_json(step.usage),
    }


def message_details(message_id: str) -> dict[str, Any]:
    return {
        "type": "message_creation",
        "message_creation": {"message_id": message_id},
    }


def tool_details(calls: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "tool_calls", "tool_calls": calls}


def tool_call_json(call: Mapping[str, Any]) -> dict[str, Any]:
    """A stored call: a client's function, or a picture that the server made."""
    if call["type"] == "function":
        return {"id": call["id"], "type": "function", "function": call["function"]}
    file_ids = call["file_ids"]
    return {
        "id": call["id"],
        "type": "image_generation_call",
        "status": call["status"],
        "prompt": call["sent_prompt"] or call["prompt"],
        "revised_prompt": call["revised_prompt"] or None,
        "file_id": file_ids[0] if file_ids else None,
        "file_ids": file_ids,
        "generation_id": call["generation_id"],
        "error": call["error"] or None,
    }


def usage_json(usage: Mapping[str, int] | None) -> dict[str, int] | None:
    """Tokens, or None where nobody counted them: unknown is never 0."""
    if not usage or not usage["total_tokens"]:
        return None
    return {
        "prompt_tokens": usage["prompt_tokens"],
        "completion_tokens": usage["completion_tokens"],
        "total_tokens": usage["total_tokens"],
    }


def deleted_json(kind: str, public_id: str) -> dict[str, Any]:
    return {"id": public_id, "object": f"{kind}.deleted", "deleted": True}


def _or(value: float | None, default: float) -> float:
    return default if value is None else value
