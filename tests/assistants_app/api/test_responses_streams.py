"""Streams of responses through the official client."""

from __future__ import annotations

import base64

import openai
import orjson
import pytest
import requests

from tests.upstream import chat, images

MODEL = "loop/loopback-chat"
WEATHER = {
    "type": "function",
    "name": "weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    "strict": True,
}
DRAW = {"type": "image_generation", "provider": "loop", "model": "loopback-image"}
FRAME = ["response.created", "response.in_progress"]
MESSAGE = [
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
]
PICTURE = [
    "response.output_item.added",
    "response.image_generation_call.in_progress",
    "response.image_generation_call.generating",
    "response.image_generation_call.completed",
    "response.output_item.done",
]


@pytest.fixture(scope="module")
def client(server):
    client = openai.OpenAI(
        base_url=f"{server.url}/v1", api_key=server.key, max_retries=0
    )
    with client:
        yield client


def drawing():
    call = chat.Call("generate_image", '{"prompt": "A fox"}')
    return chat.tool_call_stream(call)


def streamed(client, **fields):
    return list(client.responses.create(model=MODEL, stream=True, **fields))


def kinds(events):
    return [event.type for event in events]


def check_order(events):
    """Every item is added, done and in the end at the same place under the same id."""
    assert [event.sequence_number for event in events] == list(range(len(events)))
    added = {e.output_index: e.item for e in events if e.type.endswith("item.added")}
    done = {e.output_index: e.item for e in events if e.type.endswith("item.done")}
    final = events[-1].response.output
    assert list(added) == list(range(len(final)))
    for place, item in enumerate(final):
        assert added[place].id == done[place].id == item.id
        assert done[place] == item


def test_a_text_is_streamed_word_by_word(client, upstream):
    gate = upstream.gate()
    upstream.script(chat.PATH, chat.text_stream("Hel", gate, "lo."))
    events = []
    for event in client.responses.create(model=MODEL, input="Hi", stream=True):
        events.append(event)
        if event.type == "response.output_text.delta":
            gate.open()
    deltas = [e for e in events if e.type == "response.output_text.delta"]
    assert [event.delta for event in deltas] == ["Hel", "lo."]
    assert {event.item_id for event in deltas} == {events[-1].response.output[0].id}
    check_order(events)


def test_the_events_of_a_text_come_in_their_published_order(client, upstream):
    upstream.script(chat.PATH, chat.text_stream("Hello."))
    events = streamed(client, input="Hi")
    assert kinds(events) == [*FRAME, *MESSAGE, "response.completed"]
    assert events[0].response.status == "in_progress"
    assert events[0].response.output == []
    assert events[-1].response.status == "completed"
    assert events[-1].response.usage.total_tokens == 17
    check_order(events)


def test_the_helper_gives_the_final_response(client, upstream):
    upstream.script(chat.PATH, chat.text_stream("Hel", "lo."))
    with client.responses.stream(model=MODEL, input="Hi") as stream:
        text = "".join(
            e.delta for e in stream if e.type == "response.output_text.delta"
        )
        final = stream.get_final_response()
    assert (text, final.output_text, final.status) == ("Hello.", "Hello.", "completed")
    assert client.responses.retrieve(final.id).output_text == "Hello."


def test_a_function_call_is_streamed_with_its_arguments(client, upstream):
    call = chat.Call("weather", '{"city": "Oslo"}', "call_w")
    upstream.script(chat.PATH, chat.tool_call_stream(call, text="I look.", piece=6))
    events = streamed(client, input="Hi", tools=[WEATHER])
    pieces = [e for e in events if e.type == "response.function_call_arguments.delta"]
    assert "".join(event.delta for event in pieces) == call.arguments
    (done,) = [e for e in events if e.type == "response.function_call_arguments.done"]
    assert (done.arguments, done.name) == (call.arguments, "weather")
    assert events[-1].response.output[1].call_id == "call_w"
    check_order(events)


def test_the_helper_gathers_the_arguments_of_a_call(client, upstream):
    call = chat.Call("weather", '{"city": "Oslo"}', "call_w")
    upstream.script(chat.PATH, chat.tool_call_stream(call, piece=6))
    with client.responses.stream(model=MODEL, input="Hi", tools=[WEATHER]) as stream:
        final = stream.get_final_response()
    assert final.output[0].call_id == "call_w"
    assert final.output[0].parsed_arguments == {"city": "Oslo"}


