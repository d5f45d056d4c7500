"""The published event orders, exactly, and what the clients' own code insists on."""

from __future__ import annotations

from typing import Any

from assistants_app.api.assistants_v2.wire_events import RunStream
from assistants_app.engine.events import (
    Numbered,
    OutputGiven,
    RunCancelled,
    RunCancelling,
    RunEvent,
    RunExpired,
    RunQueued,
    ToolStepEnded,
)
from assistants_app.engine.progress import Progress
from assistants_app.providers.base import FinishReason, TextArrived, TurnEnded
from playground.lib.errors import ErrorKind, ProviderError
from tests.assistants_app.api.reading import (
    MESSAGE,
    STARTED,
    STEP,
    WRITTEN,
    data_of,
    names,
    read,
)
from tests.assistants_app.scripted import (
    WEATHER,
    ScriptedImages,
    ScriptedProvider,
    call_turn,
    collect,
    setup,
    text_turn,
)

AT = 1_795_000_000


def run(**fields: Any) -> dict[str, Any]:
    """A run as it was created."""
    times = ("started_at", "cancelled_at", "failed_at", "completed_at")
    return {
        "id": "run_1",
        "object": "thread.run",
        "thread_id": "thread_1",
        "assistant_id": "asst_1",
        "status": "queued",
        "required_action": None,
        "last_error": None,
        "incomplete_details": None,
        "expires_at": AT + 600,
        "usage": None,
        **dict.fromkeys(times),
        **fields,
    }


def numbered(events: list[RunEvent], first: int = 1) -> list[Numbered]:
    return [
        Numbered(number, (AT + number) * 1000 + 999, event)
        for number, event in enumerate(events, start=first)
    ]


def stream(events: list[RunEvent], **options: Any) -> list[tuple[str, Any]]:
    return read(RunStream(run(), **options).feed(numbered([RunQueued(), *events])))


async def events_of(*turns: Any, images: Any = None, **fields: Any) -> list[RunEvent]:
    return await collect(setup(**fields), ScriptedProvider(*turns), images)


async def test_a_text_is_told_in_the_published_order():
    told = stream(await events_of(text_turn("He", "llo", " you")))
    assert [name for name, _ in told] == [
        *STARTED,
        *MESSAGE,
        *["message.delta"] * 3,
        *WRITTEN,
        "run.completed",
        "done",
    ]
    assert told[-1][1] == "[DONE]"


async def test_deltas_add_up_to_the_text_and_only_the_first_has_annotations():
    told = stream(await events_of(text_turn("He", 'l"lo', "\nyou")))
    deltas = [data for name, data in told if name == "message.delta"]
    parts = [delta["delta"]["content"][0] for delta in deltas]
    assert "".join(part["text"]["value"] for part in parts) == 'Hel"lo\nyou'
    assert ["annotations" in part["text"] for part in parts] == [True, False, False]
    assert {part["index"] for part in parts} == {0}
    message = data_of(told, "message.completed")
    assert {delta["id"] for delta in deltas} == {message["id"]}
    assert message["content"][0]["text"] == {"value": 'Hel"lo\nyou', "annotations": []}


async def test_each_object_is_told_as_it_was_at_that_moment():
    told = stream(await events_of(text_turn("Hello")))
    created = data_of(told, "run.created")
    assert (created["status"], created["started_at"]) == ("queued", None)
    started = data_of(told, "run.in_progress")
    assert started["started_at"] == AT + 2
    assert started["usage"] is None
    assert data_of(told, "message.created")["content"] == []
    assert data_of(told, "message.in_progress")["status"] == "in_progress"
    step = data_of(told, "run.step.created")
    assert (step["status"], step["usage"], step["completed_at"]) == (
        "in_progress",
        None,
        None,
    )
    completed = data_of(told, "run.completed")
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    assert completed["usage"] == usage
    assert completed["expires_at"] is None
    assert completed["completed_at"] is not None
    assert data_of(told, "run.step.completed")["usage"] == usage


async def test_a_thread_that_was_made_with_the_run_comes_first():
    events = await events_of(text_turn("Hello"))
    told = stream(events, thread={"id": "thread_1", "object": "thread"})
    assert names(told)[:3] == ["created", "run.created", "run.queued"]
    assert told[0][1]["object"] == "thread"


