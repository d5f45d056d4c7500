from __future__ import annotations

import asyncio
import json
from contextlib import suppress

import pytest

from assistants_app.engine.events import (
    FunctionCallStarted,
    ImageCallEnded,
    ImagePreviewed,
    MessageEnded,
    OutputGiven,
    PictureShown,
    RunCompleted,
    RunFailed,
    RunIncomplete,
    RunPaused,
    ToolStepEnded,
    TurnFinished,
)
from assistants_app.engine.loop import MAX_PICTURES, MAX_TURNS, run_events
from assistants_app.engine.progress import Progress
from assistants_app.engine.prompt import ASK_FOR_PROMPT
from assistants_app.providers.base import (
    ChatMessage,
    FinishReason,
    Text,
    TextArrived,
    ToolCallArrived,
    TurnEnded,
)
from playground.lib.errors import ErrorKind, ProviderError
from tests.assistants_app.scripted import (
    EDIT,
    GENERATE,
    LET_OTHERS_GO,
    WEATHER,
    ScriptedImages,
    ScriptedProvider,
    assert_sequential,
    call_turn,
    collect,
    drawn,
    end,
    kinds,
    of_kind,
    refused,
    setup,
    text_of,
    text_turn,
)

UPSTREAM = ProviderError(ErrorKind.UPSTREAM, "The service failed.", admin_text="500: x")


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


async def test_a_picture_is_drawn_in_its_own_step_and_heads_the_answer() -> None:
    provider = ScriptedProvider(
        call_turn(("call_1", "generate_image"), said="I draw."), text_turn("Done.")
    )
    images = ScriptedImages()
    events = await collect(setup(image_mode="auto"), provider, images)
    assert (
        kinds(events)[-9:]
        == [
            "ToolStepStarted",
            "ImageCallStarted",
            "ImageCallEnded",
            "ToolStepEnded",
            "MessageStarted",
            "PictureShown",
            "TextAdded",
            "TurnFinished",
            "MessageEnded",
        ]
        or kinds(events)[-1] == "RunCompleted"
    )
    content = of_kind(events, MessageEnded)[-1].content
    assert [part["type"] for part in content] == ["image_file", "text"]


async def test_the_model_is_told_each_outcome_behind_its_own_call() -> None:
    provider = ScriptedProvider(
        call_turn(("call_1", "generate_image"), ("call_2", "generate_image")),
        text_turn("Two."),
    )
    await collect(setup(image_mode="auto"), provider, ScriptedImages())
    asked, first, second = provider.requests[1].messages[-3:]
    assert [call.id for call in asked.tool_calls] == ["call_1", "call_2"]
    assert (first.tool_call_id, second.tool_call_id) == ("call_1", "call_2")
    assert first.content == (Text('{"image_id": "file-0"}'),)


async def test_pictures_come_before_functions_of_the_same_turn() -> None:
    calls = call_turn(("call_1", "weather"), ("call_2", "generate_image"))
    run = setup(image_mode="auto", functions=[WEATHER])
    events = await collect(run, ScriptedProvider(calls), ScriptedImages())
    assert kinds(events) == [
        "RunStarted",
        "TurnFinished",
        "ToolStepStarted",
        "ImageCallStarted",
        "ImageCallEnded",
        "ToolStepEnded",
        "ToolStepStarted",
        "FunctionCallStarted",
        "ArgumentsAdded",
        "RunPaused",
    ]
    assert of_kind(events, FunctionCallStarted)[0].index == 0


async def test_pictures_of_an_earlier_segment_head_the_next_message() -> None:
    run = setup(image_mode="auto", turns=1, pictures=["file-a", "file-b"])
    events = await collect(run, ScriptedProvider(text_turn("Here.")), ScriptedImages())
    assert [event.file_id for event in of_kind(events, PictureShown)] == [
        "file-a",
        "file-b",
    ]


