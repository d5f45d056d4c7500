import io

import pytest
import requests
from PIL import Image

from tests.assistants_app.api.model_response_server import (
    checked,
    events_of,
)
from tests.upstream import chat, images

WEATHER = {
    "type": "function",
    "name": "weather",
    "description": "Tell the weather of a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}
HELLO = {"role": "user", "content": "Hello"}
CHAT = {"model": "loop/loopback-chat"}
DRAW = {"type": "image_generation", "provider": "loop", "model": "loopback-image"}


def test_the_documented_request_gets_the_documented_answer(server):
    answer = server.post(
        {
            "organization_id": server.organization,
            "assistant_id": server.illustrator,
            "tools": [{"type": "image_generation"}],
            "inputs": [
                {
                    "role": "user",
                    "content": "Create an illustration of a mountain at sunset.",
                }
            ],
        }
    )
    assert answer.status_code == 200
    assert answer.headers["x-should-retry"] == "false"
    picture, message = checked(answer.json())["output"]
    assert picture["type"] == "image_generation_call"
    assert picture["id"].startswith("ig_")
    assert picture["status"] == "completed"
    assert set(picture["result"]) == {"url", "revised_prompt"}
    assert "mountain" in picture["result"]["revised_prompt"].lower()
    assert (message["type"], message["role"]) == ("message", "assistant")
    text, shown = message["content"]
    assert text["type"] == "output_text"
    assert text["text"]
    assert shown == {
        "type": "image_url",
        "image_url": {"url": picture["result"]["url"]},
    }
    fetched = requests.get(picture["result"]["url"], timeout=30)
    assert fetched.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(fetched.content)).format == "PNG"


def test_a_stream_ends_with_the_response_that_can_be_fetched(server):
    answer = server.post(
        {
            "stream": True,
            "system_tools": {"image_generation": {"mode": "on", "size": "256x256"}},
            "inputs": [{"role": "user", "content": "A red boat"}],
        }
    )
    assert answer.headers["content-type"].startswith("text/event-stream")
    said = list(events_of(answer))
    names = [name for name, _ in said]
    assert names[:3] == [
        "response.created",
        "response.output_item.added",
        "response.image_generation_call.in_progress",
    ]
    assert "response.image_generation_call.partial_image" in names
    assert names.index("response.image_generation_call.completed") < names.index(
        "response.output_text.delta"
    )
    assert names[-4:] == [
        "response.output_text.done",
        "response.output_item.done",
        "response.completed",
        "",
    ]
    response = said[-2][1]["response"]
    texts = [d["delta"] for n, d in said if n == "response.output_text.delta"]
    assert "".join(texts) == response["output"][1]["content"][0]["text"]
    fetched = checked(server.get(f"/v1/model/response/{response['id']}").json())
    checked(response)
    assert [item["id"] for item in fetched["output"]] == [
        item["id"] for item in response["output"]
    ]
    assert fetched["usage"] == response["usage"]
    assert fetched["status"] == "completed"


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"organization_id": "org_other"}, 403, "ORGANIZATION_ACCESS_DENIED", None),
        ({"assistant_id": "asst_other"}, 404, "RESOURCE_NOT_FOUND", None),
        ({"thread_id": "thread_other"}, 404, "RESOURCE_NOT_FOUND", None),
        ({"colour": "red"}, 422, "VALIDATION_ERROR", "colour"),
        ({"inputs": []}, 422, "VALIDATION_ERROR", "inputs"),
        (
            {"tools": [{"type": "image_generation", "mode": "maybe"}]},
            422,
            "VALIDATION_ERROR",
            "tools[0].mode",
        ),
        ({"model": "no-such-model"}, 404, "RESOURCE_NOT_FOUND", "model"),
    ],
)
def test_what_can_be_refused_has_its_status_streamed_or_not(
    server, stream, body, status, code, field
):
    inputs = [HELLO]
    answer = server.post({"inputs": inputs, "stream": stream, **body})
    assert answer.status_code == status
    said = answer.json()
    assert said["success"] is False
    assert said["error"]["code"] == code
    assert said["error"]["status"] == status
    assert said["error"]["trace_id"] == answer.headers["x-request-id"]
    if field:
        assert said["error"]["details"] == {"field": field}


@pytest.mark.parametrize("stream", [True, False])
def test_a_model_that_only_its_server_can_refuse_is_refused_with_its_status(
    server, upstream, stream
):
    upstream.script(
        chat.PATH, chat.error(404, "No such model.", code="model_not_found")
    )
    answer = server.post(
        {
            "model": "loop/unlisted",
            "stream": stream,
            "inputs": [HELLO],
        }
    )
    assert answer.status_code == 404
    assert answer.json()["error"]["details"] == {"field": "model"}


