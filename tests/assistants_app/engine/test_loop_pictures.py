from __future__ import annotations

import asyncio
import json

import pytest

from assistants_app.engine.drawing import MAX_PICTURES
from assistants_app.engine.events import (
    FunctionCallStarted,
    ImageCallEnded,
    ImagePreviewed,
    MessageEnded,
    OutputGiven,
    PictureShown,
    RunCompleted,
    RunFailed,
)
from assistants_app.engine.prompt import ASK_FOR_PROMPT
from assistants_app.providers.base import (
    ChatMessage,
    Text,
)
from tests.assistants_app.scripted import (
    EDIT,
    GENERATE,
    LET_OTHERS_GO,
    WEATHER,
    ScriptedImages,
    ScriptedProvider,
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


async def test_a_picture_is_drawn_in_its_own_step_and_heads_the_answer() -> None:
    provider = ScriptedProvider(
        call_turn(("call_1", "generate_image"), said="I draw."), text_turn("Done.")
    )
    images = ScriptedImages()
    events = await collect(setup(image_mode="auto"), provider, images)
    assert kinds(events) == [
        "RunStarted",
        "MessageStarted",
        "TextAdded",
        "TurnFinished",
        "MessageEnded",
        "ToolStepStarted",
        "ImageCallStarted",
        "ImageCallEnded",
        "ToolStepEnded",
        "MessageStarted",
        "PictureShown",
        "TextAdded",
        "TurnFinished",
        "MessageEnded",
        "RunCompleted",
    ]
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