async def test_function_calls_leave_their_step_open_and_end_with_what_to_do():
    turn = call_turn(("call_A", "weather", '{"a": 1}'), ("call_B", "weather", "{}"))
    told = stream(await events_of(turn, functions=[WEATHER]))
    assert names(told) == [
        *STARTED,
        *STEP,
        "run.step.delta",
        "run.requires_action",
        "done",
    ]
    assert data_of(told, "run.step.created")["step_details"]["tool_calls"] == []
    calls = [
        data["delta"]["step_details"]["tool_calls"][0]
        for name, data in told
        if name == "run.step.delta"
    ]
    assert calls[0] == {
        "index": 0,
        "id": "call_A",
        "type": "function",
        "function": {"name": "weather", "arguments": "", "output": None},
    }
    assert calls[1] == {
        "index": 0,
        "type": "function",
        "function": {"arguments": '{"a": 1}'},
    }
    assert [call["index"] for call in calls] == [0, 0, 1, 1]
    action = data_of(told, "run.requires_action")["required_action"]
    assert [
        (call["id"], call["function"])
        for call in action["submit_tool_outputs"]["tool_calls"]
    ] == [
        ("call_A", {"name": "weather", "arguments": '{"a": 1}'}),
        ("call_B", {"name": "weather", "arguments": "{}"}),
    ]


async def test_words_before_a_call_are_closed_before_its_step_opens():
    turn = call_turn(("call_A", "weather"), said="Let me see.")
    told = stream(await events_of(turn, functions=[WEATHER]))
    assert names(told) == [
        *STARTED,
        *MESSAGE,
        "message.delta",
        *WRITTEN,
        *STEP,
        "run.step.delta",
        "run.requires_action",
        "done",
    ]


async def test_after_the_outputs_the_stream_begins_with_the_end_of_the_tool_step():
    first = await events_of(call_turn(("call_A", "weather")), functions=[WEATHER])
    step_id = next(e.step_id for e in first if hasattr(e, "step_id"))
    before = numbered([RunQueued(), *first])
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    submitted = [
        OutputGiven(step_id, 0, "call_A", "rain"),
        ToolStepEnded(step_id, usage=usage),
        RunQueued(),
        *await events_of(text_turn("It rains.")),
    ]
    wire = RunStream(run(), after=before[-1].sequence)
    assert wire.feed(before) == b""
    told = read(wire.feed(numbered(submitted, before[-1].sequence + 1)))
    assert names(told) == [
        "run.step.completed",
        "run.queued",
        "run.in_progress",
        *MESSAGE,
        "message.delta",
        *WRITTEN,
        "run.completed",
        "done",
    ]
    step = told[0][1]
    assert step["usage"] == usage
    assert step["step_details"]["tool_calls"] == [
        {
            "id": "call_A",
            "type": "function",
            "function": {"name": "weather", "arguments": "{}", "output": "rain"},
        }
    ]
    queued = data_of(told, "run.queued")
    assert (queued["status"], queued["required_action"]) == ("queued", None)
    assert data_of(told, "run.completed")["usage"]["total_tokens"] == 30


async def test_a_stream_ends_with_its_own_segment_however_late_it_is_read():
    first = await events_of(call_turn(("call_A", "weather")), functions=[WEATHER])
    later = [RunQueued(), *await events_of(text_turn("It rains."))]
    wire = RunStream(run())
    told = read(wire.feed(numbered([RunQueued(), *first, *later])))
    assert names(told)[-2:] == ["run.requires_action", "done"]
    assert wire.is_over


async def test_a_picture_is_a_step_without_deltas_and_then_a_part_of_the_message():
    turns = (call_turn(("call_ig", "generate_image")), text_turn("Here ", "it is."))
    events = await events_of(*turns, images=ScriptedImages(), image_mode="auto")
    told = stream(events)
    assert names(told) == [
        *STARTED,
        *STEP,
        "run.step.completed",
        *MESSAGE,
        "message.delta",
        *WRITTEN,
        "run.completed",
        "done",
    ]
    step = data_of(told, "run.step.completed")
    assert step["step_details"]["tool_calls"] == [
        {
            "id": "call_ig",
            "type": "image_generation_call",
            "status": "completed",
            "prompt": "sent",
            "revised_prompt": None,
            "file_id": "file-0",
            "file_ids": ["file-0"],
            "generation_id": "ig_0",
            "error": None,
        }
    ]
    parts = [d["delta"]["content"][0] for n, d in told if n == "message.delta"]
    assert [(part["index"], part["type"]) for part in parts] == [
        (0, "image_file"),
        (1, "text"),
        (1, "text"),
    ]
    assert parts[0]["image_file"]["file_id"] == "file-0"
    content = data_of(told, "message.completed")["content"]
    assert [part["type"] for part in content] == ["image_file", "text"]


