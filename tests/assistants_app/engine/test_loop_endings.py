from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from assistants_app.engine.events import (
    ImageCallEnded,
    MessageEnded,
    RunCompleted,
    RunFailed,
    RunIncomplete,
    ToolStepEnded,
)
from assistants_app.engine.loop import run_events
from assistants_app.engine.progress import Progress
from assistants_app.providers.base import (
    FinishReason,
    TextArrived,
    ToolCallArrived,
)
from playground.lib.errors import ErrorKind, ProviderError
from tests.assistants_app.scripted import (
    WEATHER,
    ScriptedImages,
    ScriptedProvider,
    assert_sequential,
    call_turn,
    collect,
    drawn,
    end,
    kinds,
    of_kind,
    setup,
    text_turn,
)

UPSTREAM = ProviderError(ErrorKind.UPSTREAM, "The service failed.", admin_text="500: x")


async def test_a_cut_answer_is_an_incomplete_message_and_run() -> None:
    provider = ScriptedProvider(text_turn("A calm", reason=FinishReason.LENGTH))
    events = await collect(setup(), provider)
    assert of_kind(events, MessageEnded)[0].incomplete_reason == "max_tokens"
    assert events[-1] == RunIncomplete("max_completion_tokens")


@pytest.mark.parametrize("mode", ["off", "auto"])
async def test_a_call_that_was_cut_off_is_never_waited_for(mode) -> None:
    cut = [
        ToolCallArrived(0, "call_1", "weather", '{"at": "Os'),
        end(FinishReason.LENGTH),
    ]
    run = setup(functions=[WEATHER], image_mode=mode)
    events = await collect(run, ScriptedProvider(cut), ScriptedImages())
    assert events[-1] == RunIncomplete("max_completion_tokens")


async def test_a_picture_call_that_was_cut_off_is_not_paid_for() -> None:
    cut = [
        ToolCallArrived(0, "call_1", "generate_image", '{"prompt": "A ca'),
        end(FinishReason.LENGTH),
    ]
    images = ScriptedImages()
    events = await collect(setup(image_mode="auto"), ScriptedProvider(cut), images)
    assert images.calls == []
    assert events[-1] == RunIncomplete("max_completion_tokens")


async def test_filtered_content_is_an_incomplete_message() -> None:
    provider = ScriptedProvider(text_turn("I", reason=FinishReason.CONTENT_FILTER))
    events = await collect(setup(), provider)
    assert of_kind(events, MessageEnded)[0].incomplete_reason == "content_filter"


@pytest.mark.parametrize(
    ("kind", "code", "cause"),
    [
        (ErrorKind.RATE, "rate_limit_exceeded", "its_code"),
        (ErrorKind.QUOTA, "rate_limit_exceeded", "insufficient_quota"),
        (ErrorKind.INVALID, "invalid_prompt", "its_code"),
        (ErrorKind.MODERATED, "invalid_prompt", "its_code"),
        (ErrorKind.TIMEOUT, "server_error", "its_code"),
        (ErrorKind.UPSTREAM, "server_error", "its_code"),
        (ErrorKind.CONFIGURATION, "server_error", "provider_misconfigured"),
    ],
)
async def test_a_provider_that_refuses_fails_the_run(
    kind: ErrorKind, code: str, cause: str
) -> None:
    error = ProviderError(
        kind, "It was refused.", admin_text="429 slow down", code="its_code"
    )
    events = await collect(setup(), ScriptedProvider([error]))
    assert kinds(events) == ["RunStarted", "RunFailed"]
    assert events[-1] == RunFailed(code, "It was refused.", "429 slow down", cause)


async def test_what_a_provider_says_of_a_refused_request_is_told() -> None:
    error = ProviderError(ErrorKind.INVALID, "It was refused.", said="Bad 'foo'.")
    events = await collect(setup(), ScriptedProvider([error]))
    assert events[-1].text == "It was refused. The provider said: Bad 'foo'."


async def test_the_log_of_a_failed_run_names_connection_and_kind_but_no_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    error = ProviderError(
        ErrorKind.INVALID, "It was refused.", status=400, said="Bad 'foo'."
    )
    given = setup(run_id="run_1", connection="own")
    await collect(given, ScriptedProvider([error]))
    assert caplog.messages == ["Run run_1 failed: connection “own”, invalid, HTTP 400"]


