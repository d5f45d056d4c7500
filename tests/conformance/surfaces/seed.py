"""The seed platform's dialect."""

from __future__ import annotations

from typing import Any

from tests.conformance.claims import (
    Claim,
    Operation,
    Surface,
    echoed,
    ignored,
    passed,
    refused,
    served,
)
from tests.conformance.outcome import Outcome

HI = [{"role": "user", "content": "Hi"}]
DRAW = {"type": "image_generation", "mode": "on", "model": "gpt-image-2"}
ORGANIZATION = "/v1/organizations/{organization_id}/providers"


def message_of(probe: Any, place: int) -> str:
    """A message of a thread with one question and one answer, the newest first."""
    for name in ("seed_thread_id", "seed_response_id"):
        probe.made.pop(name, None)
    thread_id = probe.slot("seed_thread_id")
    return str(probe.send("GET", f"/v1/threads/{thread_id}/messages").ids[place])


def is_png(seen: Outcome) -> bool:
    return seen.content.startswith(b"\x89PNG")


def drew(seen: Outcome) -> bool:
    return bool(seen.json["output"][0]["type"] == "image_generation_call")


UNKNOWN = refused("colour", "red").called("any other name")
RESPONSE: tuple[Claim, ...] = (
    served(
        "inputs",
        [{"role": "user", "content": "How are you?"}],
        lambda seen: "How are you?" in str(seen.asked[-1]["messages"]),
        "the provider is asked for it",
    ),
    refused("inputs", []).called("inputs, empty"),
    echoed("model", "writer"),
    served(
        "organization_id",
        "{organization_id}",
        lambda seen: seen.json["status"] == "completed",
        "the answer is made",
    ),
    refused(
        "organization_id",
        "org_nowhere",
        "ORGANIZATION_ACCESS_DENIED",
        why="the answer is 403 ORGANIZATION_ACCESS_DENIED",
    ).called("organization_id of another organization"),
    served(
        "assistant_id",
        "{assistant_id}",
        lambda seen: seen.json["status"] == "completed",
        "the answer is made",
    ).needing(model=None),
    served("tools", [DRAW], drew, "the answer holds a picture").needing(model="drawer"),
    served(
        "system_tools",
        {"image_generation": {"mode": "on", "model": "gpt-image-2"}},
        drew,
        "the answer holds a picture",
    ).needing(model="drawer"),
    served(
        "thread_id",
        "{seed_thread_id}",
        lambda seen: (
            seen.json["thread_id"] == seen.probe.slot("seed_thread_id")
            and len(seen.asked[-1]["messages"]) > 2
        ),
        "the provider is given the thread",
    ),
    served(
        "instructions",
        "Be brief.",
        lambda seen: "Be brief." in str(seen.asked[-1]["messages"]),
        "the provider is asked for it",
    ),
    passed("temperature", 0.5),
    passed("top_p", 0.5),
    served(
        "stream",
        True,
        lambda seen: seen.names[-1] == "response.completed",
        "the answer is a stream of events",
    ),
    echoed("metadata", {"a": "b"}),
    served(
        "background",
        True,
        lambda seen: seen.json["status"] in {"queued", "in_progress"},
        "the answer comes before the end",
    ).needing(model="staller"),
    served(
        "max_output_synapses",
        300,
        lambda seen: 300 in seen.asked[-1].values(),
        "the provider is asked for it",
    ),
    served(
        "reasoning",
        {"effort": "low"},
        lambda seen: seen.asked[-1]["reasoning_effort"] == "low",
        "the provider is asked for it",
    ),
    served(
        "previous_response_id",
        "{seed_response_id}",
        lambda seen: len(seen.asked[-1]["messages"]) > 2,
        "the provider is given the thread",
    ),
    served(
        "previous_message_id",
        lambda probe: message_of(probe, 0),
        lambda seen: len(seen.asked[-1]["messages"]) == 3,
        "the provider is given the thread up to it",
    ).needing(thread_id="{seed_thread_id}"),
    served(
        "edit_message_id",
        lambda probe: message_of(probe, -1),
        lambda seen: len(seen.asked[-1]["messages"]) == 1,
        "the provider is given another first message",
    ).needing(thread_id="{seed_thread_id}"),
    ignored(
        "store",
        False,
        "Easel's own pages do not list the thread then; the API has no list",
    ),
    ignored("include", ["usage.detailed"], "an answer is always whole"),
    ignored("disable_rules", True, "no rules are kept here"),
    ignored("output_mode", "text", "text is what comes"),
    UNKNOWN,
)
OWN = served(
    "organization_id",
    "{organization_id}",
    lambda seen: seen.status == 200,
    "the answer is made",
)


