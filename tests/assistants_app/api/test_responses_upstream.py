"""Responses through the official client: what the model is really told, and pictures."""

from __future__ import annotations

import base64

import openai
import orjson
import pytest

from tests.upstream import chat, images

MODEL = "loop/loopback-chat"
WEATHER = {
    "type": "function",
    "name": "weather",
    "description": "Tell the weather of a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    "strict": True,
}
DRAW = {"type": "image_generation", "provider": "loop", "model": "loopback-image"}
CALL = chat.Call("weather", '{"city": "Oslo"}', "call_w1")


@pytest.fixture(scope="module")
def client(server):
    client = openai.OpenAI(
        base_url=f"{server.url}/v1", api_key=server.key, max_retries=0
    )
    with client:
        yield client


@pytest.fixture
def ask(client, upstream):
    """Ask with one scripted turn of the model for each of `turns`."""

    def ask(turns, said="Hello", /, **fields):
        upstream.script(chat.PATH, *turns)
        return client.responses.create(model=MODEL, input=said, **fields)

    return ask


def told(upstream, number=-1):
    """The messages of one request to the chat model: role, text or calls."""
    messages = upstream.requests[number].json["messages"]
    return [
        (m["role"], [c["id"] for c in m["tool_calls"]])
        if m.get("tool_calls")
        else (m["role"], m["content"])
        for m in messages
    ]


def output(call_id, text):
    return {"type": "function_call_output", "call_id": call_id, "output": text}


def drawing(prompt="A fox", call_id="call_1"):
    arguments = orjson.dumps({"prompt": prompt}).decode()
    return chat.tool_call_stream(chat.Call("generate_image", arguments, call_id))


def test_instructions_belong_to_one_response_only(ask, upstream):
    first = ask([chat.text_stream("One.")], "Hello", instructions="Be kind.")
    ask([chat.text_stream("Two.")], "And now?", previous_response_id=first.id)
    assert told(upstream, 0) == [("system", "Be kind."), ("user", "Hello")]
    assert told(upstream) == [
        ("user", "Hello"),
        ("assistant", "One."),
        ("user", "And now?"),
    ]


def test_every_role_of_the_input_is_told(ask, upstream):
    roles = ("system", "developer", "user", "assistant", "user")
    ask([chat.text_stream("Yes.")], [{"role": r, "content": r} for r in roles])
    assert told(upstream) == [
        ("system", "system"),
        ("system", "developer"),
        ("user", "user"),
        ("assistant", "assistant"),
        ("user", "user"),
    ]


def test_parameters_reach_the_model_in_its_own_words(ask, upstream):
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    ask(
        [chat.text_stream('{"city": "Oslo"}')],
        tools=[WEATHER],
        tool_choice={"type": "function", "name": "weather"},
        parallel_tool_calls=False,
        temperature=0.5,
        top_p=0.25,
        max_output_tokens=100,
        reasoning={"effort": "low"},
        text={"format": {"type": "json_schema", "name": "place", "schema": schema}},
    )
    sent = upstream.requests[0].json
    assert sent["tools"][0]["function"] == {
        k: WEATHER[k] for k in WEATHER if k != "type"
    }
    chosen = {"type": "function", "function": {"name": "weather"}}
    assert sent["tool_choice"] == chosen
    assert sent["parallel_tool_calls"] is False
    assert (sent["temperature"], sent["top_p"]) == (0.5, 0.25)
    assert sent["max_tokens"] == 100
    assert sent["reasoning_effort"] == "low"
    inner = {"name": "place", "schema": schema}
    assert sent["response_format"] == {"type": "json_schema", "json_schema": inner}


def test_allowed_tools_are_all_that_is_offered(ask, upstream):
    allowed = {"type": "function", "name": "weather"}
    choice = {"type": "allowed_tools", "mode": "required", "tools": [allowed]}
    tools = [WEATHER, {**WEATHER, "name": "tides"}]
    made = ask([chat.tool_call_stream(CALL)], tools=tools, tool_choice=choice)
    sent = upstream.requests[0].json
    assert [tool["function"]["name"] for tool in sent["tools"]] == ["weather"]
    assert sent["tool_choice"] == "required"
    assert [tool.name for tool in made.tools] == ["weather", "tides"]


