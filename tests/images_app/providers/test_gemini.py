from __future__ import annotations

from typing import Any

import pytest

from images_app.catalog.load import get_image_model, image_models
from images_app.providers.base import ImageRequest, ImageResult, InputImage
from images_app.providers.gemini import GeminiImageProvider
from images_app.providers.gemini_sizes import shape_of
from images_app.providers.json_checks import check_gemini
from images_app.services.plan import ImageAsk, PlanError, plan
from playground.lib.errors import ErrorKind, ProviderError
from tests.upstream import answers, gemini
from tests.upstream.gemini import FLASH, MODELS, ODD, OLDER, PRO, UNKNOWN, path
from tests.upstream.images import mask, picture, png
from tests.upstream.server import refusing_url

proves = pytest.mark.proves
KIND = "gemini"


async def never(number: int, data: bytes) -> None:
    raise AssertionError("Gemini gives no previews.")


def source(kind: str = "PNG") -> InputImage:
    return InputImage(picture(kind), f"image/{kind.lower()}", "My house.png")


async def generate(
    upstream: Any, model: str = FLASH, settings: Any = None, **fields: Any
) -> ImageResult:
    provider = GeminiImageProvider(upstream.url, upstream.key, settings)
    request = ImageRequest(**{"model": model, "prompt": "A heron", **fields})
    try:
        return await provider.generate(request, on_partial=never)
    finally:
        await provider.aclose()


async def fail(upstream: Any, *args: Any, **kwargs: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await generate(upstream, *args, **kwargs)
    assert upstream.key not in repr(vars(caught.value))
    return caught.value


# What is sent.


@proves(KIND, "generate")
async def test_a_prompt_is_sent_and_the_picture_comes_back(upstream):
    upstream.script(path(), gemini.picture(png()))
    result = await generate(upstream, prompt="Ein Reiher, 鷺")
    body = upstream.requests[0].json
    assert body["contents"][0]["parts"] == [{"text": "Ein Reiher, 鷺"}]
    assert "imageConfig" not in body["generationConfig"]
    assert [image.data for image in result.images] == [png()]
    assert result.usage == gemini.USAGE
    assert result.cost is None
    assert result.request_id == "r-1"
    assert result.received["text"] == "Here it is."
    assert upstream.key not in repr(result)
    assert len(upstream.ledger) == 1


@pytest.mark.parametrize(
    ("model", "size", "config"),
    [
        (FLASH, "1024x1024", {"aspectRatio": "1:1"}),
        (FLASH, "1376x768", {"aspectRatio": "16:9"}),
        (FLASH, "512x512", {"aspectRatio": "1:1", "imageSize": "512"}),
        (FLASH, "12288x1536", {"aspectRatio": "8:1", "imageSize": "4K"}),
        (PRO, "2304x1856", {"aspectRatio": "5:4", "imageSize": "2K"}),
        (OLDER, "1344x768", {"aspectRatio": "16:9"}),
        (UNKNOWN, "896x1200", {"aspectRatio": "3:4"}),
    ],
)
async def test_a_size_is_sent_as_ratio_and_tier(upstream, model, size, config):
    upstream.script(path(model), gemini.picture(png()))
    result = await generate(upstream, model, size=size)
    sent = upstream.requests[0].json["generationConfig"]["imageConfig"]
    assert sent == config
    assert result.sent["generationConfig"]["imageConfig"] == config


@pytest.mark.parametrize(
    "model", [m.id for m in image_models().values() if m.kind == KIND] + [UNKNOWN]
)
def test_every_size_of_the_catalog_has_a_ratio_and_a_tier(model):
    size = get_image_model(model, KIND).size
    assert size is not None
    assert all(shape_of(value) for value in size.values)


def test_a_price_is_known_for_every_size_and_grows_with_the_tier():
    amounts = [
        plan(ImageAsk("A heron", FLASH, size=size), get_image_model(FLASH, KIND)).price
        for size in ("512x512", "1024x1024", "2048x2048", "4096x4096")
    ]
    assert all(price.origin == "computed" for price in amounts)
    sums = [price.amount for price in amounts if price.amount]
    assert sums == sorted(set(sums))
    assert len(sums) == 4


@proves(KIND, "edit")
async def test_the_pictures_of_an_edit_are_sent_as_they_are(upstream):
    upstream.script(path(), gemini.picture(png()))
    images = (source(), source("JPEG"), source("WEBP"))
    result = await generate(upstream, prompt="A red scarf", images=images)
    parts = upstream.requests[0].json["contents"][0]["parts"]
    assert parts[0] == {"text": "A red scarf"}
    types = [part["inlineData"]["mimeType"] for part in parts[1:]]
    assert types == ["image/png", "image/jpeg", "image/webp"]
    assert result.sent["images"][0] == {"mime": "image/png", "bytes": len(png())}
    assert "My house" not in repr(result)


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        pytest.param(
            {"images": (source(),), "mask": InputImage(mask(), "image/png", "m.png")},
            "mask",
            marks=proves(KIND, "mask"),
        ),
        pytest.param({"n": 2}, "n", marks=proves(KIND, "n")),
        ({"size": "1000x1000"}, "size"),
        ({"images": (source("GIF"),)}, "image"),
    ],
)
async def test_what_the_api_has_no_place_for_is_refused_unsent(upstream, fields, param):
    error = await fail(upstream, **fields)
    assert (error.kind, error.param) == (ErrorKind.INVALID, param)
    assert not error.may_have_cost
    assert upstream.requests == []


