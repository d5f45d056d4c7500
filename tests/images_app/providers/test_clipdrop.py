from __future__ import annotations

from typing import Any

import pytest

from images_app.catalog.load import get_image_model
from images_app.providers.base import ImageRequest, ImageResult, InputImage
from images_app.providers.clipdrop import ClipDropImageProvider
from images_app.services.plan import ImageAsk, plan
from playground.lib.errors import ErrorKind, ProviderError
from tests.upstream import answers, clipdrop
from tests.upstream.clipdrop import PATH
from tests.upstream.images import picture, png
from tests.upstream.server import refusing_url

MODEL = "clipdrop-text-to-image"
proves = pytest.mark.proves
REQUEST = ImageRequest(model=MODEL, prompt="A boat")


async def never(number: int, data: bytes) -> None:
    raise AssertionError("ClipDrop gives no previews.")


async def generate(
    upstream: Any, prompt: str = "A boat", options: Any = None, **fields: Any
) -> ImageResult:
    provider = ClipDropImageProvider(upstream.url, upstream.key, options)
    request = ImageRequest(model=MODEL, prompt=prompt, **fields)
    return await provider.generate(request, on_partial=never)


async def fail(upstream: Any, *args: Any, **kwargs: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await generate(upstream, *args, **kwargs)
    return caught.value


async def test_the_prompt_is_sent_as_the_only_part_of_a_form(upstream):
    upstream.script(PATH, clipdrop.picture(png()))
    await generate(upstream, "Un château, 城", size="1024x1024")
    parts = upstream.requests[0].parts
    assert [(part.name, part.text) for part in parts] == [("prompt", "Un château, 城")]


@proves("clipdrop", "generate")
async def test_the_picture_and_the_credits_come_back(upstream):
    upstream.script(PATH, clipdrop.picture(png()))
    result = await generate(upstream)
    assert [image.data for image in result.images] == [png()]
    assert result.usage == {"credits_consumed": 1, "credits_remaining": 99}
    assert result.cost is None
    assert result.sent == {"path": PATH, "prompt": "A boat"}
    assert upstream.key not in repr(result)


@pytest.mark.parametrize("text", [None, "many", "nan"])
async def test_credits_that_are_not_told_are_unknown(upstream, text):
    upstream.script(PATH, clipdrop.picture(png(), consumed=text, remaining=text))
    result = await generate(upstream)
    assert result.usage is None


async def test_a_picture_of_another_type_is_taken_for_what_it_is(upstream):
    data = picture("JPEG")
    upstream.script(PATH, clipdrop.picture(data))
    result = await generate(upstream)
    assert result.images[0].data == data


@pytest.mark.parametrize("prompt", ["", "  \n", "x" * 1001])
async def test_a_prompt_outside_the_limits_is_refused_before_the_call(upstream, prompt):
    error = await fail(upstream, prompt)
    assert (error.kind, error.param) == (ErrorKind.INVALID, "prompt")
    assert upstream.requests == []


async def test_a_prompt_of_1000_characters_of_any_alphabet_is_sent(upstream):
    upstream.script(PATH, clipdrop.picture(png()))
    await generate(upstream, "城" * 1000)
    assert len(upstream.ledger) == 1


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"n": 2}, marks=proves("clipdrop", "n")),
        {"images": (InputImage(png(), "image/png", "a.png"),)},
        {"mask": InputImage(png(), "image/png", "a.png")},
    ],
)
async def test_what_the_endpoint_cannot_do_is_refused_before_the_call(upstream, fields):
    error = await fail(upstream, **fields)
    assert error.kind is ErrorKind.INVALID
    assert not error.may_have_cost
    assert upstream.requests == []


@pytest.mark.parametrize(
    ("status", "kind", "may_have_cost"),
    [
        (400, ErrorKind.INVALID, False),
        (401, ErrorKind.CONFIGURATION, False),
        pytest.param(402, ErrorKind.QUOTA, False, marks=proves("clipdrop", "quota")),
        (403, ErrorKind.CONFIGURATION, False),
        (406, ErrorKind.INVALID, False),
        pytest.param(
            429, ErrorKind.RATE, False, marks=proves("clipdrop", "rate limit")
        ),
        (500, ErrorKind.UPSTREAM, True),
    ],
)
async def test_each_status_is_told_apart(upstream, status, kind, may_have_cost):
    upstream.script(PATH, clipdrop.error(status, "The sentence."))
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (kind, may_have_cost)
    assert error.status == status
    assert "The sentence." in error.admin_text
    assert error.retry_safe == (status == 429)
    assert len(upstream.requests) == 1


