"""Streamed runs as the official client sees them, on a running server."""

from __future__ import annotations

import threading
from typing import Any

import openai
import pytest
import requests
from openai import AssistantEventHandler, OpenAI

from tests.assistants_app.api.live import (
    Live,
    answers_of,
    assistant,
    streamed,
    thread,
)
from tests.assistants_app.api.reading import (
    MESSAGE,
    STARTED,
    WRITTEN,
    names,
    read,
)
from tests.upstream import chat
from tests.upstream.answers import Cut

PATH = chat.PATH
WEATHER: Any = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object"}},
}
UNKNOWN = chat.error(404, "no such model", code="model_not_found", param="model")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


class Handler(AssistantEventHandler):
    """Notes what a client's own handler is told."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.text = ""

    def on_text_created(self, text: Any) -> None:
        self.seen.append("text created")

    def on_text_delta(self, delta: Any, snapshot: Any) -> None:
        self.text += delta.value

    def on_text_done(self, text: Any) -> None:
        self.seen.append(f"text done: {text.value}")

    def on_image_file_done(self, image_file: Any) -> None:
        self.seen.append(f"picture done: {image_file.file_id[:5]}")

    def on_message_done(self, message: Any) -> None:
        self.seen.append("message done")

    def on_tool_call_done(self, tool_call: Any) -> None:
        self.seen.append(f"call done: {tool_call.function.arguments}")

    def on_run_step_done(self, run_step: Any) -> None:
        self.seen.append(f"step done: {run_step.type}")

    def on_end(self) -> None:
        self.seen.append("end")


def test_the_stream_is_told_in_the_published_order(live, client, upstream):
    upstream.script(PATH, chat.text_stream("Good ", "day"))
    thread_id = thread(client)
    told = streamed(
        live, f"/threads/{thread_id}/runs", {"assistant_id": assistant(client)}
    )
    assert names(told) == [
        *STARTED,
        *MESSAGE,
        "message.delta",
        *WRITTEN,
        "run.completed",
        "done",
    ]
    run = client.beta.threads.runs.retrieve(told[0][1]["id"], thread_id=thread_id)
    completed = dict(told)["run.completed"]
    for name in ("status", "usage", "created_at", "completed_at", "started_at"):
        stored = run.to_dict()[name]
        assert stored == completed[name], name
    message = dict(told)["message.completed"]
    stored = client.beta.threads.messages.retrieve(message["id"], thread_id=thread_id)
    assert stored.to_dict() == message
    (step,) = client.beta.threads.runs.steps.list(run.id, thread_id=thread_id).data
    assert step.to_dict() == dict(told)["run.step.completed"]


def test_an_event_handler_is_told_everything(client, upstream):
    upstream.script(PATH, chat.text_stream("Good ", "day"))
    handler = Handler()
    with client.beta.threads.runs.stream(
        thread_id=thread(client),
        assistant_id=assistant(client),
        event_handler=handler,
    ) as stream:
        stream.until_done()
        run = stream.get_final_run()
    assert run.status == "completed"
    assert handler.text == "Good day"
    assert handler.seen == [
        "text created",
        "text done: Good day",
        "message done",
        "step done: message_creation",
        "end",
    ]


def test_a_call_is_answered_and_the_answer_streams_back(live, client, upstream):
    call = chat.Call("weather", '{"city": "Oslo"}')
    upstream.script(
        PATH, chat.tool_call_stream(call, piece=4), chat.text_stream("It rains.")
    )
    thread_id, handler = thread(client), Handler()
    with client.beta.threads.runs.stream(
        thread_id=thread_id,
        assistant_id=assistant(client, tools=[WEATHER]),
        event_handler=handler,
    ) as stream:
        stream.until_done()
        run = stream.get_final_run()
    assert run.status == "requires_action"
    assert run.required_action is not None
    (waiting,) = run.required_action.submit_tool_outputs.tool_calls
    assert waiting.function.arguments == '{"city": "Oslo"}'
    assert 'call done: {"city": "Oslo"}' in handler.seen
    (step,) = client.beta.threads.runs.steps.list(run.id, thread_id=thread_id).data
    assert step.status == "in_progress"
    told = streamed(
        live,
        f"/threads/{thread_id}/runs/{run.id}/submit_tool_outputs",
        {"tool_outputs": [{"tool_call_id": waiting.id, "output": "rain"}]},
    )
    assert names(told) == [
        "run.step.completed",
        "run.queued",
        "run.in_progress",
        *MESSAGE,
        "message.delta",
        *WRITTEN,
        "run.completed",
        "done",
    ]
    (call_told,) = told[0][1]["step_details"]["tool_calls"]
    assert call_told["function"]["output"] == "rain"
    assert answers_of(client, thread_id) == ["It rains.", "Hello"]
    assert upstream.requests[-1].json["messages"][-1]["content"] == "rain"


def test_a_thread_is_made_and_run_in_one_stream(live, client, upstream):
    upstream.script(PATH, chat.text_stream("Good day"))
    body = {
        "assistant_id": assistant(client),
        "thread": {"messages": [{"role": "user", "content": "Hello"}]},
    }
    told = streamed(live, "/threads/runs", body)
    assert names(told)[:4] == ["created", *STARTED]
    assert told[0][1]["object"] == "thread"
    assert told[0][1]["id"] == told[1][1]["thread_id"]
    assert answers_of(client, told[0][1]["id"]) == ["Good day", "Hello"]


def test_a_picture_is_a_step_and_a_part_whose_bytes_can_be_read(client, upstream):
    draw = chat.Call("generate_image", '{"prompt": "A bay", "size": "256x256"}')
    upstream.script(PATH, chat.tool_call_stream(draw), chat.text_stream("Here."))
    thread_id, handler = thread(client), Handler()
    tools: Any = [{"type": "image_generation"}]
    with client.beta.threads.runs.stream(
        thread_id=thread_id,
        assistant_id=assistant(client, tools=tools),
        event_handler=handler,
    ) as stream:
        stream.until_done()
        (message,) = stream.get_final_messages()
        run = stream.get_final_run()
    # When its picture is done is the client's own business.
    handler.seen.remove("picture done: file-")
    assert handler.seen == [
        "step done: tool_calls",
        "text created",
        "text done: Here.",
        "message done",
        "step done: message_creation",
        "end",
    ]
    assert [part.type for part in message.content] == ["image_file", "text"]
    steps = client.beta.threads.runs.steps.list(
        run.id, thread_id=thread_id, order="asc"
    )
    call: Any = steps.data[0].step_details.tool_calls[0]  # type: ignore
    assert (call.type, call.status) == ("image_generation_call", "completed")
    assert call.prompt == "A bay"
    assert call.file_id == message.content[0].image_file.file_id  # type: ignore


def test_a_stream_that_breaks_off_fails_the_run_and_keeps_its_words(
    live, client, upstream
):
    upstream.script(PATH, chat.text_stream("Half an", Cut.CLOSE))
    thread_id = thread(client)
    told = streamed(
        live, f"/threads/{thread_id}/runs", {"assistant_id": assistant(client)}
    )
    assert names(told) == [
        *STARTED,
        *MESSAGE,
        "message.delta",
        "message.incomplete",
        "run.step.failed",
        "run.failed",
        "done",
    ]
    assert dict(told)["run.failed"]["last_error"]["code"] == "server_error"
    assert answers_of(client, thread_id)[0] == "Half an"


def test_a_cancelled_stream_ends_step_by_step(live, client, upstream):
    gate = upstream.gate()
    upstream.script(PATH, chat.text_stream("So far", gate, " and more"))
    thread_id = thread(client)
    path, body = f"/threads/{thread_id}/runs", {"assistant_id": assistant(client)}
    told: list[tuple[str, Any]] = []
    reader = threading.Thread(target=lambda: told.extend(streamed(live, path, body)))
    reader.start()
    gate.wait_reached()
    (run,) = client.beta.threads.runs.list(thread_id).data
    cancelled = client.beta.threads.runs.cancel(run.id, thread_id=thread_id)
    assert cancelled.status in {"cancelling", "cancelled"}
    reader.join(20)
    assert names(told)[-5:] == [
        "run.cancelling",
        "message.incomplete",
        "run.step.cancelled",
        "run.cancelled",
        "done",
    ]
    run = client.beta.threads.runs.poll(run.id, thread_id)
    assert run.status == "cancelled"
    with pytest.raises(openai.BadRequestError, match="Cannot cancel run with status"):
        client.beta.threads.runs.cancel(run.id, thread_id=thread_id)


def test_a_client_that_retries_joins_its_own_run(live, client, upstream):
    upstream.script(PATH, chat.text_stream("Once"))
    assistant_id, thread_id = assistant(client), thread(client)
    first = streamed(live, f"/threads/{thread_id}/runs", {"assistant_id": assistant_id})
    answer = requests.post(
        f"{live.base_url}/threads/{thread_id}/runs",
        json={"assistant_id": assistant_id, "stream": True},
        headers={
            "Authorization": f"Bearer {live.key}",
            "X-Stainless-Retry-Count": "1",
        },
        timeout=20,
    )
    assert read(answer.content) == first
    assert len(upstream.ledger) == 1


def paused(live: Live, client: OpenAI) -> tuple[str, dict[str, Any]]:
    """The path and the body that answer the one call of a run that waits."""
    thread_id = thread(client)
    told = streamed(
        live,
        f"/threads/{thread_id}/runs",
        {"assistant_id": assistant(client, tools=[WEATHER])},
    )
    run_id = told[0][1]["id"]
    output = {"tool_call_id": "call_1", "output": "rain"}
    path = f"/threads/{thread_id}/runs/{run_id}"
    return path, {"tool_outputs": [output], "stream": True}


def test_a_run_that_goes_on_can_be_cancelled_too(live, client, upstream):
    gate = upstream.gate()
    upstream.script(
        PATH,
        chat.tool_call_stream(chat.Call("weather")),
        chat.text_stream("It rai", gate, "ns."),
    )
    path, body = paused(live, client)
    told: list[tuple[str, Any]] = []
    submit = f"{path}/submit_tool_outputs"
    reader = threading.Thread(target=lambda: told.extend(streamed(live, submit, body)))
    reader.start()
    gate.wait_reached()
    _, _, thread_id, _, run_id = path.split("/")
    client.beta.threads.runs.cancel(run_id, thread_id=thread_id)
    reader.join(20)
    assert names(told)[0] == "run.step.completed"
    assert names(told)[-2:] == ["run.cancelled", "done"]


def test_outputs_that_are_sent_again_by_the_client_join_the_same_run(
    live, client, upstream
):
    upstream.script(
        PATH,
        chat.tool_call_stream(chat.Call("weather")),
        chat.text_stream("It rains."),
    )
    path, body = paused(live, client)
    bodies = [
        requests.post(
            f"{live.base_url}{path}/submit_tool_outputs",
            json=body,
            headers={
                "Authorization": f"Bearer {live.key}",
                "X-Stainless-Retry-Count": count,
            },
            timeout=20,
        ).content
        for count in ("0", "1")
    ]
    assert bodies[0] == bodies[1]
    assert names(read(bodies[0]))[-2:] == ["run.completed", "done"]
    assert len(upstream.ledger) == 2
