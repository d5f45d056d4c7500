"""The three POSTs that start a run or go on with it, streamed or not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from assistants_app.api.assistants_v2.schemas_runs import (
    RunCreate,
    RunFields,
    ThreadRunCreate,
    ToolOutputs,
)
from assistants_app.api.assistants_v2.schemas_threads import ThreadCreate
from assistants_app.api.assistants_v2.threads import add_messages, make_thread
from assistants_app.api.assistants_v2.wire_events import DONE, RunStream, event_bytes
from assistants_app.api.assistants_v2.wire_objects import (
    created_run_json,
    seconds,
    thread_json,
)
from assistants_app.api.budgets import check_budget
from assistants_app.api.checks import check_image_tools, check_model
from assistants_app.api.joining import is_last_run
from assistants_app.api.lookups import find_assistant, find_run, find_thread
from assistants_app.api.schemas_fields import plain
from assistants_app.api.schemas_tools import invalid, read_tools
from assistants_app.api.starting import (
    first_refusal,
    has_listed_model,
    is_listed,
    read_run,
)
from assistants_app.models import Assistant, Run, Thread
from assistants_app.models.assistant import IMAGE_TOOL
from assistants_app.services import dispatch, feed
from assistants_app.services.runs import (
    RunOptions,
    create_run,
    submit_outputs,
)
from assistants_app.services.withdrawal import state_of
from playground.api.answers import Answer, Stream, json_answer
from playground.api.callers import Caller
from playground.api.front import as_api_error
from playground.api.operations import Operation
from playground.lib.database import in_database

# How long the official clients wait between two looks at a run, in milliseconds.
POLL_HEADERS = {"openai-poll-after-ms": "250"}


# New runs until their answer begins, so that they need not be read again, and whether
# their model is listed.
_begun: dict[str, tuple[Run, bool]] = {}
MAX_BEGUN = 1000


def begin_run(caller: Caller, data: RunCreate, thread_id: str) -> str:
    """Add the additional messages and create the run that answers them."""
    thread = find_thread(caller.organization, thread_id)
    assistant = find_assistant(caller.organization, data.assistant_id)
    options = _options(caller, data, assistant)
    before = state_of(thread, thread.head)
    if data.additional_messages:
        messages = data.additional_messages
        add_messages(caller, thread, messages, "additional_messages")
    return _create(caller, thread, assistant, replace(options, asked=before))


def begin_thread_run(caller: Caller, data: ThreadRunCreate) -> str:
    """Create the thread with its messages and the run that answers them."""
    assistant = find_assistant(caller.organization, data.assistant_id)
    options = _options(caller, data, assistant)
    thread = make_thread(caller, data.thread or ThreadCreate(), "thread.")
    return _create(caller, thread, assistant, replace(options, asked=state_of(None)))


def _create(
    caller: Caller, thread: Thread, assistant: Assistant, options: RunOptions
) -> str:
    route = check_model(caller.organization, options.model or assistant.model)
    check_budget(caller, route, options.max_completion_tokens)
    run = create_run(
        thread=thread,
        assistant=assistant,
        options=replace(options, sent_model=route.model),
        user=caller.user,
        api_key=caller.api_key,
    )
    while len(_begun) >= MAX_BEGUN:  # of clients that left before their answer
        _begun.pop(next(iter(_begun)))
    _begun[run.public_id] = run, is_listed(route)
    return run.public_id


def _options(caller: Caller, data: RunFields, assistant: Assistant) -> RunOptions:
    """What the body says, checked with the assistant that it is for."""
    tools = None if data.tools is None else read_tools(data.tools)
    if tools is not None:
        check_image_tools(caller.organization, tools)
    choice = plain(data.tool_choice)
    _check_choice(choice, assistant.tools if tools is None else tools)
    draws = isinstance(choice, dict) and choice["type"] == IMAGE_TOOL
    strategy = data.truncation_strategy
    return RunOptions(
        model=data.model,
        instructions=data.instructions,
        additional_instructions=getattr(data, "additional_instructions", None),
        tools=tools,
        image_options={"mode": "on"} if draws else {},
        metadata=data.metadata or {},
        temperature=data.temperature,
        top_p=data.top_p,
        max_prompt_tokens=data.max_prompt_tokens,
        max_completion_tokens=data.max_completion_tokens,
        truncation_strategy=strategy.model_dump() if strategy else None,
        tool_choice=choice,
        parallel_tool_calls=data.parallel_tool_calls is not False,
        response_format=plain(data.response_format),
        reasoning_effort=getattr(data, "reasoning_effort", None),
    )


def _check_choice(choice: Any, tools: list[dict[str, Any]]) -> None:
    """A tool that is demanded must be among the tools."""
    if choice == "required" and not tools:
        raise invalid("tool_choice", "“required” needs at least one tool.")
    if not isinstance(choice, dict):
        return
    if choice["type"] == IMAGE_TOOL:
        if not any(tool["type"] == IMAGE_TOOL for tool in tools):
            raise invalid("tool_choice", "there is no image_generation tool here.")
        return
    name = choice["function"]["name"]
    names = [tool["function"]["name"] for tool in tools if tool["type"] == "function"]
    if name not in names:
        raise invalid(
            "tool_choice.function.name", f"there is no function “{name}” here."
        )


def begin_submit(caller: Caller, data: ToolOutputs, thread_id: str, run_id: str) -> str:
    """Take the outputs; the reference tells where the events after them begin."""
    run = find_run(find_thread(caller.organization, thread_id), run_id)
    before = run.last_sequence
    outputs = [(entry.tool_call_id, entry.output) for entry in data.tool_outputs]
    submit_outputs(run, outputs)
    return f"{run.public_id}:{before}"


def still_fits(caller: Caller, data: RunFields, reference: str) -> bool:
    """Whether a client's own retry may get this run."""
    return is_last_run(reference)


