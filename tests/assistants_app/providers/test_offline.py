from __future__ import annotations

import asyncio
import io
import json
from contextlib import aclosing
from dataclasses import replace

import pytest
from PIL import Image

from assistants_app.providers.base import (
    ChatMessage,
    ChatRequest,
    FinishReason,
    Picture,
    Text,
    TextArrived,
    ToolCall,
    ToolCallArrived,
    ToolSpec,
    TurnEnded,
)
from assistants_app.providers.offline import OfflineChatProvider
from assistants_app.providers.offline_model.schema import problems
from playground.lib.errors import ProviderError

RATIOS = ["1:1", "4:3", "3:2", "16:9", "2:3", "9:16"]
FORMAT = {
    "aspect_ratio": {"type": "string", "enum": RATIOS},
    "size": {"type": "string", "pattern": "^[0-9]{2,5}x[0-9]{2,5}$"},
    "quality": {"type": "string", "enum": ["low", "medium", "high"]},
}
PROMPT = {"prompt": {"type": "string", "minLength": 1, "maxLength": 4000}}
ID = {"image_id": {"anyOf": [{"type": "string"}, {"type": "array"}]}}


def tool(name, properties, required=("prompt",), description=""):
    return ToolSpec(
        name,
        description,
        {
            "type": "object",
            "properties": properties,
            "required": [*required],
            "additionalProperties": False,
        },
    )


GENERATE = tool("generate_image", PROMPT | FORMAT)
EDIT = tool("edit_image", PROMPT | ID | FORMAT)
CREATE = tool(
    "create_image",
    {
        "prompt": {"type": "string"},
        "model": {"type": "string", "enum": ["dall-e-2", "dall-e-3"]},
        "size": {"type": ["string", "null"]},
    },
    description="Create an image using either DALL-E 2 or DALL-E 3.",
)
LOOKUP = tool("find_ferry", {"port": {"type": "string"}}, ["port"], "Ferry times.")
TOOLS = [GENERATE, EDIT]


def user(text, *pictures):
    return ChatMessage("user", (Text(text), *pictures))


def called(call_id, name, arguments, result):
    """The messages of one finished call."""
    output = result if isinstance(result, str) else json.dumps(result)
    call = ToolCall(call_id, name, json.dumps(arguments))
    return [
        ChatMessage("assistant", (), (call,)),
        ChatMessage("tool", (Text(output),), tool_call_id=call_id),
    ]


def drawn(text, prompt, image_id="file-1", **result):
    """A user message and the picture that came of it, with its answer."""
    told = {"status": "completed", "image_id": image_id, "size": "1024x1024"} | result
    return [
        user(text),
        *called(f"call_{image_id}", "generate_image", {"prompt": prompt}, told),
        ChatMessage("assistant", (Text("Here is it."),)),
    ]


async def deltas(messages, tools=TOOLS, pace=0.0, **options):
    request = ChatRequest("offline-chat", messages, tools, **options)
    return [delta async for delta in OfflineChatProvider(pace).stream(request)]


async def answer(messages, tools=TOOLS, **options):
    found = await deltas(messages, tools, **options)
    assert not [delta for delta in found if isinstance(delta, ToolCallArrived)]
    return "".join(delta.text for delta in found if isinstance(delta, TextArrived))


async def calls(messages, tools=TOOLS, **options):
    """The calls of a turn, each checked against its tool's schema."""
    found = await deltas(messages, tools, **options)
    assert not [delta for delta in found if isinstance(delta, TextArrived)]
    names, arguments = {}, {}
    for delta in found[:-1]:
        names[delta.index] = names.get(delta.index, "") + delta.name
        arguments[delta.index] = arguments.get(delta.index, "") + delta.arguments
    schemas = {spec.name: spec.parameters for spec in tools}
    made = [(names[index], json.loads(arguments[index])) for index in names]
    for name, values in made:
        assert problems(schemas[name], values) == []
    return made


