"""Chat completions through a running server, driven by the official client."""

from __future__ import annotations

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests
from openai import (
    APIError,
    APIStatusError,
    BadRequestError,
    InternalServerError,
    NotFoundError,
    OpenAI,
    RateLimitError,
)

from tests.upstream import answers, chat
from tests.upstream.answers import Cut

PATH = chat.PATH
MESSAGES = [{"role": "user", "content": "Hello"}]
ASK = {"model": "house-model", "messages": MESSAGES}
DRAW = {"type": "function", "function": {"name": "create_image"}}


def post(live, body, *, stream=False, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.post(
        f"{live.base_url}/chat/completions",
        json=body,
        headers={"Authorization": f"Bearer {live.key}", **headers},
        timeout=20,
        stream=stream,
    )


def leave_before_the_answer(live, body, gate):
    """Send a request, and hang up before its provider says anything."""
    leaving = http.client.HTTPConnection(urlsplit(live.url).netloc, timeout=20)
    headers = {
        "Authorization": f"Bearer {live.key}",
        "Content-Type": "application/json",
    }
    # As `post` writes it: a repeat is known by an equal body.
    leaving.request("POST", PATH, json.dumps(body).encode(), headers)
    gate.wait_reached()
    leaving.close()
    gate.open()


def texts(stream):
    return [chunk.choices[0].delta.content for chunk in stream if chunk.choices]


def test_a_body_goes_through_as_it_came_but_for_its_model(live, client, upstream):
    upstream.script(PATH, chat.completion("Good day"))
    made = client.chat.completions.create(
        model="own/house-model", messages=MESSAGES, seed=7, temperature=0.5
    )
    assert made.choices[0].message.content == "Good day"
    assert made.usage.total_tokens == 17
    sent = {**ASK, "seed": 7, "temperature": 0.5}
    assert upstream.requests[-1].json == sent


@pytest.mark.parametrize("stream", [False, True])
def test_what_json_cannot_keep_reaches_the_provider_as_it_was_written(
    live, upstream, stream
):
    number = "123456789012345678901234567890"
    said = (
        '{"seed":7, "model" : "%s", "temperature":1e0, "stream": %s,%s'
        ' "messages":[{"role":"user","content":"H\\u0065llo \u00e9"}],'
        ' "tools":[{"type":"function","function":{"name":"f","parameters":'
        '{"maximum":%s,"multipleOf":0.10}}}], "seed": 8}'
    )
    options = ' "stream_options" : {"include_usage":true},' if stream else ""
    filled = (json.dumps(stream), options, number)
    upstream.script(PATH, chat.text_stream("Hi") if stream else chat.completion("Hi"))
    headers = {"Authorization": f"Bearer {live.key}"}
    body = (said % ("own/house-model", *filled)).encode()
    url = f"{live.base_url}/chat/completions"
    assert requests.post(url, body, headers=headers, timeout=20).status_code == 200
    assert upstream.requests[-1].body == (said % ("house-model", *filled)).encode()


def test_an_answer_has_the_bytes_that_the_provider_sent(live, upstream):
    answer = chat.completion("Good day")
    upstream.script(PATH, answer)
    response = post(live, ASK)
    assert response.content == b"".join(answer.body)
    assert response.headers["x-request-id"].startswith("req_")
    assert response.headers["x-should-retry"] == "false"


def test_a_stream_has_the_bytes_that_the_provider_sent(live, upstream):
    answer = chat.text_stream("Good ", "day", usage=None)
    upstream.script(PATH, answer)
    response = post(live, {**ASK, "stream": True})
    assert response.content == b"".join(answer.body)
    assert response.headers["content-type"].startswith("text/event-stream")


def test_tokens_are_asked_for_and_shown_only_to_who_asked(live, client, upstream):
    upstream.script(PATH, chat.text_stream("Hi"), chat.text_stream("Hi"))
    hidden = [*client.chat.completions.create(**ASK, stream=True)]
    assert all(chunk.choices and chunk.usage is None for chunk in hidden)
    assert upstream.requests[-1].json["stream_options"] == {"include_usage": True}
    shown = [
        *client.chat.completions.create(
            **ASK, stream=True, stream_options={"include_usage": True}
        )
    ]
    assert shown[-1].usage.total_tokens == 17
    assert len(shown) == len(hidden) + 1


def test_a_server_without_stream_options_streams_all_the_same(live, client, upstream):
    refusal = chat.error(400, "Unknown: stream_options", param="stream_options")
    upstream.script(PATH, refusal, chat.text_stream("Hi", usage=None))
    stream = client.chat.completions.create(**ASK, stream=True)
    assert "".join(text or "" for text in texts(stream)) == "Hi"
    assert "stream_options" not in upstream.requests[-1].json


def test_the_clients_own_stream_options_are_refused_as_its_own(live, client, upstream):
    upstream.script(PATH, chat.error(400, "No stream_options", param="stream_options"))
    options = {"include_usage": True}
    with pytest.raises(BadRequestError) as caught:
        client.chat.completions.create(**ASK, stream=True, stream_options=options)
    assert caught.value.param == "stream_options"


def test_a_server_that_cannot_stream_is_told_as_a_stream(live, client, upstream):
    call = chat.Call("create_image", '{"prompt": "bay"}')
    upstream.script(PATH, chat.completion("Hi"), chat.completion(None, call))
    stream = client.chat.completions.create(**ASK, stream=True)
    assert texts(stream) == ["Hi"]
    (chunk,) = client.chat.completions.create(**ASK, stream=True, tools=[DRAW])
    assert chunk.choices[0].delta.tool_calls[0].index == 0
    assert chunk.choices[0].delta.tool_calls[0].function.arguments == call.arguments


@pytest.mark.parametrize("stream", [False, True])
def test_tools_pass_in_both_directions(live, client, upstream, stream):
    call = chat.Call("create_image", '{"prompt": "A bay"}')
    tells = chat.tool_call_stream(call) if stream else chat.completion(None, call)
    upstream.script(PATH, tells)
    made = client.chat.completions.create(**ASK, tools=[DRAW], stream=stream)
    if stream:
        chunks = [c for c in made if c.choices and c.choices[0].delta.tool_calls]
        calls = chunks[0].choices[0].delta.tool_calls
    else:
        calls = made.choices[0].message.tool_calls
    assert calls[0].function.arguments == call.arguments
    assert upstream.requests[-1].json["tools"] == [DRAW]


@pytest.mark.parametrize("stream", [False, True])
class TestRefusals:
    """What can be refused is refused with its status, streamed or not."""

    def ask(self, client, stream, **fields):
        return client.chat.completions.create(**{**ASK, **fields}, stream=stream)

    def test_a_wrong_parameter_keeps_its_name(self, client, upstream, stream):
        wrong = chat.error(422, "Too hot", param="temperature", code="too_hot")
        upstream.script(PATH, wrong)
        with pytest.raises(APIStatusError) as caught:
            self.ask(client, stream)
        told = caught.value
        assert (told.status_code, told.param, told.code) == (
            422,
            "temperature",
            "too_hot",
        )

    def test_a_model_that_its_server_does_not_know(self, client, upstream, stream):
        missing = chat.error(404, "no such model", code="model_not_found")
        upstream.script(PATH, missing)
        with pytest.raises(NotFoundError) as caught:
            self.ask(client, stream, model="nobodys-model")
        assert caught.value.code == "model_not_found"

    def test_refused_content_is_told_in_the_providers_words(
        self, client, upstream, stream
    ):
        refusal = chat.error(400, "Not this.", code="content_filter")
        upstream.script(PATH, refusal)
        with pytest.raises(BadRequestError) as caught:
            client.chat.completions.create(**ASK, stream=stream)
        error = caught.value
        assert (error.code, error.type) == ("content_filter", "invalid_request_error")
        assert "Not this." in error.message

    def test_an_image_model_is_asked_by_nobody(self, client, upstream, stream):
        with pytest.raises(BadRequestError, match="makes pictures") as caught:
            client.chat.completions.create(
                model="gpt-image-2", messages=MESSAGES, stream=stream
            )
        assert caught.value.code == "model_not_found"
        assert not upstream.requests

    def test_too_many_requests_say_when_to_come_again(self, client, upstream, stream):
        upstream.script(PATH, chat.error(429, headers={"Retry-After": "7"}))
        with pytest.raises(RateLimitError) as caught:
            self.ask(client, stream)
        assert caught.value.response.headers["retry-after"] == "7"
        assert "x-should-retry" not in caught.value.response.headers

    def test_our_own_key_is_our_own_fault_and_never_told(
        self, client, upstream, stream
    ):
        upstream.script(PATH, chat.error(401, f"Wrong key {upstream.key}"))
        with pytest.raises(InternalServerError) as caught:
            self.ask(client, stream)
        assert caught.value.status_code == 502
        assert caught.value.code == "provider_misconfigured"
        assert upstream.key not in caught.value.response.text

    def test_whoever_may_have_paid_is_not_asked_to_retry(self, live, upstream, stream):
        upstream.script(PATH, answers.hang_up())
        with (
            OpenAI(base_url=live.base_url, api_key=live.key) as patient,
            pytest.raises(InternalServerError) as caught,
        ):
            self.ask(patient, stream)
        assert caught.value.code == "outcome_unknown"
        assert caught.value.response.headers["x-should-retry"] == "false"
        assert len(upstream.ledger) == 1

    @pytest.mark.parametrize(
        ("fields", "param", "code"),
        [
            ({"model": 5}, "model", "invalid_type"),
            ({"model": ""}, "model", "string_below_min_length"),
            ({"messages": "Hello"}, "messages", "invalid_type"),
            ({"messages": []}, "messages", "array_below_min_length"),
            ({"stream_options": 1}, "stream_options", "invalid_type"),
        ],
    )
    def test_a_body_that_cannot_be_sent(self, client, stream, fields, param, code):
        with pytest.raises(BadRequestError) as caught:
            self.ask(client, stream, **fields)
        assert (caught.value.param, caught.value.code) == (param, code)


def test_an_error_that_comes_first_in_a_stream_has_a_status(live, client, upstream):
    event = chat.event({"error": {"message": "Busy", "type": "rate_limit_exceeded"}})
    upstream.script(PATH, chat.stream(event, done=False))
    with pytest.raises(RateLimitError):
        client.chat.completions.create(**ASK, stream=True)


def test_a_stream_that_is_cut_raises_in_the_client(live, client, upstream):
    gate = upstream.gate()
    upstream.script(PATH, chat.text_stream("Half an ans", gate, Cut.CLOSE))
    stream = client.chat.completions.create(**ASK, stream=True)
    seen = []
    with pytest.raises(APIError, match="broke off"):  # noqa: PT012
        for chunk in stream:
            seen.append(chunk.choices[0].delta.content)
            gate.open()
    assert seen[-1] == "Half an ans"


def test_a_stream_that_ends_too_early_raises_in_the_client(live, client, upstream):
    upstream.script(PATH, chat.stream(chat.chunk({"content": "Half"}), done=False))
    with pytest.raises(APIError, match="broke off"):
        [*client.chat.completions.create(**ASK, stream=True)]


def test_an_error_within_a_stream_raises_and_tells_no_key(live, client, upstream):
    told = {"message": f"Key {upstream.key} is tired", "type": "server_error"}
    broken = chat.event({"error": told})
    upstream.script(
        PATH, chat.stream(chat.chunk({"content": "Hi"}), broken, done=False)
    )
    response = post(live, {**ASK, "stream": True})
    assert upstream.key not in response.text
    assert '"error"' in response.text


def test_a_stream_without_done_is_ended_properly(live, upstream):
    upstream.script(PATH, chat.text_stream("Hi", done=False))
    response = post(live, {**ASK, "stream": True})
    assert response.text.endswith("data: [DONE]\n\n")


def test_a_client_that_leaves_ends_the_providers_work(live, client, upstream):
    gate = upstream.gate()
    upstream.script(PATH, chat.text_stream("Hi", gate, " there"))
    stream = client.chat.completions.create(**ASK, stream=True)
    next(iter(stream))
    stream.close()
    upstream.requests[-1].wait_ended()
    assert upstream.requests[-1].client_left


RETRY = {"X_Stainless_Retry_Count": "1"}


@pytest.mark.parametrize(
    ("first", "again"),
    [({}, RETRY), ({"Idempotency_Key": "k-1"}, {"Idempotency_Key": "k-1"})],
)
def test_a_repeated_completion_is_the_same_and_paid_once(live, upstream, first, again):
    upstream.script(PATH, chat.completion("Once"))
    body = {**ASK, "seed": len(first)}
    one = post(live, body, **first)
    two = post(live, body, **again)
    assert one.status_code == two.status_code == 200
    assert one.content == two.content
    assert len(upstream.ledger) == 1


@pytest.mark.parametrize(
    ("first", "again"),
    [({}, RETRY), ({"Idempotency_Key": "k-2"}, {"Idempotency_Key": "k-2"})],
)
def test_a_repeated_stream_is_told_from_its_start_and_paid_once(
    live, upstream, first, again
):
    upstream.script(PATH, chat.text_stream("Once", " more"))
    body = {**ASK, "stream": True, "seed": 30 + len(first)}
    one = post(live, body, **first)
    two = post(live, body, **again)
    assert one.status_code == two.status_code == 200
    assert one.content == two.content
    assert two.headers["content-type"].startswith("text/event-stream")
    assert len(upstream.ledger) == 1


def test_a_repeat_waits_for_the_end_of_a_stream_that_runs(live, upstream):
    gate = upstream.gate()
    upstream.script(PATH, chat.text_stream("One", gate, " two"))
    body = {**ASK, "stream": True, "seed": 33}
    with (
        post(live, body, stream=True, Idempotency_Key="k-3") as one,
        ThreadPoolExecutor(1) as pool,
    ):
        repeat = pool.submit(post, live, body, Idempotency_Key="k-3")
        gate.open()
        assert repeat.result(20).content == one.content
    assert b" two" in one.content
    assert len(upstream.ledger) == 1


def test_a_repeat_is_told_how_a_stream_failed(live, upstream):
    upstream.script(PATH, chat.text_stream("Half", Cut.CLOSE))
    body = {**ASK, "stream": True, "seed": 34}
    one = post(live, body)
    assert '"error"' in one.text
    assert post(live, body, **RETRY).content == one.content
    assert len(upstream.ledger) == 1


def test_a_stream_that_is_too_large_is_not_told_again(live, upstream):
    upstream.script(PATH, chat.text_stream(*["x" * 100_000] * 11))
    body = {**ASK, "stream": True, "seed": 35}
    assert post(live, body).status_code == 200
    again = post(live, body, **RETRY)
    assert (again.status_code, again.json()["error"]["code"]) == (
        502,
        "outcome_unknown",
    )
    assert again.headers["x-should-retry"] == "false"
    assert len(upstream.ledger) == 1


def test_a_client_that_left_before_the_first_event_gets_all_when_it_repeats(
    live, upstream
):
    gate = upstream.gate()
    upstream.script(PATH, answers.hang(gate, chat.text_stream("Late", " but whole")))
    body = {**ASK, "stream": True, "seed": 36}
    leave_before_the_answer(live, body, gate)
    again = post(live, body, **RETRY)
    assert "Late" in again.text
    assert again.text.endswith("data: [DONE]\n\n")
    assert len(upstream.ledger) == 1


def test_who_left_in_the_middle_is_told_that_it_may_have_been_billed(live, upstream):
    gate = upstream.gate()
    upstream.script(PATH, chat.text_stream("Hi", gate, " there"))
    body = {**ASK, "stream": True, "seed": 37}
    with post(live, body, stream=True, Idempotency_Key="k-4") as leaving:
        next(leaving.iter_lines())
    upstream.requests[-1].wait_ended()
    again = post(live, body, Idempotency_Key="k-4")
    assert again.json()["error"]["code"] == "outcome_unknown"
    assert len(upstream.ledger) == 1


@pytest.mark.parametrize("stream", [False, True])
def test_what_was_refused_without_cost_may_be_tried_anew(live, upstream, stream):
    answer = chat.text_stream("Hi") if stream else chat.completion("Hi")
    upstream.script(PATH, chat.error(429), answer)
    body = {**ASK, "stream": stream, "seed": 4}
    assert post(live, body).status_code == 429
    assert post(live, body, **RETRY).status_code == 200


def test_an_answer_is_kept_for_a_client_that_has_left(live, upstream):
    gate = upstream.gate()
    upstream.script(PATH, answers.hang(gate, chat.completion("Late")))
    body = {**ASK, "seed": 5}
    leave_before_the_answer(live, body, gate)
    again = post(live, body, **RETRY)
    assert again.json()["choices"][0]["message"]["content"] == "Late"
    assert len(upstream.ledger) == 1


class TestOffline:
    """The model that needs no server speaks the same way."""

    def test_it_answers_whole_and_streamed_alike(self, client):
        ask = {"model": "offline-chat", "messages": MESSAGES}
        whole = client.chat.completions.create(**ask)
        options = {"include_usage": True}
        chunks = [
            *client.chat.completions.create(**ask, stream=True, stream_options=options)
        ]
        said = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
        assert said == whole.choices[0].message.content
        assert chunks[0].choices[0].delta.role == "assistant"
        assert chunks[-2].choices[0].finish_reason == "stop"
        assert chunks[-1].usage == whole.usage

    def test_it_calls_a_function_and_reads_its_output(self, client):
        parameters = {"type": "object", "properties": {"prompt": {"type": "string"}}}
        tool = {"name": "create_image", "parameters": parameters}
        ask = {
            "model": "offline-chat",
            "tools": [{"type": "function", "function": tool}],
        }
        said = [{"role": "user", "content": "Draw a fjord at dawn"}]
        first = client.chat.completions.create(**ask, messages=said).choices[0]
        assert first.finish_reason == "tool_calls"
        call = first.message.tool_calls[0]
        output = {"role": "tool", "tool_call_id": call.id, "content": '{"ok": true}'}
        said = [*said, first.message.model_dump(exclude_none=True), output]
        second = client.chat.completions.create(**ask, messages=said).choices[0]
        assert second.finish_reason == "stop"

    @pytest.mark.parametrize("stream", [False, True])
    @pytest.mark.parametrize(
        ("fields", "param"),
        [
            ({"messages": [{"role": "robot"}]}, "messages[0].role"),
            ({"messages": [{"role": "user", "content": 5}]}, "messages[0].content"),
            ({"n": 2}, "n"),
            ({"max_tokens": 0}, "max_tokens"),
            ({"tools": [{"type": "web_search"}]}, "tools[0].type"),
            ({"model": "offline/other"}, "model"),
        ],
    )
    def test_it_names_what_it_cannot_read(self, client, stream, fields, param):
        ask = {"model": "offline-chat", "messages": MESSAGES, **fields}
        with pytest.raises(BadRequestError) as caught:
            client.chat.completions.create(**ask, stream=stream)
        assert caught.value.param == param
