from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from images_app.catalog.load import get_image_model
from images_app.providers.base import ImageRequest, ImageResult, InputImage
from images_app.providers.json_checks import check_openrouter
from images_app.providers.openrouter import OpenRouterImageProvider
from images_app.services.plan import ImageAsk, plan
from playground.lib.errors import ErrorKind, ProviderError
from tests.upstream import answers, images, openrouter
from tests.upstream.images import mask, png
from tests.upstream.openrouter import (
    ACCOUNT,
    CHAT_MODELS,
    IMAGE_MODELS,
    IMAGES,
    LISTED,
    MODEL,
)
from tests.upstream.server import refusing_url

proves = pytest.mark.proves
KIND = "openrouter"
SOURCE = InputImage(png(), "image/png", "My house.png")


async def never(number: int, data: bytes) -> None:
    raise AssertionError("No preview was expected.")


async def generate(
    upstream: Any, settings: Any = None, on_partial: Any = never, **fields: Any
) -> ImageResult:
    url = upstream.url + "/api/v1"
    provider = OpenRouterImageProvider(url, upstream.key, settings)
    request = ImageRequest(**{"model": MODEL, "prompt": "A panda", **fields})
    try:
        return await provider.generate(request, on_partial=on_partial)
    finally:
        await provider.aclose()