async def test_a_silent_answer_still_shows_the_pictures() -> None:
    provider = ScriptedProvider(call_turn(("call_1", "generate_image")), [end()])
    events = await collect(setup(image_mode="auto"), provider, ScriptedImages())
    content = of_kind(events, MessageEnded)[0].content
    assert [part["type"] for part in content] == ["image_file"]


async def test_pictures_are_shown_once() -> None:
    provider = ScriptedProvider(
        call_turn(("call_1", "generate_image")),
        call_turn(("call_2", "generate_image"), said="The first."),
        text_turn("The second."),
    )
    events = await collect(setup(image_mode="auto"), provider, ScriptedImages())
    shown = [event.file_id for event in of_kind(events, PictureShown)]
    assert shown == ["file-0", "file-1"]


async def test_auto_offers_the_image_tools_with_the_functions() -> None:
    provider = ScriptedProvider(text_turn("Hello."))
    run = setup(image_mode="auto", functions=[WEATHER])
    await collect(run, provider, ScriptedImages(GENERATE, EDIT))
    request = provider.requests[0]
    names = [spec.name for spec in request.tools]
    assert names == ["generate_image", "edit_image", "weather"]
    assert request.tool_choice is None


async def test_off_offers_and_draws_nothing() -> None:
    provider = ScriptedProvider(
        call_turn(("call_1", "generate_image")), text_turn("No.")
    )
    images = ScriptedImages()
    events = await collect(setup(image_mode="off"), provider, images)
    assert provider.requests[0].tools == []
    assert images.calls == []
    assert "no function" in of_kind(events, OutputGiven)[0].output


async def test_on_forces_the_first_turn_only() -> None:
    provider = ScriptedProvider(
        call_turn(("call_1", "generate_image")), text_turn("Yes.")
    )
    run = setup(image_mode="on", functions=[WEATHER])
    await collect(run, provider, ScriptedImages())
    first, second = provider.requests
    assert first.tool_choice == "function:generate_image"
    assert [spec.name for spec in first.tools] == ["generate_image"]
    assert second.tool_choice is None
    assert [spec.name for spec in second.tools] == ["generate_image", "weather"]


async def test_on_lets_the_model_choose_between_drawing_and_changing() -> None:
    provider = ScriptedProvider(call_turn(("call_1", "edit_image")), text_turn("Yes."))
    images = ScriptedImages(GENERATE, EDIT)
    await collect(setup(image_mode="on"), provider, images)
    assert provider.requests[0].tool_choice == "required"
    assert [call.name for call in images.calls] == ["edit_image"]


async def test_on_does_not_force_again_after_tool_outputs() -> None:
    provider = ScriptedProvider(text_turn("It rains."))
    images = ScriptedImages()
    await collect(setup(image_mode="on", turns=1), provider, images)
    assert provider.requests[0].tool_choice is None
    assert images.calls == []


async def test_a_model_that_ignores_the_force_gets_the_users_words_drawn() -> None:
    provider = ScriptedProvider(text_turn("I would rather talk."), text_turn("There."))
    images = ScriptedImages()
    events = await collect(setup("A boat", image_mode="on"), provider, images)
    assert [json.loads(call.arguments) for call in images.calls] == [
        {"prompt": "A boat"}
    ]
    assert isinstance(events[-1], RunCompleted)


async def test_a_message_without_words_is_drawn_from_the_models_words() -> None:
    history = [ChatMessage("user", ())]
    provider = ScriptedProvider(text_turn("A red boat"), text_turn("There."))
    images = ScriptedImages()
    await collect(setup(image_mode="on", history=history), provider, images)
    assert json.loads(images.calls[0].arguments) == {"prompt": "A red boat"}


async def test_on_asks_a_model_without_tools_for_a_prompt_that_nobody_sees() -> None:
    provider = ScriptedProvider(text_turn("A boat at dawn, oil"), text_turn("A boat."))
    images = ScriptedImages()
    run = setup(image_mode="on", calls_tools=False, functions=[WEATHER])
    events = await collect(run, provider, images)
    asked = provider.requests[0]
    assert asked.messages[-1].content == (Text(ASK_FOR_PROMPT),)
    assert json.loads(images.calls[0].arguments) == {"prompt": "A boat at dawn, oil"}
    assert text_of(events) == "A boat."
    assert [request.tools for request in provider.requests] == [(), []]


