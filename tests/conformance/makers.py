"""What the paths of the claims name: made through the API itself."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.upstream.images import png

if TYPE_CHECKING:
    from tests.conformance.probe import Probe

HELLO = {"role": "user", "content": "Hello"}
URL = "data:image/png;base64," + base64.b64encode(png(64, 64)).decode()
LOOK = {"role": "user", "content": [{"type": "input_image", "image_url": URL}]}
WEATHER = {"type": "function", "function": {"name": "get_weather"}}


def assistant(probe: Probe) -> dict[str, str]:
    made = probe.post("/v1/assistants", model="greeter", name="For claims")
    return {"assistant_id": made["id"]}


def thread(probe: Probe) -> dict[str, str]:
    messages = [{"role": "user", "content": f"Message {n}"} for n in range(3)]
    made = probe.post("/v1/threads", messages=messages)
    return {"thread_id": made["id"]}


def empty_thread(probe: Probe) -> dict[str, str]:
    return {"empty_thread_id": probe.post("/v1/threads")["id"]}


def message(probe: Probe) -> dict[str, str]:
    path = f"/v1/threads/{probe.slot('thread_id')}/messages"
    return {"message_id": probe.post(path, **HELLO)["id"]}


def run(probe: Probe) -> dict[str, str]:
    """A finished run of two steps, and a second run on its thread."""
    assistant_id = probe.slot("assistant_id")
    outcome = probe.send(
        "POST",
        "/v1/threads/runs",
        json={
            "assistant_id": assistant_id,
            "model": "drawer",
            "tools": [{"type": "image_generation", "model": "gpt-image-2"}],
            "thread": {"messages": [HELLO]},
            "stream": True,
        },
    )
    run_id, thread_id = outcome.json["id"], outcome.json["thread_id"]
    probe.send(
        "POST",
        f"/v1/threads/{thread_id}/runs",
        json={"assistant_id": assistant_id, "stream": True},
    )
    return {"run_id": run_id, "run_thread_id": thread_id}


def step(probe: Probe) -> dict[str, str]:
    run_id = probe.slot("run_id")
    path = f"/v1/threads/{probe.slot('run_thread_id')}/runs/{run_id}/steps"
    return {"step_id": probe.send("GET", path).ids[0]}


def paused_run(probe: Probe) -> dict[str, str]:
    """A run that waits for one call's output."""
    outcome = probe.send(
        "POST",
        "/v1/threads/runs",
        json={
            "assistant_id": probe.slot("assistant_id"),
            "model": "caller",
            "tools": [WEATHER],
            "thread": {"messages": [HELLO]},
            "stream": True,
        },
    )
    last = outcome.events[-1][1]
    calls = last["required_action"]["submit_tool_outputs"]["tool_calls"]
    return {
        "paused_run_id": last["id"],
        "paused_thread_id": last["thread_id"],
        "call_id": calls[0]["id"],
    }


def file(probe: Probe) -> dict[str, str]:
    """A picture, and another one so that lists have more than one."""
    made = [
        probe.send(
            "POST",
            "/v1/files",
            data={"purpose": "vision"},
            files={"file": ("sun.png", png(), "image/png")},
        ).json["id"]
        for _ in range(2)
    ]
    return {"file_id": made[1]}


def response(probe: Probe) -> dict[str, str]:
    made = probe.post("/v1/responses", model="greeter", input=[HELLO, LOOK])
    return {"response_id": made["id"]}


def picture_call(probe: Probe) -> dict[str, str]:
    tools = [{"type": "image_generation", "model": "gpt-image-2"}]
    made = probe.post("/v1/responses", model="drawer", input="A fjord", tools=tools)
    return {"picture_call_id": made["output"][0]["id"]}


def background(probe: Probe) -> dict[str, str]:
    """A response that goes on until somebody cancels it."""
    made = probe.post("/v1/responses", model="staller", input="?", background=True)
    return {"background_id": made["id"]}


def conversation(probe: Probe) -> dict[str, str]:
    made = probe.post("/v1/conversations", items=[HELLO, LOOK])
    return {"conversation_id": made["id"]}


def item(probe: Probe) -> dict[str, str]:
    path = f"/v1/conversations/{probe.slot('conversation_id')}/items"
    return {"item_id": probe.send("GET", path).ids[0]}


def seed_response(probe: Probe) -> dict[str, str]:
    made = probe.post(
        "/v1/model/response",
        model="greeter",
        inputs=[{"role": "user", "content": "Hi"}],
    )
    return {"seed_response_id": made["id"], "seed_thread_id": made["thread_id"]}


def busy_seed_thread(probe: Probe) -> dict[str, str]:
    """A thread of the seed dialect whose answer goes on."""
    inputs = [{"role": "user", "content": "Hi"}]
    made = probe.post(
        "/v1/model/response", model="staller", inputs=inputs, background=True
    )
    return {"busy_thread_id": made["thread_id"]}


def organization(probe: Probe) -> dict[str, str]:
    return {"organization_id": probe.world.organization}


def model(probe: Probe) -> dict[str, str]:
    """One that the provider has."""
    return {"model": "greeter"}


Maker = Callable[[Any], dict[str, str]]
MAKERS: dict[str, Maker] = {
    "assistant_id": assistant,
    "thread_id": thread,
    "empty_thread_id": empty_thread,
    "message_id": message,
    "run_id": run,
    "run_thread_id": run,
    "step_id": step,
    "paused_run_id": paused_run,
    "paused_thread_id": paused_run,
    "call_id": paused_run,
    "file_id": file,
    "response_id": response,
    "picture_call_id": picture_call,
    "background_id": background,
    "busy_thread_id": busy_seed_thread,
    "conversation_id": conversation,
    "item_id": item,
    "seed_response_id": seed_response,
    "seed_thread_id": seed_response,
    "organization_id": organization,
    "model": model,
}