def test_a_function_call_ends_the_response_and_the_next_brings_its_output(
    ask, upstream
):
    first = ask([chat.tool_call_stream(CALL, text="I look.")], tools=[WEATHER])
    message, call = first.output
    assert first.status == "completed"
    assert first.output_text == "I look."
    assert (call.type, call.call_id, call.status) == (
        "function_call",
        "call_w1",
        "completed",
    )
    assert (call.name, call.arguments) == ("weather", '{"city": "Oslo"}')
    second = ask(
        [chat.text_stream("It rains.")],
        [output("call_w1", "Rain")],
        previous_response_id=first.id,
        tools=[WEATHER],
    )
    assert second.output_text == "It rains."
    chained = told(upstream)
    assert chained == [
        ("user", "Hello"),
        ("assistant", "I look."),
        ("assistant", ["call_w1"]),
        ("tool", "Rain"),
    ]
    history = [{"role": "user", "content": "Hello"}, message, call]
    ask([chat.text_stream("Yes.")], [*history, output("call_w1", "Rain")])
    assert told(upstream) == chained


def test_parallel_calls_stay_together_whatever_the_order_of_their_outputs(
    ask, upstream
):
    calls = [chat.Call("weather", "{}", name) for name in ("call_a", "call_b")]
    first = ask([chat.tool_call_stream(*calls)], tools=[WEATHER])
    with pytest.raises(openai.BadRequestError) as refused:
        ask(
            [],
            [output("call_b", "B")],
            previous_response_id=first.id,
            tools=[WEATHER],
        )
    assert "No tool output found for function call call_a" in refused.value.message
    ask(
        [chat.text_stream("Yes.")],
        [
            {"role": "user", "content": "?"},
            output("call_b", "B"),
            output("call_a", "A"),
        ],
        previous_response_id=first.id,
        tools=[WEATHER],
    )
    assert told(upstream) == [
        ("user", "Hello"),
        ("assistant", ["call_a", "call_b"]),
        ("tool", "A"),
        ("tool", "B"),
        ("user", "?"),
    ]


def test_the_same_call_id_in_two_turns_is_matched_turn_by_turn(ask, upstream):
    turn = chat.tool_call_stream(chat.Call("weather", "{}", "call_0"))
    first = ask([turn], tools=[WEATHER])
    again = chat.tool_call_stream(chat.Call("weather", "{}", "call_0"))
    second = ask(
        [again],
        [output("call_0", "Rain")],
        previous_response_id=first.id,
        tools=[WEATHER],
    )
    ask(
        [chat.text_stream("Yes.")],
        [output("call_0", "Snow")],
        previous_response_id=second.id,
        tools=[WEATHER],
    )
    outputs = [text for role, text in told(upstream) if role == "tool"]
    assert outputs == ["Rain", "Snow"]


def test_forks_of_one_call_keep_their_own_outputs(ask, upstream):
    first = ask([chat.tool_call_stream(CALL)], tools=[WEATHER])
    for weather in ("Rain", "Snow"):
        ask(
            [chat.text_stream("Yes.")],
            [output("call_w1", weather)],
            previous_response_id=first.id,
            tools=[WEATHER],
        )
        assert told(upstream)[-1] == ("tool", weather)
        assert len(told(upstream)) == 3


def test_a_call_of_a_function_that_nobody_offered_is_the_models_own_affair(
    ask, upstream
):
    wrong = chat.tool_call_stream(chat.Call("tides", "{}", "call_t"))
    made = ask([wrong, chat.text_stream("I see.")], tools=[WEATHER])
    assert [item.type for item in made.output] == ["message"]
    again = ask([chat.text_stream("Yes.")], "More", previous_response_id=made.id)
    assert again.status == "completed"


def test_an_output_may_hold_pictures(ask, upstream):
    first = ask([chat.tool_call_stream(CALL)], tools=[WEATHER])
    url = f"data:image/png;base64,{base64.b64encode(images.png()).decode()}"
    parts = [
        {"type": "input_text", "text": "A photo:"},
        {"type": "input_image", "image_url": url},
    ]
    ask(
        [chat.text_stream("Blue.")],
        [output("call_w1", parts)],
        previous_response_id=first.id,
        tools=[WEATHER],
    )
    assert told(upstream)[-2] == ("tool", "A photo:")
    role, content = told(upstream)[-1]
    assert (role, content[1]["image_url"]["url"]) == ("user", url)


def test_a_chain_goes_on_without_new_input(ask, client, upstream):
    first = ask([chat.text_stream("One.")])
    upstream.script(chat.PATH, chat.text_stream("Two."))
    client.responses.create(model=MODEL, previous_response_id=first.id)
    assert told(upstream) == [("user", "Hello"), ("assistant", "One.")]


