"""Assistants v2 through the official Python client, at three versions of it."""

from __future__ import annotations

import pytest

from tests.clients.orders import (
    BEGUN,
    BROKEN,
    CANCELLED,
    CUT_SHORT,
    DRAWN,
    GONE_ON,
    PAUSED,
    SPOKEN,
    without_deltas,
)
from tests.clients.telling import PYTHONS

pytestmark = pytest.mark.parametrize("name", PYTHONS)


def test_polling_finds_the_end_of_a_run(clients, name):
    saw = clients[name].saw("polled_run")
    assert saw["status"] == "completed"
    assert saw["text"] == "Hello from Oslo"
    assert saw["steps"] == ["message_creation"]
    assert saw["tokens"] == 17
    assert saw["temperature"] == 0.5


def test_poll_helper_carries_two_calls_to_the_answer(clients, name):
    saw = clients[name].saw("polled_tools")
    assert saw["paused"] == "requires_action"
    assert saw["status"] == "completed"
    assert saw["steps"] == ["tool_calls", "message_creation"]
    assert saw["outputs"] == ["4 degrees", "4 degrees"]
    assert saw["text"] == "4 and 9 degrees."


def test_missing_outputs_are_named_by_their_calls(clients, name):
    error = clients[name].saw("polled_tools")["too_few"]
    assert (error["class"], error["status"]) == ("BadRequestError", 400)
    words = "Expected tool outputs for call_ids ['call_1', 'call_2'], got ['call_1']"
    assert words in error["message"]


def test_thread_and_run_are_made_in_one_call(clients, name):
    saw = clients[name].saw("created_and_polled")
    assert saw == {"status": "completed", "text": "Hello from Oslo"}


def test_cancelled_run_is_polled_to_its_end(clients, name):
    saw = clients[name].saw("cancelled_run")
    assert saw["cancelling"] in {"cancelling", "cancelled"}
    assert saw["status"] == "cancelled"
    assert "Cannot cancel run with status 'cancelled'." in saw["late"]["message"]


def test_busy_thread_takes_neither_message_nor_run(clients, name):
    saw = clients[name].saw("cancelled_run")
    assert saw["busy"]["status"] == saw["second"]["status"] == 400
    assert "Can't add messages to thread_" in saw["busy"]["message"]
    assert "already has an active run run_" in saw["second"]["message"]


def test_paused_run_can_be_cancelled(clients, name):
    saw = clients[name].saw("cancelled_pause")
    assert saw["status"] == "cancelled"
    words = 'Runs in status "cancelled" do not accept tool outputs.'
    assert words in saw["late"]["message"].replace('\\"', '"')


def test_polled_run_tells_why_it_did_not_complete(clients, name):
    saw = clients[name].saw("ends_of_runs")
    assert saw["breaker"]["status"] == saw["refuser"]["status"] == "failed"
    assert saw["breaker"]["error"] == "server_error"
    assert saw["refuser"]["error"] == "invalid_prompt"
    assert saw["writer"] == {
        "status": "incomplete",
        "error": None,
        "incomplete": "max_completion_tokens",
    }


@pytest.mark.parametrize(
    ("what", "kind", "code", "param"),
    [
        ("assistant", "NotFoundError", None, None),
        ("thread", "NotFoundError", None, None),
        ("run", "NotFoundError", None, None),
        ("long_name", "BadRequestError", "string_above_max_length", "description"),
        ("bad_type", "BadRequestError", "invalid_type", "temperature"),
        ("unknown", "BadRequestError", "unknown_parameter", "colour"),
        ("tool", "BadRequestError", "invalid_value", "tools[0]"),
        ("no_model", "BadRequestError", "string_below_min_length", "model"),
        ("key", "AuthenticationError", "invalid_api_key", None),
        ("unknown_run_model", "NotFoundError", "model_not_found", "model"),
    ],
)
def test_refusal_raises_the_error_of_its_kind(clients, name, what, kind, code, param):
    error = clients[name].saw("refused_requests")[what]
    assert (error["class"], error["code"], error["param"]) == (kind, code, param)
    assert error["has_request_id"]


