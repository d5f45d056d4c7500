"""What a run may use, turn by turn."""

from __future__ import annotations

from assistants_app.engine.events import RunCompleted, RunIncomplete
from tests.assistants_app.scripted import (
    WEATHER,
    ScriptedImages,
    ScriptedProvider,
    call_turn,
    collect,
    kinds,
    setup,
    text_turn,
)


async def test_a_run_within_its_prompt_tokens_completes():
    run = setup(max_prompt_tokens=10)
    events = await collect(run, ScriptedProvider(text_turn("Hello")))
    assert events[-1] == RunCompleted()


async def test_a_run_ends_with_the_turn_that_passes_its_prompt_tokens():
    turns = (call_turn(("call_1", "generate_image")), text_turn("Here."))
    run = setup(max_prompt_tokens=9, image_mode="auto")
    provider = ScriptedProvider(*turns)
    images = ScriptedImages()
    events = await collect(run, provider, images)
    assert events[-1] == RunIncomplete("max_prompt_tokens")
    assert len(provider.requests) == 1
    assert images.calls == []


async def test_prompt_tokens_of_earlier_segments_count():
    run = setup(max_prompt_tokens=256, prompt_tokens_used=250)
    events = await collect(run, ScriptedProvider(text_turn("Hello")))
    assert kinds(events)[-2:] == ["MessageEnded", "RunIncomplete"]


async def test_a_call_is_closed_that_nobody_may_answer_any_more():
    run = setup(max_prompt_tokens=9, functions=[WEATHER])
    events = await collect(run, ScriptedProvider(call_turn(("call_1", "weather"))))
    assert kinds(events)[-2:] == ["ToolStepEnded", "RunIncomplete"]
    assert events[-2].step_status == "cancelled"