async def launch(reference: str) -> None:
    """Work on the run from now on."""
    begun = _begun.get(reference)
    dispatch.launch(begun[0] if begun else await in_database(_load, reference))


async def answer(caller: Caller, data: RunFields, reference: str) -> Answer:
    """The run as this request left it: queued."""
    _begun.pop(reference, None)
    run = await _taken(reference)
    return json_answer(created_run_json(run), headers=POLL_HEADERS)


async def answer_submitted(caller: Caller, data: ToolOutputs, reference: str) -> Answer:
    """The same for a run that had begun."""
    run = await in_database(_load, reference)
    body = {**created_run_json(run), "started_at": seconds(run.started_at)}
    return json_answer(body, headers=POLL_HEADERS)


async def stream_run(caller: Caller, data: RunCreate, reference: str) -> Stream:
    """The events of a run on a thread that was there before."""
    run = await _taken(reference)
    return _stream(run, RunStream(created_run_json(run)))


async def stream_thread_run(
    caller: Caller, data: ThreadRunCreate, reference: str
) -> Stream:
    """The same, with the thread as the first event."""
    run = await _taken(reference)
    wire = RunStream(created_run_json(run), thread=thread_json(run.thread))
    return _stream(run, wire)


async def stream_submitted(caller: Caller, data: ToolOutputs, reference: str) -> Stream:
    """The events behind the outputs, the end of the tool step first."""
    run = await in_database(_load, reference)
    after = int(reference.split(":")[1])
    return _stream(run, RunStream(created_run_json(run), after=after))


def _stream(run: Run, wire: RunStream) -> Stream:
    return Stream(chunks(run.public_id, wire), headers=POLL_HEADERS)


async def chunks(run_id: str, wire: RunStream) -> AsyncIterator[bytes]:
    """What of a run is sent, batch by batch; a failure of ours is an event."""
    try:
        async for batch in feed.follow(run_id):
            if piece := wire.feed(batch):
                yield piece
            if wire.is_over:
                return
    except Exception as exc:  # the status is sent: what is left is an event
        error = as_api_error(exc)
        yield event_bytes("error", {"error": error.as_openai()})
    yield DONE


async def _taken(reference: str) -> Run:
    """The run, once it is sure that its model is there; ApiError 404 else."""
    begun = _begun.pop(reference, None)
    if begun is None:
        begun = await in_database(_load_with_listing, reference)
    run, is_listed = begun
    if not is_listed and (refusal := await first_refusal(run.public_id)):
        raise refusal
    return run


def _load_with_listing(reference: str) -> tuple[Run, bool]:
    run = _load(reference)
    return run, has_listed_model(run)


def _load(reference: str) -> Run:
    rows = Run.objects.select_related("assistant", "thread__organization")
    return read_run(rows, reference.split(":")[0])


CREATE_RUN = Operation(
    "/v1/threads/{thread_id}/runs",
    "run",
    RunCreate,
    begin_run,
    launch,
    answer,
    stream_run,
    still_fits,
)
CREATE_THREAD_AND_RUN = Operation(
    "/v1/threads/runs",
    "run",
    ThreadRunCreate,
    begin_thread_run,
    launch,
    answer,
    stream_thread_run,
    still_fits,
)
SUBMIT_TOOL_OUTPUTS = Operation(
    "/v1/threads/{thread_id}/runs/{run_id}/submit_tool_outputs",
    "run",
    ToolOutputs,
    begin_submit,
    launch,
    answer_submitted,
    stream_submitted,
)