def test_a_picture_is_streamed_before_its_message(client, upstream):
    data = images.png(8, 8, "teal")
    upstream.script(chat.PATH, drawing(), chat.text_stream("Here."))
    upstream.script(images.GENERATIONS, images.pictures(data))
    events = streamed(client, input="Draw", tools=[DRAW])
    assert kinds(events) == [*FRAME, *PICTURE, *MESSAGE, "response.completed"]
    assert events[2].item.status == "in_progress"
    assert events[2].item.result is None
    picture = events[-1].response.output[0]
    assert base64.b64decode(picture.result) == data
    check_order(events)


def test_as_many_previews_are_streamed_as_were_wanted(client, upstream):
    colours = ["red", "green", "blue"]
    shown = [images.preview(images.png(8, 8, c), n) for n, c in enumerate(colours[:2])]
    last = images.completed(images.png(8, 8, "blue"))
    upstream.script(chat.PATH, drawing(), chat.text_stream("Here."))
    upstream.script(images.GENERATIONS, images.stream(*shown, last))
    events = streamed(client, input="Draw", tools=[{**DRAW, "partial_images": 2}])
    previews = [e for e in events if e.type.endswith("partial_image")]
    assert [event.partial_image_index for event in previews] == [0, 1]
    sent = [base64.b64decode(event.partial_image_b64) for event in previews]
    assert sent == [images.png(8, 8, "red"), images.png(8, 8, "green")]
    assert upstream.requests[1].json["partial_images"] == 2
    check_order(events)


def test_a_failed_picture_is_done_without_being_completed(client, upstream):
    upstream.script(chat.PATH, drawing(), chat.text_stream("Sorry."))
    upstream.script(
        images.GENERATIONS, chat.error(400, "No.", code="moderation_blocked")
    )
    events = streamed(client, input="Draw", tools=[DRAW])
    assert "response.image_generation_call.completed" not in kinds(events)
    picture = events[-1].response.output[0]
    assert (picture.status, picture.error.code) == ("failed", "moderation_blocked")
    assert events[-1].type == "response.completed"
    check_order(events)


def test_an_answer_that_was_cut_is_incomplete(client, upstream):
    upstream.script(chat.PATH, chat.text_stream("Hel", finish="length"))
    events = streamed(client, input="Hi")
    assert events[-1].type == "response.incomplete"
    assert events[-1].response.incomplete_details.reason == "max_output_tokens"
    assert events[-1].response.output[0].status == "incomplete"
    check_order(events)


def test_a_filtered_answer_is_incomplete_and_says_why(client, upstream):
    upstream.script(chat.PATH, chat.text_stream("Hel", finish="content_filter"))
    events = streamed(client, input="Hi")
    assert events[-1].type == "response.incomplete"
    assert events[-1].response.incomplete_details.reason == "content_filter"
    stored = client.responses.retrieve(events[-1].response.id)
    assert stored.status == "incomplete"


def test_a_stream_that_breaks_off_fails_and_keeps_its_text(client, upstream):
    upstream.script(chat.PATH, chat.stream(chat.chunk({"content": "Hel"}), done=False))
    events = streamed(client, input="Hi")
    assert events[-1].type == "response.failed"
    assert events[-1].response.error.code == "server_error"
    assert events[-1].response.output[0].content[0].text == "Hel"
    check_order(events)


def test_a_background_response_is_polled_to_its_end(client, upstream):
    gate = upstream.gate()
    upstream.script(chat.PATH, chat.text_stream("Hel", gate, "lo."))
    made = client.responses.create(model=MODEL, input="Hi", background=True)
    assert made.status in {"queued", "in_progress"}
    assert made.background is True
    gate.wait_reached()
    assert client.responses.retrieve(made.id).status == "in_progress"
    gate.open()
    events = list(client.responses.retrieve(made.id, stream=True))
    assert events[-1].response.output_text == "Hello."
    assert client.responses.retrieve(made.id).output_text == "Hello."