async def test_a_model_without_tools_is_shown_no_tool_messages() -> None:
    provider = ScriptedProvider(text_turn("A boat"), text_turn("A boat."))
    run = setup(image_mode="on", calls_tools=False)
    await collect(run, provider, ScriptedImages())
    assert {message.role for message in provider.requests[1].messages} == {
        "user",
        "system",
    }
    assert not any(message.tool_calls for message in provider.requests[1].messages)


async def test_a_model_without_tools_that_calls_one_all_the_same_stays_in_order() -> (
    None
):
    surprise = call_turn(("call_1", "generate_image"), said="A boat")
    provider = ScriptedProvider(surprise, text_turn("Done."))
    images = ScriptedImages()
    run = setup(image_mode="on", calls_tools=False)
    events = await collect(run, provider, images)
    assert len(images.calls) == 1
    assert isinstance(events[-1], RunCompleted)


async def test_in_auto_mode_too_an_unoffered_call_stays_in_order() -> None:
    surprise = call_turn(("call_1", "generate_image"), said="A boat")
    provider = ScriptedProvider(surprise, text_turn("Done."))
    run = setup(image_mode="auto", calls_tools=False)
    events = await collect(run, provider, ScriptedImages())
    assert isinstance(events[-1], RunCompleted)


async def test_several_pictures_are_shown_in_call_order_whoever_ends_first() -> None:
    gate = asyncio.Event()

    class SecondFirst(ScriptedImages):
        async def draw(self, call):
            try:
                async for step in super().draw(call):
                    yield step
            finally:
                if call.id == "call_2":
                    gate.set()

    first = drawn("a", previews=1)
    images = SecondFirst(
        call_1=[first[0], gate, *first[1:]], call_2=drawn("b", previews=2)
    )
    provider = ScriptedProvider(
        call_turn(("call_1", "generate_image"), ("call_2", "generate_image")),
        text_turn("Both."),
    )
    events = await collect(setup(image_mode="auto"), provider, images)
    ended = [event.index for event in of_kind(events, ImageCallEnded)]
    previews = [event.index for event in of_kind(events, ImagePreviewed)]
    shown = [event.file_id for event in of_kind(events, PictureShown)]
    assert (ended, previews) == ([1, 0], [1, 1, 0])
    assert shown == ["file-a", "file-b"]


async def test_at_most_four_pictures_are_drawn_at_the_same_time() -> None:
    calls = [(f"call_{number}", "generate_image") for number in range(7)]
    slow = {
        call_id: [*drawn(call_id)[:1], *[LET_OTHERS_GO] * 10, *drawn(call_id)[1:]]
        for call_id, _ in calls
    }
    images = ScriptedImages(**slow)
    provider = ScriptedProvider(call_turn(*calls), text_turn("Seven."))
    await collect(setup(image_mode="auto"), provider, images)
    assert (len(images.calls), images.most_at_once) == (7, 4)


@pytest.mark.parametrize("status", ["failed", "moderated", "unknown", "cancelled"])
async def test_a_picture_that_does_not_come_does_not_fail_the_run(status: str) -> None:
    provider = ScriptedProvider(
        call_turn(("call_1", "generate_image")), text_turn("Oh.")
    )
    images = ScriptedImages(call_1=refused(status))
    events = await collect(setup(image_mode="auto"), provider, images)
    assert of_kind(events, ImageCallEnded)[0].status == status
    assert of_kind(events, PictureShown) == []
    told = provider.requests[1].messages[-1]
    assert told.content == (Text(f'{{"status": "{status}"}}'),)
    assert isinstance(events[-1], RunCompleted)


