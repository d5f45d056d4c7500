"""Pictures, responses, files, chat and models through the official Python client."""

from __future__ import annotations

import pytest

from tests.clients.telling import PYTHONS

pytestmark = pytest.mark.parametrize("name", PYTHONS)


def test_pictures_come_as_base64_with_what_they_are(clients, name):
    saw = clients[name].saw("picture_as_base64")
    assert saw["kinds"] == ["jpeg", "jpeg"]
    assert saw["urls"] == [None, None]
    assert (saw["size"], saw["format"], saw["tokens"]) == ("1024x1536", "jpeg", 210)


def test_retired_model_is_served_by_todays_at_its_own_size(clients, name):
    saw = clients[name].saw("picture_of_a_retired_model")
    assert saw["made_by"] == "offline/offline-painter"
    assert (saw["kind"], saw["size"], saw["b64"]) == ("png", "512x512", None)
    assert saw["inline"] == "png"


def test_picture_is_streamed_with_its_previews(clients, name):
    saw = clients[name].saw("streamed_picture")
    partial = "image_generation.partial_image"
    assert saw["types"] == [partial, partial, "image_generation.completed"]
    assert saw["kinds"] == ["png", "png", "png"]
    assert saw["numbers"][:2] == [0, 1]
    assert saw["tokens"] == 210


def test_one_or_several_pictures_are_edited_with_and_without_a_mask(clients, name):
    saw = clients[name].saw("edited_pictures")
    assert (saw["one"], saw["several"], saw["masked"]) == ("png", "webp", "png")
    assert saw["streamed"] == ["image_edit.partial_image", "image_edit.completed"]


def test_variation_is_made_by_todays_model(clients, name):
    saw = clients[name].saw("varied_picture")
    assert saw == {"kind": "png", "size": "256x256"}


@pytest.mark.parametrize(
    ("what", "code", "param"),
    [
        ("prompt", "string_below_min_length", "prompt"),
        ("long", "string_above_max_length", "prompt"),
        ("size", "invalid_value", "size"),
        ("n", "integer_above_max_value", "n"),
        ("unknown", "unknown_parameter", "colour"),
        ("format", "unknown_parameter", "response_format"),
        ("model", "model_not_found", "model"),
        ("blocked", "moderation_blocked", None),
        ("blocked_stream", "moderation_blocked", None),
        ("partials", "invalid_value", "partial_images"),
    ],
)
def test_picture_that_cannot_be_made_is_refused_by_name(
    clients, name, what, code, param
):
    error = clients[name].saw("refused_pictures")[what]
    assert error["status"] in {400, 404}
    assert (error["code"], error["param"]) == (code, param)


def test_what_is_no_picture_cannot_be_edited(clients, name):
    error = clients[name].saw("refused_pictures")["no_picture"]
    assert (error["status"], error["param"]) == (400, "image")


def test_response_is_made_read_and_deleted(clients, name):
    saw = clients[name].saw("answered_input")
    assert saw["text"] == saw["read"] == "Hello from Oslo"
    assert (saw["status"], saw["tokens"]) == ("completed", 17)
    assert saw["items"] == ["message", "message"]
    assert saw["gone"]["class"] == "NotFoundError"


def test_response_is_streamed_through_the_helper(clients, name):
    saw = clients[name].saw("streamed_response")
    assert saw["events"][:2] == ["response.created", "response.in_progress"]
    assert saw["events"][-1] == "response.completed"
    assert saw["text"] == "Hello from Oslo"
    assert saw["numbers"]


def test_functions_are_answered_by_chain_or_by_history(clients, name):
    saw = clients[name].saw("called_functions")
    assert saw["first"] == ["function_call", "function_call"]
    assert saw["chained"] == saw["stateless"] == "4 and 9 degrees."
    assert "response.function_call_arguments.done" in saw["events"]
    assert saw["not_kept"]["class"] == "NotFoundError"
    assert "No tool output found for function call" in saw["unanswered"]["message"]
    assert "No tool call found for function call" in saw["unknown_call"]["message"]


def test_picture_of_a_response_is_an_item_with_base64(clients, name):
    saw = clients[name].saw("drawn_in_a_response")
    assert saw["output"] == ["image_generation_call", "message"]
    assert saw["kind"] == saw["streamed"] == "png"
    assert saw["text"] == "Here is your fjord."
    assert saw["passed_back"] == "completed"
    assert "response.image_generation_call.partial_image" in saw["events"]
    assert saw["events"][-1] == "response.completed"


