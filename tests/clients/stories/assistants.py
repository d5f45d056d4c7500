"""Assistants v2 without streams: polling, lists, changes, refusals."""

from __future__ import annotations

from typing import Any

from openai import OpenAI
from telling import kind_of, refusal, story

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}


def make(client: OpenAI, model: str = "greeter", **more: Any) -> Any:
    """An assistant."""
    return client.beta.assistants.create(model=model, name=f"A {model}", **more)


def begin(client: OpenAI, text: str = "Hello") -> Any:
    """A thread with one message."""
    return client.beta.threads.create(messages=[{"role": "user", "content": text}])


def answer_of(client: OpenAI, thread_id: str) -> str:
    """The text of the newest message."""
    newest = client.beta.threads.messages.list(thread_id, limit=1).data[0]
    parts = [part.text.value for part in newest.content if part.type == "text"]
    return "".join(parts)


def outputs_for(run: Any) -> list[Any]:
    calls = run.required_action.submit_tool_outputs.tool_calls
    return [{"tool_call_id": call.id, "output": "4 degrees"} for call in calls]


@story
def polled_run(client: OpenAI) -> Any:
    assistant = make(
        client,
        description="Greets.",
        instructions="Say hello.",
        metadata={"team": "north"},
        temperature=0.5,
        top_p=0.9,
    )
    thread = begin(client)
    run = client.beta.threads.runs.create_and_poll(
        thread_id=thread.id, assistant_id=assistant.id
    )
    steps = client.beta.threads.runs.steps.list(run.id, thread_id=thread.id).data
    step = client.beta.threads.runs.steps.retrieve(
        steps[0].id, thread_id=thread.id, run_id=run.id
    )
    return {
        "status": run.status,
        "text": answer_of(client, thread.id),
        "steps": [step.type],
        "tokens": run.usage.total_tokens,
        "temperature": assistant.temperature,
    }


@story
def polled_tools(client: OpenAI) -> Any:
    assistant = make(client, "double-caller", tools=[WEATHER])
    thread = begin(client, "Oslo and Bergen?")
    run = client.beta.threads.runs.create_and_poll(
        thread_id=thread.id, assistant_id=assistant.id
    )
    paused = run.status
    too_few = refusal(
        lambda: client.beta.threads.runs.submit_tool_outputs(
            run.id, thread_id=thread.id, tool_outputs=outputs_for(run)[:1]
        )
    )
    run = client.beta.threads.runs.submit_tool_outputs_and_poll(
        run_id=run.id, thread_id=thread.id, tool_outputs=outputs_for(run)
    )
    steps = client.beta.threads.runs.steps.list(
        run.id, thread_id=thread.id, order="asc"
    ).data
    return {
        "paused": paused,
        "too_few": too_few,
        "status": run.status,
        "text": answer_of(client, thread.id),
        "steps": [step.type for step in steps],
        "outputs": [c.function.output for c in steps[0].step_details.tool_calls],
    }


@story
def created_and_polled(client: OpenAI) -> Any:
    assistant = make(client)
    run = client.beta.threads.create_and_run_poll(
        assistant_id=assistant.id,
        thread={"messages": [{"role": "user", "content": "Hi"}]},
    )
    return {"status": run.status, "text": answer_of(client, run.thread_id)}


@story
def cancelled_run(client: OpenAI) -> Any:
    assistant = make(client, "staller")
    thread = begin(client)
    run = client.beta.threads.runs.create(
        thread_id=thread.id, assistant_id=assistant.id
    )
    busy = refusal(
        lambda: client.beta.threads.messages.create(
            thread.id, role="user", content="More"
        )
    )
    second = refusal(
        lambda: client.beta.threads.runs.create(
            thread_id=thread.id, assistant_id=assistant.id
        )
    )
    cancelling = client.beta.threads.runs.cancel(run.id, thread_id=thread.id).status
    run = client.beta.threads.runs.poll(run.id, thread_id=thread.id)
    late = refusal(lambda: client.beta.threads.runs.cancel(run.id, thread_id=thread.id))
    return {
        "busy": busy,
        "second": second,
        "cancelling": cancelling,
        "status": run.status,
        "late": late,
    }


@story
def cancelled_pause(client: OpenAI) -> Any:
    """A run that waits for outputs has nobody at work, and ends all the same."""
    assistant = make(client, "caller", tools=[WEATHER])
    thread = begin(client)
    run = client.beta.threads.runs.create_and_poll(
        thread_id=thread.id, assistant_id=assistant.id
    )
    client.beta.threads.runs.cancel(run.id, thread_id=thread.id)
    run = client.beta.threads.runs.poll(run.id, thread_id=thread.id)
    late = refusal(
        lambda: client.beta.threads.runs.submit_tool_outputs(
            run.id,
            thread_id=thread.id,
            tool_outputs=[{"tool_call_id": "call_1", "output": "4"}],
        )
    )
    return {"status": run.status, "late": late}