async def test_a_painter_that_breaks_ends_the_run_and_stops_the_others() -> None:
    images = ScriptedImages(
        call_1=[asyncio.Event()], call_2=[drawn("b")[0], RuntimeError("broken")]
    )
    provider = ScriptedProvider(
        call_turn(("call_1", "generate_image"), ("call_2", "generate_image"))
    )
    events = await collect(setup(image_mode="auto"), provider, images)
    assert events[-1].code == "server_error"
    assert of_kind(events, ImageCallEnded)[0].status == "unknown"
    assert images.drawing == 0


async def test_a_painter_that_says_nothing_at_all_ends_the_run() -> None:
    provider = ScriptedProvider(call_turn(("call_1", "generate_image")))
    run = setup(image_mode="auto")
    events = await collect(run, provider, ScriptedImages(call_1=[]))
    assert isinstance(events[-1], RunFailed)


async def test_a_run_makes_a_bounded_number_of_pictures() -> None:
    calls = [(f"call_{n}", "generate_image") for n in range(MAX_PICTURES + 2)]
    images = ScriptedImages()
    provider = ScriptedProvider(call_turn(*calls), text_turn("Enough."))
    events = await collect(setup(image_mode="auto"), provider, images)
    assert len(images.calls) == MAX_PICTURES
    assert [e.status for e in of_kind(events, ImageCallEnded)].count("failed") == 2
    assert isinstance(events[-1], RunCompleted)


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


async def test_a_cut_answer_is_an_incomplete_message_and_run() -> None:
    provider = ScriptedProvider(text_turn("A calm", reason=FinishReason.LENGTH))
    events = await collect(setup(), provider)
    assert of_kind(events, MessageEnded)[0].incomplete_reason == "max_tokens"
    assert events[-1] == RunIncomplete("max_completion_tokens")


@pytest.mark.parametrize("mode", ["off", "auto"])
async def test_a_call_that_was_cut_off_is_never_waited_for(mode) -> None:
    cut = [
        ToolCallArrived(0, "call_1", "weather", '{"at": "Os'),
        end(FinishReason.LENGTH),
    ]
    run = setup(functions=[WEATHER], image_mode=mode)
    events = await collect(run, ScriptedProvider(cut), ScriptedImages())
    assert events[-1] == RunIncomplete("max_completion_tokens")


async def test_a_picture_call_that_was_cut_off_is_not_paid_for() -> None:
    cut = [
        ToolCallArrived(0, "call_1", "generate_image", '{"prompt": "A ca'),
        end(FinishReason.LENGTH),
    ]
    images = ScriptedImages()
    events = await collect(setup(image_mode="auto"), ScriptedProvider(cut), images)
    assert images.calls == []
    assert events[-1] == RunIncomplete("max_completion_tokens")


async def test_filtered_content_is_an_incomplete_message() -> None:
    provider = ScriptedProvider(text_turn("I", reason=FinishReason.CONTENT_FILTER))
    events = await collect(setup(), provider)
    assert of_kind(events, MessageEnded)[0].incomplete_reason == "content_filter"


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (ErrorKind.RATE, "rate_limit_exceeded"),
        (ErrorKind.QUOTA, "rate_limit_exceeded"),
        (ErrorKind.INVALID, "invalid_prompt"),
        (ErrorKind.MODERATED, "invalid_prompt"),
        (ErrorKind.TIMEOUT, "server_error"),
        (ErrorKind.UPSTREAM, "server_error"),
        (ErrorKind.CONFIGURATION, "server_error"),
    ],
)
async def test_a_provider_that_refuses_fails_the_run(
    kind: ErrorKind, code: str
) -> None:
    error = ProviderError(kind, "It was refused.", admin_text="429 slow down")
    events = await collect(setup(), ScriptedProvider([error]))
    assert kinds(events) == ["RunStarted", "RunFailed"]
    assert events[-1] == RunFailed(code, "It was refused.", "429 slow down")


async def test_an_error_in_mid_message_keeps_the_text_as_incomplete() -> None:
    provider = ScriptedProvider([TextArrived("A calm"), UPSTREAM])
    events = await collect(setup(), provider)
    message = of_kind(events, MessageEnded)[0]
    assert message.content[0]["text"]["value"] == "A calm"
    assert (message.incomplete_reason, message.step_status) == ("run_failed", "failed")
    assert isinstance(events[-1], RunFailed)


