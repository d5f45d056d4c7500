"""Chat completions, files and models."""

from __future__ import annotations

import io
from typing import Any

from openai import OpenAI
from telling import png, refusal, story

HELLO: Any = [{"role": "user", "content": "Hello"}]
WEATHER: Any = {
    "type": "function",
    "function": {"name": "get_weather", "parameters": {"type": "object"}},
}


@story
def chat(client: OpenAI) -> Any:
    whole = client.chat.completions.create(
        model="greeter", messages=HELLO, temperature=0.5
    )
    stream = client.chat.completions.create(
        model="greeter",
        messages=HELLO,
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    plain = list(
        client.chat.completions.create(model="greeter", messages=HELLO, stream=True)
    )
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    return {
        "whole": whole.choices[0].message.content,
        "tokens": whole.usage and whole.usage.total_tokens,
        "text": text,
        "usage": [c.usage.total_tokens for c in chunks if c.usage],
        "unasked_usage": [bool(c.usage) for c in plain if c.usage],
        "plain": "".join(c.choices[0].delta.content or "" for c in plain if c.choices),
    }


@story
def chat_with_tools(client: OpenAI) -> Any:
    """The seed thread's other way: the client keeps the history."""
    messages: list[Any] = list(HELLO)
    asked = client.chat.completions.create(
        model="caller", messages=messages, tools=[WEATHER]
    )
    call = asked.choices[0].message
    messages.append(call.model_dump(exclude_none=True))
    messages.append(
        {"role": "tool", "tool_call_id": call.tool_calls[0].id, "content": "4"}
    )
    told = client.chat.completions.create(
        model="caller", messages=messages, tools=[WEATHER]
    )
    streamed = client.chat.completions.create(
        model="caller", messages=HELLO, tools=[WEATHER], stream=True
    )
    arguments = ""
    for chunk in streamed:
        for choice in chunk.choices:
            for piece in choice.delta.tool_calls or []:
                arguments += piece.function.arguments or ""
    return {
        "name": call.tool_calls[0].function.name,
        "told": told.choices[0].message.content,
        "streamed": arguments,
    }


@story
def chat_offline(client: OpenAI) -> Any:
    """The built-in model, which no server stands behind."""
    whole = client.chat.completions.create(model="offline-chat", messages=HELLO)
    stream = client.chat.completions.create(
        model="offline-chat", messages=HELLO, stream=True
    )
    text = "".join(c.choices[0].delta.content or "" for c in stream if c.choices)
    return {"whole": bool(whole.choices[0].message.content), "streamed": bool(text)}


@story
def refused_chat(client: OpenAI) -> Any:
    def create(**options: Any) -> Any:
        return client.chat.completions.create(
            **{"model": "greeter", "messages": HELLO, **options}
        )

    return {
        "model": refusal(lambda: create(model="no-such-model")),
        "refuser": refusal(lambda: create(model="refuser")),
        "refuser_stream": refusal(lambda: create(model="refuser", stream=True)),
        "busy": refusal(
            lambda: client.with_options(max_retries=0).chat.completions.create(
                model="busy", messages=HELLO
            )
        ),
        "broken": refusal(lambda: list(create(model="breaker", stream=True))),
        "key": refusal(lambda: client.with_options(api_key="sk-no").models.list()),
    }


@story
def kept_files(client: OpenAI) -> Any:
    data = png()
    picture = client.files.create(file=("sun.png", data, "image/png"), purpose="vision")
    text = client.files.create(
        file=("notes.txt", io.BytesIO(b"Notes."), "text/plain"),
        purpose="user_data",
        expires_after={"anchor": "created_at", "seconds": 3600},
    )
    listed = [f.id for f in client.files.list(purpose="vision")]
    paged = [f.id for f in client.files.list(limit=1, order="asc", purpose="user_data")]
    read = client.files.retrieve(picture.id)
    back = client.files.content(picture.id).read()
    words = client.files.content(text.id).read()
    gone = client.files.delete(picture.id)
    return {
        "bytes": [picture.bytes == len(data), back == data, words == b"Notes."],
        "names": [read.filename, read.purpose, text.filename],
        "expires": text.expires_at and text.expires_at - text.created_at,
        "listed": picture.id in listed and text.id not in listed,
        "paged": text.id in paged,
        "gone": [gone.object, gone.deleted],
        "after": refusal(lambda: client.files.retrieve(picture.id)),
        "purpose": refusal(
            lambda: client.files.create(file=("a.txt", b"x"), purpose="party")
        ),
        "not_a_picture": refusal(
            lambda: client.files.create(file=("a.png", b"x"), purpose="vision")
        ),
        "missing": refusal(lambda: client.files.content("file-nowhere")),
    }


@story
def known_models(client: OpenAI) -> Any:
    models = [model.id for model in client.models.list()]
    one = client.models.retrieve("greeter")
    return {
        "has": [name in models for name in ("greeter", "gpt-image-2", "offline-chat")],
        "one": [one.id, one.object, one.owned_by],
        "missing": refusal(lambda: client.models.retrieve("no-such-model")),
    }