def test_chain_forks_and_sees_pictures(clients, name):
    saw = clients[name].saw("forked_chain")
    assert saw == {"previous": [True, True], "different": True, "seen": "completed"}


def test_background_response_is_cancelled_polled_and_resumed(clients, name):
    saw = clients[name].saw("background_response")
    assert saw["begun"] in {"queued", "in_progress"}
    assert saw["cancelled"] == "cancelled"
    assert saw["last"] == "response.completed"
    assert saw["rest"] == [4]
    assert saw["same_end"]
    assert saw["not_background"]["status"] == 400


def test_conversation_keeps_its_items(clients, name):
    saw = clients[name].saw("kept_conversation")
    assert saw["conversation"] == saw["id"]
    assert saw["items"] == ["message", "message", "message"]
    assert saw["added"] == ["message"]
    assert saw["metadata"] == [{"c": "d"}, {"c": "d"}]
    assert saw["gone"] == ["conversation.deleted", True]
    assert saw["after"]["class"] == "NotFoundError"


@pytest.mark.parametrize(
    ("what", "code", "param"),
    [
        ("nothing", "missing_required_parameter", "input"),
        ("no_model", "missing_required_parameter", "model"),
        ("model", "model_not_found", "model"),
        ("model_stream", "model_not_found", "model"),
        ("few_tokens", "integer_below_min_value", "max_output_tokens"),
        ("unknown", "unknown_parameter", "colour"),
    ],
)
def test_response_that_cannot_be_made_is_refused_by_name(
    clients, name, what, code, param
):
    error = clients[name].saw("refused_responses")[what]
    assert error["status"] in {400, 404}
    assert (error["code"], error["param"]) == (code, param)


def test_unknown_chain_and_hosted_tools_are_refused(clients, name):
    saw = clients[name].saw("refused_responses")
    assert saw["previous"]["param"] == "previous_response_id"
    assert saw["hosted_tool"]["status"] == 400
    assert saw["hosted_tool"]["param"] == "tools[0]"


def test_stream_of_a_response_ends_as_the_response_did(clients, name):
    saw = clients[name].saw("ends_of_responses")
    assert saw["breaker"]["types"] == ["response.failed"]
    assert saw["refuser"]["types"] == ["response.failed"]
    assert saw["writer"]["types"] == ["response.incomplete"]


def test_chat_is_relayed_whole_and_streamed(clients, name):
    saw = clients[name].saw("chat")
    assert saw["whole"] == saw["text"] == saw["plain"] == "Hello from Oslo"
    assert (saw["tokens"], saw["usage"], saw["unasked_usage"]) == (17, [17], [])


def test_chat_passes_tools_both_ways(clients, name):
    saw = clients[name].saw("chat_with_tools")
    assert saw["name"] == "get_weather"
    assert saw["told"] == "It is 4 degrees."
    assert saw["streamed"] == '{"city": "Oslo"}'


def test_chat_works_without_any_server(clients, name):
    assert clients[name].saw("chat_offline") == {"whole": True, "streamed": True}


def test_chat_relays_what_the_provider_refuses(clients, name):
    saw = clients[name].saw("refused_chat")
    assert saw["model"]["code"] == "model_not_found"
    for what in ("refuser", "refuser_stream"):
        assert (saw[what]["status"], saw[what]["code"]) == (400, "invalid_prompt")
    assert saw["busy"]["class"] == "RateLimitError"
    assert saw["broken"]["class"] == "APIError"
    assert saw["key"]["class"] == "AuthenticationError"


def test_files_are_kept_byte_for_byte(clients, name):
    saw = clients[name].saw("kept_files")
    assert saw["bytes"] == [True, True, True]
    assert saw["names"] == ["sun.png", "vision", "notes.txt"]
    assert saw["expires"] == 3600
    assert saw["listed"]
    assert saw["paged"]
    assert saw["gone"] == ["file", True]
    assert saw["after"]["class"] == saw["missing"]["class"] == "NotFoundError"
    assert saw["purpose"]["param"] == "purpose"
    assert saw["not_a_picture"]["param"] == "file"


def test_models_are_those_that_the_key_may_use(clients, name):
    saw = clients[name].saw("known_models")
    assert saw["has"] == [True, True, True]
    assert saw["one"] == ["greeter", "model", "loopback"]
    assert saw["missing"]["class"] == "NotFoundError"
