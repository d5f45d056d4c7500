from __future__ import annotations

import asyncio

import pytest

from images_app.providers.openai import OpenAIImageProvider
from playground.lib.errors import ErrorKind
from tests.images_app.providers.openai_calls import STREAMED, fail, generate
from tests.upstream import images
from tests.upstream.answers import Cut
from tests.upstream.images import GENERATIONS, completed, png, preview


@pytest.mark.proves("openai", "partials")
async def test_previews_arrive_before_the_picture_is_finished(upstream):
    gate = upstream.gate()
    upstream.script(
        GENERATIONS, images.stream(preview(png(colour="red")), gate, completed(png()))
    )
    arrived = asyncio.Event()

    async def on_partial(number: int, data: bytes) -> None:
        assert (number, data) == (0, png(colour="red"))
        arrived.set()

    provider = OpenAIImageProvider(upstream.base_url, upstream.key)
    task = asyncio.create_task(provider.generate(STREAMED, on_partial=on_partial))
    await asyncio.wait_for(arrived.wait(), 10)
    assert not task.done()
    gate.open()
    result = await task
    await provider.aclose()
    assert result.images[0].data == png()
    assert upstream.requests[0].json["partial_images"] == 2
    assert upstream.requests[0].json["stream"] is True


async def test_usage_of_a_stream_is_the_sum_of_its_pictures(upstream):
    upstream.script(GENERATIONS, images.stream(completed(png()), completed(png())))
    result, _ = await generate(upstream, STREAMED)
    assert len(result.images) == 2
    assert result.usage["total_tokens"] == 420
    assert result.usage["input_tokens_details"]["text_tokens"] == 28


async def test_a_server_that_answers_json_to_a_stream_is_understood(upstream):
    upstream.script(GENERATIONS, images.pictures(png()))
    result, previews = await generate(upstream, STREAMED)
    assert result.images[0].data == png()
    assert previews == []


async def test_events_may_be_split_anywhere_and_other_kinds_are_passed_over(upstream):
    whole = (
        b": keep-alive\n\n"
        + images.raw_event({"type": "image_generation.in_progress"})
        + preview(png(), None)
        + completed(png())
        + b"data: [DONE]\n\n"
    )
    pieces = [whole[at : at + 50] for at in range(0, len(whole), 50)]
    upstream.script(GENERATIONS, images.stream(*pieces))
    result, previews = await generate(upstream, STREAMED)
    assert result.images[0].data == png()
    assert previews == [(0, png())]


async def test_a_broken_preview_does_not_lose_the_picture(upstream):
    upstream.script(
        GENERATIONS, images.stream(preview(b"no picture"), completed(png()))
    )
    result, previews = await generate(upstream, STREAMED)
    assert len(result.images) == 1
    assert previews == []


async def test_an_error_in_a_stream_may_have_cost(upstream):
    value = {
        "type": "error",
        "error": {"code": "moderation_blocked", "message": "No."},
    }
    upstream.script(GENERATIONS, images.stream(preview(png()), images.raw_event(value)))
    error = await fail(upstream, STREAMED)
    assert (error.kind, error.may_have_cost) == (ErrorKind.MODERATED, True)
    assert not error.retry_safe


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [preview(png())],
        [preview(png()), Cut.CLOSE],
        [preview(png()), Cut.RESET],
        [b"data: {broken\n\n"],
    ],
    ids=["empty", "no end", "cut", "reset", "no JSON"],
)
async def test_a_stream_without_a_picture_is_one_bill_and_no_retry(upstream, steps):
    upstream.script(GENERATIONS, images.stream(*steps))
    error = await fail(upstream, STREAMED)
    assert (error.kind, error.may_have_cost) == (ErrorKind.UPSTREAM, True)
    assert not error.retry_safe
    assert len(upstream.ledger) == 1


async def test_a_picture_that_came_before_the_cut_is_kept(upstream):
    upstream.script(GENERATIONS, images.stream(completed(png()), Cut.CLOSE))
    result, _ = await generate(upstream, STREAMED)
    assert result.images[0].data == png()
