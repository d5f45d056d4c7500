"""One run: the chat model in, tools in, events out. No database, no transport."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from assistants_app.engine import limits, prompt
from assistants_app.engine.drawing import draw_step
from assistants_app.engine.events import (
    ArgumentsAdded,
    FunctionCallStarted,
    OutputGiven,
    RunCompleted,
    RunEvent,
    RunFailed,
    RunIncomplete,
    RunPaused,
    RunStarted,
    ToolStepEnded,
    ToolStepStarted,
)
from assistants_app.engine.state import RunSetup, State
from assistants_app.engine.tools import (
    ImageTools,
)
from assistants_app.engine.turn import Turn
from assistants_app.providers.base import (
    ChatMessage,
    ChatProvider,
    ChatRequest,
    Text,
    ToolCall,
)
from playground.lib.errors import ErrorKind, ProviderError
from playground.lib.ids import new_id

logger = logging.getLogger(__name__)

# Models that call tools in a circle cost money without end; a run stops here.
MAX_TURNS = 16


async def run_events(
    setup: RunSetup, provider: ChatProvider, images: ImageTools | None = None
) -> AsyncGenerator[RunEvent, None]:
    """Yield the events of one segment; the last is always one of `ENDINGS`.

    Being cancelled is not an ending of its own here: whoever cancels closes what is
    open (`Progress.close`).
    """
    state = State(
        [*setup.history],
        setup.turns,
        [*setup.pictures],
        setup.tokens_used,
        setup.prompt_tokens_used,
    )
    yield RunStarted()
    if setup.image_mode == "off":
        images = None  # a call of a picture tool is then one that nobody offered
    try:
        async with aclosing(_segment(setup, state, provider, images)) as events:
            async for event in events:
                state.progress.apply(event)
                yield event
    except ProviderError as exc:
        logger.warning(
            "Run %s failed: connection “%s”, %s",
            setup.run_id,
            setup.connection,
            exc.summary,
        )
        for event in _failed(state, _failure(exc)):
            yield event
    except Exception:  # the one broad handler: a run always ends with an event
        logger.exception("Run crashed")
        failure = RunFailed("server_error", "Something went wrong inside Easel.")
        for event in _failed(state, failure):
            yield event


def _failed(state: State, failure: RunFailed) -> list[RunEvent]:
    return [*state.progress.close("failed"), failure]


def _failure(exc: ProviderError) -> RunFailed:
    codes = {
        ErrorKind.RATE: "rate_limit_exceeded",
        ErrorKind.QUOTA: "rate_limit_exceeded",
        ErrorKind.INVALID: "invalid_prompt",
        ErrorKind.MODERATED: "invalid_prompt",
    }
    # Of our own key and account the developer has none of the provider's codes: they
    # read as if they were about his.
    causes = {
        ErrorKind.CONFIGURATION: "provider_misconfigured",
        ErrorKind.QUOTA: "insufficient_quota",
    }
    code = codes.get(exc.kind, "server_error")
    cause = causes.get(exc.kind, exc.code or "")
    return RunFailed(code, exc.text_with_said, exc.admin_text, cause)


async def _segment(
    setup: RunSetup,
    state: State,
    provider: ChatProvider,
    images: ImageTools | None,
) -> AsyncGenerator[RunEvent, None]:
    """Turn after turn until there is an answer or a pause."""
    forced = images is not None and setup.image_mode == "on" and setup.turns == 0
    if forced and images and not setup.calls_tools:
        drawing = _draw_without_tools(setup, state, provider, images)
        async with aclosing(drawing) as events:
            async for event in events:
                yield event
        forced = False
    while state.turns < MAX_TURNS:
        if limits.is_used_up(setup, state):
            yield RunIncomplete(limits.COMPLETION)
            return
        # Held even where nothing was offered: some models call what they know.
        turn = Turn([*state.pictures], hold_calls=images is not None)
        request = _request(setup, state, images, forced=forced)
        async with aclosing(turn.stream(provider, request)) as events:
            async for event in events:
                yield event
        _count(state, turn)
        if reason := limits.passed(setup, state, turn.reason):
            for event in state.progress.close("cancelled"):
                yield event  # a call that was cut off, or is not answered any more
            yield RunIncomplete(reason)
            return
        calls = [draft.finished() for draft in turn.calls]
        if forced and images and not _image_calls(calls, images):
            # Some servers ignore a forced choice; the user's words are the prompt then.
            words = prompt.last_user_text(state.history) or turn.text
            calls = [_own_call(words, images)]
        forced = False
        if not calls:
            yield RunCompleted()
            return
        _remember_calls(state, turn, calls)
        paused = False
        answering = _answer_calls(turn, calls, setup, state, images)
        async with aclosing(answering) as events:
            async for event in events:
                paused = paused or isinstance(event, RunPaused | RunCompleted)
                yield event
        if paused:
            return
    yield RunFailed(
        "server_error",
        f"The model kept calling tools; the run was stopped after {MAX_TURNS} turns.",
    )


def _offers_images(setup: RunSetup, images: ImageTools | None) -> bool:
    return images is not None and setup.image_mode != "off" and setup.calls_tools


def _request(
    setup: RunSetup, state: State, images: ImageTools | None, *, forced: bool
) -> ChatRequest:
    """What is asked of the model in this turn."""
    image_specs = images.specs() if images and _offers_images(setup, images) else ()
    functions = setup.functions if setup.calls_tools else ()
    tools = [*image_specs] if forced else [*image_specs, *functions]
    choice = setup.tool_choice if state.turns == 0 else _later(setup.tool_choice)
    if forced:
        one = len(image_specs) == 1
        choice = f"function:{image_specs[0].name}" if one else "required"
    history = state.history
    return ChatRequest(
        model=setup.model,
        messages=history if setup.calls_tools else prompt.without_tools(history),
        tools=tools,
        tool_choice=choice if tools else None,
        parallel_tool_calls=setup.parallel_tool_calls if tools else None,
        temperature=setup.temperature,
        top_p=setup.top_p,
        max_tokens=limits.tokens_left(setup, state),
        response_format=setup.response_format,
        reasoning_effort=setup.reasoning_effort,
    )


def _later(choice: str | None) -> str | None:
    """A forced choice holds for the first turn only, or the run would never end."""
    return choice if choice in {None, "none", "auto"} else None


def _count(state: State, turn: Turn) -> None:
    state.turns += 1
    if turn.usage:
        state.tokens += turn.usage.completion_tokens
        state.prompt_tokens += turn.usage.prompt_tokens
    if not turn.pictures:
        state.pictures = []


def _image_calls(
    calls: Sequence[ToolCall], images: ImageTools | None
) -> list[ToolCall]:
    names = {spec.name for spec in images.specs()} if images else set()
    return [call for call in calls if call.name in names]


def _own_call(text: str, images: ImageTools) -> ToolCall:
    arguments = json.dumps({"prompt": text}, ensure_ascii=False)
    return ToolCall(new_id("call_"), images.specs()[0].name, arguments)


def _remember_calls(state: State, turn: Turn, calls: Sequence[ToolCall]) -> None:
    content = (Text(turn.text),) if turn.text else ()
    state.history.append(ChatMessage("assistant", content, tuple(calls)))


async def _answer_calls(
    turn: Turn,
    calls: Sequence[ToolCall],
    setup: RunSetup,
    state: State,
    images: ImageTools | None,
) -> AsyncGenerator[RunEvent, None]:
    """Make the pictures first, in a step of their own; then the client's functions."""
    image_calls = _image_calls(calls, images)
    function_calls = [call for call in calls if call not in image_calls]
    usage = turn.usage_json()
    if image_calls and images:
        drawing = draw_step(image_calls, state, images, usage)
        async with aclosing(drawing) as events:
            async for event in events:
                yield event
        usage = None
    if not function_calls:
        return
    step_id = turn.tool_step_id or new_id("step_")
    if not turn.tool_step_id:
        for started in _function_step(step_id, function_calls):
            yield started
    known = {spec.name for spec in setup.functions}
    for index, call in enumerate(function_calls):
        if call.name not in known:
            output = _no_such_tool(call.name, known)
            state.history.append(prompt.tool_result(call.id, output))
            yield OutputGiven(step_id, index, call.id, output)
    if not any(call.name in known for call in function_calls):
        yield ToolStepEnded(step_id, usage=usage)
    elif setup.pauses:
        yield RunPaused()
    else:
        yield ToolStepEnded(step_id, usage=usage)
        yield RunCompleted()