def test_lists_are_paged_by_themselves_in_both_orders(clients, name):
    saw = clients[name].saw("pages_of_lists")
    assert saw["newest_first"]
    assert saw["oldest_first"]
    assert saw["before"]
    assert saw["empty"] == []
    assert saw["limit"]["param"] == "limit"
    assert saw["cursor"]["param"] == "after"


def test_everything_can_be_changed_and_deleted(clients, name):
    saw = clients[name].saw("changes")
    assert saw["name"] == ["Renamed", "Renamed", {"a": "b"}]
    assert saw["run"] == {"try": "2"}
    assert saw["message"] == {"kept": "yes"}
    assert saw["message_gone"] == ["thread.message.deleted", True]
    assert saw["thread_gone"] == "thread.deleted"
    assert saw["assistant_gone"] == "assistant.deleted"
    assert saw["after"]["class"] == "NotFoundError"


def test_picture_of_a_run_is_a_file_in_the_answer(clients, name):
    saw = clients[name].saw("drawn_in_a_run")
    assert saw["status"] == "completed"
    assert saw["call"] == ["image_generation_call"]
    assert saw["content"] == ["image_file", "text"]
    assert saw["bytes"] == "png"


def test_event_handler_meets_the_events_in_their_order(clients, name):
    saw = clients[name].saw("handled_events")
    assert without_deltas(saw["names"]) == SPOKEN
    assert saw["calls"] == ["text_created", "text_done Hello from Oslo", "end"]
    assert saw["text"] == saw["final"] == "Hello from Oslo"
    assert saw["status"] == "completed"


def test_outputs_are_answered_by_the_rest_of_the_stream(clients, name):
    saw = clients[name].saw("streamed_tools")
    assert without_deltas(saw["first"]) == PAUSED
    assert saw["paused"] == "requires_action"
    assert 'tool_call_done {"city": "Bergen"}' in saw["calls"]
    assert without_deltas(saw["second"]) == GONE_ON
    assert saw["text"] == "4 and 9 degrees."
    assert saw["status"] == "completed"
    assert saw["same"]


def test_thread_and_run_are_made_and_streamed_in_one_call(clients, name):
    saw = clients[name].saw("created_and_streamed")
    assert saw["text"] == "Hello from Oslo"
    assert without_deltas(saw["names"]) == ["thread.created", *SPOKEN]


def test_open_stream_tells_of_the_cancelling(clients, name):
    saw = clients[name].saw("cancelled_stream")
    assert without_deltas(saw["names"]) == CANCELLED
    assert saw["status"] == "cancelled"


def test_failure_in_a_stream_closes_what_was_open(clients, name):
    saw = clients[name].saw("failed_stream")
    assert without_deltas(saw["breaker"]["names"]) == BROKEN
    assert saw["breaker"]["text"] == "Hel"
    assert saw["breaker"]["error"] == "server_error"
    assert saw["refuser"]["names"] == [*BEGUN, "thread.run.failed"]
    assert without_deltas(saw["writer"]["names"]) == CUT_SHORT
    assert saw["writer"]["status"] == "incomplete"


def test_stream_that_is_refused_raises_before_it_begins(clients, name):
    saw = clients[name].saw("refused_streams")
    assert saw["assistant"]["class"] == "NotFoundError"
    assert saw["model"]["code"] == "model_not_found"
    assert saw["limit"]["param"] == "max_prompt_tokens"


def test_picture_in_a_stream_comes_before_the_words(clients, name):
    saw = clients[name].saw("drawn_in_a_stream")
    assert without_deltas(saw["names"]) == DRAWN
    assert "image_file_done" in saw["calls"]
    assert saw["text"] == "Here is your fjord."


def test_reader_that_leaves_stops_nothing(clients, name):
    saw = clients[name].saw("client_that_leaves")
    assert saw["status"] == "completed"
    assert name == f"openai-{saw['version']}"