@proves("clipdrop", "rate limit")
@pytest.mark.parametrize(("headers", "wait"), [({"Retry-After": "7"}, 7.0), ({}, None)])
async def test_the_wait_is_the_providers_own(upstream, headers, wait):
    refused = answers.json({"error": "Too many."}, status=429, headers=headers)
    upstream.script(PATH, refused)
    assert (await fail(upstream)).retry_after == wait


@proves("clipdrop", "partials")
def test_wished_previews_are_planned_as_none_and_told():
    ask = ImageAsk(prompt="A boat", model=MODEL, partial_images=2)
    planned = plan(ask, get_image_model(MODEL, "clipdrop"))
    assert planned.request_fields["partial_images"] == 0
    assert "no previews" in planned.adjustments[0].reason


async def test_only_a_refused_form_shows_its_sentence_to_the_user(upstream):
    sentence = "Prompt is not supported."
    upstream.script(PATH, clipdrop.error(400, sentence), clipdrop.error(403, sentence))
    assert sentence in (await fail(upstream)).text
    assert sentence not in (await fail(upstream)).text


async def test_a_key_in_the_sentence_is_removed(upstream):
    upstream.key = "plain-words-0815"
    upstream.script(PATH, clipdrop.error(400, f"Not a key: {upstream.key}"))
    error = await fail(upstream)
    assert upstream.key not in error.text + error.admin_text + error.said


@pytest.mark.parametrize("body", [b"", b"<html>hello</html>", png()[:4]])
async def test_what_is_no_picture_may_have_cost(upstream, body):
    upstream.script(PATH, clipdrop.picture(body))
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (ErrorKind.UPSTREAM, True)


async def test_a_redirect_is_not_followed_with_the_key(upstream):
    upstream.script(PATH, answers.redirect("/elsewhere"))
    error = await fail(upstream)
    assert error.kind is ErrorKind.CONFIGURATION
    assert len(upstream.requests) == 1


@proves("clipdrop", "cut after send")
@pytest.mark.parametrize(
    "answer",
    [
        answers.hang_up(),
        answers.reset(),
        answers.garbage(),
        answers.cut_after(clipdrop.picture(png()), 20),
        answers.cut_after(clipdrop.error(500), 5),
    ],
    ids=["hang up", "reset", "garbage", "cut picture", "cut error"],
)
async def test_a_connection_cut_after_the_body_is_one_bill(upstream, answer):
    upstream.script(PATH, answer)
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (ErrorKind.UPSTREAM, True)
    assert not error.retry_safe
    assert len(upstream.ledger) == 1


@proves("clipdrop", "timeout")
async def test_silence_after_the_body_is_a_timeout_that_may_have_cost(upstream):
    upstream.script(PATH, answers.hang(upstream.gate()))
    error = await fail(upstream, options={"read_timeout": 0.05})
    assert (error.kind, error.may_have_cost) == (ErrorKind.TIMEOUT, True)
    assert len(upstream.ledger) == 1


async def test_no_connection_costs_nothing_and_may_be_tried_again():
    with refusing_url() as url:
        provider = ClipDropImageProvider(url, "key")
        with pytest.raises(ProviderError) as caught:
            await provider.generate(REQUEST, on_partial=never)
    assert caught.value.retry_safe
    assert not caught.value.may_have_cost


@pytest.mark.parametrize(
    ("url", "key"), [("nonsense", "k"), ("http://a:999999", "k"), ("http://a", "clé")]
)
async def test_an_unusable_address_or_key_is_a_wrong_configuration(url, key):
    provider = ClipDropImageProvider(url, key)
    with pytest.raises(ProviderError) as caught:
        await provider.generate(REQUEST, on_partial=never)
    assert caught.value.kind is ErrorKind.CONFIGURATION