def test_without_a_key_it_is_401_in_the_dialects_envelope(server):
    for stream in (True, False):
        body = {"inputs": [{"role": "user", "content": "Hi"}], "stream": stream}
        answer = requests.post(f"{server.url}/v1/model/response", json=body, timeout=30)
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "AUTHENTICATION_REQUIRED"


def test_function_calls_are_answered_by_tool_messages_and_the_run_goes_on(
    server, upstream
):
    upstream.script(
        chat.PATH,
        chat.tool_call_stream(
            chat.Call("weather", '{"city": "Oslo"}', "call_a"),
            chat.Call("weather", '{"city": "Bergen"}', "call_b"),
        ),
    )
    paused = server.ask("Oslo or Bergen?", tools=[WEATHER], **CHAT)
    assert paused["status"] == "requires_action"
    assert [
        (item["type"], item["call_id"], item["name"], item["arguments"])
        for item in paused["output"]
    ] == [
        ("function_call", "call_a", "weather", '{"city": "Oslo"}'),
        ("function_call", "call_b", "weather", '{"city": "Bergen"}'),
    ]
    thread = {"thread_id": paused["thread_id"]}

    early = server.post({"inputs": [{"role": "user", "content": "Well?"}], **thread})
    assert early.status_code == 422
    assert "call_a" in early.json()["error"]["message"]

    first = {"role": "tool", "tool_call_id": "call_a", "content": {"sky": "clear"}}
    one = server.post({"inputs": [first], **thread})
    assert one.status_code == 422
    assert "call_b" in one.json()["error"]["message"]

    upstream.script(chat.PATH, chat.text_stream("Oslo, ", "it is clear."))
    second = {"role": "tool", "tool_call_id": "call_b", "content": "rain"}
    answer = server.post({"inputs": [first, second], "stream": True, **thread})
    said = list(events_of(answer))
    response = said[-2][1]["response"]
    assert response["id"] == paused["id"]
    assert response["status"] == "completed"
    assert [item["type"] for item in response["output"]] == ["message"]
    assert response["output"][0]["content"][0]["text"] == "Oslo, it is clear."
    outputs = [
        message["content"]
        for message in upstream.requests[-1].json["messages"]
        if message["role"] == "tool"
    ]
    assert outputs == ['{"sky":"clear"}', "rain"]


def test_a_thread_remembers_what_was_said_and_its_system_message(server, upstream):
    upstream.script(chat.PATH, chat.text_stream("Ahoy."))
    first = server.post(
        {
            "inputs": [
                {"role": "system", "content": "Talk like a sailor."},
                {"role": "user", "content": [{"type": "text", "text": "Hello"}]},
            ],
            **CHAT,
        }
    ).json()
    upstream.script(chat.PATH, chat.text_stream("Aye."))
    server.ask(
        "And now?", thread_id=first["thread_id"], instructions="Be brief.", **CHAT
    )
    sent = upstream.requests[-1].json["messages"]
    assert [(m["role"], m["content"]) for m in sent] == [
        ("system", "Be brief."),
        ("system", "Talk like a sailor."),
        ("user", "Hello"),
        ("assistant", "Ahoy."),
        ("user", "And now?"),
    ]


def test_a_moderated_picture_is_told_and_the_response_completes(server, upstream):
    call = chat.Call("generate_image", '{"prompt": "Something"}', "call_p")
    upstream.script(
        chat.PATH, chat.tool_call_stream(call), chat.text_stream("I may not draw that.")
    )
    upstream.script(
        images.GENERATIONS,
        chat.error(400, "Your request was rejected.", code="moderation_blocked"),
    )
    answer = server.ask("Draw something", tools=[DRAW], **CHAT)
    picture, message = answer["output"]
    assert (picture["status"], picture["result"]) == ("failed", None)
    assert picture["error"]["code"] == "moderation_blocked"
    assert message["content"][0]["text"] == "I may not draw that."
    assert answer["status"] == "completed"


def test_the_providers_revised_prompt_is_told(server, upstream):
    call = chat.Call("generate_image", '{"prompt": "A bay"}', "call_p")
    upstream.script(chat.PATH, chat.tool_call_stream(call), chat.text_stream("A bay."))
    upstream.script(
        images.GENERATIONS,
        images.pictures(images.png(), revised_prompt="A bay in the evening"),
    )
    answer = server.ask("Draw a bay", tools=[{**DRAW, "partial_images": 0}], **CHAT)
    result = answer["output"][0]["result"]
    assert result["revised_prompt"] == "A bay in the evening"
    assert requests.get(result["url"], timeout=30).content == images.png()