async def fail(upstream: Any, *args: Any, **kwargs: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await generate(upstream, *args, **kwargs)
    assert upstream.key not in repr(vars(caught.value))
    return caught.value


# What is sent.


@proves(KIND, "generate")
async def test_only_what_was_asked_for_is_sent(upstream):
    upstream.script(IMAGES, openrouter.pictures(png()))
    result = await generate(upstream, prompt="熊猫")
    assert upstream.requests[0].json == {"model": MODEL, "prompt": "熊猫"}
    assert [image.data for image in result.images] == [png()]
    assert upstream.key not in repr(result)


async def test_each_option_is_sent_by_its_own_name(upstream):
    upstream.script(IMAGES, openrouter.pictures(png()))
    options = {
        "quality": "high",
        "background": "opaque",
        "output_format": "webp",
        "output_compression": 80,
        "seed": 7,
    }
    result = await generate(upstream, size="1000x600", **options)
    told = {"model": MODEL, "prompt": "A panda", "size": "1000x600", **options}
    assert upstream.requests[0].json == told
    assert result.sent == {"path": "/images", **told}


async def test_the_cost_is_what_the_answer_says(upstream):
    upstream.script(IMAGES, openrouter.pictures(png()))
    result = await generate(upstream)
    assert (result.cost, result.usage) == (Decimal("0.04"), openrouter.USAGE)


@pytest.mark.parametrize("cost", [None, "dear", True, -1])
async def test_a_cost_that_is_not_told_is_unknown_and_not_nothing(upstream, cost):
    usage = {**openrouter.USAGE, "cost": cost}
    upstream.script(IMAGES, openrouter.pictures(png(), usage=usage))
    assert (await generate(upstream)).cost is None


@proves(KIND, "n")
async def test_several_pictures_come_from_one_call(upstream):
    upstream.script(IMAGES, openrouter.pictures(png(), png(8, 8, "red")))
    result = await generate(upstream, n=2)
    assert upstream.requests[0].json["n"] == 2
    assert len(result.images) == 2
    assert len(upstream.ledger) == 1


@proves(KIND, "edit")
async def test_pictures_to_start_from_are_sent_as_data_urls(upstream):
    upstream.script(IMAGES, openrouter.pictures(png()))
    result = await generate(upstream, images=(SOURCE, SOURCE))
    assert len(upstream.requests[0].json["input_references"]) == 2
    assert result.sent["images"] == [{"mime": "image/png", "bytes": len(png())}] * 2
    assert "base64" not in repr(result.sent)


@proves(KIND, "mask")
async def test_a_mask_is_refused_unsent(upstream):
    area = InputImage(mask(), "image/png", "mask.png")
    error = await fail(upstream, images=(SOURCE,), mask=area)
    assert (error.kind, error.param) == (ErrorKind.INVALID, "mask")
    assert upstream.requests == []


@pytest.mark.parametrize(
    ("takes", "size", "sent"),
    [
        (["aspect_ratio", "resolution"], "2048x2048", {"1:1", "2K"}),
        (["aspect_ratio", "resolution"], "1024x1024", {"1:1", "1K"}),
        (["aspect_ratio"], "1368x768", {"16:9"}),
        (["resolution"], "2048x2048", {"2K"}),
        (["aspect_ratio"], "2048x2048", {"2048x2048"}),
        (["seed"], "1024x1024", {"1024x1024"}),
        (["aspect_ratio", "resolution"], "1000x999", {"1000x999"}),
    ],
)
async def test_a_size_is_sent_in_the_fields_that_the_model_takes(
    upstream, takes, size, sent
):
    upstream.script(IMAGES, openrouter.pictures(png()))
    await generate(upstream, {"model_fields": {MODEL: takes}}, size=size)
    body = upstream.requests[0].json
    assert {body[name] for name in body if name not in {"model", "prompt"}} == sent


def test_a_model_of_which_nothing_is_known_takes_what_the_api_takes():
    model = get_image_model("new/model", KIND)
    made = plan(ImageAsk("A panda", "new/model", size="1000x600", n=10), model)
    assert made.request_fields["size"] == "1000x600"
    assert made.adjustments == ()
    assert made.price.amount is None


# Streams.


@proves(KIND, "partials")
async def test_previews_come_before_the_picture(upstream):
    previews: list[tuple[int, bytes]] = []

    async def keep(number: int, data: bytes) -> None:
        previews.append((number, data))

    steps = (
        images.preview(png(8, 8, "red"), 0),
        images.preview(png(8, 8, "blue"), 1),
        openrouter.completed(png()),
        b"data: [DONE]\n\n",
    )
    upstream.script(IMAGES, answers.sse(*steps))
    result = await generate(upstream, on_partial=keep, partial_images=2)
    assert upstream.requests[0].json["stream"] is True
    assert [number for number, _ in previews] == [0, 1]
    assert [image.data for image in result.images] == [png()]
    assert result.cost == Decimal("0.04")


async def test_a_maker_that_does_not_stream_answers_whole(upstream):
    upstream.script(IMAGES, openrouter.pictures(png()))
    result = await generate(upstream, partial_images=2)
    assert len(result.images) == 1


async def test_an_error_in_the_stream_may_have_cost(upstream):
    event = {"type": "error", "error": {"message": "Failed.", "code": "server_error"}}
    upstream.script(IMAGES, answers.sse(images.raw_event(event)))
    error = await fail(upstream, partial_images=1)
    assert (error.kind, error.may_have_cost) == (ErrorKind.UPSTREAM, True)


async def test_a_picture_that_came_before_the_stream_broke_is_kept(upstream):
    steps = (openrouter.completed(png()), b"data: {\n\n")
    upstream.script(IMAGES, answers.sse(*steps))
    result = await generate(upstream, partial_images=1)
    assert [image.data for image in result.images] == [png()]


# Refusals and faults.


@pytest.mark.parametrize(
    ("answer", "kind", "may_have_cost"),
    [
        (openrouter.error(400, "n is not supported"), ErrorKind.INVALID, False),
        (openrouter.error(401), ErrorKind.CONFIGURATION, False),
        pytest.param(
            openrouter.error(402, "Insufficient credits"),
            ErrorKind.QUOTA,
            False,
            marks=proves(KIND, "quota"),
        ),
        pytest.param(
            openrouter.error(403, metadata={"flagged_input": "x", "reasons": ["y"]}),
            ErrorKind.MODERATED,
            False,
            marks=proves(KIND, "moderated"),
        ),
        (openrouter.error(403), ErrorKind.CONFIGURATION, False),
        (openrouter.error(404, "No model matches"), ErrorKind.INVALID, False),
        (openrouter.error(413), ErrorKind.INVALID, False),
        (openrouter.error(500), ErrorKind.UPSTREAM, True),
        (openrouter.error(502), ErrorKind.UPSTREAM, True),
        (openrouter.error(524), ErrorKind.TIMEOUT, True),
        (openrouter.error(529), ErrorKind.UPSTREAM, True),
        (answers.html(502), ErrorKind.UPSTREAM, True),
        (answers.redirect("https://example.com/"), ErrorKind.CONFIGURATION, False),
    ],
)
async def test_each_refusal_is_told_apart_and_sent_once(
    upstream, answer, kind, may_have_cost
):
    upstream.script(IMAGES, answer)
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (kind, may_have_cost)
    assert not error.retry_safe
    assert len(upstream.requests) == 1


async def test_an_overloaded_maker_is_named_as_such(upstream):
    upstream.script(IMAGES, openrouter.error(529))
    assert "another model" in (await fail(upstream)).text


@proves(KIND, "rate limit")
@pytest.mark.parametrize(
    ("headers", "seconds"), [({}, None), ({"Retry-After": "9"}, 9)]
)
async def test_too_many_requests_may_be_tried_again_later(upstream, headers, seconds):
    upstream.script(IMAGES, openrouter.error(429, headers=headers))
    error = await fail(upstream)
    assert (error.kind, error.retry_after) == (ErrorKind.RATE, seconds)
    assert error.retry_safe
    assert not error.may_have_cost


@pytest.mark.parametrize(
    "answer",
    [
        answers.json({}),
        openrouter.document(),
        openrouter.document({"b64_json": "!!!"}),
        openrouter.document({"b64_json": images.base64_text(b"<svg></svg>")}),
        openrouter.document({"url": "https://example.com/a.png"}),
        answers.invalid_json(),
        answers.html(200),
        answers.empty(200),
        answers.sse(b"data: [DONE]\n\n"),
    ],
)
async def test_an_answer_without_a_picture_may_have_cost(upstream, answer):
    upstream.script(IMAGES, answer)
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (ErrorKind.UPSTREAM, True)
    assert not error.retry_safe
    assert len(upstream.requests) == 1


@proves(KIND, "moderated")
async def test_an_empty_entry_with_a_moderation_mark_is_moderated(upstream):
    entry = {"finish_reason": "content_filter"}
    upstream.script(IMAGES, openrouter.document(entry))
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (ErrorKind.MODERATED, True)


async def test_the_readable_pictures_of_an_answer_are_kept(upstream):
    good = {"b64_json": images.base64_text(png())}
    upstream.script(IMAGES, openrouter.document({"b64_json": "!!!"}, good))
    result = await generate(upstream, n=2)
    assert [image.data for image in result.images] == [png()]
    assert "base64" in result.received["missing"][0]


async def test_a_key_that_the_server_repeats_is_shown_to_nobody(upstream):
    upstream.script(IMAGES, openrouter.error(400, f"Wrong key: {upstream.key}"))
    await fail(upstream)


@proves(KIND, "cut after send")
@pytest.mark.parametrize(
    "answer",
    [
        answers.hang_up(),
        answers.reset(),
        answers.garbage(),
        answers.cut_after(openrouter.pictures(png()), 40),
        answers.sse(images.preview(png(), None)[:50], answers.Cut.CLOSE),
    ],
    ids=["hang up", "reset", "garbage", "cut picture", "cut stream"],
)
async def test_a_connection_cut_after_the_body_is_one_bill(upstream, answer):
    upstream.script(IMAGES, answer)
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (ErrorKind.UPSTREAM, True)
    assert not error.retry_safe
    assert len(upstream.ledger) == len(upstream.requests) == 1


@proves(KIND, "timeout")
async def test_silence_after_the_body_is_a_timeout_that_may_have_cost(upstream):
    upstream.script(IMAGES, answers.hang(upstream.gate()))
    error = await fail(upstream, {"read_timeout": 0.05})
    assert (error.kind, error.may_have_cost) == (ErrorKind.TIMEOUT, True)
    assert len(upstream.ledger) == 1


async def test_no_connection_costs_nothing_and_may_be_tried_again():
    with refusing_url() as url:
        provider = OpenRouterImageProvider(url, "key")
        with pytest.raises(ProviderError) as caught:
            await provider.generate(ImageRequest(MODEL, "p"), on_partial=never)
    assert caught.value.retry_safe
    assert not caught.value.may_have_cost


# The free check.


async def test_the_check_tells_what_is_left_and_lists_the_models(upstream):
    upstream.script(ACCOUNT, openrouter.account(4.2))
    upstream.script(IMAGE_MODELS, openrouter.model_list(LISTED))
    chats = [{"id": "openai/gpt-4.1"}, {"id": MODEL}]
    upstream.script(CHAT_MODELS, openrouter.model_list(*chats))
    check = await check_openrouter(upstream.url + "/api/v1", upstream.key)
    assert (check.ok, check.models) == (True, (MODEL, "openai/gpt-4.1"))
    assert "4.20 USD" in check.text
    assert "1 model " in check.text
    assert upstream.ledger == []


async def test_a_key_without_a_limit_works(upstream):
    upstream.script(ACCOUNT, openrouter.account(None))
    upstream.script(IMAGE_MODELS, openrouter.model_list(LISTED))
    upstream.script(CHAT_MODELS, openrouter.model_list())
    check = await check_openrouter(upstream.url + "/api/v1", upstream.key)
    assert check.ok
    assert "USD" not in check.text


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (openrouter.error(401), "refused the key"),
        (openrouter.account(0), "used up"),
        (answers.json([]), "not as OpenRouter"),
        (answers.html(200), ""),
        (answers.empty(404), ""),
        (answers.redirect("https://example.com/"), ""),
        (answers.hang_up(), ""),
    ],
)
async def test_anything_else_is_a_failure_with_a_sentence(upstream, answer, words):
    upstream.script(ACCOUNT, answer)
    check = await check_openrouter(upstream.url + "/api/v1", upstream.key)
    assert not check.ok
    assert check.text
    assert words in check.text
    assert upstream.key not in check.text
