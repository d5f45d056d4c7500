"""What `POST /v1/model/response` writes before anything is paid, or refuses.

Either new inputs begin a run at the end of a thread, or `tool` inputs answer the calls
that a run waits for; that run then goes on with the settings that it began with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from assistants_app.api.budgets import check_budget
from assistants_app.api.model_response.images import check_image_tool, stored_entry
from assistants_app.api.model_response.inputs import content_of
from assistants_app.api.model_response.schemas import (
    FlatFunctionTool,
    ModelResponseCreate,
)
from assistants_app.api.model_response.threads import (
    assistant_of,
    branch_of,
    check_idle,
    go_to,
    named_thread,
)
from assistants_app.api.schemas_tools import invalid
from assistants_app.models import Assistant, Run, Thread
from assistants_app.models.assistant import IMAGE_TOOL
from assistants_app.services.chat_models import find_chat_route
from assistants_app.services.endings import expire_overdue
from assistants_app.services.runs import (
    RunOptions,
    ToolOutputsError,
    create_run,
    submit_outputs,
    waiting_step,
)
from assistants_app.services.stored import unfinished_run
from assistants_app.services.threads import add_message, create_thread
from assistants_app.services.withdrawal import state_of
from playground.api.callers import Caller
from playground.api.seed import in_organization

EFFORTS = {
    "off": "none",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "maximum": "high",  # the most that every reasoning model takes
}
BRANCHES = ("previous_response_id", "previous_message_id", "edit_message_id")


def begin(caller: Caller, data: ModelResponseCreate) -> str:
    """The reference of the answer: a run, and the event that it begins behind."""
    caller = in_organization(caller, data.organization_id)
    caller.need("run")
    _check_together(data)
    thread = named_thread(caller, data)
    if data.results:
        run = _answer_calls(thread, data)
        return f"{run.public_id}:{run.last_sequence}"
    return f"{_begin_run(caller, thread, data).public_id}:0"


def _check_together(data: ModelResponseCreate) -> None:
    """The rules for several fields."""
    branches = [name for name in BRANCHES if getattr(data, name) is not None]
    if len(branches) > 1:
        raise invalid(branches[1], f"it cannot be combined with '{branches[0]}'.")
    if branches and branches[0] != BRANCHES[0] and data.thread_id is None:
        raise invalid(branches[0], "it needs the 'thread_id' of its thread.")
    if data.background and data.stream:
        raise invalid("background", "it cannot be combined with 'stream'.")
    if data.results and data.spoken:
        index = next(i for i, e in enumerate(data.inputs) if e.role != "tool")
        raise invalid(
            f"inputs[{index}]",
            "messages of the role “tool” answer a waiting response and come alone."
            " Send the others when it has gone on.",
        )
    if not data.results and all(entry.role != "user" for entry in data.spoken):
        raise invalid("inputs", "at least one message must have the role “user”.")


def _answer_calls(thread: Thread | None, data: ModelResponseCreate) -> Run:
    """Give the waiting run its outputs: of all its calls, in one request."""
    if thread is None:
        raise invalid(
            "inputs[0].tool_call_id",
            "a message of the role “tool” needs the 'thread_id' of its response.",
        )
    expire_overdue(thread)
    run = unfinished_run(thread)
    if run is None or not run.waits:
        raise invalid(
            "inputs[0].tool_call_id",
            f"no function call waits for its output in {thread.public_id}.",
        )
    outputs = [(entry.tool_call_id, entry.output) for entry in data.results]
    try:
        return submit_outputs(run, outputs)
    except ToolOutputsError:
        waiting = [call["id"] for call in waiting_step(run).open_calls]
        raise invalid(
            "inputs",
            f"expected one output for each of {waiting}, but got"
            f" {[call_id for call_id, _ in outputs]}.",
        ) from None


def _begin_run(caller: Caller, thread: Thread | None, data: ModelResponseCreate) -> Run:
    if thread is not None:
        check_idle(thread)
    assistant = assistant_of(caller, thread, data)
    options = _options(caller, assistant, data)
    before = state_of(None)
    contents = [
        content_of(caller, entry, f"inputs[{index}]")
        for index, entry in enumerate(data.spoken)
    ]
    if thread is None:
        thread = create_thread(
            organization=caller.organization,
            user=caller.user,
            assistant=assistant,
            metadata=data.metadata,
        )
        thread.is_hidden = data.store is False
        thread.save(update_fields=["is_hidden"])
    else:
        branch = branch_of(caller, thread, data)
        before = state_of(thread, branch)
        go_to(thread, branch, assistant)
    for entry, content in zip(data.spoken, contents, strict=True):
        add_message(thread=thread, content=content, role=entry.role, user=caller.user)
    thread.refresh_from_db(fields=["head"])
    return create_run(
        thread=thread,
        assistant=assistant,
        options=replace(options, asked={**options.asked, **before}),
        user=caller.user,
        api_key=caller.api_key,
    )


def _options(
    caller: Caller, assistant: Assistant | None, data: ModelResponseCreate
) -> RunOptions:
    """What the run is told; ApiError for a model or a picture that nobody serves."""
    model = data.model or (assistant.model if assistant else "")
    route = find_chat_route(caller.organization, model)
    check_budget(caller, route, data.max_output_synapses)
    image_options = check_image_tool(caller.organization, assistant, data)
    asked: dict[str, Any] = {"instructions": data.instructions}
    asked["previous_response_id"] = data.previous_response_id
    effort = data.reasoning.effort if data.reasoning else None
    as_json = data.output_mode == "json"
    return RunOptions(
        model=data.model,
        additional_instructions=data.instructions,
        tools=_tools(assistant, data, image_options),
        image_options=image_options,
        metadata=data.metadata or {},
        temperature=data.temperature,
        top_p=data.top_p,
        max_completion_tokens=data.max_output_synapses,
        response_format={"type": "json_object"} if as_json else None,
        reasoning_effort=EFFORTS[effort] if effort else None,
        asked={name: value for name, value in asked.items() if value is not None},
    )


def _tools(
    assistant: Assistant | None,
    data: ModelResponseCreate,
    image_options: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """The assistant's tools with the request's functions; its own names win."""
    functions: dict[str, dict[str, Any]] = {}
    for index, tool in enumerate(data.tools or []):
        if isinstance(tool, FlatFunctionTool):
            if tool.name in functions:
                raise invalid(f"tools[{index}].name", f"“{tool.name}” is there twice.")
            functions[tool.name] = tool.stored()
    kept: list[dict[str, Any]] = []
    for stored in assistant.tools if assistant else []:
        if stored["type"] == IMAGE_TOOL:
            kept.append(stored_entry(assistant, image_options) or stored)
        elif stored.get("function", {}).get("name") not in functions:
            kept.append(stored)
    return [*kept, *functions.values()]
