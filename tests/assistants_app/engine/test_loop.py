from __future__ import annotations

import json

from assistants_app.engine.events import (
    FunctionCallStarted,
    MessageEnded,
    OutputGiven,
    RunCompleted,
    RunFailed,
    RunPaused,
    TurnFinished,
)
from assistants_app.engine.loop import MAX_TURNS
from assistants_app.providers.base import (
    FinishReason,
    TextArrived,
    TurnEnded,
)
from tests.assistants_app.scripted import (
    WEATHER,
    ScriptedProvider,
    call_turn,
    collect,
    kinds,
    of_kind,
    setup,
    text_of,
    text_turn,
)


async def test_plain_text_is_one_message_and_a_completed_run() -> None:
    provider = ScriptedProvider(text_turn("A calm ", "bay."))
    events = await collect(setup(), provider)
    assert kinds(events) == [
        "RunStarted",
        "MessageStarted",
        "TextAdded",
        "TurnFinished",
        "MessageEnded",
        "RunCompleted",
    ]
    assert text_of(events) == "A calm bay."


async def test_the_request_carries_what_the_run_was_set_up_with() -> None:
    provider = ScriptedProvider(text_turn("Yes."))
    await collect(setup(temperature=0.3, top_p=0.5, max_tokens=99), provider)
    request = provider.requests[0]
    assert (request.model, request.temperature, request.top_p) == ("scripted", 0.3, 0.5)
    assert request.max_tokens == 99
    assert (request.tools, request.tool_choice) == ([], None)


async def test_usage_stands_on_the_message_and_in_the_turn() -> None:
    events = await collect(setup(), ScriptedProvider(text_turn("Yes.")))
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    assert of_kind(events, MessageEnded)[0].usage == usage
    assert of_kind(events, TurnFinished)[0] == TurnFinished("scripted-1", True, 10, 5)


async def test_an_uncounted_turn_says_that_nobody_counted() -> None:
    provider = ScriptedProvider([TextArrived("Yes."), TurnEnded(FinishReason.STOP)])
    events = await collect(setup(), provider)
    assert of_kind(events, TurnFinished)[0] == TurnFinished("scripted", False, 0, 0)
    assert of_kind(events, MessageEnded)[0].usage is None


async def test_a_function_call_closes_the_message_and_pauses_the_run() -> None:
    provider = ScriptedProvider(call_turn(("call_1", "weather"), said="One moment."))
    events = await collect(setup(functions=[WEATHER]), provider)
    assert kinds(events) == [
        "RunStarted",
        "MessageStarted",
        "TextAdded",
        "MessageEnded",
        "ToolStepStarted",
        "FunctionCallStarted",
        "ArgumentsAdded",
        "TurnFinished",
        "RunPaused",
    ]


async def test_several_functions_wait_in_one_step() -> None:
    calls = call_turn(("call_1", "weather", '{"at": 1}'), ("call_2", "weather", "{}"))
    events = await collect(setup(functions=[WEATHER]), ScriptedProvider(calls))
    started = of_kind(events, FunctionCallStarted)
    assert [(call.index, call.call_id) for call in started] == [
        (0, "call_1"),
        (1, "call_2"),
    ]
    assert isinstance(events[-1], RunPaused)


async def test_an_unknown_function_is_answered_and_the_model_goes_on() -> None:
    provider = ScriptedProvider(call_turn(("call_1", "teleport")), text_turn("Sorry."))
    events = await collect(setup(functions=[WEATHER]), provider)
    output = json.loads(of_kind(events, OutputGiven)[0].output)
    assert "teleport" in output["error"]
    assert "weather" in output["error"]
    assert provider.requests[1].messages[-1].tool_call_id == "call_1"
    assert isinstance(events[-1], RunCompleted)


async def test_beside_an_unknown_function_a_known_one_still_waits() -> None:
    calls = call_turn(("call_1", "teleport"), ("call_2", "weather"))
    events = await collect(setup(functions=[WEATHER]), ScriptedProvider(calls))
    assert [event.call_id for event in of_kind(events, OutputGiven)] == ["call_1"]
    assert isinstance(events[-1], RunPaused)


async def test_a_model_that_calls_tools_in_a_circle_is_stopped() -> None:
    turns = [call_turn((f"call_{n}", "teleport")) for n in range(MAX_TURNS)]
    provider = ScriptedProvider(*turns)
    events = await collect(setup(functions=[WEATHER]), provider)
    assert isinstance(events[-1], RunFailed)
    assert len(provider.requests) == MAX_TURNS


async def test_turns_of_earlier_segments_count() -> None:
    provider = ScriptedProvider(call_turn(("call_1", "teleport")))
    run = setup(functions=[WEATHER], turns=MAX_TURNS - 1)
    events = await collect(run, provider)
    assert isinstance(events[-1], RunFailed)


async def test_a_forced_function_is_forced_once() -> None:
    provider = ScriptedProvider(call_turn(("call_1", "teleport")), text_turn("Yes."))
    run = setup(functions=[WEATHER], tool_choice="function:weather")
    await collect(run, provider)
    choices = [request.tool_choice for request in provider.requests]
    assert choices == ["function:weather", None]


async def test_no_tools_at_all_stays_so_in_every_turn() -> None:
    provider = ScriptedProvider(call_turn(("call_1", "teleport")), text_turn("Yes."))
    await collect(setup(functions=[WEATHER], tool_choice="none"), provider)
    assert [request.tool_choice for request in provider.requests] == ["none", "none"]


async def test_the_token_limit_holds_for_the_whole_run() -> None:
    provider = ScriptedProvider(call_turn(("call_1", "teleport")), text_turn("Yes."))
    run = setup(functions=[WEATHER], max_tokens=20, tokens_used=8)
    await collect(run, provider)
    assert [request.max_tokens for request in provider.requests] == [12, 7]
