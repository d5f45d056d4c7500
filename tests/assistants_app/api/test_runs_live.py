"""What runs do on a running server: polling, limits, models, deletion."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from tests.assistants_app.api.live import answers_of, assistant, streamed, thread
from tests.assistants_app.api.reading import (
    STEP,
    names,
)
from tests.upstream import chat

PATH = chat.PATH
WEATHER: Any = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object"}},
}
UNKNOWN = chat.error(404, "no such model", code="model_not_found", param="model")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_polling_goes_from_create_to_the_end_with_outputs(client, upstream):
    upstream.script(
        PATH, chat.tool_call_stream(chat.Call("weather")), chat.text_stream("Rain.")
    )
    thread_id = thread(client)
    run = client.beta.threads.runs.create_and_poll(
        thread_id=thread_id, assistant_id=assistant(client, tools=[WEATHER])
    )
    assert run.status == "requires_action"
    assert run.required_action is not None
    calls = run.required_action.submit_tool_outputs.tool_calls
    run = client.beta.threads.runs.submit_tool_outputs_and_poll(
        run_id=run.id,
        thread_id=thread_id,
        tool_outputs=[{"tool_call_id": calls[0].id, "output": "rain"}],
    )
    assert run.status == "completed"
    assert answers_of(client, thread_id)[0] == "Rain."


def test_submitting_without_a_stream_answers_with_the_queued_run(client, upstream):
    gate = upstream.gate()
    upstream.script(
        PATH,
        chat.tool_call_stream(chat.Call("weather")),
        chat.text_stream(gate, "Rain."),
    )
    thread_id = thread(client)
    run = client.beta.threads.runs.create_and_poll(
        thread_id=thread_id, assistant_id=assistant(client, tools=[WEATHER])
    )
    assert run.required_action is not None
    calls = run.required_action.submit_tool_outputs.tool_calls
    run = client.beta.threads.runs.submit_tool_outputs(
        run.id,
        thread_id=thread_id,
        tool_outputs=[{"tool_call_id": calls[0].id, "output": "rain"}],
    )
    assert (run.status, run.required_action) == ("queued", None)
    assert run.started_at is not None
    gate.open()
    assert client.beta.threads.runs.poll(run.id, thread_id).status == "completed"


def test_a_thread_is_deleted_in_the_middle_of_its_run(client, upstream):
    gate = upstream.gate()
    upstream.script(PATH, chat.text_stream("So far", gate, " and more"))
    thread_id = thread(client)
    run = client.beta.threads.runs.create(thread_id, assistant_id=assistant(client))
    gate.wait_reached()
    assert client.beta.threads.delete(thread_id).deleted
    with pytest.raises(openai.NotFoundError, match="No thread found with id"):
        client.beta.threads.runs.retrieve(run.id, thread_id=thread_id)
    upstream.requests[0].wait_ended()
    assert upstream.requests[0].client_left


@pytest.mark.parametrize("stream", [False, True])
def test_a_model_that_its_server_does_not_know_is_told_before_any_200(
    client, upstream, stream
):
    upstream.script(PATH, UNKNOWN)
    with pytest.raises(openai.NotFoundError) as caught:
        client.beta.threads.runs.create(
            thread(client),
            assistant_id=assistant(client),
            model="no-such-model",
            stream=stream,
        )
    assert (caught.value.code, caught.value.param) == ("model_not_found", "model")
    assert caught.value.response.headers["x-should-retry"] == "false"


def test_an_unlisted_model_that_its_server_knows_is_run(live, client, upstream):
    upstream.script(PATH, chat.text_stream("Good day"))
    body = {"assistant_id": assistant(client), "model": "brand-new-model"}
    told = streamed(live, f"/threads/{thread(client)}/runs", body)
    assert names(told)[-2:] == ["run.completed", "done"]
    assert upstream.requests[0].json["model"] == "brand-new-model"


def test_a_listed_model_that_is_gone_fails_its_run(client, upstream):
    upstream.script(PATH, UNKNOWN)
    run = client.beta.threads.runs.create_and_poll(
        thread_id=thread(client), assistant_id=assistant(client)
    )
    assert run.status == "failed"
    assert run.last_error is not None


def test_what_a_run_says_is_what_its_model_is_sent(client, upstream):
    upstream.script(PATH, chat.text_stream("{}"))
    run = client.beta.threads.runs.create_and_poll(
        thread_id=thread(client, "One", "Two", "Three"),
        assistant_id=assistant(client, instructions="Be kind.", temperature=0.1),
        additional_instructions="Be quick.",
        additional_messages=[{"role": "user", "content": "Four"}],
        tools=[WEATHER],
        tool_choice={"type": "function", "function": {"name": "weather"}},
        parallel_tool_calls=False,
        temperature=0.9,
        top_p=0.8,
        max_completion_tokens=300,
        response_format={"type": "json_object"},
        reasoning_effort="low",
        truncation_strategy={"type": "last_messages", "last_messages": 2},
    )
    assert run.status == "completed"
    sent = upstream.requests[0].json
    texts = [(m["role"], m["content"]) for m in sent["messages"]]
    assert texts == [
        ("system", "Be kind.\n\nBe quick."),
        ("user", "Three"),
        ("user", "Four"),
    ]
    assert sent["tools"][0]["function"]["name"] == "weather"
    assert sent["tool_choice"]["function"]["name"] == "weather"
    assert (sent["temperature"], sent["top_p"]) == (0.9, 0.8)
    assert sent["parallel_tool_calls"] is False
    assert sent["response_format"] == {"type": "json_object"}
    assert sent["reasoning_effort"] == "low"
    assert 300 in (sent.get("max_tokens"), sent.get("max_completion_tokens"))


def test_a_run_needs_no_message_and_still_knows_its_own_calls(client, upstream):
    upstream.script(
        PATH, chat.tool_call_stream(chat.Call("weather")), chat.text_stream("Rain.")
    )
    thread_id = client.beta.threads.create().id
    runs = client.beta.threads.runs
    run = runs.create_and_poll(
        thread_id=thread_id,
        assistant_id=assistant(client, instructions="Go.", tools=[WEATHER]),
    )
    assert run.status == "requires_action"
    run = runs.submit_tool_outputs_and_poll(
        run_id=run.id,
        thread_id=thread_id,
        tool_outputs=[{"tool_call_id": "call_1", "output": "rain"}],
    )
    assert run.status == "completed"
    told = [message["role"] for message in upstream.requests[1].json["messages"]]
    assert told == ["system", "assistant", "tool"]
    assert answers_of(client, thread_id) == ["Rain."]


def test_truncation_keeps_answers_whose_questions_it_drops(client, upstream):
    upstream.script(PATH, chat.text_stream("First."), chat.text_stream("Second."))
    thread_id, assistant_id = thread(client, "One"), assistant(client)
    for text in ("", "Two"):
        if text:
            client.beta.threads.messages.create(thread_id, role="user", content=text)
        client.beta.threads.runs.create_and_poll(
            thread_id=thread_id,
            assistant_id=assistant_id,
            truncation_strategy={"type": "last_messages", "last_messages": 2},
        )
    sent = upstream.requests[1].json["messages"]
    assert [(m["role"], m["content"]) for m in sent] == [
        ("assistant", "First."),
        ("user", "Two"),
    ]


def test_an_answer_is_told_though_its_question_was_deleted(client, upstream):
    upstream.script(PATH, chat.text_stream("First."), chat.text_stream("Second."))
    thread_id, assistant_id = thread(client, "One"), assistant(client)
    runs, messages = client.beta.threads.runs, client.beta.threads.messages
    runs.create_and_poll(thread_id=thread_id, assistant_id=assistant_id)
    question = messages.list(thread_id, order="asc").data[0]
    messages.delete(question.id, thread_id=thread_id)
    messages.create(thread_id, role="user", content="Two")
    runs.create_and_poll(thread_id=thread_id, assistant_id=assistant_id)
    sent = upstream.requests[1].json["messages"]
    assert [(m["role"], m["content"]) for m in sent] == [
        ("assistant", "First."),
        ("user", "Two"),
    ]


def test_a_run_is_cut_once_its_prompts_have_used_too_many_tokens(
    live, client, upstream
):
    upstream.script(
        PATH,
        chat.tool_call_stream(chat.Call("weather"), usage=(200, 5)),
        chat.tool_call_stream(chat.Call("weather", id="call_2"), usage=(200, 5)),
    )
    thread_id = thread(client)
    run = client.beta.threads.runs.create_and_poll(
        thread_id=thread_id,
        assistant_id=assistant(client, tools=[WEATHER]),
        max_prompt_tokens=256,
    )
    assert run.status == "requires_action"
    told = streamed(
        live,
        f"/threads/{thread_id}/runs/{run.id}/submit_tool_outputs",
        {"tool_outputs": [{"tool_call_id": "call_1", "output": "rain"}]},
    )
    assert names(told) == [
        "run.step.completed",
        "run.queued",
        "run.in_progress",
        *STEP,
        "run.step.delta",
        "run.step.cancelled",
        "run.incomplete",
        "done",
    ]
    incomplete = dict(told)["run.incomplete"]
    assert incomplete["incomplete_details"] == {"reason": "max_prompt_tokens"}
    assert incomplete["usage"]["prompt_tokens"] == 400


def test_the_poll_interval_is_told(client, upstream):
    upstream.script(PATH, chat.text_stream("Good day"))
    thread_id = thread(client)
    raw = client.beta.threads.runs.with_raw_response.create(
        thread_id, assistant_id=assistant(client)
    )
    assert raw.headers["openai-poll-after-ms"] == "250"
    run = raw.parse()
    assert run.status == "queued"
    assert client.beta.threads.runs.poll(run.id, thread_id).status == "completed"


def test_metadata_that_is_set_during_a_run_stays(client, upstream):
    gate = upstream.gate()
    upstream.script(PATH, chat.text_stream("So ", gate, "far"))
    thread_id = thread(client)
    runs = client.beta.threads.runs
    run = runs.create(thread_id, assistant_id=assistant(client))
    gate.wait_reached()
    runs.update(run.id, thread_id=thread_id, metadata={"a": "b"})
    gate.open()
    run = runs.poll(run.id, thread_id)
    assert (run.status, run.metadata) == ("completed", {"a": "b"})