def test_pictures_come_in_call_order_with_their_facts(ask, upstream):
    data = images.png(8, 8, "teal")
    upstream.script(images.GENERATIONS, images.pictures(data))
    made = ask([drawing(), chat.text_stream("Here.")], "Draw a fox", tools=[DRAW])
    picture, message = made.output
    assert base64.b64decode(picture.result) == data
    assert (picture.status, picture.action) == ("completed", "generate")
    assert (picture.size, picture.output_format) == ("8x8", "png")
    assert picture.revised_prompt == "A fox"
    assert made.output_text == "Here."


def test_a_moderated_picture_fails_and_the_response_completes(ask, client, upstream):
    refusal = chat.error(400, "Not this.", code="moderation_blocked")
    upstream.script(images.GENERATIONS, refusal)
    made = ask([drawing(), chat.text_stream("Sorry.")], "Draw it", tools=[DRAW])
    picture = made.output[0]
    assert (made.status, picture.status, picture.result) == (
        "completed",
        "failed",
        None,
    )
    assert picture.error.code == "moderation_blocked"
    assert picture.error.type == "image_generation_user_error"
    stored = client.responses.retrieve(made.id)
    assert stored.output == made.output


def edit_of(ask, upstream, items, **fields):
    """The action of the picture that these items lead to."""
    edit = chat.Call("edit_image", '{"prompt": "Blue"}', "call_e")
    upstream.script(images.EDITS, images.pictures(images.png()))
    turns = [chat.tool_call_stream(edit), chat.text_stream("Here.")]
    made = ask(turns, items, tools=[DRAW], **fields)
    return made.output[0].action


def test_an_earlier_picture_is_edited_by_chain_item_id_and_reference(ask, upstream):
    data = images.png(8, 8, "teal")
    upstream.script(images.GENERATIONS, images.pictures(data))
    made = ask([drawing(), chat.text_stream("Here.")], "Draw a fox", tools=[DRAW])
    name = made.output[0].id
    wish = {"role": "user", "content": "Make it blue"}
    known = {"type": "image_generation_call", "id": name}
    for items in (
        [*made.output, wish],
        [known, wish],
        [wish, known],
        [{"type": "item_reference", "id": name}, wish],
    ):
        assert edit_of(ask, upstream, items) == "edit"
        assert told(upstream, -3)[-1][0] == "user"
    assert edit_of(ask, upstream, [wish], previous_response_id=made.id) == "edit"
    sent = [r for r in upstream.requests if r.path == images.EDITS]
    assert {part.data for r in sent for part in r.parts if part.filename} == {data}


def test_a_picture_deleted_since_was_made_and_is_not_offered(ask, client, upstream):
    upstream.script(images.GENERATIONS, images.pictures(images.png()))
    made = ask([drawing(), chat.text_stream("Here.")], "Draw a fox", tools=[DRAW])
    file = next(iter(client.files.list()))
    client.files.delete(file.id)
    item = client.responses.retrieve(made.id).output[0]
    assert (item.status, item.result) == ("completed", None)
    assert "error" not in item.model_extra
    wish = {"role": "user", "content": "Make it blue"}
    for items in ([wish], [item.to_dict(), wish]):
        past = {"previous_response_id": made.id} if items == [wish] else {}
        ask([chat.text_stream("It is gone.")], items, tools=[DRAW], **past)
        sent = upstream.requests[-1].json
        names = [tool["function"]["name"] for tool in sent["tools"]]
        assert names == ["generate_image"]
        assert file.id not in str(sent["messages"])
        assert "was deleted" in str(sent["messages"])


def test_a_picture_from_elsewhere_is_taken_from_its_result(ask, client, upstream):
    result = base64.b64encode(images.png(8, 8, "red")).decode()
    item = {"type": "image_generation_call", "id": "ig_else", "result": result}
    wish = {"role": "user", "content": "Make it blue"}
    assert edit_of(ask, upstream, [item, wish]) == "edit"
    with pytest.raises(openai.BadRequestError) as refused:
        ask([], [{"type": "image_generation_call", "id": "ig_else"}, wish])
    assert refused.value.param == "input[0].id"


