import orjson

from assistants_app.api.model_response.wire_events import Head, ModelResponse
from assistants_app.engine.events import (
    ArgumentsAdded,
    FunctionCallStarted,
    ImageCallEnded,
    ImageCallStarted,
    ImagePreviewed,
    MessageEnded,
    MessageStarted,
    OutputGiven,
    PictureShown,
    RunCancelled,
    RunCancelling,
    RunCompleted,
    RunFailed,
    RunIncomplete,
    RunPaused,
    RunStarted,
    TextAdded,
    ToolStepEnded,
    ToolStepStarted,
    TurnFinished,
)
from assistants_app.engine.progress import picture_part, text_part
from tests.assistants_app.api.model_response_server import checked

HEAD = Head("run_1", "thread_1", "org_1", None, "offline-chat", 1_763_600_000)


def made_of(*events):
    made = ModelResponse(HEAD, "http://easel.test")
    for event in events:
        list(made.apply(event))
    return checked(made.to_json())


def streamed(*events):
    """What a stream says of these events: (name, data) pairs."""
    made = ModelResponse(HEAD, "http://easel.test")
    checked(made.to_json())
    text = (made.opening() + b"".join(map(made.encoded, events))).decode()
    said = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n")
        said.append(
            (name.removeprefix("event: "), orjson.loads(data.removeprefix("data: ")))
        )
    for _, data in said:
        if "response" in data:
            checked(data["response"])
    return said


def drawing(index=0, *, status="completed", revised="", error=""):
    generation_id = f"ig_{index}"
    files = [f"file-{index}"] if status == "completed" else []
    return [
        ImageCallStarted(
            "step_1", index, f"call_{index}", "generate_image", "{}", generation_id,
            "a bay", "a bay, oil",
        ),
        ImageCallEnded(
            "step_1", index, generation_id, status, "{}", files, revised, error
        ),
    ]  # fmt: skip


def writing(text, *file_ids, reason=""):
    shown = [
        PictureShown("msg_1", index, file_id) for index, file_id in enumerate(file_ids)
    ]
    content = [*map(picture_part, file_ids), text_part(text)]
    return [
        MessageStarted("step_2", "msg_1"),
        *shown,
        TextAdded("msg_1", len(file_ids), text),
        MessageEnded("step_2", "msg_1", content, incomplete_reason=reason),
    ]


def test_a_message_shows_each_picture_by_the_address_of_its_item():
    made = made_of(
        RunStarted(),
        ToolStepStarted("step_1"),
        *drawing(0),
        *drawing(1, revised="A bay at dusk"),
        ToolStepEnded("step_1"),
        *writing("Two bays.", "file-0", "file-1"),
        RunCompleted(),
    )
    first, second, message = made["output"]
    assert first == {
        "type": "image_generation_call",
        "id": "ig_0",
        "status": "completed",
        "result": {"url": first["result"]["url"], "revised_prompt": "a bay, oil"},
    }
    assert first["result"]["url"].startswith("http://easel.test/v1/files/file-0/")
    assert second["result"]["revised_prompt"] == "A bay at dusk"
    assert message["content"] == [
        {"type": "output_text", "text": "Two bays.", "annotations": []},
        {"type": "image_url", "image_url": {"url": first["result"]["url"]}},
        {"type": "image_url", "image_url": {"url": second["result"]["url"]}},
    ]
    assert made["status"] == "completed"


def test_an_answer_after_a_pause_has_the_items_of_the_pictures_that_it_shows():
    made = ModelResponse(HEAD, "http://easel.test")
    for event in (*drawing(0, revised="Dusk"), *drawing(1, status="failed")):
        made.items.remember(event)
    events = [RunStarted(), *writing("Sunny.", "file-0"), RunCompleted()]
    said = [name for event in events for name, _ in made.apply(event)]
    picture, message = checked(made.to_json())["output"]
    assert (picture["id"], picture["result"]["revised_prompt"]) == ("ig_0", "Dusk")
    assert message["content"][1]["image_url"]["url"] == picture["result"]["url"]
    assert said[:3] == [
        "response.output_item.added",
        "response.image_generation_call.completed",
        "response.output_item.done",
    ]


def test_pictures_that_an_earlier_message_has_shown_are_not_told_again():
    made = ModelResponse(HEAD, "http://easel.test")
    for event in (*drawing(0), *writing("Here.", "file-0")):
        made.items.remember(event)
    for event in writing("Sunny."):
        list(made.apply(event))
    assert [item["type"] for item in made.items.output] == ["message"]


def test_a_moderated_picture_fails_its_item_and_not_the_response():
    made = made_of(
        RunStarted(),
        *drawing(status="moderated", error="The provider refused it."),
        *writing("I could not draw that."),
        RunCompleted(),
    )
    assert made["output"][0] == {
        "type": "image_generation_call",
        "id": "ig_0",
        "status": "failed",
        "result": None,
        "error": {"code": "moderation_blocked", "message": "The provider refused it."},
    }
    assert (made["status"], made["error"]) == ("completed", None)