def fresh_organization(probe: Any) -> str:
    """The organization, and another thread that is busy."""
    probe.made.pop("busy_thread_id", None)
    return str(probe.slot("organization_id"))


def differs(parameter: str, value: str) -> Claim:
    """A filter that leaves nothing of the list."""
    return served(
        parameter,
        value,
        lambda seen: seen.content != seen.probe.try_base().content,
        "the list differs as it must",
    )


SURFACE = Surface(
    "The seed platform's dialect",
    "Its own paths, envelope and error codes; paths that both name have OpenAI's shape.",
    (
        Operation(
            "POST /v1/model/response",
            "Ask a model.",
            {"model": "greeter", "inputs": HI},
            RESPONSE,
        ),
        Operation(
            "GET /v1/model/response/{seed_response_id}", "Read an answer.", {}, (OWN,)
        ),
        Operation(
            "POST /v1/model/response/{busy_thread_id}/cancel",
            "Cancel what a thread is answering.",
            {},
            (
                served(
                    "organization_id",
                    fresh_organization,
                    lambda seen: seen.status == 200,
                    "the answer is made",
                ),
            ),
            query=frozenset({"organization_id"}),
        ),
        Operation("GET /v1/model/response/output-modes", "List output modes.", {}),
        Operation("GET /v1/model/response/reasoning-levels", "List levels.", {}),
        Operation(
            "GET /v1/toolbox/system-tools",
            "List the tools.",
            {},
            (
                OWN,
                differs("visible_in_ui", "false"),
                differs("include_capabilities", "false"),
                differs("model_compatibility", "voice"),
                differs("category", "search"),
            ),
        ),
        Operation(
            "POST /v1/images/generate",
            "Make a picture; its bytes are the answer.",
            {"provider": "loopback", "prompt": "A calm fjord"},
            (
                passed("prompt", "A red house"),
                refused("prompt", None, why="it is required").called("prompt missing"),
                refused("provider", "nobody").called("provider that is unknown"),
                passed("model", "gpt-image-1.5"),
                passed("size", "1024x1536"),
                passed("quality", "low"),
                OWN,
                refused("n", 2).called("n without the JSON form"),
                served("aspect_ratio", "16:9", is_png, "the answer is a picture"),
                served("image_size", "1K", is_png, "the answer is a picture"),
                served("style", "oil", is_png, "the answer is a picture").needing(
                    provider="offline"
                ),
                UNKNOWN,
            ),
        ),
        Operation(
            "GET /v1/images/models",
            "What image models can do.",
            {},
            (
                served(
                    "provider",
                    "nobody",
                    lambda seen: seen.json["total_count"] == 0,
                    "the list differs as it must",
                ),
                OWN,
                served(
                    "capability",
                    "image_masking",
                    lambda seen: all(
                        "image_masking" in model["capabilities"]
                        for model in seen.json["models"]
                    ),
                    "all that are listed have it",
                ),
                served(
                    "capability",
                    "image_analysis",
                    lambda seen: seen.json["total_count"] == 0,
                    "no model here has it, and the list is empty",
                ).called("capability: image_analysis"),
                refused("capability", "flight").called("capability that is unknown"),
            ),
        ),
        Operation(
            f"GET {ORGANIZATION}",
            "List providers.",
            {},
            (ignored("active_only", "true", "all of them are active here"),),
            key="admin",
        ),
        Operation(
            f"GET {ORGANIZATION}/validate", "Check the providers.", None, key="admin"
        ),
        Operation(
            f"PATCH {ORGANIZATION}/loopback",
            "Change a provider.",
            {"is_active": True},
            (
                served(
                    "is_active",
                    True,
                    lambda seen: seen.json["success"],
                    "the answer tells it",
                ),
                refused("base_url", "ftp://example.com").needing(api_key="k"),
                refused("api_key", ""),
                *(
                    refused(name, "perhaps").called(f"{name} that is no boolean")
                    for name in ("is_default_chat", "is_default_image")
                ),
                refused("is_active", "perhaps").called("is_active that is no boolean"),
                UNKNOWN,
            ),
            key="admin",
        ),
    ),
)