def test_action_and_choice_decide_which_tool_is_offered(ask, upstream):
    shown = {"type": "input_image", "image_url": "data:image/png;base64,"}
    shown["image_url"] += base64.b64encode(images.png()).decode()
    wish = [{"role": "user", "content": [shown]}]
    for action, names in (
        ("auto", ["generate_image", "edit_image"]),
        ("generate", ["generate_image"]),
        ("edit", ["edit_image"]),
    ):
        ask([chat.text_stream("No.")], wish, tools=[{**DRAW, "action": action}])
        tools = upstream.requests[-1].json["tools"]
        assert [tool["function"]["name"] for tool in tools] == names
    choice = {"type": "image_generation"}
    upstream.script(images.GENERATIONS, images.pictures(images.png()))
    turns = [drawing(), chat.text_stream("Here.")]
    made = ask(turns, tools=[{**DRAW, "action": "generate"}], tool_choice=choice)
    assert upstream.requests[-3].json["tool_choice"]["function"]["name"]
    assert made.output[0].type == "image_generation_call"
    ask([chat.text_stream("No.")], tools=[DRAW], tool_choice="none")
    assert "tools" not in upstream.requests[-1].json


def test_a_mask_is_sent_with_the_picture_that_is_edited(ask, client, upstream):
    mask = images.png(8, 8, "white")
    stored = client.files.create(file=("mask.png", mask), purpose="vision")
    shown = {"type": "input_image", "image_url": "data:image/png;base64,"}
    shown["image_url"] += base64.b64encode(images.png()).decode()
    tool = {**DRAW, "input_image_mask": {"file_id": stored.id}}
    tool["input_fidelity"] = "high"
    upstream.script(images.EDITS, images.pictures(images.png()))
    edit = chat.Call("edit_image", '{"prompt": "Blue"}', "call_e")
    turns = [chat.tool_call_stream(edit), chat.text_stream("Here.")]
    ask(turns, [{"role": "user", "content": [shown]}], tools=[tool])
    (sent,) = [r for r in upstream.requests if r.path == images.EDITS]
    assert [part.data for part in sent.parts if part.name == "mask"] == [mask]
    assert [p.text for p in sent.parts if p.name == "input_fidelity"] == ["high"]


def test_no_more_pictures_are_paid_than_tool_calls_are_allowed(ask, upstream):
    two = [
        chat.Call("generate_image", '{"prompt": "A fox"}', f"call_{n}")
        for n in range(2)
    ]
    upstream.script(images.GENERATIONS, images.pictures(images.png()))
    turns = [chat.tool_call_stream(*two), chat.text_stream("Here.")]
    made = ask(turns, "Draw two", tools=[DRAW], max_tool_calls=1)
    assert [item.status for item in made.output[:2]] == ["completed", "failed"]
    assert len([r for r in upstream.requests if r.path == images.GENERATIONS]) == 1


def test_a_picture_in_the_input_is_put_before_the_model(ask, client, upstream):
    url = f"data:image/png;base64,{base64.b64encode(images.png()).decode()}"
    web = "https://pictures.example/fox.png"
    content = [
        {"type": "input_text", "text": "What is this?"},
        {"type": "input_image", "image_url": url, "detail": "low"},
        {"type": "input_image", "image_url": web},
    ]
    made = ask([chat.text_stream("Blue.")], [{"role": "user", "content": content}])
    shown = told(upstream)[0][1]
    assert [p["image_url"] for p in shown if p["type"] == "image_url"] == [
        {"url": url, "detail": "low"},
        {"url": web, "detail": "auto"},
    ]
    parts = client.responses.input_items.list(made.id).data[0].content
    assert (parts[1].file_id[:5], parts[1].image_url) == ("file-", None)
    assert (parts[2].file_id, parts[2].image_url) == (None, web)
    wanted = ["message.input_image.image_url"]
    listed = client.responses.input_items.list(made.id, include=wanted)
    assert listed.data[0].content[1].image_url == url


@pytest.mark.parametrize("stream", [False, True])
def test_a_model_that_the_server_does_not_know_is_told_before_any_200(
    client, upstream, stream
):
    refusal = chat.error(404, "No such model.", code="model_not_found")
    upstream.script(chat.PATH, refusal)
    with pytest.raises(openai.NotFoundError) as refused:
        client.responses.create(model="loop/unheard-of", input="Hi", stream=stream)
    assert (refused.value.code, refused.value.param) == ("model_not_found", "model")
    assert refused.value.response.headers["x-should-retry"] == "false"


def test_a_provider_that_fails_makes_a_failed_response(ask, upstream):
    made = ask([chat.error(400, "Too long.", code="context_length_exceeded")])
    assert (made.status, made.output) == ("failed", [])
    assert made.error.code == "invalid_prompt"
    assert made.usage is None
