"""Assistants v2: runs and their steps."""

from __future__ import annotations

from typing import Any

from tests.conformance.claims import (
    UNKNOWN,
    Claim,
    Operation,
    Surface,
    echoed,
    ignored,
    passed,
    refused,
    served,
)
from tests.conformance.lists import CURSORS
from tests.conformance.surfaces.assistants import (
    FUNCTION,
    HELLO,
    metadata,
    resources,
    tool_kinds,
)

INCLUDE = "step_details.tool_calls[*].file_search.results[*].content"
NO_RESULTS = "there are no file_search results to include"
INCLUDES = tuple(
    ignored(name, INCLUDE, NO_RESULTS) for name in ("include", "include[]")
)
# A thread takes one run at a time: each request gets a thread of its own.
NEW_THREAD: dict[str, Any] = {"messages": [HELLO]}


def first_message(probe: Any) -> str:
    """A thread that no other request uses."""
    probe.made.pop("thread_id", None)
    return str(probe.slot("assistant_id"))


def new_pause(probe: Any) -> list[dict[str, str]]:
    """The outputs for another paused run than the one before."""
    probe.made.clear()
    return [{"tool_call_id": probe.slot("call_id"), "output": "4 degrees"}]


def system_text(seen: Any) -> str:
    return str(seen.asked[0]["messages"][0]["content"])


RUN: tuple[Claim, ...] = (
    echoed("model", "writer"),
    refused("model", "no-such-model").called("model that nobody knows"),
    served(
        "instructions",
        "Be brief.",
        lambda seen: "Be brief." in system_text(seen),
        "the provider is asked for it",
    ),
    *tool_kinds(),
    *metadata(),
    passed("temperature", 0.5),
    passed("top_p", 0.5),
    served(
        "stream",
        True,
        lambda seen: seen.names[-1] == "thread.run.completed",
        "the answer is a stream of events",
    ),
    echoed("max_completion_tokens", 300),
    refused("max_completion_tokens", 255).called("max_completion_tokens below 256"),
    echoed("max_prompt_tokens", 300),
    refused("max_prompt_tokens", 255).called("max_prompt_tokens below 256"),
    echoed("truncation_strategy", {"type": "last_messages", "last_messages": 1}),
    passed("tool_choice", "required").needing(tools=[FUNCTION], model="caller"),
    refused(
        "tool_choice", {"type": "function", "function": {"name": "nothing"}}
    ).called("tool_choice of an unknown function"),
    passed("parallel_tool_calls", False).needing(tools=[FUNCTION], model="caller"),
    passed("response_format", {"type": "json_object"}),
    UNKNOWN,
)
PATH = "/v1/threads/{run_thread_id}/runs"

SURFACE = Surface(
    "Runs and run steps",
    "The running half of Assistants v2, polled or streamed.",
    (
        Operation(
            "POST /v1/threads/runs",
            "Create a thread and run it.",
            {"assistant_id": "{assistant_id}", "thread": NEW_THREAD, "stream": True},
            (
                refused("assistant_id", None, why="it is required").called(
                    "assistant_id missing"
                ),
                served(
                    "thread",
                    {"messages": [{"role": "user", "content": "Only this"}]},
                    lambda seen: "Only this" in str(seen.asked[0]["messages"][-1]),
                    "the provider is asked for it",
                ),
                *RUN,
                *(claim for claim in resources() if claim.state == "refused"),
            ),
        ),
        Operation(
            "POST /v1/threads/{thread_id}/runs",
            "Run a thread.",
            {"assistant_id": first_message, "stream": True},
            (
                *RUN,
                passed("reasoning_effort", "low"),
                served(
                    "additional_instructions",
                    "Add this.",
                    lambda seen: "Add this." in system_text(seen),
                    "the provider is asked for it",
                ),
                served(
                    "additional_messages",
                    [{"role": "user", "content": "One more"}],
                    lambda seen: "One more" in str(seen.asked[0]["messages"][-1]),
                    "the provider is asked for it",
                ),
                *INCLUDES,
            ),
            query=frozenset({"include", "include[]"}),
        ),
        Operation(f"GET {PATH}", "List a thread's runs.", {"limit": 20}, CURSORS),
        Operation(f"GET {PATH}/{{run_id}}", "Read a run.", {}),
        Operation(
            f"POST {PATH}/{{run_id}}",
            "Change a run's metadata.",
            {},
            (*metadata(), UNKNOWN),
        ),
        Operation(
            "POST /v1/threads/{paused_thread_id}/runs/{paused_run_id}/cancel",
            "Cancel a run.",
            {},
        ),
        Operation(
            "POST /v1/threads/{paused_thread_id}/runs/{paused_run_id}"
            "/submit_tool_outputs",
            "Answer the calls that a run waits for.",
            None,
            (
                refused("tool_outputs", [], "Expected tool outputs").called(
                    "tool_outputs that lack a call"
                ),
                served(
                    "tool_outputs",
                    [{"tool_call_id": "{call_id}", "output": "4 degrees"}],
                    lambda seen: "4 degrees" in str(seen.asked[0]["messages"][-1]),
                    "the provider is asked for it",
                ).needing(stream=True),
                served(
                    "stream",
                    True,
                    lambda seen: seen.names[0] == "thread.run.step.completed",
                    "the answer is the rest of the stream",
                ).needing(tool_outputs=new_pause),
            ),
        ),
        Operation(
            f"GET {PATH}/{{run_id}}/steps",
            "List a run's steps.",
            {"limit": 20},
            (*CURSORS, *INCLUDES),
        ),
        Operation(
            f"GET {PATH}/{{run_id}}/steps/{{step_id}}",
            "Read a step.",
            {},
            INCLUDES,
        ),
    ),
)