def test_a_picture_that_never_began_has_an_item_all_the_same():
    refused = ImageCallEnded(
        "step_1", 0, "ig_9", "failed", "{}", error="At most 12 pictures."
    )
    said = streamed(refused, RunCompleted())
    assert [name for name, _ in said] == [
        "response.created",
        "response.output_item.added",
        "response.output_item.done",
        "response.completed",
    ]
    assert said[2][1]["item"]["error"]["message"] == "At most 12 pictures."


def test_the_stream_tells_a_picture_and_a_message_in_order():
    started, ended = drawing()
    said = streamed(
        RunStarted(),
        ToolStepStarted("step_1"),
        started,
        ImagePreviewed("step_1", 0, "ig_0", 0, "file-preview"),
        ended,
        ToolStepEnded("step_1"),
        *writing("A bay.", "file-0"),
        RunCompleted(),
    )
    assert [name for name, _ in said] == [
        "response.created",
        "response.output_item.added",
        "response.image_generation_call.in_progress",
        "response.image_generation_call.partial_image",
        "response.image_generation_call.completed",
        "response.output_item.done",
        "response.output_item.added",
        "response.output_text.delta",
        "response.output_text.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert all(data["event"] == data["type"] == name for name, data in said)
    assert [data["sequence_number"] for _, data in said] == list(range(len(said)))
    preview = said[3][1]
    assert preview["partial_image_index"] == 0
    assert preview["url"].startswith("http://easel.test/v1/files/file-preview/")
    assert said[1][1]["item"]["status"] == "in_progress"
    assert said[-1][1]["response"]["output"][1] == said[-2][1]["item"]


def test_a_pause_ends_the_stream_with_its_calls_and_says_so():
    said = streamed(
        RunStarted(),
        ToolStepStarted("step_1"),
        FunctionCallStarted("step_1", 0, "call_a", "weather"),
        ArgumentsAdded("step_1", 0, "call_a", '{"city": '),
        ArgumentsAdded("step_1", 0, "call_a", '"Oslo"}'),
        RunPaused(),
    )
    assert [name for name, _ in said] == [
        "response.created",
        "response.output_item.added",
        "response.output_item.done",
        "response.completed",
    ]
    response = said[-1][1]["response"]
    assert response["status"] == "requires_action"
    assert response["output"] == [
        {
            "type": "function_call",
            "id": "fc_10",
            "call_id": "call_a",
            "name": "weather",
            "arguments": '{"city": "Oslo"}',
            "status": "completed",
        }
    ]


def test_a_call_that_easel_answered_itself_is_no_call_to_answer():
    made = made_of(
        FunctionCallStarted("step_1", 0, "call_a", "nobody_knows"),
        FunctionCallStarted("step_1", 1, "call_b", "weather"),
        OutputGiven("step_1", 0, "call_a", '{"error": "no"}'),
        RunPaused(),
    )
    assert [item["status"] for item in made["output"]] == ["failed", "completed"]


def test_the_outputs_of_a_pause_change_no_item_that_was_told():
    made = made_of(
        FunctionCallStarted("step_1", 0, "call_a", "weather"),
        RunPaused(),
        OutputGiven("step_1", 0, "call_a", "rain"),
        ToolStepEnded("step_1"),
        *writing("Rain."),
        RunCompleted(),
    )
    call, message = made["output"]
    assert call["status"] == "completed"
    assert message["content"][0]["text"] == "Rain."
    assert made["status"] == "completed"


def test_a_stopped_answer_keeps_its_words_and_ends_as_cancelled():
    said = streamed(
        *writing("Half a sen", reason="run_cancelled"),
        RunCancelling(),
        RunCancelled(),
    )
    name, last = said[-1]
    assert (name, last["status"]) == ("response.cancelled", "cancelled")
    message = last["response"]["output"][0]
    assert message["status"] == "incomplete"
    assert message["content"][0]["text"] == "Half a sen"


def test_a_failure_names_the_providers_own_code():
    name, last = streamed(
        RunFailed("invalid_prompt", "Too long.", cause="context_length_exceeded")
    )[-1]
    assert name == "response.failed"
    assert last["error"] == {"code": "context_length_exceeded", "message": "Too long."}
    assert last["response"]["status"] == "failed"


def test_a_cut_answer_is_a_completed_request_and_an_incomplete_response():
    name, last = streamed(RunIncomplete("max_completion_tokens"))[-1]
    assert name == "response.completed"
    assert last["response"]["status"] == "incomplete"
    assert last["response"]["incomplete_details"] == {"reason": "max_output_synapses"}


def test_tokens_of_all_turns_are_added_and_uncounted_ones_are_unknown():
    counted = made_of(TurnFinished("m", True, 10, 2), TurnFinished("m", True, 5, 3))
    assert counted["usage"] == {
        "input_tokens": 15,
        "output_tokens": 5,
        "total_tokens": 20,
    }
    assert made_of(TurnFinished("m", False))["usage"] is None
