from __future__ import annotations

from assistants_app.engine.events import (
    ArgumentsAdded,
    FunctionCallStarted,
    MessageEnded,
    MessageStarted,
    RunEvent,
    TextAdded,
)
from assistants_app.engine.turn import Turn
from assistants_app.providers.base import (
    ChatRequest,
    FinishReason,
    TextArrived,
    ToolCallArrived,
)
from tests.assistants_app.scripted import (
    ScriptedProvider,
    call_turn,
    end,
    kinds,
    of_kind,
    text_of,
    text_turn,
)

REQUEST = ChatRequest("scripted", ())


async def streamed(turn: Turn, *script) -> list[RunEvent]:
    return [event async for event in turn.stream(ScriptedProvider(script), REQUEST)]


async def test_text_is_gathered_while_it_streams() -> None:
    turn = Turn()
    events = await streamed(turn, *text_turn("A ", "bay"))
    assert [event.text for event in of_kind(events, TextAdded)] == ["A ", "bay"]
    assert turn.text == "A bay"


async def test_blanks_before_a_call_are_no_message() -> None:
    script = [TextArrived("\n\n"), *call_turn(("call_1", "weather"))]
    assert of_kind(await streamed(Turn(), *script), MessageStarted) == []


async def test_words_behind_a_call_do_not_open_a_second_step() -> None:
    calls = call_turn(("call_1", "weather"))
    turn = Turn()
    events = await streamed(turn, *calls[:-1], TextArrived("There."), end())
    assert of_kind(events, MessageStarted) == []


async def test_held_calls_are_not_shown_before_the_turn_is_over() -> None:
    turn = Turn(hold_calls=True)
    events = await streamed(turn, *call_turn(("call_1", "weather"), said="Wait."))
    assert of_kind(events, FunctionCallStarted) == []
    assert [call.name for call in turn.calls] == ["weather"]


async def test_words_behind_a_held_call_still_belong_to_the_message() -> None:
    turn = Turn(hold_calls=True)
    calls = call_turn(("call_1", "weather"), said="A")
    events = await streamed(turn, *calls[:-1], TextArrived(" bay"), end())
    assert len(of_kind(events, MessageStarted)) == 1
    assert text_of(events) == "A bay"


async def test_arguments_are_joined_from_their_fragments() -> None:
    turn = Turn()
    events = await streamed(
        turn,
        ToolCallArrived(0, "call_1", "weather"),
        ToolCallArrived(0, arguments='{"at"'),
        ToolCallArrived(0, arguments=': "Oslo"}'),
        end(FinishReason.TOOL_CALLS),
    )
    assert [event.text for event in of_kind(events, ArgumentsAdded)] == [
        '{"at"',
        ': "Oslo"}',
    ]
    assert turn.calls[0].finished().arguments == '{"at": "Oslo"}'


async def test_fragments_of_two_calls_may_come_mixed() -> None:
    turn = Turn()
    await streamed(
        turn,
        ToolCallArrived(0, "call_1", "a", "1"),
        ToolCallArrived(1, "call_2", "b", "2"),
        ToolCallArrived(0, arguments="1"),
        ToolCallArrived(1, arguments="2"),
        end(),
    )
    assert [call.arguments for call in turn.calls] == ["11", "22"]


async def test_a_call_without_an_id_gets_one() -> None:
    turn = Turn()
    await streamed(turn, ToolCallArrived(0, "", "weather", "{}"), end())
    assert turn.calls[0].id.startswith("call_")


async def test_pictures_stand_before_the_text_of_the_message() -> None:
    turn = Turn(["file-a", "file-b"])
    events = await streamed(turn, *text_turn("Two bays."))
    assert kinds(events)[:3] == ["MessageStarted", "PictureShown", "TextAdded"]
    assert of_kind(events, TextAdded)[0].index == 2
    ended = of_kind(events, MessageEnded)[0]
    assert [part["type"] for part in ended.content] == [
        "image_file",
        "image_file",
        "text",
    ]


async def test_pictures_wait_while_the_model_only_calls_tools() -> None:
    turn = Turn(["file-a"])
    events = await streamed(turn, *call_turn(("call_1", "weather")))
    assert of_kind(events, MessageStarted) == []
    assert turn.pictures == ["file-a"]


async def test_usage_belongs_to_the_calls_where_there_are_calls() -> None:
    turn = Turn()
    events = await streamed(turn, *call_turn(("call_1", "weather"), said="Wait."))
    assert of_kind(events, MessageEnded)[0].usage is None
    assert turn.usage_json() == {
        "prompt_tokens": 10,
        "completion_tokens": 5,
        "total_tokens": 15,
    }
