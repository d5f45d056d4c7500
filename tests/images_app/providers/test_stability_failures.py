from __future__ import annotations

import pytest

from images_app.providers.base import ImageRequest
from images_app.providers.stability import StabilityImageProvider
from images_app.providers.stability_check import check_stability
from playground.lib.errors import ErrorKind, ProviderError
from tests.images_app.providers.stability_calls import fail, never, proves
from tests.upstream import answers, stability
from tests.upstream.images import png
from tests.upstream.server import refusing_url
from tests.upstream.stability import BALANCE, CORE


@proves("stability", "moderated")
async def test_a_blurred_picture_is_no_result_and_may_have_cost(upstream):
    upstream.script(CORE, stability.filtered(png()))
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (ErrorKind.MODERATED, True)
    assert not error.retry_safe
    assert "blurred" in error.text


@proves("stability", "moderated")
async def test_content_that_was_refused_at_once_cost_nothing(upstream):
    refused = stability.error(403, "content_moderation", "Your request was flagged.")
    upstream.script(CORE, refused)
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (ErrorKind.MODERATED, False)
    assert error.said == "Your request was flagged."


async def test_an_end_that_is_not_known_is_no_success(upstream):
    upstream.script(CORE, stability.picture(png(), reason="ERROR"))
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (ErrorKind.UPSTREAM, True)


@pytest.mark.parametrize(
    ("status", "name", "kind"),
    [
        (400, "bad_request", ErrorKind.INVALID),
        (401, "unauthorized", ErrorKind.CONFIGURATION),
        pytest.param(
            402,
            "payment_required",
            ErrorKind.QUOTA,
            marks=proves("stability", "quota"),
        ),
        (403, "forbidden", ErrorKind.CONFIGURATION),
        (404, "not_found", ErrorKind.CONFIGURATION),
        (413, "payload_too_large", ErrorKind.INVALID),
        (422, "unprocessable_entity", ErrorKind.INVALID),
        pytest.param(
            429,
            "rate_limit_exceeded",
            ErrorKind.RATE,
            marks=proves("stability", "rate limit"),
        ),
        (500, "internal_error", ErrorKind.UPSTREAM),
    ],
)
async def test_a_failed_call_is_told_apart_and_cost_nothing(
    upstream, status, name, kind
):
    upstream.script(CORE, stability.error(status, name, "The sentence."))
    error = await fail(upstream)
    assert (error.kind, error.status, error.may_have_cost) == (kind, status, False)
    assert error.code == name
    assert "The sentence." in error.admin_text
    assert error.retry_safe == (status == 429)
    assert len(upstream.requests) == 1


async def test_a_refused_field_is_named(upstream):
    upstream.script(CORE, stability.error(400, "bad_request", "seed: is too large"))
    error = await fail(upstream)
    assert (error.param, error.said) == ("seed", "seed: is too large")


@proves("stability", "rate limit")
@pytest.mark.parametrize(("headers", "wait"), [({"Retry-After": "7"}, 7.0), ({}, None)])
async def test_the_wait_is_the_providers_own(upstream, headers, wait):
    name = "rate_limit_exceeded"
    upstream.script(CORE, stability.error(429, name, "Slow down.", headers=headers))
    assert (await fail(upstream)).retry_after == wait


async def test_a_proxys_page_does_not_say_that_nothing_was_charged(upstream):
    upstream.script(CORE, answers.html(502))
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (ErrorKind.UPSTREAM, True)


async def test_a_key_in_the_sentence_is_removed(upstream):
    upstream.key = "plain-words-0815"
    upstream.script(CORE, stability.error(401, "unauthorized", f"No: {upstream.key}"))
    error = await fail(upstream)
    assert upstream.key not in error.text + error.admin_text + error.said


@pytest.mark.parametrize(
    "answer",
    [
        answers.json({"image": "bm8gcGljdHVyZQ==", "finish_reason": "SUCCESS"}),
        answers.json({"image": "%", "finish_reason": "SUCCESS"}),
        answers.json({"finish_reason": "SUCCESS"}),
        answers.json([]),
        answers.invalid_json(),
        answers.html(200),
    ],
    ids=["text", "no base64", "no image", "list", "cut JSON", "page"],
)
async def test_what_is_no_picture_may_have_cost(upstream, answer):
    upstream.script(CORE, answer)
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (ErrorKind.UPSTREAM, True)
    assert not error.retry_safe


async def test_a_redirect_is_not_followed_with_the_key(upstream):
    upstream.script(CORE, answers.redirect("/elsewhere"))
    error = await fail(upstream)
    assert error.kind is ErrorKind.CONFIGURATION
    assert len(upstream.requests) == 1


@proves("stability", "cut after send")
@pytest.mark.parametrize(
    "answer",
    [
        answers.hang_up(),
        answers.reset(),
        answers.garbage(),
        answers.cut_after(stability.picture(png()), 20),
        answers.cut_after(stability.error(500, "internal_error", "x"), 5),
    ],
    ids=["hang up", "reset", "garbage", "cut picture", "cut error"],
)
async def test_a_connection_cut_after_the_body_is_one_bill(upstream, answer):
    upstream.script(CORE, answer)
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (ErrorKind.UPSTREAM, True)
    assert not error.retry_safe
    assert len(upstream.ledger) == 1


@proves("stability", "timeout")
async def test_silence_after_the_body_is_a_timeout_that_may_have_cost(upstream):
    upstream.script(CORE, answers.hang(upstream.gate()))
    error = await fail(upstream, timeouts={"read_timeout": 0.05})
    assert (error.kind, error.may_have_cost) == (ErrorKind.TIMEOUT, True)
    assert len(upstream.ledger) == 1


async def test_no_connection_costs_nothing_and_may_be_tried_again():
    with refusing_url() as url:
        provider = StabilityImageProvider(url, "key")
        request = ImageRequest(model="stable-image-core", prompt="A boat")
        with pytest.raises(ProviderError) as caught:
            await provider.generate(request, on_partial=never)
    assert (caught.value.retry_safe, caught.value.may_have_cost) == (True, False)


async def test_the_balance_is_the_free_check(upstream):
    upstream.script(BALANCE, stability.balance(12.5))
    check = await check_stability(upstream.url, upstream.key)
    assert (check.ok, check.text) == (True, "It works. The account has 12.5 credits.")
    assert upstream.ledger == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (stability.balance(0), "used up"),
        (stability.balance("many"), "not as Stability"),
        (answers.html(200), "not as Stability"),
        (stability.error(401, "unauthorized", "Bad key."), "Bad key."),
        (answers.redirect("/elsewhere"), "307"),
        (answers.hang_up(), ""),
    ],
)
async def test_any_other_balance_is_a_failure_with_a_sentence(upstream, answer, words):
    upstream.script(BALANCE, answer)
    check = await check_stability(upstream.url, upstream.key)
    assert not check.ok
    assert check.text
    assert words in check.text
    assert upstream.key not in check.text


async def test_a_key_in_the_checks_answer_is_removed(upstream):
    upstream.key = "plain-words-0815"
    refused = stability.error(401, "unauthorized", f"No such key: {upstream.key}")
    upstream.script(BALANCE, refused)
    check = await check_stability(upstream.url, upstream.key)
    assert "No such key" in check.text
    assert upstream.key not in check.text