async def test_a_failure_before_any_output_ends_the_run_alone():
    failure = ProviderError(ErrorKind.RATE, "Too many requests.")
    told = stream(await events_of([failure]))
    assert names(told) == [*STARTED, "run.failed", "done"]
    failed = data_of(told, "run.failed")
    assert failed["last_error"] == {
        "code": "rate_limit_exceeded",
        "message": "Too many requests.",
    }
    assert (failed["failed_at"], failed["expires_at"]) == (AT + 3, None)
    assert failed["usage"] is None


async def test_a_failure_in_the_middle_keeps_the_words_and_fails_the_step():
    failure = ProviderError(ErrorKind.UPSTREAM, "It broke off.")
    told = stream(await events_of([*text_turn("Half")[:1], failure]))
    assert names(told) == [
        *STARTED,
        *MESSAGE,
        "message.delta",
        "message.incomplete",
        "run.step.failed",
        "run.failed",
        "done",
    ]
    message = data_of(told, "message.incomplete")
    assert message["incomplete_details"] == {"reason": "run_failed"}
    assert message["content"][0]["text"]["value"] == "Half"
    error = {"code": "server_error", "message": "It broke off."}
    assert data_of(told, "run.step.failed")["last_error"] == error
    assert data_of(told, "run.failed")["last_error"] == error


async def closed(status: Any, *ending: RunEvent) -> list[RunEvent]:
    """A run that is ended in the middle of a message."""
    events = await events_of(text_turn("So far"))
    begun = events[: [type(e).__name__ for e in events].index("TextAdded") + 1]
    progress = Progress()
    for event in begun:
        progress.apply(event)
    cancelling = [RunCancelling()] if status == "cancelled" else []
    return [*begun, *cancelling, *progress.close(status), *ending]


async def test_a_cancelled_run_is_told_step_by_step():
    told = stream(await closed("cancelled", RunCancelled()))
    assert names(told) == [
        *STARTED,
        *MESSAGE,
        "message.delta",
        "run.cancelling",
        "message.incomplete",
        "run.step.cancelled",
        "run.cancelled",
        "done",
    ]
    message = data_of(told, "message.incomplete")
    assert message["incomplete_details"] == {"reason": "run_cancelled"}
    assert data_of(told, "run.cancelled")["cancelled_at"] is not None


async def test_an_expired_run_is_told_step_by_step():
    told = stream(await closed("expired", RunExpired()))
    assert names(told) == [
        *STARTED,
        *MESSAGE,
        "message.delta",
        "message.incomplete",
        "run.step.expired",
        "run.expired",
        "done",
    ]
    reason = data_of(told, "message.incomplete")["incomplete_details"]["reason"]
    assert reason == "run_expired"
    assert data_of(told, "run.step.expired")["expired_at"] is not None


async def test_an_answer_that_is_cut_completes_its_step_and_not_the_run():
    turn = text_turn("Half an", reason=FinishReason.LENGTH)
    told = stream(await events_of(turn, max_tokens=5))
    assert names(told) == [
        *STARTED,
        *MESSAGE,
        "message.delta",
        "message.incomplete",
        "run.step.completed",
        "run.incomplete",
        "done",
    ]
    details = data_of(told, "message.incomplete")["incomplete_details"]
    assert details == {"reason": "max_tokens"}
    assert data_of(told, "run.incomplete")["incomplete_details"] == {
        "reason": "max_completion_tokens"
    }


async def test_events_of_one_batch_leave_as_one_piece_and_in_any_cut():
    events = numbered([RunQueued(), *await events_of(text_turn("a", "b", "c"))])
    whole = RunStream(run()).feed(events)
    wire = RunStream(run())
    assert b"".join(wire.feed([event]) for event in events) == whole


async def test_tokens_that_nobody_counted_are_not_told_as_zero():
    turn = [TextArrived("Hi"), TurnEnded(FinishReason.STOP, None, "m")]
    told = stream(await events_of(turn))
    assert data_of(told, "run.completed")["usage"] is None
    assert data_of(told, "run.step.completed")["usage"] is None