@story
def ends_of_runs(client: OpenAI) -> Any:
    """Failure, refusal and a full answer, each told by the run itself."""
    ends = {}
    for model in ("breaker", "refuser", "writer"):
        assistant = make(client, model)
        run = client.beta.threads.runs.create_and_poll(
            thread_id=begin(client).id,
            assistant_id=assistant.id,
            max_completion_tokens=256,
        )
        ends[model] = {
            "status": run.status,
            "error": run.last_error and run.last_error.code,
            "incomplete": run.incomplete_details and run.incomplete_details.reason,
        }
    return ends


@story
def refused_requests(client: OpenAI) -> Any:
    threads = client.beta.threads
    assistant = make(client)
    thread = begin(client)
    missing = "x" * 24
    return {
        "assistant": refusal(
            lambda: threads.runs.create(
                thread_id=thread.id, assistant_id=f"asst_{missing}"
            )
        ),
        "thread": refusal(lambda: threads.retrieve(f"thread_{missing}")),
        "run": refusal(
            lambda: threads.runs.retrieve(f"run_{missing}", thread_id=thread.id)
        ),
        "no_model": refusal(lambda: client.beta.assistants.create(model="")),
        "long_name": refusal(lambda: make(client, description="x" * 513)),
        "bad_type": refusal(lambda: make(client, temperature="warm")),
        "unknown": refusal(lambda: make(client, extra_body={"colour": "red"})),
        "tool": refusal(lambda: make(client, tools=[{"type": "code_interpreter"}])),
        "key": refusal(
            lambda: client.with_options(api_key="sk-wrong").beta.assistants.list()
        ),
        "unknown_run_model": refusal(
            lambda: threads.runs.create(
                thread_id=thread.id, assistant_id=assistant.id, model="no-such-model"
            )
        ),
    }


@story
def pages_of_lists(client: OpenAI) -> Any:
    thread = client.beta.threads.create(metadata={"n": "5"})
    made = [
        client.beta.threads.messages.create(
            thread.id, role="user", content=f"Message {number}"
        ).id
        for number in range(5)
    ]
    messages = client.beta.threads.messages
    newest_first = [m.id for m in messages.list(thread.id, limit=2)]
    oldest_first = [m.id for m in messages.list(thread.id, limit=2, order="asc")]
    page = messages.list(thread.id, limit=2, order="asc", before=made[4])
    empty = client.beta.threads.runs.list(thread.id)
    return {
        "newest_first": newest_first == made[::-1],
        "oldest_first": oldest_first == made,
        "before": [m.id for m in page.data] == made[2:4],
        "empty": [m.id for m in empty],
        "limit": refusal(lambda: messages.list(thread.id, limit=101)),
        "cursor": refusal(lambda: messages.list(thread.id, after="msg_nowhere")),
        "assistants": len(client.beta.assistants.list(limit=1).data),
    }


@story
def changes(client: OpenAI) -> Any:
    assistants, threads = client.beta.assistants, client.beta.threads
    assistant = make(client)
    renamed = assistants.update(assistant.id, name="Renamed", metadata={"a": "b"})
    read = assistants.retrieve(assistant.id)
    thread = begin(client)
    run = threads.runs.create_and_poll(
        thread_id=thread.id, assistant_id=assistant.id, metadata={"try": "1"}
    )
    run = threads.runs.update(run.id, thread_id=thread.id, metadata={"try": "2"})
    message = threads.messages.list(thread.id, run_id=run.id).data[0]
    message = threads.messages.update(
        message.id, thread_id=thread.id, metadata={"kept": "yes"}
    )
    read_message = threads.messages.retrieve(message.id, thread_id=thread.id)
    gone = threads.messages.delete(message.id, thread_id=thread.id)
    changed_thread = threads.update(thread.id, metadata={"c": "d"})
    return {
        "name": [renamed.name, read.name, read.metadata],
        "run": run.metadata,
        "runs": len(threads.runs.list(thread.id).data),
        "message": read_message.metadata,
        "message_gone": [gone.object, gone.deleted],
        "thread": [changed_thread.metadata, threads.retrieve(thread.id).metadata],
        "thread_gone": threads.delete(thread.id).object,
        "assistant_gone": assistants.delete(assistant.id).object,
        "after": refusal(lambda: assistants.retrieve(assistant.id)),
    }


@story
def drawn_in_a_run(client: OpenAI) -> Any:
    """Easel's own tool: the picture is a file that the answer's message names."""
    tool: Any = {"type": "image_generation", "model": "gpt-image-2"}
    assistant = make(client, "drawer", tools=[tool])
    thread = begin(client, "Draw a calm fjord.")
    run = client.beta.threads.runs.create_and_poll(
        thread_id=thread.id, assistant_id=assistant.id
    )
    steps = client.beta.threads.runs.steps.list(
        run.id, thread_id=thread.id, order="asc"
    ).data
    message = client.beta.threads.messages.list(thread.id, limit=1).data[0]
    picture = message.content[0].image_file.file_id
    return {
        "status": run.status,
        "steps": [step.type for step in steps],
        "call": [call.type for call in steps[0].step_details.tool_calls],
        "content": [part.type for part in message.content],
        "bytes": kind_of(client.files.content(picture).read()),
    }
