"""The thread that Easel began with: a function that the client itself carries out.

The run pauses, the client asks the Images API for the picture with the call's own
arguments, hands the answer's JSON over, and goes on reading the reply to that request.
"""

from __future__ import annotations

import json
from typing import Any

from openai import OpenAI
from telling import download, kind_of, png_size, story

CREATE_IMAGE: Any = {
    "type": "function",
    "function": {
        "name": "create_image",
        "description": "Create an image with an image model from a prompt.",
        "parameters": {
            "type": "object",
            "properties": {
                "prompt": {"type": "string"},
                "model": {
                    "type": "string",
                    "enum": ["dall-e-2", "dall-e-3"],
                    "default": "dall-e-2",
                },
                "n": {"type": ["integer", "null"], "default": 1},
                "quality": {
                    "type": "string",
                    "enum": ["standard", "hd"],
                    "default": "standard",
                },
                "response_format": {
                    "type": ["string", "null"],
                    "enum": ["url", "b64_json"],
                    "default": "url",
                },
                "size": {"type": ["string", "null"]},
                "style": {
                    "type": ["string", "null"],
                    "enum": ["vivid", "natural"],
                    "default": "vivid",
                },
            },
            "required": ["prompt"],
        },
    },
}


@story
def seed_thread(client: OpenAI) -> Any:
    assistant = client.beta.assistants.create(
        model="sun-caller", instructions="Draw on request.", tools=[CREATE_IMAGE]
    )
    thread = client.beta.threads.create()
    client.beta.threads.messages.create(
        thread.id, role="user", content="Please draw a bright sun."
    )
    names, paused = [], None
    for event in client.beta.threads.runs.create(
        thread_id=thread.id, assistant_id=assistant.id, stream=True
    ):
        names.append(event.event)
        if event.event == "thread.run.requires_action":
            paused = event.data
    [call] = paused.required_action.submit_tool_outputs.tool_calls
    picture = client.images.generate(**json.loads(call.function.arguments))
    data = download(picture.data[0].url)
    text, rest = "", []
    for event in client.beta.threads.runs.submit_tool_outputs(
        paused.id,
        thread_id=thread.id,
        tool_outputs=[{"tool_call_id": call.id, "output": picture.to_json()}],
        stream=True,
    ):
        rest.append(event.event)
        if event.event == "thread.message.delta":
            text += event.data.delta.content[0].text.value
    return {
        "function": call.function.name,
        "arguments": json.loads(call.function.arguments),
        "names": names,
        "picture": [kind_of(data), png_size(data)],
        "rest": rest,
        "text": text,
    }