async def test_an_error_in_mid_message_keeps_the_text_as_incomplete() -> None:
    provider = ScriptedProvider([TextArrived("A calm"), UPSTREAM])
    events = await collect(setup(), provider)
    message = of_kind(events, MessageEnded)[0]
    assert message.content[0]["text"]["value"] == "A calm"
    assert (message.incomplete_reason, message.step_status) == ("run_failed", "failed")
    assert isinstance(events[-1], RunFailed)


async def test_an_error_in_mid_call_closes_the_tool_step() -> None:
    provider = ScriptedProvider(
        [ToolCallArrived(0, "call_1", "weather", "{"), UPSTREAM]
    )
    events = await collect(setup(functions=[WEATHER]), provider)
    assert of_kind(events, ToolStepEnded)[0].step_status == "failed"
    assert isinstance(events[-1], RunFailed)


async def test_an_error_after_a_picture_keeps_the_picture_step_completed() -> None:
    provider = ScriptedProvider(call_turn(("call_1", "generate_image")), [UPSTREAM])
    events = await collect(setup(image_mode="auto"), provider, ScriptedImages())
    assert of_kind(events, ToolStepEnded)[0].step_status == "completed"
    assert isinstance(events[-1], RunFailed)


async def test_a_fault_of_our_own_fails_the_run_without_telling_details() -> None:
    provider = ScriptedProvider([TextArrived("A"), KeyError("secret")])
    events = await collect(setup(), provider)
    assert events[-1].code == "server_error"
    assert "secret" not in events[-1].text + events[-1].admin_text


async def test_a_cancelled_message_can_be_closed_with_its_text() -> None:
    progress, events = await _cancelled(
        ScriptedProvider([TextArrived("A calm"), asyncio.Event()]), stop_at="TextAdded"
    )
    closing = [*progress.close("cancelled")]
    assert_sequential([*events, *closing, RunCompleted()])
    assert closing[0].incomplete_reason == "run_cancelled"
    assert closing[0].content[0]["text"]["value"] == "A calm"


async def test_cancelling_stops_the_provider_at_once() -> None:
    provider = ScriptedProvider([TextArrived("A calm"), asyncio.Event()])
    await _cancelled(provider, stop_at="TextAdded")
    assert provider.open_streams == 0


async def test_cancelling_stops_all_painters_and_closes_their_calls() -> None:
    images = ScriptedImages(
        call_1=[drawn("a")[0], asyncio.Event()], call_2=[drawn("b")[0], asyncio.Event()]
    )
    provider = ScriptedProvider(
        call_turn(("call_1", "generate_image"), ("call_2", "generate_image"))
    )
    progress, events = await _cancelled(provider, images, stop_at="ImageCallStarted")
    closing = [*progress.close("cancelled")]
    assert images.drawing == 0
    assert_sequential([*events, *closing, RunCompleted()])
    assert {event.status for event in of_kind(closing, ImageCallEnded)} == {"cancelled"}


async def test_a_reader_that_stops_reading_closes_the_stream() -> None:
    provider = ScriptedProvider(text_turn("A", "B", "C"))
    events = run_events(setup(), provider)
    async for event in events:
        if type(event).__name__ == "TextAdded":
            break
    await events.aclose()
    assert provider.open_streams == 0


async def test_a_reader_that_stops_reading_stops_the_painters() -> None:
    images = ScriptedImages(call_1=[drawn("a")[0], asyncio.Event()])
    provider = ScriptedProvider(call_turn(("call_1", "generate_image")))
    events = run_events(setup(image_mode="auto"), provider, images)
    async for event in events:
        if type(event).__name__ == "ImageCallStarted":
            break
    await events.aclose()
    assert images.drawing == 0


async def _cancelled(provider, images=None, *, stop_at: str):
    """Run until an event of this kind has come, then cancel what waits."""
    progress, seen, reached = Progress(), [], asyncio.Event()

    async def read() -> None:
        mode = "auto" if images else "off"
        async for event in run_events(setup(image_mode=mode), provider, images):
            seen.append(event)
            progress.apply(event)
            if type(event).__name__ == stop_at:
                reached.set()

    task = asyncio.create_task(read())
    task.add_done_callback(lambda _: reached.set())
    await reached.wait()
    await asyncio.sleep(0)  # into the gate that the script waits at
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()
    return progress, seen
