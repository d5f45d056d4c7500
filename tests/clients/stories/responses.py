"""Responses and conversations."""

from __future__ import annotations

import base64
from typing import Any

from openai import OpenAI
from telling import kind_of, png, refusal, story

WEATHER: Any = {
    "type": "function",
    "name": "get_weather",
    "description": "The weather of a city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}
DRAW: Any = {
    "type": "image_generation",
    "model": "gpt-image-2",
    "size": "1024x1024",
    "quality": "low",
    "partial_images": 1,
}


def outputs_for(response: Any) -> list[Any]:
    return [
        {"type": "function_call_output", "call_id": item.call_id, "output": "4"}
        for item in response.output
        if item.type == "function_call"
    ]


def types_of(items: Any) -> list[str]:
    return [item.type for item in items]


@story
def answered_input(client: OpenAI) -> Any:
    response = client.responses.create(
        model="greeter",
        instructions="Say hello.",
        input=[
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": [{"type": "input_text", "text": "Hello"}]},
        ],
        temperature=0.5,
        top_p=0.9,
        max_output_tokens=300,
        metadata={"team": "north"},
    )
    items = client.responses.input_items.list(response.id, order="asc")
    read = client.responses.retrieve(response.id)
    client.responses.delete(response.id)
    return {
        "text": response.output_text,
        "status": response.status,
        "tokens": response.usage.total_tokens,
        "items": types_of(items),
        "read": read.output_text,
        "gone": refusal(lambda: client.responses.retrieve(response.id)),
    }


@story
def streamed_response(client: OpenAI) -> Any:
    with client.responses.stream(model="greeter", input="Hello") as stream:
        events = [event.type for event in stream]
        final = stream.get_final_response()
    raw = client.responses.create(model="greeter", input="Hello", stream=True)
    numbers = [event.sequence_number for event in raw]
    return {
        "events": events,
        "text": final.output_text,
        "numbers": numbers == list(range(len(numbers))),
    }


@story
def called_functions(client: OpenAI) -> Any:
    """Once by `previous_response_id`, once with every item passed back."""
    first = client.responses.create(
        model="double-caller", input="Oslo and Bergen?", tools=[WEATHER]
    )
    chained = client.responses.create(
        model="double-caller",
        previous_response_id=first.id,
        input=outputs_for(first),
        tools=[WEATHER],
    )
    history: list[Any] = [{"role": "user", "content": "Oslo and Bergen?"}]
    history += [item.model_dump(exclude_none=True) for item in first.output]
    stateless = client.responses.create(
        model="double-caller",
        input=[*history, *outputs_for(first)],
        tools=[WEATHER],
        store=False,
    )
    with client.responses.stream(
        model="caller", input="Oslo?", tools=[WEATHER]
    ) as stream:
        events = [event.type for event in stream]
    return {
        "first": types_of(first.output),
        "chained": chained.output_text,
        "stateless": stateless.output_text,
        "not_kept": refusal(lambda: client.responses.retrieve(stateless.id)),
        "events": events,
        "unanswered": refusal(
            lambda: client.responses.create(
                model="greeter", previous_response_id=first.id, input="And now?"
            )
        ),
        "unknown_call": refusal(
            lambda: client.responses.create(
                model="greeter",
                input=[
                    {
                        "type": "function_call_output",
                        "call_id": "call_none",
                        "output": "4",
                    }
                ],
            )
        ),
    }


@story
def drawn_in_a_response(client: OpenAI) -> Any:
    response = client.responses.create(
        model="drawer", input="Draw a calm fjord.", tools=[DRAW]
    )
    call = next(i for i in response.output if i.type == "image_generation_call")
    passed_back = client.responses.create(
        model="greeter",
        input=[
            {"role": "user", "content": "Draw a calm fjord."},
            *[item.model_dump(exclude_none=True) for item in response.output],
            {"role": "user", "content": "Thank you."},
        ],
    )
    with client.responses.stream(
        model="drawer", input="Draw a calm fjord.", tools=[DRAW]
    ) as stream:
        events = [event.type for event in stream]
        final = stream.get_final_response()
    streamed = next(i for i in final.output if i.type == "image_generation_call")
    return {
        "output": types_of(response.output),
        "kind": kind_of(base64.b64decode(call.result)),
        "text": response.output_text,
        "passed_back": passed_back.status,
        "events": events,
        "streamed": kind_of(base64.b64decode(streamed.result)),
    }


@story
def forked_chain(client: OpenAI) -> Any:
    root = client.responses.create(model="greeter", input="Hello")
    forks = [
        client.responses.create(
            model="greeter", previous_response_id=root.id, input=text
        )
        for text in ("One", "Two")
    ]
    url = "data:image/png;base64," + base64.b64encode(png()).decode()
    seen = client.responses.create(
        model="greeter",
        input=[
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "What is this?"},
                    {"type": "input_image", "image_url": url, "detail": "low"},
                ],
            }
        ],
    )
    return {
        "previous": [fork.previous_response_id == root.id for fork in forks],
        "different": forks[0].id != forks[1].id,
        "seen": seen.status,
    }