def test_a_provider_that_breaks_off_ends_the_stream_as_failed(server, upstream):
    upstream.script(chat.PATH, chat.stream(chat.chunk({"content": "Half"}), done=False))
    body = {"inputs": [HELLO], "stream": True, **CHAT}
    (name, last), done = list(events_of(server.post(body)))[-2:]
    assert name == "response.failed"
    assert last["error"]["message"]
    message = last["response"]["output"][0]
    assert message["status"] == "incomplete"
    assert message["content"][0]["text"] == "Half"
    assert done == ("", "[DONE]")


def test_cancelling_ends_the_stream_and_keeps_the_words(server, upstream):
    gate = upstream.gate()
    upstream.script(chat.PATH, chat.text_stream("Once upon", gate, " a time"))
    answer = server.post(
        {
            "inputs": [{"role": "user", "content": "A story"}],
            "stream": True,
            **CHAT,
        }
    )
    said = events_of(answer)
    thread_id = next(said)[1]["thread_id"]
    while next(said)[0] != "response.output_text.delta":
        pass
    cancelled = server.post({}, f"/v1/model/response/{thread_id}/cancel").json()
    assert cancelled["success"] is True
    assert cancelled["cancel_mode"] == "keep_partial"
    assert cancelled["partial_content_saved"] is True
    (name, last), done = list(said)[-2:]
    assert name == "response.cancelled"
    assert last["response"]["output"][0]["content"][0]["text"] == "Once upon"
    assert done == ("", "[DONE]")
    again = server.post({}, f"/v1/model/response/{thread_id}/cancel")
    assert again.status_code == 404


def test_a_busy_thread_takes_no_second_request(server, upstream):
    gate = upstream.gate()
    upstream.script(chat.PATH, chat.text_stream("Wait", gate))
    begun = server.post(
        {
            "inputs": [{"role": "user", "content": "Slow"}],
            "background": True,
            **CHAT,
        }
    ).json()
    assert begun["status"] in {"queued", "in_progress"}
    second = server.post(
        {
            "inputs": [{"role": "user", "content": "Fast"}],
            "thread_id": begun["thread_id"],
        }
    )
    assert second.status_code == 400
    assert begun["thread_id"] in second.json()["error"]["message"]
    server.post({}, f"/v1/model/response/{begun['thread_id']}/cancel")


def test_the_same_idempotency_key_pays_once(server, upstream):
    upstream.script(chat.PATH, chat.text_stream("Once."))
    body = {"inputs": [HELLO], **CHAT}
    first = server.post(body, Idempotency_Key="h4-1")
    second = server.post(body, Idempotency_Key="h4-1")
    assert first.json() == second.json()
    assert len(upstream.ledger) == 1
    streamed = server.post({**body, "stream": True}, Idempotency_Key="h4-1")
    assert streamed.status_code == 409


def test_a_lost_provider_fails_the_response_and_not_the_request(server, upstream):
    upstream.script(
        chat.PATH,
        chat.error(401, "Incorrect key."),
    )
    answer = server.ask("Hello", **CHAT)
    assert answer["status"] == "failed"
    assert answer["error"]["message"]
    assert "Incorrect key" not in answer["error"]["message"]


def test_a_repeated_stream_is_told_from_its_beginning(server, upstream):
    gate = upstream.gate()
    upstream.script(chat.PATH, chat.text_stream("One", gate, " story"))
    body = {"inputs": [HELLO], "stream": True, **CHAT}
    first = server.post(body, Idempotency_Key="h4-2")
    said = events_of(first)
    created = next(said)[1]
    while next(said)[0] != "response.output_text.delta":
        pass
    first.close()
    gate.open()
    again = list(events_of(server.post(body, Idempotency_Key="h4-2")))
    assert again[0][1]["response_id"] == created["response_id"]
    assert again[-2][1]["response"]["output"][0]["content"][0]["text"] == "One story"
    assert [data["sequence_number"] for name, data in again if name] == list(
        range(len(again) - 1)
    )
    assert len(upstream.ledger) == 1


def test_a_repeated_request_whose_thread_is_gone_is_404(server, upstream):
    upstream.script(chat.PATH, chat.text_stream("Gone."))
    body = {"inputs": [HELLO], **CHAT}
    first = server.post(body, Idempotency_Key="h4-3").json()
    headers = {"X-API-Key": server.key}
    deleted = requests.delete(
        f"{server.url}/v1/threads/{first['thread_id']}", headers=headers, timeout=30
    )
    assert deleted.status_code == 200
    again = server.post(body, Idempotency_Key="h4-3")
    assert again.status_code == 404
    assert first["id"] in again.json()["error"]["message"]
