from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest

from images_app.catalog.load import get_image_model
from images_app.providers.a1111 import A1111ImageProvider
from images_app.providers.base import ImageRequest, ImageResult, InputImage
from images_app.providers.json_checks import check_a1111
from images_app.services.plan import ImageAsk, plan
from playground.lib.errors import ErrorKind, ProviderError
from tests.upstream import a1111, answers
from tests.upstream.a1111 import CHECKPOINTS, IMG2IMG, PROGRESS, TXT2IMG
from tests.upstream.images import mask, picture, png
from tests.upstream.server import refusing_url

proves = pytest.mark.proves
KIND = "a1111"
LOADED = "a1111-current"
PASSWORD = "correct-horse-battery"
KEY = f"alice:{PASSWORD}"


async def never(number: int, data: bytes) -> None:
    raise AssertionError("No preview was expected.")


def source(width: int = 64, height: int = 96) -> InputImage:
    return InputImage(png(width, height), "image/png", "My house.png")


async def generate(
    upstream: Any, settings: Any = None, on_partial: Any = never, **fields: Any
) -> ImageResult:
    upstream.key = KEY
    provider = A1111ImageProvider(upstream.url, KEY, settings)
    request = ImageRequest(**{"model": LOADED, "prompt": "A cat", **fields})
    try:
        return await provider.generate(request, on_partial=on_partial)
    finally:
        await provider.aclose()