def _no_such_tool(name: str, known: set[str]) -> str:
    """What a model is told that calls a function nobody offered."""
    offered = ", ".join(sorted(known)) or "none"
    error = f"There is no function {name!r}. Offered: {offered}."
    return json.dumps({"error": error}, ensure_ascii=False)


def _function_step(step_id: str, calls: Sequence[ToolCall]) -> list[RunEvent]:
    """The events of calls that were held back while pictures came first."""
    events: list[RunEvent] = [ToolStepStarted(step_id)]
    for index, call in enumerate(calls):
        events.append(FunctionCallStarted(step_id, index, call.id, call.name))
        events.append(ArgumentsAdded(step_id, index, call.id, call.arguments))
    return events


async def _draw_without_tools(
    setup: RunSetup,
    state: State,
    provider: ChatProvider,
    images: ImageTools,
) -> AsyncGenerator[RunEvent, None]:
    """Mode "on" for a model without tools: ask for a prompt, then draw it."""
    request = ChatRequest(
        model=setup.model,
        messages=prompt.asking_for_prompt(prompt.without_tools(state.history)),
        temperature=setup.temperature,
        top_p=setup.top_p,
    )
    turn = Turn(hold_calls=True)
    async with aclosing(turn.stream(provider, request)) as events:
        async for event in events:
            if not isinstance(event, prompt.HIDDEN):
                yield event
    _count(state, turn)
    words = turn.text or prompt.last_user_text(state.history)
    call = _own_call(words, images)
    state.history.append(ChatMessage("assistant", (), (call,)))
    async with aclosing(draw_step([call], state, images, None)) as events:
        async for event in events:
            yield event
