from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistants_app.engine.events import (
    ImageCallEnded,
    ImageCallStarted,
    MessageEnded,
    MessageStarted,
    PictureShown,
    RunFailed,
    RunStarted,
    TextAdded,
    ToolStepEnded,
    ToolStepStarted,
    TurnFinished,
)
from assistants_app.engine.progress import Progress, picture_part, text_part
from tests.assistants_app.scripted import assert_sequential

PLANNED = ImageCallStarted(
    "step_1", 0, "call_1", "generate_image", "{}", "ig_1", "a", "b"
)
STREAM = [
    RunStarted(),
    MessageStarted("step_0", "msg_0"),
    TextAdded("msg_0", 0, "I draw"),
    TextAdded("msg_0", 0, " it."),
    TurnFinished("m", True, 3, 4),
    MessageEnded("step_0", "msg_0", [text_part("I draw it.")]),
    ToolStepStarted("step_1"),
    PLANNED,
    ImageCallEnded("step_1", 0, "ig_1", "completed", "{}", ["file-1"]),
    ToolStepEnded("step_1"),
    MessageStarted("step_2", "msg_2"),
    PictureShown("msg_2", 0, "file-1"),
    TextAdded("msg_2", 1, "Done."),
    TurnFinished("m", True, 1, 2),
    MessageEnded("step_2", "msg_2", [picture_part("file-1"), text_part("Done.")]),
]


def after(count: int) -> Progress:
    progress = Progress()
    for event in STREAM[:count]:
        progress.apply(event)
    return progress


@given(st.integers(0, len(STREAM)), st.sampled_from(["failed", "cancelled", "expired"]))
@settings(deadline=None)
def test_whenever_it_stops_what_is_open_can_be_closed(count: int, status) -> None:
    closing = [*after(count).close(status)]
    assert_sequential([*STREAM[:count], *closing, RunFailed("server_error", "x")])


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("failed", "run_failed"),
        ("cancelled", "run_cancelled"),
        ("expired", "run_expired"),
    ],
)
def test_an_open_message_is_closed_with_its_text_and_the_reason(status, reason) -> None:
    (ended,) = after(4).close(status)
    assert ended.content == [text_part("I draw it.")]
    assert (ended.step_status, ended.incomplete_reason) == (status, reason)


def test_an_open_message_keeps_its_pictures() -> None:
    (ended,) = after(13).close("cancelled")
    assert ended.content == [picture_part("file-1"), text_part("Done.")]


def test_a_picture_that_was_under_way_is_unknown_after_a_failure() -> None:
    call, step = after(8).close("failed")
    assert (call.generation_id, call.status) == ("ig_1", "unknown")
    assert step == ToolStepEnded("step_1", "failed")


def test_a_picture_that_was_under_way_is_cancelled_with_the_run() -> None:
    call, _ = after(8).close("cancelled")
    assert call.status == "cancelled"


def test_nothing_open_means_nothing_to_close() -> None:
    assert [*after(len(STREAM)).close("failed")] == []


def test_tokens_of_all_turns_are_added_up() -> None:
    progress = after(len(STREAM))
    assert (progress.prompt_tokens, progress.completion_tokens) == (4, 6)
