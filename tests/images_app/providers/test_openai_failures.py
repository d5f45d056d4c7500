from __future__ import annotations

import asyncio

import pytest

from images_app.providers.base import ImageRequest
from images_app.providers.openai import OpenAIImageProvider
from playground.lib.errors import ErrorKind, ProviderError
from tests.images_app.providers.openai_calls import REQUEST, fail, generate, never
from tests.upstream import answers, chat, images
from tests.upstream.images import GENERATIONS, png
from tests.upstream.server import refusing_url

# Answers that cannot be read.


@pytest.mark.parametrize(
    "answer",
    [
        answers.json({}),
        answers.json([]),
        answers.json({"data": []}),
        answers.json({"data": None}),
        answers.invalid_json(),
        answers.html(200),
        answers.empty(200),
        images.document({"b64_json": "!!!"}),
        images.document({"b64_json": 5}),
        images.document({"b64_json": images.base64_text(b"<html>")}),
        images.document({}),
        images.document("text"),
        images.document({"url": ""}),
    ],
)
async def test_an_answer_without_a_picture_may_have_cost(upstream, answer):
    upstream.script(GENERATIONS, answer)
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (ErrorKind.UPSTREAM, True)
    assert not error.retry_safe


async def test_the_readable_pictures_of_an_answer_are_kept(upstream):
    good = {"b64_json": images.base64_text(png())}
    upstream.script(GENERATIONS, images.document({"b64_json": "!!!"}, good))
    result, _ = await generate(upstream, ImageRequest(model="m", prompt="p", n=2))
    assert [image.data for image in result.images] == [png()]
    assert "base64" in result.received["missing"][0]


@pytest.mark.proves("openai", "moderated")
async def test_an_empty_entry_with_a_moderation_mark_is_moderated(upstream):
    upstream.script(GENERATIONS, images.document({"respect_moderation": False}))
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (ErrorKind.MODERATED, True)


async def test_an_error_that_comes_with_200_is_an_error(upstream):
    upstream.script(GENERATIONS, answers.json({"error": {"message": "No GPU left"}}))
    error = await fail(upstream)
    assert "No GPU left" in error.admin_text
    assert error.may_have_cost


# Refusals and faults.


@pytest.mark.parametrize(
    ("answer", "kind", "may_have_cost"),
    [
        (chat.error(401, code="invalid_api_key"), ErrorKind.CONFIGURATION, False),
        (chat.error(400, code="moderation_blocked"), ErrorKind.MODERATED, False),
        (chat.error(400, code="content_policy_violation"), ErrorKind.MODERATED, False),
        (chat.error(400, param="size"), ErrorKind.INVALID, False),
        (chat.error(404, code="model_not_found"), ErrorKind.INVALID, False),
        pytest.param(
            chat.error(429, code="rate_limit_exceeded"),
            ErrorKind.RATE,
            False,
            marks=pytest.mark.proves("openai", "rate limit"),
        ),
        pytest.param(
            chat.error(429, code="insufficient_quota"),
            ErrorKind.QUOTA,
            False,
            marks=pytest.mark.proves("openai", "quota"),
        ),
        (answers.json({"error": "bad size"}, status=400), ErrorKind.INVALID, False),
        (answers.json({"detail": "bad"}, status=422), ErrorKind.INVALID, False),
        (answers.redirect("https://example.com/"), ErrorKind.CONFIGURATION, False),
        (answers.html(502), ErrorKind.UPSTREAM, True),
        (chat.error(500), ErrorKind.UPSTREAM, True),
    ],
)
async def test_each_refusal_is_told_apart_and_sent_once(
    upstream, answer, kind, may_have_cost
):
    upstream.script(GENERATIONS, answer)
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (kind, may_have_cost)
    assert len(upstream.requests) == 1


async def test_a_key_that_the_server_repeats_is_shown_to_nobody(upstream):
    upstream.script(GENERATIONS, chat.error(401, f"Wrong key: {upstream.key}"))
    error = await fail(upstream)
    assert upstream.key not in error.admin_text
    assert upstream.key not in error.text
    assert error.__cause__ is None


async def test_a_refused_parameter_is_named(upstream):
    upstream.script(GENERATIONS, chat.error(400, param="size", code="invalid_value"))
    error = await fail(upstream)
    assert (error.param, error.code) == ("size", "invalid_value")


async def test_no_connection_costs_nothing_and_may_be_tried_again():
    with refusing_url() as url:
        provider = OpenAIImageProvider(url, "sk-1")
        with pytest.raises(ProviderError) as caught:
            await provider.generate(REQUEST, on_partial=never)
        await provider.aclose()
    assert caught.value.retry_safe
    assert not caught.value.may_have_cost


@pytest.mark.parametrize("answer", [answers.hang_up(), answers.reset()])
@pytest.mark.proves("openai", "cut after send")
async def test_a_connection_cut_after_the_body_is_one_bill(upstream, answer):
    upstream.script(GENERATIONS, answer)
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (ErrorKind.UPSTREAM, True)
    assert not error.retry_safe
    assert len(upstream.ledger) == 1
    assert len(upstream.requests) == 1


async def test_an_answer_cut_in_the_middle_is_one_bill(upstream):
    upstream.script(GENERATIONS, answers.cut_after(images.pictures(png()), 40))
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (ErrorKind.UPSTREAM, True)
    assert len(upstream.ledger) == 1


@pytest.mark.proves("openai", "timeout")
async def test_silence_after_the_body_is_a_timeout_that_may_have_cost(upstream):
    upstream.script(GENERATIONS, answers.hang(upstream.gate()))
    error = await fail(upstream, read_timeout=0.05)
    assert (error.kind, error.may_have_cost) == (ErrorKind.TIMEOUT, True)
    assert not error.retry_safe
    assert len(upstream.ledger) == 1


async def test_cancelling_leaves_the_server_and_is_no_provider_error(upstream):
    gate = upstream.gate()
    upstream.script(GENERATIONS, answers.hang(gate))
    provider = OpenAIImageProvider(upstream.base_url, upstream.key)
    task = asyncio.create_task(provider.generate(REQUEST, on_partial=never))
    await gate.reached()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await provider.aclose()
    await asyncio.to_thread(upstream.requests[0].wait_ended)
    assert upstream.requests[0].client_left
    assert not provider.stops_truly


@pytest.mark.parametrize("key", ["clé", "line\nbreak"])
async def test_a_key_that_no_header_can_hold_is_a_wrong_configuration(upstream, key):
    provider = OpenAIImageProvider(upstream.base_url, key)
    with pytest.raises(ProviderError) as caught:
        await provider.generate(REQUEST, on_partial=never)
    assert caught.value.kind is ErrorKind.CONFIGURATION
    assert key not in caught.value.admin_text
    assert upstream.requests == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:999999/v1", "nonsense", ""])
async def test_an_address_that_is_none_costs_nothing(url):
    provider = OpenAIImageProvider(url, "sk-1")
    with pytest.raises(ProviderError) as caught:
        await provider.generate(REQUEST, on_partial=never)
    await provider.aclose()
    assert not caught.value.may_have_cost