async def test_a_wish_calls_the_picture_tool_with_a_richer_prompt():
    [(name, arguments)] = await calls([user("Draw a mountain at sunset")], [GENERATE])
    assert name == "generate_image"
    assert arguments["prompt"].startswith("A mountain at sunset. ")
    assert list(arguments) == ["prompt"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Draw a fox, wide", {"aspect_ratio": "3:2"}),
        ("Draw a fox in portrait format", {"aspect_ratio": "2:3"}),
        ("Draw a square picture of a fox", {"aspect_ratio": "1:1"}),
        ("Draw a fox, 16:9", {"aspect_ratio": "16:9"}),
        ("Draw a fox, 1536x1024", {"size": "1536x1024"}),
        ("Draw a fox in high quality", {"quality": "high"}),
        ("Draw a fox, transparent background", {}),
    ],
)
async def test_the_format_is_given_as_far_as_it_is_offered(text, values):
    [(_, arguments)] = await calls([user(text)], [GENERATE])
    prompt = arguments.pop("prompt")
    assert arguments == values
    assert "fox" in prompt


async def test_a_tool_without_a_format_gets_it_in_words():
    [(_, arguments)] = await calls(
        [user("Draw a fox, wide")], [tool("generate_image", PROMPT)]
    )
    assert "wide format" in arguments["prompt"]


async def test_several_pictures_are_several_calls_with_their_own_ids():
    found = await deltas([user("three variations of a red balloon")])
    ids = [d.id for d in found if isinstance(d, ToolCallArrived) and d.id]
    assert len(set(ids)) == 3
    assert found[-1].reason == FinishReason.TOOL_CALLS


async def test_one_call_at_a_time_where_parallel_calls_are_off():
    text = "Draw a cat and, in a second picture, a dog"
    [(_, first)] = await calls([user(text)], parallel_tool_calls=False)
    result = {"status": "completed", "image_id": "file-1"}
    history = [user(text), *called("call_1", "generate_image", first, result)]
    [(_, second)] = await calls(history, parallel_tool_calls=False)
    assert (first["prompt"][:5], second["prompt"][:5]) == ("A cat", "A dog")


async def test_arguments_come_in_fragments():
    found = await deltas([user("Draw a mountain at sunset")])
    fragments = [d for d in found if isinstance(d, ToolCallArrived) and d.arguments]
    assert len(fragments) > 1


@pytest.mark.parametrize(
    "text", ["Hello", "What can you draw?", "How do I add a key?", "...."]
)
async def test_talk_calls_nothing(text):
    assert await answer([user(text)])


@pytest.mark.parametrize("choice", ["required", "function:generate_image"])
@pytest.mark.parametrize(
    "text", ["Hello", "What is the tax law of Norway?", "", "draw a fox"]
)
async def test_a_forced_choice_always_calls(choice, text):
    [(name, arguments)] = await calls([user(text)], [GENERATE], tool_choice=choice)
    assert name == "generate_image"
    assert arguments["prompt"]


async def test_a_forced_function_is_called_with_valid_arguments():
    [(name, arguments)] = await calls(
        [user("Oslo")], [LOOKUP], tool_choice="function:find_ferry"
    )
    assert (name, arguments) == ("find_ferry", {"port": "Oslo"})


async def test_the_answer_says_what_was_made_and_offers_two_ways_on():
    history = drawn(
        "Draw a mountain at sunset", "A mountain at sunset.", size="1536x1024"
    )
    text = await answer(history[:-1])
    assert "a mountain at sunset" in text
    assert "1536 × 1024" in text
    assert text.count("“") == 2


async def test_another_size_than_asked_is_said():
    text = await answer(drawn("Draw a fox, 16:9", "A fox.", size="1024x1024")[:-1])
    assert "1024 × 1024, the nearest that was offered to 16:9" in text


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("moderated", "refused to draw"),
        ("failed", "failed"),
        ("unknown", "may have been billed"),
        ("cancelled", "stopped"),
    ],
)
async def test_a_picture_that_was_not_made_is_said_with_its_reason(status, word):
    result = {"status": status, "error": "The sky is closed"}
    history = [
        user("draw a fox"),
        *called("call_1", "generate_image", {"prompt": "A fox."}, result),
    ]
    text = await answer(history)
    assert word in text
    assert "The sky is closed." in text


async def test_a_change_edits_the_newest_picture():
    history = [
        *drawn("Draw a lake", "A lake.", "file-1"),
        *drawn("Draw a fox", "A fox.", "file-2"),
        user("make it night"),
    ]
    [(name, arguments)] = await calls(history)
    assert (name, arguments["image_id"]) == ("edit_image", "file-2")
    assert arguments["prompt"].startswith("A fox at night. Edit: ")