async def fail(upstream: Any, *args: Any, **kwargs: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await generate(upstream, *args, **kwargs)
    assert PASSWORD not in repr(vars(caught.value))
    return caught.value


# What is sent.


@proves(KIND, "generate")
async def test_a_prompt_is_sent_and_the_picture_comes_back_with_its_seed(upstream):
    answer = a1111.pictures(png(), seeds=[7], sd_model_name="dream", steps=20)
    upstream.script(TXT2IMG, answer)
    result = await generate(upstream, prompt="Eine Katze, 猫", size="768x512")
    body = upstream.requests[0].json
    assert body["prompt"] == "Eine Katze, 猫"
    assert (body["width"], body["height"]) == (768, 512)
    assert [(i.data, i.seed) for i in result.images] == [(png(), 7)]
    assert result.received["sd_model_name"] == "dream"
    assert (result.cost, result.usage) == (None, None)
    assert PASSWORD not in repr(result)


async def test_the_loaded_checkpoint_is_used_unless_another_is_named(upstream):
    upstream.script(TXT2IMG, a1111.pictures(png()), a1111.pictures(png()))
    await generate(upstream)
    await generate(upstream, model="dreamshaper_8")
    first, second = (request.json for request in upstream.requests)
    assert "override_settings" not in first
    assert second["override_settings"] == {"sd_model_checkpoint": "dreamshaper_8"}
    assert second["override_settings_restore_afterwards"] is True


async def test_the_models_own_parameters_are_sent_by_their_names(upstream):
    upstream.script(TXT2IMG, a1111.pictures(png()))
    options = {
        "negative_prompt": "blurry",
        "steps": 30,
        "cfg_scale": 6.5,
        "sampler_name": "DPM++ 2M",
        "scheduler": "Karras",
        "enable_hr": True,
        "hr_scale": 1.5,
    }
    model = get_image_model("dreamshaper_8", KIND)
    made = plan(ImageAsk("A cat", model.id, seed=5, options=options), model)
    await generate(upstream, **{**made.request_fields, "partial_images": 0})
    body = upstream.requests[0].json
    assert {name: body[name] for name in options} == options
    assert body["seed"] == 5


async def test_a_server_without_a_password_is_sent_none(upstream):
    upstream.key = ""
    upstream.script(TXT2IMG, a1111.pictures(png()))
    provider = A1111ImageProvider(upstream.url)
    await provider.generate(ImageRequest(LOADED, "A cat"), on_partial=never)
    assert "Authorization" not in upstream.requests[0].headers


async def test_orders_to_the_server_are_taken_out_of_the_prompt(upstream):
    upstream.script(TXT2IMG, a1111.pictures(png()))
    tag = '<sd_cpp_extra_args>{"width": 9999}</sd_cpp_extra_args>'
    result = await generate(upstream, prompt=f"A cat{tag}")
    assert upstream.requests[0].json["prompt"] == "A cat"
    assert result.sent["changes"]


@proves(KIND, "n")
async def test_several_pictures_are_made_one_after_another_without_the_grid(upstream):
    grid, one, two, extra = (png(8, 8, c) for c in ("red", "navy", "blue", "green"))
    answer = a1111.pictures(grid, one, two, extra, seeds=[5, 6], first=1)
    upstream.script(TXT2IMG, answer)
    result = await generate(upstream, n=2)
    body = upstream.requests[0].json
    assert (body["n_iter"], body["batch_size"]) == (2, 1)
    assert [(i.data, i.seed) for i in result.images] == [(one, 5), (two, 6)]


@pytest.mark.parametrize("info", ["", "no JSON", None, "[]", '{"all_seeds": 5}'])
async def test_a_server_that_tells_nothing_of_its_pictures_is_understood(
    upstream, info
):
    grid, one, two = (png(8, 8, colour) for colour in ("red", "navy", "blue"))
    upstream.script(TXT2IMG, a1111.bare(grid, one, two, info=info))
    result = await generate(upstream, n=2)
    assert [(i.data, i.seed) for i in result.images] == [(one, None), (two, None)]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_whatever_format_the_server_is_set_to_is_kept(upstream, kind):
    upstream.script(TXT2IMG, a1111.pictures(picture(kind)))
    result = await generate(upstream)
    assert result.images[0].data == picture(kind)


# Edits.


@proves(KIND, "edit")
@pytest.mark.parametrize(
    ("given", "sent"),
    [((64, 96), (64, 96)), ((100, 150), (96, 152)), ((3000, 1500), (1448, 728))],
)
async def test_an_edit_keeps_about_the_shape_of_its_picture(upstream, given, sent):
    upstream.script(IMG2IMG, a1111.pictures(png()))
    result = await generate(upstream, images=(source(*given),))
    body = upstream.requests[0].json
    assert base64.b64decode(body["init_images"][0]) == png(*given)
    assert (body["width"], body["height"]) == sent
    assert result.sent["width"] == sent[0]
    assert "init_images" not in result.sent
    assert "My house" not in repr(result)


async def test_an_edit_may_be_of_another_size_and_strength(upstream):
    upstream.script(IMG2IMG, a1111.pictures(png()))
    options = {"denoising_strength": 0.4}
    await generate(upstream, images=(source(),), size="512x512", options=options)
    body = upstream.requests[0].json
    assert (body["width"], body["denoising_strength"]) == (512, 0.4)


@proves(KIND, "mask")
async def test_where_a_mask_is_transparent_the_server_sees_white(upstream):
    upstream.script(IMG2IMG, a1111.pictures(png()))
    area = InputImage(mask(64, 96), "image/png", "mask.png")
    await generate(upstream, images=(source(),), mask=area)
    sent = a1111.opened(upstream.requests[0].json["mask"])
    assert sent.getextrema() == (255, 255)


async def test_a_second_picture_is_refused_unsent(upstream):
    error = await fail(upstream, images=(source(), source()))
    assert (error.kind, error.param) == (ErrorKind.INVALID, "image")
    assert upstream.requests == []


# The queue.


async def test_pictures_of_one_server_are_made_one_at_a_time(upstream):
    gate = upstream.gate()
    upstream.script(
        TXT2IMG, answers.hang(gate, a1111.pictures(png())), a1111.pictures(png())
    )
    first = asyncio.create_task(generate(upstream))
    await gate.reached()
    second = asyncio.create_task(generate(upstream))
    third = asyncio.create_task(generate(upstream))
    for _ in range(3):  # as long as a request takes that need not wait
        upstream.script(CHECKPOINTS, a1111.checkpoints("x"))
        assert (await check_a1111(upstream.url, KEY)).ok
    assert len(upstream.ledger) == 1
    third.cancel()  # who leaves the queue has sent nothing
    gate.open()
    await asyncio.gather(first, second)
    assert len(upstream.ledger) == 2


# Previews.


@proves(KIND, "partials")
async def test_previews_are_asked_for_by_the_tasks_own_name(upstream):
    gate = upstream.gate()
    upstream.script(TXT2IMG, answers.hang(gate, a1111.pictures(png())))
    red, blue = png(8, 8, "red"), png(8, 8, "blue")
    upstream.script(
        PROGRESS,
        a1111.waiting(),
        a1111.progress(None, 0.1, 0),
        a1111.progress(red, 0.2, 1),  # too early to be worth showing
        a1111.progress(red, 0.4, 2),
        a1111.progress(blue, 0.7, 3),
    )
    seen: list[tuple[int, bytes]] = []

    async def keep(number: int, data: bytes) -> None:
        seen.append((number, data))
        if len(seen) == 2:
            gate.open()

    settings = {"preview_seconds": 0}
    result = await generate(upstream, settings, keep, partial_images=2)
    assert seen == [(0, red), (1, blue)]
    assert [image.data for image in result.images] == [png()]
    task = next(r.json["force_task_id"] for r in upstream.requests if r.path == TXT2IMG)
    asked = [r.json for r in upstream.requests if r.path == PROGRESS]
    assert {question["id_task"] for question in asked} == {task}
    assert [question["id_live_preview"] for question in asked] == [-1, -1, -1, 1, 2]
    assert len(upstream.ledger) == 1


@pytest.mark.parametrize(
    "answer",
    [answers.empty(404), answers.html(200), answers.hang_up(), answers.json([])],
)
async def test_a_server_that_cannot_show_previews_makes_its_picture(upstream, answer):
    gate = upstream.gate()
    upstream.script(TXT2IMG, answers.hang(gate, a1111.pictures(png())))
    asked = upstream.gate()
    upstream.script(PROGRESS, answers.hang(asked, answer))
    settings = {"preview_seconds": 0}
    work = asyncio.create_task(generate(upstream, settings, partial_images=3))
    await asked.reached()
    asked.open()
    gate.open()
    assert [image.data for image in (await work).images] == [png()]


async def test_a_preview_that_cannot_be_kept_does_not_lose_the_picture(upstream):
    gate = upstream.gate()
    upstream.script(TXT2IMG, answers.hang(gate, a1111.pictures(png())))
    upstream.script(PROGRESS, a1111.progress(png(), 0.9))

    async def refuse(number: int, data: bytes) -> None:
        gate.open()
        raise OSError("The disk is full.")

    settings = {"preview_seconds": 0}
    result = await generate(upstream, settings, refuse, partial_images=1)
    assert [image.data for image in result.images] == [png()]


# Refusals and faults.


@pytest.mark.parametrize(
    ("answer", "kind", "param"),
    [
        (a1111.error(401, "Incorrect username"), ErrorKind.CONFIGURATION, None),
        (a1111.error(404, "Sampler not found"), ErrorKind.INVALID, "sampler_name"),
        (a1111.error(400, "Sampler not found"), ErrorKind.INVALID, "sampler_name"),
        (
            a1111.error(500, name="RuntimeError", errors="Unknown checkpoint: x"),
            ErrorKind.INVALID,
            "model",
        ),
        (a1111.error(404, "Model not found"), ErrorKind.INVALID, "model"),
        (
            answers.json(
                {"detail": [{"loc": ["body", "steps"], "msg": "bad"}]}, status=422
            ),
            ErrorKind.INVALID,
            "steps",
        ),
        (
            answers.json({"detail": "Not Found"}, status=404),
            ErrorKind.CONFIGURATION,
            None,
        ),
        (answers.redirect("https://example.com/"), ErrorKind.CONFIGURATION, None),
        (a1111.error(500, name="ValueError", errors="x"), ErrorKind.UPSTREAM, None),
        (answers.html(502), ErrorKind.UPSTREAM, None),
    ],
)
async def test_each_refusal_is_told_apart_and_sent_once(upstream, answer, kind, param):
    upstream.script(TXT2IMG, answer)
    error = await fail(upstream)
    assert (error.kind, error.param) == (kind, param)
    assert not error.may_have_cost
    assert not error.retry_safe
    assert len(upstream.requests) == 1


async def test_the_servers_sentence_reaches_the_admin(upstream):
    error = a1111.error(500, name="ValueError", errors="No VAE is loaded.")
    upstream.script(TXT2IMG, error)
    assert "No VAE is loaded." in (await fail(upstream)).admin_text


async def test_a_missing_api_is_told_with_its_remedy(upstream):
    upstream.script(TXT2IMG, answers.json({"detail": "Not Found"}, status=404))
    assert "--api" in (await fail(upstream)).admin_text


async def test_too_little_memory_is_told_with_its_remedy(upstream):
    text = "CUDA out of memory. Tried to allocate 9 GiB."
    upstream.script(TXT2IMG, a1111.error(500, name="OutOfMemoryError", errors=text))
    assert "smaller" in (await fail(upstream)).text


@proves(KIND, "rate limit")
@pytest.mark.parametrize(
    ("headers", "seconds"), [({}, None), ({"Retry-After": "9"}, 9)]
)
async def test_a_proxy_that_slows_down_may_be_tried_again_later(
    upstream, headers, seconds
):
    upstream.script(TXT2IMG, a1111.error(429, "Slow down", headers=headers))
    error = await fail(upstream)
    assert (error.kind, error.retry_after) == (ErrorKind.RATE, seconds)
    assert error.retry_safe


@pytest.mark.parametrize(
    "answer",
    [
        answers.json({}),
        answers.json([]),
        answers.json({"images": []}),
        answers.json({"images": [5]}),
        answers.json({"images": ["!!!"]}),
        a1111.pictures(b"<html>"),
        answers.invalid_json(),
        answers.html(200),
        answers.empty(200),
    ],
)
async def test_an_answer_without_a_picture_costs_nothing(upstream, answer):
    upstream.script(TXT2IMG, answer)
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (ErrorKind.UPSTREAM, False)
    assert not error.retry_safe


@pytest.mark.parametrize(
    "secret", [KEY, PASSWORD, base64.b64encode(KEY.encode()).decode()]
)
async def test_a_password_that_the_server_repeats_is_shown_to_nobody(upstream, secret):
    upstream.script(TXT2IMG, a1111.error(400, f"Wrong: {secret}."))
    error = await fail(upstream)
    assert secret not in repr(vars(error))


@proves(KIND, "cut after send")
@pytest.mark.parametrize(
    "answer",
    [
        answers.hang_up(),
        answers.reset(),
        answers.garbage(),
        answers.cut_after(a1111.pictures(png()), 40),
    ],
    ids=["hang up", "reset", "garbage", "cut picture"],
)
async def test_a_connection_cut_after_the_body_is_not_sent_again(upstream, answer):
    upstream.script(TXT2IMG, answer)
    error = await fail(upstream)
    assert error.kind is ErrorKind.UPSTREAM
    assert (error.may_have_cost, error.retry_safe) == (False, False)
    assert len(upstream.ledger) == len(upstream.requests) == 1


@proves(KIND, "timeout")
async def test_silence_after_the_body_is_a_timeout(upstream):
    upstream.script(TXT2IMG, answers.hang(upstream.gate()))
    error = await fail(upstream, {"read_timeout": 0.05})
    assert error.kind is ErrorKind.TIMEOUT
    assert (error.may_have_cost, error.retry_safe) == (False, False)
    assert len(upstream.ledger) == 1


async def test_no_connection_may_be_tried_again():
    with refusing_url() as url:
        provider = A1111ImageProvider(url)
        with pytest.raises(ProviderError) as caught:
            await provider.generate(ImageRequest(LOADED, "p"), on_partial=never)
    assert caught.value.retry_safe


async def test_a_key_that_is_no_user_and_password_is_a_wrong_configuration(upstream):
    provider = A1111ImageProvider(upstream.url, PASSWORD)
    with pytest.raises(ProviderError) as caught:
        await provider.generate(ImageRequest(LOADED, "p"), on_partial=never)
    assert caught.value.kind is ErrorKind.CONFIGURATION
    assert "user:password" in caught.value.admin_text
    assert PASSWORD not in caught.value.admin_text


# The free check.


async def test_the_check_lists_the_checkpoints(upstream):
    upstream.key = KEY
    upstream.script(CHECKPOINTS, a1111.checkpoints("dreamshaper_8", "sdxl_base"))
    check = await check_a1111(upstream.url, KEY)
    assert (check.ok, check.models) == (True, ("dreamshaper_8", "sdxl_base"))
    assert "2 checkpoints" in check.text
    assert upstream.ledger == []


async def test_a_server_without_a_list_of_checkpoints_works(upstream):
    upstream.key = ""
    upstream.script(CHECKPOINTS, answers.json([]))
    assert (await check_a1111(upstream.url, "")).ok


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (a1111.error(401, "Not authenticated"), "user:password"),
        (answers.json({"detail": "Not Found"}, status=404), "--api"),
        (answers.json({"models": []}), "--api"),
        (answers.html(200), ""),
        (answers.redirect("https://example.com/"), ""),
        (answers.hang_up(), ""),
    ],
)
async def test_anything_else_is_a_failure_with_a_sentence(upstream, answer, words):
    upstream.key = KEY
    upstream.script(CHECKPOINTS, answer)
    check = await check_a1111(upstream.url, KEY)
    assert not check.ok
    assert check.text
    assert words in check.text
    assert PASSWORD not in check.text


async def test_the_check_tells_what_is_wrong_with_the_key(upstream):
    check = await check_a1111(upstream.url, "just-a-word")
    assert (check.ok, upstream.requests) == (False, [])
    assert "user:password" in check.text