@story
def background_response(client: OpenAI) -> Any:
    response = client.responses.create(model="staller", input="Hello", background=True)
    cancelled = client.responses.cancel(response.id)
    done = client.responses.create(model="greeter", input="Hello", background=True)
    events = list(client.responses.retrieve(done.id, stream=True))
    rest = list(client.responses.retrieve(done.id, stream=True, starting_after=3))
    return {
        "begun": response.status,
        "cancelled": cancelled.status,
        "last": events[-1].type,
        "rest": [e.sequence_number for e in rest][:1],
        "same_end": rest[-1].sequence_number == events[-1].sequence_number,
        "not_background": refusal(
            lambda: client.responses.cancel(
                client.responses.create(model="greeter", input="Hi").id
            )
        ),
    }


@story
def kept_conversation(client: OpenAI) -> Any:
    conversations = client.conversations
    conversation = conversations.create(
        items=[{"type": "message", "role": "user", "content": "My name is Ida."}],
        metadata={"a": "b"},
    )
    response = client.responses.create(
        model="greeter", conversation=conversation.id, input="Who am I?"
    )
    items = list(conversations.items.list(conversation.id, order="asc", limit=2))
    added = conversations.items.create(
        conversation.id,
        items=[{"type": "message", "role": "user", "content": "One more."}],
    )
    one = conversations.items.retrieve(
        added.data[0].id, conversation_id=conversation.id
    )
    conversations.items.delete(one.id, conversation_id=conversation.id)
    changed = conversations.update(conversation.id, metadata={"c": "d"})
    read = conversations.retrieve(conversation.id)
    gone = conversations.delete(conversation.id)
    return {
        "conversation": response.conversation and response.conversation.id,
        "id": conversation.id,
        "items": types_of(items),
        "added": types_of(added.data),
        "metadata": [changed.metadata, read.metadata],
        "gone": [gone.object, gone.deleted],
        "after": refusal(lambda: conversations.retrieve(conversation.id)),
    }


@story
def refused_responses(client: OpenAI) -> Any:
    def create(**options: Any) -> Any:
        return client.responses.create(**{"model": "greeter", "input": "x", **options})

    return {
        "nothing": refusal(lambda: client.responses.create(model="greeter")),
        "no_model": refusal(lambda: client.responses.create(input="x")),
        "model": refusal(lambda: create(model="no-such-model")),
        "model_stream": refusal(lambda: create(model="no-such-model", stream=True)),
        "previous": refusal(lambda: create(previous_response_id="resp_nowhere")),
        "few_tokens": refusal(lambda: create(max_output_tokens=1)),
        "hosted_tool": refusal(lambda: create(tools=[{"type": "web_search"}])),
        "unknown": refusal(lambda: create(extra_body={"colour": "red"})),
    }


@story
def ends_of_responses(client: OpenAI) -> Any:
    ends = {}
    for model in ("breaker", "refuser", "writer"):
        stream = client.responses.create(model=model, input="x", stream=True)
        got: list[Any] = []
        ends[model] = {
            "refused": refusal(lambda got=got, stream=stream: got.extend(stream)),
            "types": [event.type for event in got][-1:],
        }
    return ends
