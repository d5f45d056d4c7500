"""The checks themselves: what is wrong does not pass them, nor does a gap hide it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.recorder import Exchange
from tests.clients.validation import client_types, description
from tests.clients.validation.gaps import PICTURE_TOOL
from tests.clients.validation.surfaces import find_surface
from tests.clients.validation.wire import Value, values_of

THREAD: dict[str, Any] = {
    "id": "thread_1",
    "object": "thread",
    "created_at": 1795000000,
    "tool_resources": {},
    "metadata": {},
}
ASSISTANT: dict[str, Any] = {
    "id": "asst_1",
    "object": "assistant",
    "created_at": 1795000000,
    "name": None,
    "description": None,
    "model": "greeter",
    "instructions": None,
    "tools": [{"type": "image_generation", "model": "gpt-image-2"}],
    "metadata": {},
}
WRONG = [
    {key: value for key, value in THREAD.items() if key != "created_at"},
    THREAD | {"created_at": "1795000000"},
    THREAD | {"object": "thread.run"},
    THREAD | {"metadata": {"a": 1}},
]


def body(data: Any, path: str = "/v1/threads") -> Value:
    surface = find_surface("POST", path)
    assert surface is not None
    return Value("body", surface, data)


def test_right_body_passes_both_checks():
    assert client_types.problem_of(body(THREAD)) == ""
    if description.description_path() is not None:
        assert description.problem_of(body(THREAD)) == ""


@pytest.mark.parametrize("data", WRONG)
def test_wrong_body_is_refused_by_the_clients_types(data):
    assert client_types.problem_of(body(data))


@pytest.mark.parametrize("data", WRONG)
def test_wrong_body_is_refused_by_the_description(data):
    if description.description_path() is None:
        pytest.skip("There is no local copy of OpenAI's description.")
    assert description.problem_of(body(data))


def test_event_is_checked_under_its_own_name():
    surface = find_surface("POST", "/v1/threads/thread_1/runs")
    assert surface is not None
    right = Value("event", surface, THREAD, "thread.created")
    assert client_types.problem_of(right) == ""
    assert client_types.problem_of(
        Value("event", surface, THREAD, "thread.run.completed")
    )


def test_gap_sets_aside_its_own_words_only():
    tool = body(ASSISTANT, "/v1/assistants")
    assert client_types.problem_of(tool)
    assert client_types.problem_of(PICTURE_TOOL.applied_to(tool)) == ""
    broken = body({**ASSISTANT, "created_at": None}, "/v1/assistants")
    assert client_types.problem_of(PICTURE_TOOL.applied_to(broken))


def test_recorded_stream_is_taken_apart_into_its_events():
    answer = (
        b': keep-alive\n\nevent: a\ndata: {"x": 1}\n\nevent: done\ndata: [DONE]\n\n'
    )
    exchange = Exchange(
        "POST",
        "/v1/threads/runs",
        "",
        {},
        status=200,
        answer_headers={"content-type": "text/event-stream; charset=utf-8"},
        answer=answer,
    )
    assert [(v.kind, v.name, v.data) for v in values_of([exchange])] == [
        ("event", "a", {"x": 1})
    ]