@proves(KIND, "partials")
def test_previews_are_not_offered():
    model = get_image_model(FLASH, KIND)
    with pytest.raises(PlanError, match="no previews"):
        plan(ImageAsk("A heron", FLASH, partial_images=1), model, strict=True)


async def test_a_model_name_cannot_lead_to_another_address(upstream):
    upstream.script(path(ODD), gemini.picture(png()))
    await generate(upstream, ODD)
    assert (upstream.requests[0].path, upstream.requests[0].query) == (path(ODD), "")


# Answers with 200.


async def test_drafts_of_a_thinking_model_are_no_pictures(upstream):
    draft = gemini.inline(png(8, 8, "red"), thought=True)
    answer = gemini.answer(
        {"text": "Hm.", "thought": True}, draft, gemini.inline(png())
    )
    upstream.script(path(), answer)
    result = await generate(upstream)
    assert [image.data for image in result.images] == [png()]
    assert "text" not in result.received


@proves(KIND, "moderated")
@pytest.mark.parametrize(
    "reason",
    [
        *("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"),
        *("IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION"),
    ],
)
async def test_a_refused_picture_comes_with_200_and_is_moderated(upstream, reason):
    upstream.script(path(), gemini.refused(reason, "The policy forbids it."))
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (ErrorKind.MODERATED, True)
    assert (error.code, error.said) == (reason, "The policy forbids it.")
    assert len(upstream.ledger) == 1


@proves(KIND, "moderated")
async def test_a_refused_prompt_comes_with_200_and_without_candidates(upstream):
    upstream.script(path(), gemini.blocked("PROHIBITED_CONTENT"))
    error = await fail(upstream)
    assert error.kind is ErrorKind.MODERATED
    assert "PROHIBITED_CONTENT" in error.admin_text


@pytest.mark.parametrize("reason", ["NO_IMAGE", "IMAGE_OTHER", "STOP"])
async def test_an_answer_in_words_is_told_as_such(upstream, reason):
    words = {"text": "Which heron do you mean?"}
    upstream.script(path(), gemini.answer(words, reason=reason))
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (ErrorKind.INVALID, True)
    assert "Which heron do you mean?" in error.text
    assert not error.retry_safe


@pytest.mark.parametrize(
    "answer",
    [
        answers.json({}),
        answers.json([]),
        answers.json({"candidates": [None]}),
        answers.json({"candidates": [{"content": {"parts": "text"}}]}),
        answers.invalid_json(),
        answers.html(200),
        answers.empty(200),
        gemini.answer(gemini.inline(b"<html>")),
        gemini.answer({"inlineData": {"mimeType": "image/png", "data": 5}}),
        gemini.answer(reason="NO_IMAGE"),
        gemini.answer(reason="MAX_TOKENS"),
    ],
)
async def test_an_answer_without_a_picture_may_have_cost(upstream, answer):
    upstream.script(path(), answer)
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (ErrorKind.UPSTREAM, True)
    assert not error.retry_safe


# Refusals and faults.


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (gemini.error(400, "INVALID_ARGUMENT", "Bad ratio."), ErrorKind.INVALID),
        (
            gemini.error(400, "INVALID_ARGUMENT", "API key not valid."),
            ErrorKind.CONFIGURATION,
        ),
        (
            gemini.error(400, "FAILED_PRECONDITION", "Enable billing."),
            ErrorKind.CONFIGURATION,
        ),
        (gemini.error(403, "PERMISSION_DENIED"), ErrorKind.CONFIGURATION),
        (answers.redirect("https://example.com/"), ErrorKind.CONFIGURATION),
    ],
)
async def test_each_refusal_is_told_apart_and_sent_once(upstream, answer, kind):
    upstream.script(path(), answer)
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (kind, False)
    assert len(upstream.requests) == 1


async def test_an_unknown_model_is_named_as_such(upstream):
    message = "models/gemini-9-image is not found for API version v1beta."
    upstream.script(path(UNKNOWN), gemini.error(404, "NOT_FOUND", message))
    error = await fail(upstream, UNKNOWN)
    assert (error.kind, error.code) == (ErrorKind.INVALID, "model_not_found")


