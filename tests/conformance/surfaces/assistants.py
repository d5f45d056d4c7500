"""Assistants v2: assistants, threads and messages."""

from __future__ import annotations

from tests.conformance.claims import (
    UNKNOWN,
    Claim,
    Operation,
    Surface,
    echoed,
    refused,
    served,
)
from tests.conformance.lists import CURSORS, SHOWN
from tests.conformance.outcome import Outcome

FUNCTION = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather.",
        "parameters": {"type": "object", "properties": {}},
        "strict": False,
    },
}
PICTURES = {"type": "image_generation", "model": "gpt-image-2", "quality": "low"}
METADATA = {"team": "north"}
HELLO = {"role": "user", "content": "Hello"}
SCHEMA = {
    "type": "json_schema",
    "json_schema": {"name": "answer", "schema": {"type": "object"}},
}


def used_by_a_run(place: str, value: object) -> Claim:
    """Shown by a run of the assistant, since the object does not repeat it."""

    def holds(seen: Outcome) -> bool:
        fields = {"assistant_id": seen.json["id"], "stream": True}
        fields["thread"] = {"messages": [HELLO]}
        run = seen.probe.send("POST", "/v1/threads/runs", json=fields)
        return [body.get(place) for body in run.asked] == [value]

    return served(place, value, holds, "a run of it asks the provider for it")


def tool_kinds(parameter: str = "tools") -> tuple[Claim, ...]:
    """What may stand in a list of tools."""
    places = f"{parameter}.0"
    return (
        echoed(parameter, [FUNCTION], "get_weather", f"{places}.function.name").called(
            f"{parameter}: function"
        ),
        echoed(parameter, [PICTURES], "low", f"{places}.quality").called(
            f"{parameter}: image_generation (Easel's own)"
        ),
        refused(parameter, [{"type": "file_search"}]).called(
            f"{parameter}: file_search"
        ),
        refused(parameter, [{"type": "code_interpreter"}]).called(
            f"{parameter}: code_interpreter"
        ),
        refused(parameter, [FUNCTION] * 129).called(f"{parameter}, too many"),
    )


def resources() -> tuple[Claim, ...]:
    return (
        echoed("tool_resources", {}).called("tool_resources, empty"),
        refused(
            "tool_resources", {"file_search": {"vector_store_ids": ["vs_1"]}}
        ).called("tool_resources with contents"),
    )


def metadata() -> tuple[Claim, ...]:
    return (
        echoed("metadata", METADATA),
        refused("metadata", {str(n): "x" for n in range(17)}).called(
            "metadata, more than 16 pairs"
        ),
        refused("metadata", {"a": "x" * 513}).called("metadata, a value too long"),
    )


ASSISTANT = (
    echoed("name", "Ida"),
    refused("name", "x" * 257).called("name, too long"),
    echoed("description", "Draws."),
    refused("description", "x" * 513).called("description, too long"),
    echoed("instructions", "Be brief."),
    echoed("temperature", 0.5),
    refused("temperature", 2.5).called("temperature out of range"),
    echoed("top_p", 0.5),
    refused("top_p", 1.5).called("top_p out of range"),
    echoed("response_format", {"type": "json_object"}),
    echoed("response_format", SCHEMA).called("response_format: json_schema"),
    used_by_a_run("reasoning_effort", "low"),
    *tool_kinds(),
    *resources(),
    *metadata(),
    UNKNOWN,
)
MESSAGE = (
    echoed("role", "assistant"),
    refused("role", "system").called("role: system"),
    echoed("content", "Hi", "Hi", "content.0.text.value").called("content: text"),
    echoed(
        "content",
        [{"type": "text", "text": "Hi"}],
        "Hi",
        "content.0.text.value",
    ).called("content: text parts"),
    served(
        "content",
        [{"type": "image_file", "image_file": {"file_id": "{file_id}"}}],
        lambda seen: (
            seen.json["content"][0]["image_file"]["file_id"]
            == seen.probe.slot("file_id")
        ),
        "the answer tells it",
    ).called("content: image_file parts"),
    echoed(
        "content",
        [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}],
        "https://example.com/a.png",
        "content.0.image_url.url",
    ).called("content: image_url parts"),
    refused("content", "x" * 256_001).called("content, too long"),
    refused(
        "content",
        [{"type": "image_file", "image_file": {"file_id": "file-nowhere"}}],
    ).called("content with an unknown file"),
    served(
        "attachments",
        [{"file_id": "{file_id}", "tools": []}],
        lambda seen: (
            seen.json["attachments"][0]["file_id"] == seen.probe.slot("file_id")
        ),
        "the answer tells it",
    ),
    *metadata(),
    UNKNOWN,
)
THREAD_MESSAGES = served(
    "messages",
    [{"role": "user", "content": "First"}, {"role": "assistant", "content": "Second"}],
    lambda seen: (
        len(
            seen.probe.send("GET", f"/v1/threads/{seen.json['id']}/messages").json[
                "data"
            ]
        )
        == 2
    ),
    "the thread lists them",
)

SURFACE = Surface(
    "Assistants, threads and messages",
    "OpenAI's Assistants v2. The header `OpenAI-Beta` may be sent and is not needed.",
    (
        Operation(
            "POST /v1/assistants",
            "Create an assistant.",
            {"model": "greeter"},
            (
                echoed("model", "caller"),
                refused("model", None, why="it is required").called("model missing"),
                *ASSISTANT,
            ),
        ),
        Operation("GET /v1/assistants", "List them.", {}, CURSORS),
        Operation("GET /v1/assistants/{assistant_id}", "Read one.", {}),
        Operation(
            "POST /v1/assistants/{assistant_id}",
            "Change one.",
            {},
            (echoed("model", "caller"), *ASSISTANT),
        ),
        Operation("DELETE /v1/assistants/{assistant_id}", "Delete one.", {}),
        Operation(
            "POST /v1/threads",
            "Create a thread.",
            {},
            (THREAD_MESSAGES, *resources(), *metadata(), UNKNOWN),
        ),
        Operation("GET /v1/threads/{thread_id}", "Read one.", {}),
        Operation(
            "POST /v1/threads/{thread_id}",
            "Change one.",
            {},
            (*resources(), *metadata(), UNKNOWN),
        ),
        Operation("DELETE /v1/threads/{thread_id}", "Delete one.", {}),
        Operation(
            "POST /v1/threads/{thread_id}/messages", "Add a message.", HELLO, MESSAGE
        ),
        Operation(
            "GET /v1/threads/{thread_id}/messages",
            "List its messages.",
            {},
            (
                *CURSORS,
                served("run_id", "run_none", lambda seen: seen.ids == [], SHOWN),
            ),
        ),
        Operation(
            "GET /v1/threads/{thread_id}/messages/{message_id}", "Read one message.", {}
        ),
        Operation(
            "POST /v1/threads/{thread_id}/messages/{message_id}",
            "Change a message's metadata.",
            {},
            (*metadata(), UNKNOWN),
        ),
        Operation(
            "DELETE /v1/threads/{thread_id}/messages/{message_id}", "Delete one.", {}
        ),
    ),
)