async def test_changes_add_up_over_turns():
    edited = {"status": "completed", "image_id": "file-2", "size": "1024x1024"}
    history = [
        *drawn("Draw a lake at sunset", "A lake at sunset."),
        user("make it night"),
        *called("call_2", "edit_image", {"prompt": "A lake at night."}, edited),
        user("add a boat"),
    ]
    [(_, arguments)] = await calls(history)
    assert arguments["prompt"].startswith("A lake at night with a boat. ")
    assert arguments["image_id"] == "file-2"


async def test_without_an_edit_tool_a_change_is_drawn_anew():
    history = [*drawn("Draw a lake", "A lake."), user("make it night")]
    [(name, arguments)] = await calls(history, [GENERATE])
    assert name == "generate_image"
    assert arguments["prompt"].startswith("A lake at night. ")


async def test_a_failed_picture_is_drawn_anew_with_the_change():
    failed = {"status": "failed", "error": "No paint."}
    history = [
        user("Draw a lake"),
        *called("call_1", "generate_image", {"prompt": "A lake."}, failed),
    ]
    [(name, _)] = await calls([*history, user("make it night")])
    assert name == "generate_image"


async def test_another_one_has_the_same_prompt():
    [(_, first)] = await calls([user("Draw a lake, wide")])
    result = {"status": "completed", "image_id": "file-1"}
    history = [
        user("Draw a lake, wide"),
        *called("call_1", "generate_image", first, result),
    ]
    [(name, second)] = await calls([*history, user("another one")])
    assert (name, second) == ("generate_image", first)


async def test_wider_is_the_same_picture_in_another_format():
    history = [*drawn("Draw a lake", "A lake."), user("wider")]
    [(name, arguments)] = await calls(history)
    assert (name, arguments["aspect_ratio"]) == ("edit_image", "3:2")


async def test_the_second_of_several_can_be_named():
    result = {"status": "completed", "size": "1024x1024"}
    history = [
        user("two variations of a kite"),
        *called(
            "call_1",
            "generate_image",
            {"prompt": "A kite."},
            result | {"image_id": "file-1"},
        ),
        *called(
            "call_2",
            "generate_image",
            {"prompt": "A kite."},
            result | {"image_id": "file-2"},
        ),
        user("the first one at night"),
    ]
    [(_, arguments)] = await calls(history)
    assert arguments["image_id"] == "file-1"


async def test_a_change_without_a_picture_asks_for_one():
    assert "no picture in this thread" in await answer(
        [user("make it night")], [GENERATE]
    )


async def test_without_tools_a_wish_is_answered_with_the_way_to_switch_it_on():
    text = await answer([user("Draw a dragon")], [])
    assert "Image generation is off" in text
    assert "> A dragon." in text


async def test_tool_choice_none_calls_nothing():
    assert "off" in await answer([user("Draw a dragon")], tool_choice="none")


async def test_only_the_prompt_is_written_when_that_is_asked():
    system = ChatMessage(
        "system", (Text("Write only the prompt of a picture that fits."),)
    )
    text = await answer([user("Draw a fox in snow"), system], [])
    assert text.startswith("A fox in snow. ")
    assert "\n" not in text


async def test_a_function_that_makes_images_is_called_for_a_wish():
    [(name, arguments)] = await calls([user("Draw a bright sun")], [CREATE])
    assert name == "create_image"
    assert arguments["prompt"].startswith("A bright sun")


async def test_a_named_function_is_called_with_the_arguments_of_the_text():
    text = 'create_image {"prompt": "a bright sun", "size": "512x512"}'
    [(_, arguments)] = await calls([user(text)], [GENERATE, CREATE])
    assert arguments == {"prompt": "a bright sun", "size": "512x512"}


async def test_the_picture_tool_itself_can_be_named_with_arguments():
    text = 'generate_image {"prompt": "a fox", "aspect_ratio": "3:2"}'
    [(_, arguments)] = await calls([user(text)])
    assert arguments == {"prompt": "a fox", "aspect_ratio": "3:2"}


async def test_arguments_that_do_not_fit_are_not_sent():
    text = await answer([user('create_image {"prompt": 5}')], [CREATE])
    assert "`prompt` must be of type string" in text


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ('{"leaves": "14:05", "seats": 3}', ["**leaves**: 14:05", "**seats**: 3"]),
        ("https://example.org/a.png", ["<https://example.org/a.png>"]),
        ('{"error": {"message": "No such port"}}', ["error", "No such port."]),
        ("[1, 2]", ["2 items", "- 1"]),
        ("", ["nothing"]),
        ("null", ["nothing"]),
    ],
)
async def test_what_a_function_answered_is_said(output, words):
    history = [
        user("call find_ferry for Oslo"),
        *called("call_1", "find_ferry", {"port": "Oslo"}, output),
    ]
    text = await answer(history, [LOOKUP])
    assert [word for word in words if word not in text] == []


