"""Assistants v2 streamed, through the client's own helpers and event handlers."""

from __future__ import annotations

from typing import Any

import openai
from assistants import WEATHER, begin, make, outputs_for
from openai import AssistantEventHandler, OpenAI
from telling import refusal, story


class Notes(AssistantEventHandler):
    """Writes down what the helper calls."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.calls: list[str] = []
        self.text = ""

    def on_event(self, event: Any) -> None:
        self.names.append(event.event)

    def on_text_created(self, text: Any) -> None:
        self.calls.append("text_created")

    def on_text_delta(self, delta: Any, snapshot: Any) -> None:
        self.text += delta.value or ""

    def on_text_done(self, text: Any) -> None:
        self.calls.append(f"text_done {text.value}")

    def on_tool_call_created(self, tool_call: Any) -> None:
        self.calls.append(f"tool_call_created {tool_call.type}")

    def on_tool_call_done(self, tool_call: Any) -> None:
        self.calls.append(f"tool_call_done {tool_call.function.arguments}")

    def on_image_file_done(self, image_file: Any) -> None:
        self.calls.append("image_file_done")

    def on_end(self) -> None:
        self.calls.append("end")


@story
def handled_events(client: OpenAI) -> Any:
    assistant = make(client)
    notes = Notes()
    with client.beta.threads.runs.stream(
        thread_id=begin(client).id, assistant_id=assistant.id, event_handler=notes
    ) as stream:
        stream.until_done()
        run = stream.get_final_run()
        messages = stream.get_final_messages()
    return {
        "names": notes.names,
        "calls": notes.calls,
        "text": notes.text,
        "status": run.status,
        "final": messages[0].content[0].text.value,
    }


@story
def streamed_tools(client: OpenAI) -> Any:
    """Call, outputs, and the rest of the answer as the reply to the outputs."""
    assistant = make(client, "double-caller", tools=[WEATHER])
    thread = begin(client)
    first, second = Notes(), Notes()
    with client.beta.threads.runs.stream(
        thread_id=thread.id, assistant_id=assistant.id, event_handler=first
    ) as stream:
        stream.until_done()
        paused = stream.get_final_run()
    with client.beta.threads.runs.submit_tool_outputs_stream(
        thread_id=thread.id,
        run_id=paused.id,
        tool_outputs=outputs_for(paused),
        event_handler=second,
    ) as stream:
        stream.until_done()
        run = stream.get_final_run()
    return {
        "paused": paused.status,
        "first": first.names,
        "calls": first.calls,
        "second": second.names,
        "text": second.text,
        "status": run.status,
        "same": run.id == paused.id,
    }


@story
def created_and_streamed(client: OpenAI) -> Any:
    assistant = make(client)
    with client.beta.threads.create_and_run_stream(
        assistant_id=assistant.id,
        thread={"messages": [{"role": "user", "content": "Hi"}]},
    ) as stream:
        text = "".join(stream.text_deltas)
        run = stream.get_final_run()
    raw = client.beta.threads.create_and_run(
        assistant_id=assistant.id,
        thread={"messages": [{"role": "user", "content": "Hi"}]},
        stream=True,
    )
    names = [event.event for event in raw]
    return {"text": text, "status": run.status, "names": names}


@story
def cancelled_stream(client: OpenAI) -> Any:
    """The open stream tells the cancelling that another request asked for."""
    assistant = make(client, "staller")
    thread = begin(client)
    names = []
    with client.beta.threads.runs.stream(
        thread_id=thread.id, assistant_id=assistant.id
    ) as stream:
        for event in stream:
            names.append(event.event)
            if event.event == "thread.message.delta":
                client.beta.threads.runs.cancel(event_run(stream), thread_id=thread.id)
        run = stream.get_final_run()
    return {"names": names, "status": run.status}


def event_run(stream: Any) -> str:
    run_id: str = stream.current_run.id
    return run_id


@story
def failed_stream(client: OpenAI) -> Any:
    ends = {}
    for model in ("breaker", "refuser", "writer"):
        assistant = make(client, model)
        notes = Notes()
        with client.beta.threads.runs.stream(
            thread_id=begin(client).id, assistant_id=assistant.id, event_handler=notes
        ) as stream:
            stream.until_done()
            run = stream.get_final_run()
        ends[model] = {
            "names": notes.names,
            "status": run.status,
            "error": run.last_error and run.last_error.code,
            "text": notes.text,
        }
    return ends


@story
def refused_streams(client: OpenAI) -> Any:
    """What can be refused has its HTTP status, although a stream was asked for."""
    assistant = make(client)
    thread = begin(client)
    runs = client.beta.threads.runs

    def create(**options: Any) -> Any:
        return runs.create(thread_id=thread.id, stream=True, **options)

    return {
        "assistant": refusal(lambda: create(assistant_id="asst_" + "x" * 24)),
        "model": refusal(
            lambda: create(assistant_id=assistant.id, model="no-such-model")
        ),
        "limit": refusal(
            lambda: create(assistant_id=assistant.id, max_prompt_tokens=1)
        ),
    }


@story
def drawn_in_a_stream(client: OpenAI) -> Any:
    tool: Any = {"type": "image_generation", "model": "gpt-image-2"}
    assistant = make(client, "drawer", tools=[tool])
    notes = Notes()
    with client.beta.threads.runs.stream(
        thread_id=begin(client, "Draw a calm fjord.").id,
        assistant_id=assistant.id,
        event_handler=notes,
    ) as stream:
        stream.until_done()
        run = stream.get_final_run()
    return {
        "names": notes.names,
        "calls": notes.calls,
        "status": run.status,
        "text": notes.text,
    }


@story
def client_that_leaves(client: OpenAI) -> Any:
    """A reader that goes away stops nothing."""
    assistant = make(client)
    thread = begin(client)
    with client.beta.threads.runs.create(
        thread_id=thread.id, assistant_id=assistant.id, stream=True
    ) as stream:
        run_id = next(iter(stream)).data.id
    run = client.beta.threads.runs.poll(run_id, thread_id=thread.id)
    return {"status": run.status, "version": openai.VERSION}
