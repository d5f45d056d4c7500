"""What the client does by itself when its connection is cut: it asks again, twice."""

from __future__ import annotations

from typing import Any

import openai
from openai import OpenAI
from telling import story


@story
def one_bill(client: OpenAI) -> Any:
    """Whoever records this cuts the paid requests before their answers."""
    mark = f"Only once for {openai.VERSION}"
    picture = client.images.generate(model="gpt-image-2", prompt=f"{mark}: picture")
    streamed = client.images.generate(
        model="gpt-image-2", prompt=f"{mark}: stream", stream=True
    )
    kinds = [event.type for event in streamed]
    assistant = client.beta.assistants.create(model="greeter")
    thread = client.beta.threads.create(
        messages=[{"role": "user", "content": f"{mark}: run"}]
    )
    run = client.beta.threads.runs.create(
        thread_id=thread.id, assistant_id=assistant.id
    )
    run = client.beta.threads.runs.poll(run.id, thread_id=thread.id)
    response = client.responses.create(model="greeter", input=f"{mark}: response")
    return {
        "mark": mark,
        "pictures": len(picture.data),
        "streamed": kinds,
        "run": run.status,
        "messages": len(client.beta.threads.messages.list(thread.id).data),
        "response": response.output_text,
    }
