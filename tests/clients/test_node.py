"""The official Node client, which checks the order of events most strictly."""

from __future__ import annotations

from tests.clients.orders import SPOKEN, without_deltas


def test_polling_finds_the_end_of_a_run(clients):
    saw = clients["node"].saw("polled_run")
    assert saw["status"] == "completed"
    assert saw["text"] == "Hello from Oslo"
    assert saw["steps"] == ["message_creation"]


def test_stream_helper_accepts_the_order_of_events(clients):
    saw = clients["node"].saw("handled_events")
    assert without_deltas(saw["names"]) == SPOKEN
    assert (saw["text"], saw["status"]) == ("Hello from Oslo", "completed")


def test_outputs_are_answered_by_the_rest_of_the_stream(clients):
    saw = clients["node"].saw("streamed_tools")
    assert (saw["paused"], saw["status"]) == ("requires_action", "completed")
    assert saw["text"] == "4 and 9 degrees."
    assert saw["begins"] == "thread.run.step.completed"


def test_poll_helper_carries_a_call_to_the_answer(clients):
    saw = clients["node"].saw("polled_tools")
    assert saw == {"paused": "requires_action", "status": "completed"}


def test_thread_and_run_are_made_in_one_call(clients):
    saw = clients["node"].saw("created_and_streamed")
    assert saw["first"] == "thread.created"
    assert (saw["text"], saw["polled"]) == ("Hello from Oslo", "completed")


def test_open_stream_tells_of_the_cancelling(clients):
    saw = clients["node"].saw("cancelled_stream")
    assert saw == {"status": "cancelled", "last": "thread.run.cancelled"}


def test_failure_inside_a_stream_is_told(clients):
    saw = clients["node"].saw("failed_stream")
    assert (saw["status"], saw["error"]) == ("failed", "server_error")
    assert saw["chat"]["class"] == "APIError"


def test_refusals_raise_the_error_of_their_kind(clients):
    saw = clients["node"].saw("refused_requests")
    assert saw["thread"]["class"] == saw["assistant"]["class"] == "NotFoundError"
    assert saw["name"]["param"] == "name"
    assert saw["key"]["class"] == "AuthenticationError"
    assert all(error["has_request_id"] for error in saw.values())


def test_lists_are_paged_by_themselves(clients):
    assert clients["node"].saw("pages_of_lists") == {"complete": True}


def test_picture_of_a_run_is_a_file(clients):
    saw = clients["node"].saw("drawn_in_a_stream")
    assert (saw["status"], saw["kind"]) == ("completed", "png")
    assert saw["text"] == "Here is your fjord."


def test_pictures_are_made_edited_and_streamed(clients):
    saw = clients["node"].saw("pictures")
    assert (saw["made"], saw["edited"]) == ("png", "png")
    assert saw["types"][-1] == "image_generation.completed"
    assert saw["refused"]["param"] == "size"


def test_responses_call_functions_and_draw(clients):
    saw = clients["node"].saw("responses")
    assert saw["text"] == "It is 4 degrees."
    assert saw["last"] == "response.completed"
    assert saw["output"] == ["image_generation_call", "message"]
    assert saw["kind"] == "png"


def test_files_models_and_chat_are_served(clients):
    saw = clients["node"].saw("files_and_models")
    assert saw == {"same": True, "listed": True, "gone": True, "models": True}
    chat = clients["node"].saw("chat")
    assert chat == {"whole": "Hello from Oslo", "text": "Hello from Oslo"}