async def test_an_error_in_mid_call_closes_the_tool_step() -> None:
    provider = ScriptedProvider(
        [ToolCallArrived(0, "call_1", "weather", "{"), UPSTREAM]
    )
    events = await collect(setup(functions=[WEATHER]), provider)
    assert of_kind(events, ToolStepEnded)[0].step_status == "failed"
    assert isinstance(events[-1], RunFailed)


async def test_an_error_after_a_picture_keeps_the_picture_step_completed() -> None:
    provider = ScriptedProvider(call_turn(("call_1", "generate_image")), [UPSTREAM])
    events = await collect(setup(image_mode="auto"), provider, ScriptedImages())
    assert of_kind(events, ToolStepEnded)[0].step_status == "completed"
    assert isinstance(events[-1], RunFailed)


async def test_a_fault_of_our_own_fails_the_run_without_telling_details() -> None:
    provider = ScriptedProvider([TextArrived("A"), KeyError("secret")])
    events = await collect(setup(), provider)
    assert events[-1].code == "server_error"
    assert "secret" not in events[-1].text + events[-1].admin_text


async def test_a_cancelled_message_can_be_closed_with_its_text() -> None:
    progress, events = await _cancelled(
        ScriptedProvider([TextArrived("A calm"), asyncio.Event()]), stop_at="TextAdded"
    )
    closing = [*progress.close("cancelled")]
    assert_sequential([*events, *closing, RunCompleted()])
    assert closing[0].incomplete_reason == "run_cancelled"
    assert closing[0].content[0]["text"]["value"] == "A calm"


async def test_cancelling_stops_the_provider_at_once() -> None:
    provider = ScriptedProvider([TextArrived("A calm"), asyncio.Event()])
    await _cancelled(provider, stop_at="TextAdded")
    assert provider.open_streams == 0


async def test_cancelling_stops_all_painters_and_closes_their_calls() -> None:
    images = ScriptedImages(
        call_1=[drawn("a")[0], asyncio.Event()], call_2=[drawn("b")[0], asyncio.Event()]
    )
    provider = ScriptedProvider(
        call_turn(("call_1", "generate_image"), ("call_2", "generate_image"))
    )
    progress, events = await _cancelled(provider, images, stop_at="ImageCallStarted")
    closing = [*progress.close("cancelled")]
    assert images.drawing == 0
    assert_sequential([*events, *closing, RunCompleted()])
    assert {event.status for event in of_kind(closing, ImageCallEnded)} == {"cancelled"}


async def test_a_reader_that_stops_reading_closes_the_stream() -> None:
    provider = ScriptedProvider(text_turn("A", "B", "C"))
    events = run_events(setup(), provider)
    async for event in events:
        if type(event).__name__ == "TextAdded":
            break
    await events.aclose()
    assert provider.open_streams == 0


async def test_a_reader_that_stops_reading_stops_the_painters() -> None:
    images = ScriptedImages(call_1=[drawn("a")[0], asyncio.Event()])
    provider = ScriptedProvider(call_turn(("call_1", "generate_image")))
    events = run_events(setup(image_mode="auto"), provider, images)
    async for event in events:
        if type(event).__name__ == "ImageCallStarted":
            break
    await events.aclose()
    assert images.drawing == 0


async def _cancelled(provider, images=None, *, stop_at: str):
    """Run until an event of this kind has come, then cancel what waits."""
    progress, seen, reached = Progress(), [], asyncio.Event()

    async def read() -> None:
        mode = "auto" if images else "off"
        async for event in run_events(setup(image_mode=mode), provider, images):
            seen.append(event)
            progress.apply(event)
            if type(event).__name__ == stop_at:
                reached.set()

    task = asyncio.create_task(read())
    task.add_done_callback(lambda _: reached.set())
    await reached.wait()
    await asyncio.sleep(0)  # into the gate that the script waits at
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()
    return progress, seen
