"""Chat completions, files and models."""

from __future__ import annotations

from typing import Any

from tests.conformance.claims import (
    Claim,
    Operation,
    Surface,
    echoed,
    passed,
    refused,
    served,
)
from tests.conformance.lists import SHOWN, limit, order
from tests.conformance.probe import Probe
from tests.upstream.images import png

HELLO = [{"role": "user", "content": "Hello"}]
TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": {}}}
NOTES = ("notes.txt", b"Notes.", "text/plain")
SUN = ("sun.png", png(), "image/png")

# The body goes through as it came. These are the parameters that OpenAI describes.
RELAYED: dict[str, Any] = {
    "temperature": 0.5,
    "top_p": 0.5,
    "max_tokens": 20,
    "max_completion_tokens": 20,
    "n": 1,
    "stop": ["."],
    "seed": 7,
    "presence_penalty": 0.5,
    "frequency_penalty": 0.5,
    "logit_bias": {"50256": -100},
    "logprobs": True,
    "top_logprobs": 2,
    "response_format": {"type": "json_object"},
    "reasoning_effort": "low",
    "verbosity": "low",
    "tools": [TOOL],
    "tool_choice": "auto",
    "parallel_tool_calls": False,
    "user": "user-1",
    "safety_identifier": "user-1",
    "metadata": {"a": "b"},
    "store": False,
    "service_tier": "auto",
    "prediction": {"type": "content", "content": "Hello"},
    "modalities": ["text"],
    "prompt_cache_key": "k",
}


def relayed() -> tuple[Claim, ...]:
    return tuple(passed(name, value) for name, value in RELAYED.items())


def of_two_files(probe: Probe) -> str:
    """The purpose of files of which there are at least two by then."""
    probe.slot("file_id")
    return "vision"


CHAT = Surface(
    "Chat completions",
    "Relayed to the organization's provider with its key; the body goes through as it"
    " came, the model's name aside.",
    (
        Operation(
            "POST /v1/chat/completions",
            "Complete a chat.",
            {"model": "echoer", "messages": HELLO},
            (
                passed("model", "greeter"),
                refused("model", "no-such-model").called("model that nobody knows"),
                refused("model", None, why="it is required").called("model missing"),
                passed("messages", [{"role": "user", "content": "Another"}]),
                refused("messages", None, why="it is required").called(
                    "messages missing"
                ),
                served(
                    "stream",
                    True,
                    lambda seen: seen.content.endswith(b"data: [DONE]\n\n"),
                    "the answer is a stream of events",
                ),
                served(
                    "stream_options",
                    {"include_usage": True},
                    lambda seen: seen.events[-1][1]["usage"]["total_tokens"] == 17,
                    "the last event tells the usage",
                ).needing(stream=True),
                *relayed(),
                passed("colour", "red").called("any other name"),
            ),
        ),
    ),
)
FILES = Surface(
    "Files and models",
    "Files are kept byte for byte. Models are those that the organization offers.",
    (
        Operation(
            "POST /v1/files",
            "Upload a file.",
            {"file": NOTES, "purpose": "user_data"},
            (
                echoed("file", NOTES, "notes.txt", "filename"),
                refused("file", None, why="it is required").called("file missing"),
                *(
                    echoed("purpose", name).called(f"purpose: {name}")
                    for name in (
                        "assistants",
                        "batch",
                        "fine-tune",
                        "user_data",
                        "evals",
                    )
                ),
                echoed("purpose", "vision").called("purpose: vision").needing(file=SUN),
                refused("purpose", "party").called("purpose that is unknown"),
                served(
                    "expires_after",
                    {"anchor": "created_at", "seconds": 3600},
                    lambda seen: (
                        seen.json["expires_at"] - seen.json["created_at"] == 3600
                    ),
                    "the answer tells it",
                ),
            ),
            form=True,
        ),
        Operation(
            "GET /v1/files",
            "List files.",
            {"purpose": of_two_files},
            (
                *limit(),
                order(),
                served(
                    "after",
                    "{file_id}",
                    lambda seen: seen.probe.slot("file_id") not in seen.ids,
                    SHOWN,
                ),
                served(
                    "before",
                    "{file_id}",
                    lambda seen: seen.probe.slot("file_id") not in seen.ids,
                    SHOWN,
                ),
                served(
                    "purpose",
                    "evals",
                    lambda seen: b"vision" not in seen.content,
                    SHOWN,
                ),
            ),
        ),
        Operation("GET /v1/files/{file_id}", "Read one.", {}),
        Operation("GET /v1/files/{file_id}/content", "Its bytes.", {}),
        Operation("HEAD /v1/files/{file_id}/content", "Their type and length.", {}),
        Operation("DELETE /v1/files/{file_id}", "Delete one.", {}),
        Operation("GET /v1/models", "List models.", {}),
        Operation("GET /v1/models/{model}", "Read one.", {}),
    ),
)
