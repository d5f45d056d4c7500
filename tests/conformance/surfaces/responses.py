"""Responses and conversations."""

from __future__ import annotations

from tests.conformance.claims import (
    UNKNOWN,
    Operation,
    Surface,
    echoed,
    ignored,
    passed,
    refused,
    served,
)
from tests.conformance.lists import FORWARD
from tests.conformance.outcome import Outcome
from tests.conformance.surfaces.assistants import metadata
from tests.conformance.surfaces.response_items import (
    ASKED,
    DATA_URL,
    IMAGE_TOOL,
    INPUTS,
    LOOK,
    SEE,
    asked_text,
)
from tests.conformance.surfaces.response_items import INCLUDES as RESPONSE_INCLUDES

FUNCTION = {
    "type": "function",
    "name": "get_weather",
    "parameters": {"type": "object", "properties": {}},
    "strict": False,
}
CONVERSATION = "/v1/conversations/{conversation_id}"


NO_CACHE = "Easel keeps no prompt cache; a provider may have its own"
CREATE = (
    echoed("model", "writer"),
    refused("model", "no-such-model").called("model that nobody knows"),
    refused("input", None, why="something must be asked").called("input missing"),
    *INPUTS,
    served("instructions", "Be brief.", asked_text("Be brief."), ASKED),
    passed("temperature", 0.5),
    passed("top_p", 0.5),
    echoed("max_output_tokens", 300),
    refused("max_output_tokens", 15).called("max_output_tokens below 16"),
    *metadata(),
    served(
        "stream",
        True,
        lambda seen: seen.names[-1] == "response.completed",
        "the answer is a stream of events",
    ),
    echoed("background", True),
    served(
        "store",
        False,
        lambda seen: (
            seen.probe.send("GET", f"/v1/responses/{seen.json['id']}").status == 404
        ),
        "it cannot be read afterwards",
    ),
    served(
        "previous_response_id",
        "{response_id}",
        lambda seen: len(seen.asked[-1]["messages"]) > 2,
        "the provider is given the chain",
    ),
    refused("previous_response_id", "resp_nowhere").called(
        "previous_response_id that is unknown"
    ),
    served(
        "conversation",
        "{conversation_id}",
        lambda seen: (
            seen.json["conversation"]["id"] == seen.probe.slot("conversation_id")
        ),
        "the answer tells it",
    ),
    refused("prompt", {"id": "pmpt_1"}),
    passed("reasoning", {"effort": "low"}, "reasoning_effort", "low"),
    served(
        "text",
        {"format": {"type": "json_object"}},
        lambda seen: seen.asked[-1]["response_format"] == {"type": "json_object"},
        ASKED,
    ),
    echoed("tools", [FUNCTION], "get_weather", "tools.0.name").called(
        "tools: function"
    ),
    *IMAGE_TOOL,
    refused("tools", [{"type": "web_search"}]).called("tools: hosted ones"),
    passed("tool_choice", "required").needing(tools=[FUNCTION], model="caller"),
    passed("parallel_tool_calls", False).needing(tools=[FUNCTION], model="caller"),
    echoed("truncation", "auto"),
    echoed("user", "user-1"),
    echoed("safety_identifier", "user-1"),
    *RESPONSE_INCLUDES,
    refused("top_logprobs", 3),
    echoed("max_tool_calls", 3),
    echoed("prompt_cache_key", "k"),
    ignored("prompt_cache_retention", "24h", NO_CACHE),
    ignored("prompt_cache_options", {}, NO_CACHE),
    ignored("service_tier", "flex", "there is one tier; the answer says default"),
    ignored(
        "stream_options",
        {"include_obfuscation": False},
        "no event is obfuscated",
    ).needing(stream=True),
    *(refused(name, {}) for name in ("moderation", "image")),
    refused("context_management", [{"type": "compaction"}]),
    UNKNOWN,
)


def tells_pictures(seen: Outcome) -> bool:
    """The bytes of an input picture, on request."""
    return DATA_URL[:40] in seen.content.decode()


INCLUDES = tuple(
    served(name, SEE, tells_pictures, "the answer tells the picture's bytes")
    for name in ("include", "include[]")
)
ITEMS = [{"type": "message", "role": "user", "content": "One"}]

SURFACE = Surface(
    "Responses and conversations",
    "OpenAI's Responses API. A stored response can be read again, as a stream too.",
    (
        Operation(
            "POST /v1/responses",
            "Make a response.",
            {"model": "greeter", "input": "Hello"},
            CREATE,
        ),
        *(
            Operation(
                f"POST /v1/responses/{name}",
                "Not served: it would need the provider's own models.",
                None,
                (
                    refused(
                        "model", "greeter", "unknown_url", "the answer is 404"
                    ).called("any body"),
                ),
            )
            for name in ("input_tokens", "compact")
        ),
        Operation(
            "GET /v1/responses/{response_id}",
            "Read one.",
            {},
            (
                served(
                    "stream",
                    "true",
                    lambda seen: seen.names[-1] == "response.completed",
                    "the answer is a stream of events",
                ),
                served(
                    "starting_after",
                    2,
                    lambda seen: seen.events[0][1]["sequence_number"] == 3,
                    "the stream begins behind it",
                ).needing(stream="true"),
                ignored(
                    "include_obfuscation", "false", "no event is obfuscated"
                ).needing(stream="true"),
                *(
                    ignored(name, SEE, "a response tells its output only")
                    for name in ("include", "include[]")
                ),
            ),
        ),
        Operation(
            "GET /v1/responses/{response_id}/input_items",
            "List what it was asked.",
            {},
            (*FORWARD, *INCLUDES),
        ),
        Operation(
            "POST /v1/responses/{background_id}/cancel", "Cancel a background one.", {}
        ),
        Operation("DELETE /v1/responses/{response_id}", "Delete one.", {}),
        Operation(
            "POST /v1/conversations",
            "Create a conversation.",
            {},
            (
                served(
                    "items",
                    ITEMS,
                    lambda seen: (
                        len(
                            seen.probe.send(
                                "GET", f"/v1/conversations/{seen.json['id']}/items"
                            ).ids
                        )
                        == 1
                    ),
                    "the conversation lists them",
                ),
                refused("items", ITEMS * 21).called("items, too many"),
                *metadata(),
                UNKNOWN,
            ),
        ),
        Operation(f"GET {CONVERSATION}", "Read one.", {}),
        Operation(
            f"POST {CONVERSATION}",
            "Change its metadata.",
            {"metadata": {}},
            (*metadata(), UNKNOWN),
        ),
        Operation(
            f"POST {CONVERSATION}/items",
            "Add items.",
            {"items": ITEMS},
            (
                served(
                    "items",
                    ITEMS * 2,
                    lambda seen: len(seen.ids) == 2,
                    "the answer tells it",
                ),
                refused("items", ITEMS * 21).called("items, too many"),
                *(claim.needing(items=[LOOK]) for claim in INCLUDES),
            ),
            query=frozenset({"include", "include[]"}),
        ),
        Operation(
            f"GET {CONVERSATION}/items",
            "List its items.",
            {},
            (*FORWARD, *INCLUDES),
        ),
        Operation(
            f"GET {CONVERSATION}/items/{{item_id}}", "Read an item.", {}, INCLUDES
        ),
        Operation(f"DELETE {CONVERSATION}/items/{{item_id}}", "Delete an item.", {}),
        Operation(f"DELETE {CONVERSATION}", "Delete one.", {}),
    ),
)