@proves(KIND, "rate limit")
@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (gemini.error(429, "RESOURCE_EXHAUSTED"), None),
        (gemini.error(429, "RESOURCE_EXHAUSTED", headers={"Retry-After": "7"}), 7),
        (
            gemini.error(429, "RESOURCE_EXHAUSTED", details=[gemini.retry_in("36.5s")]),
            36.5,
        ),
    ],
)
async def test_too_many_requests_may_be_tried_again_later(upstream, answer, seconds):
    upstream.script(path(), answer)
    error = await fail(upstream)
    assert (error.kind, error.retry_after) == (ErrorKind.RATE, seconds)
    assert error.retry_safe
    assert not error.may_have_cost


@proves(KIND, "quota")
@pytest.mark.parametrize(
    "answer",
    [
        gemini.error(
            429,
            "RESOURCE_EXHAUSTED",
            details=[gemini.quota("GenerateRequestsPerDayPerProjectPerModel")],
        ),
        gemini.error(429, "RESOURCE_EXHAUSTED", "Quota exceeded, limit: 0, model: x"),
        gemini.error(
            429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted."
        ),
    ],
)
async def test_a_used_up_account_is_not_a_rate(upstream, answer):
    upstream.script(path(), answer)
    error = await fail(upstream)
    assert (error.kind, error.retry_safe) == (ErrorKind.QUOTA, False)
    assert not error.may_have_cost


@pytest.mark.parametrize(("status", "retry_safe"), [(500, False), (503, True)])
async def test_the_vendors_own_faults_are_not_billed(upstream, status, retry_safe):
    upstream.script(path(), gemini.error(status, "UNAVAILABLE", "Overloaded."))
    error = await fail(upstream)
    assert error.kind is ErrorKind.UPSTREAM
    assert (error.may_have_cost, error.retry_safe) == (False, retry_safe)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (answers.html(503), ErrorKind.UPSTREAM),
        (gemini.error(504, "DEADLINE_EXCEEDED"), ErrorKind.TIMEOUT),
    ],
)
async def test_what_others_say_or_what_came_too_late_may_have_cost(
    upstream, answer, kind
):
    upstream.script(path(), answer)
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (kind, True)
    assert not error.retry_safe


async def test_a_key_that_the_server_repeats_is_shown_to_nobody(upstream):
    message = f"API key {upstream.key} is wrong."
    upstream.script(path(), gemini.error(400, "INVALID_ARGUMENT", message))
    await fail(upstream)


@proves(KIND, "cut after send")
@pytest.mark.parametrize(
    "answer",
    [
        answers.hang_up(),
        answers.reset(),
        answers.garbage(),
        answers.cut_after(gemini.picture(png()), 40),
    ],
    ids=["hang up", "reset", "garbage", "cut picture"],
)
async def test_a_connection_cut_after_the_body_is_one_bill(upstream, answer):
    upstream.script(path(), answer)
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (ErrorKind.UPSTREAM, True)
    assert not error.retry_safe
    assert len(upstream.ledger) == len(upstream.requests) == 1


@proves(KIND, "timeout")
async def test_silence_after_the_body_is_a_timeout_that_may_have_cost(upstream):
    upstream.script(path(), answers.hang(upstream.gate()))
    error = await fail(upstream, settings={"read_timeout": 0.05})
    assert (error.kind, error.may_have_cost) == (ErrorKind.TIMEOUT, True)
    assert not error.retry_safe
    assert len(upstream.ledger) == 1


async def test_no_connection_costs_nothing_and_may_be_tried_again():
    with refusing_url() as url:
        provider = GeminiImageProvider(url, "key")
        with pytest.raises(ProviderError) as caught:
            await provider.generate(ImageRequest(FLASH, "p"), on_partial=never)
    assert caught.value.retry_safe
    assert not caught.value.may_have_cost


@pytest.mark.parametrize(
    ("url", "key"), [("nonsense", "k"), ("http://a:999999", "k"), ("http://a", "clé")]
)
async def test_an_unusable_address_or_key_is_a_wrong_configuration(url, key):
    provider = GeminiImageProvider(url, key)
    with pytest.raises(ProviderError) as caught:
        await provider.generate(ImageRequest(FLASH, "p"), on_partial=never)
    assert caught.value.kind is ErrorKind.CONFIGURATION


# The free check.


async def test_the_check_lists_the_models_that_draw(upstream):
    upstream.script(MODELS, gemini.model_list(FLASH, "gemini-3-pro", PRO))
    check = await check_gemini(upstream.url, upstream.key)
    assert (check.ok, check.models) == (True, (FLASH, PRO))
    assert "2 models" in check.text
    assert upstream.ledger == []


@pytest.mark.parametrize(
    "answer",
    [
        gemini.error(400, "INVALID_ARGUMENT", "API key not valid."),
        gemini.model_list("gemini-3-pro"),
        gemini.model_list(FLASH, method="predict"),
        answers.json([]),
        answers.html(200),
        answers.empty(404),
        answers.redirect("https://example.com/"),
        answers.hang_up(),
    ],
)
async def test_anything_else_is_a_failure_with_a_sentence(upstream, answer):
    upstream.script(MODELS, answer)
    check = await check_gemini(upstream.url, upstream.key)
    assert not check.ok
    assert check.text
    assert upstream.key not in check.text