def test_a_reader_that_comes_back_goes_on_where_it_was(client, upstream):
    gate = upstream.gate()
    upstream.script(chat.PATH, drawing(), chat.text_stream("He", gate, "re."))
    upstream.script(images.GENERATIONS, images.pictures(images.png()))
    stream = client.responses.create(
        model=MODEL, input="Draw", tools=[DRAW], background=True, stream=True
    )
    first = []
    with stream:
        for event in stream:
            first.append(event)
            if event.type == "response.output_text.delta":
                break
    assert kinds(first)[:3] == ["response.created", "response.queued", FRAME[1]]
    gate.open()
    made = first[0].response.id
    last = first[-1].sequence_number
    rest = list(client.responses.retrieve(made, stream=True, starting_after=last))
    check_order([*first, *rest])
    assert kinds(rest)[-1] == "response.completed"
    whole = list(client.responses.retrieve(made, stream=True))
    assert whole == [*first, *rest]


def test_a_background_response_is_cancelled(client, upstream):
    gate = upstream.gate()
    upstream.script(chat.PATH, chat.text_stream("Hel", gate, "lo."))
    made = client.responses.create(model=MODEL, input="Hi", background=True)
    gate.wait_reached()
    assert client.responses.cancel(made.id).status == "cancelled"
    assert client.responses.cancel(made.id).status == "cancelled"
    events = list(client.responses.retrieve(made.id, stream=True))
    assert events[-1].response.status == "cancelled"
    assert events[-1].response.output[0].content[0].text == "Hel"


def test_chains_may_run_at_once(client, upstream):
    gate = upstream.gate()
    upstream.script(chat.PATH, chat.text_stream("One."))
    first = client.responses.create(model=MODEL, input="Hi")
    upstream.script(
        chat.PATH, chat.text_stream(gate, "Slow."), chat.text_stream("Two.")
    )
    fields = {"model": MODEL, "previous_response_id": first.id}
    slow = client.responses.create(input="Slow", background=True, **fields)
    gate.wait_reached()
    quick = client.responses.create(input="Quick", **fields)
    assert quick.output_text == "Two."
    gate.open()
    events = list(client.responses.retrieve(slow.id, stream=True))
    assert events[-1].response.output_text == "Slow."


def test_a_conversation_takes_one_response_at_a_time(client, upstream):
    gate = upstream.gate()
    conversation = client.conversations.create().id
    upstream.script(chat.PATH, chat.text_stream("Hel", gate, "lo."))
    slow = client.responses.create(
        model=MODEL, input="Hi", conversation=conversation, background=True
    )
    gate.wait_reached()
    item = {"type": "message", "role": "user", "content": "And?"}
    for call in (
        lambda: client.responses.create(
            model=MODEL, input="And?", conversation=conversation, stream=True
        ),
        lambda: client.conversations.items.create(conversation, items=[item]),
    ):
        with pytest.raises(openai.BadRequestError) as refused:
            call()
        assert refused.value.code == "conversation_locked"
    gate.open()
    list(client.responses.retrieve(slow.id, stream=True))
    items = client.conversations.items.list(conversation, order="asc")
    assert [item.role for item in items] == ["user", "assistant"]


def test_both_names_of_an_event_agree_and_the_stream_ends_without_more(
    server, upstream
):
    upstream.script(chat.PATH, chat.text_stream("Hello."))
    answer = server.post(
        {"model": MODEL, "input": "Hi", "stream": True}, "/v1/responses"
    )
    assert answer.headers["content-type"].startswith("text/event-stream")
    records = answer.text.strip().split("\n\n")
    for record in records:
        name, data = record.split("\n")
        said = orjson.loads(data.removeprefix("data: "))
        assert name == f"event: {said['type']}"
    assert "response.completed" in records[-1]


def test_a_retried_request_gets_the_same_response(server, upstream):
    upstream.script(chat.PATH, chat.text_stream("Hello."))
    body = {"model": MODEL, "input": "Only once", "stream": True}
    first = server.post(body, "/v1/responses", X_Stainless_Retry_Count="0")
    again = server.post(body, "/v1/responses", X_Stainless_Retry_Count="1")
    assert first.text == again.text
    assert isinstance(first, requests.Response)
    assert len(upstream.ledger) == 1