def picture(**options):
    out = io.BytesIO()
    Image.new("RGB", (300, 200), (44, 98, 204)).save(out, "PNG")
    return Picture("image/png", out.getvalue(), **options)


async def test_an_attached_picture_is_described():
    text = await answer([user("What is this?", picture())])
    assert "300 × 200" in text
    assert "blue" in text


async def test_an_attached_picture_is_changed_when_asked():
    note = Text("(The attached picture is file-abcdefgh, 1500 × 1000.)")
    message = ChatMessage("user", (Text("make it night"), picture(), note))
    [(name, arguments)] = await calls([message])
    assert (name, arguments["image_id"]) == ("edit_image", "file-abcdefgh")
    assert arguments["aspect_ratio"] == "3:2"


async def test_an_earlier_picture_shown_again_is_not_taken_for_an_attachment():
    history = [*drawn("Draw a lake", "A lake."), user("thanks", picture(detail="low"))]
    assert "blue" not in await answer(history)


async def test_the_same_request_has_the_same_answer():
    messages = [user("Draw a harbour at dusk")]
    first, again = await deltas(messages), await deltas(messages)
    assert first[0].id.startswith("call_")
    assert [replace(first[0], id=again[0].id), *first[1:]] == again


async def test_no_two_calls_have_one_id():
    ids = {(await deltas([user("Draw a lake")]))[0].id for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize(("most", "words"), [(2, 1), (5, 3), (16, 12)])
async def test_no_more_tokens_are_counted_than_were_allowed(most, words):
    found = await deltas([user("What can you do?")], max_tokens=most)
    text = "".join(d.text for d in found if isinstance(d, TextArrived))
    assert len(text.split()) == words
    assert found[-1].reason == FinishReason.LENGTH
    assert found[-1].usage.completion_tokens <= most


async def test_the_pieces_of_an_answer_join_to_the_whole():
    found = await deltas([user("How do I add a key?")])
    pieces = [d.text for d in found if isinstance(d, TextArrived)]
    assert len(pieces) > 10
    assert "\n\n1. Open **Settings**" in "".join(pieces)


async def test_the_end_tells_what_was_sent_without_bytes():
    [*_, end] = await deltas([user("What is this?", picture())])
    assert isinstance(end, TurnEnded)
    assert end.model == "offline-chat"
    assert end.sent["tools"] == ["generate_image", "edit_image"]
    assert "bytes of image/png" in json.dumps(end.sent)
    assert end.usage.prompt_tokens == 4


async def test_cancelling_stops_at_once():
    # A pace of a day: the turn can end only by being cancelled.
    request = ChatRequest("offline-chat", [user("Hello")])

    async def read():
        async with aclosing(OfflineChatProvider(pace=86_400).stream(request)) as stream:
            return [delta async for delta in stream]

    task = asyncio.create_task(read())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_empty_conversation_has_an_answer():
    assert await answer([], [])


async def test_two_sentences_are_two_sentences():
    system = ChatMessage("system", (Text("Say in two sentences what you made."),))
    history = [system, *drawn("Draw a mountain at sunset", "A mountain at sunset.")]
    assert (await answer(history[:-1])).count(". ") == 1


async def test_a_greeting_that_must_be_drawn_is_echoed_without_the_added_prose():
    [(name, arguments)] = await calls([user("Hello")], tool_choice="required")
    told = {"status": "completed", "image_id": "file-1", "size": "1024x1024"}
    said = await answer([user("Hello"), *called("call_1", name, arguments, told)])
    assert "a calm bay at sunset**. It is 1024 × 1024." in said
    assert "The sky runs" not in said


async def test_another_model_is_refused_and_never_replaced():
    request = ChatRequest(model="broken/gpt-x", messages=[])
    with pytest.raises(ProviderError, match="has no model “broken/gpt-x”") as refused:
        [delta async for delta in OfflineChatProvider(pace=0).stream(request)]
    assert refused.value.code == "model_not_found"
