from __future__ import annotations

from decimal import Decimal

import pytest

from images_app.catalog.load import get_image_model, image_models
from images_app.services.plan import ImageAsk, PlanError, plan
from images_app.services.pricing import cost_after
from playground.lib.errors import ErrorKind
from tests.images_app.providers.stability_calls import (
    EDITORS,
    PATHS,
    fail,
    generate,
    proves,
    source,
    texts,
)
from tests.upstream import stability
from tests.upstream.images import mask, picture, png
from tests.upstream.stability import CORE, SD3, ULTRA


@proves("stability", "generate")
@pytest.mark.parametrize("model", PATHS)
async def test_each_model_is_asked_at_its_own_address(upstream, model):
    upstream.script(PATHS[model], stability.picture(png()))
    result = await generate(upstream, model, prompt="Un château, 城")
    assert [image.data for image in result.images] == [png()]
    assert texts(upstream)["prompt"] == "Un château, 城"
    assert texts(upstream).get("model") == (model if PATHS[model] == SD3 else None)
    assert len(upstream.ledger) == 1


async def test_everything_that_core_takes_is_sent_by_its_own_name(upstream):
    upstream.script(CORE, stability.picture(png()))
    await generate(
        upstream,
        size="1632x918",
        seed=7,
        style="pixel-art",
        output_format="webp",
        options={"negative_prompt": "rain"},
    )
    assert texts(upstream) == {
        "prompt": "A boat",
        "aspect_ratio": "16:9",
        "seed": "7",
        "style_preset": "pixel-art",
        "output_format": "webp",
        "negative_prompt": "rain",
    }


async def test_what_came_is_told_without_the_key_or_bytes(upstream):
    upstream.script(CORE, stability.picture(png()))
    result = await generate(upstream)
    assert result.images[0].seed == 343940597
    assert result.request_id == "9ba4fdf0"
    assert (result.usage, result.cost) == (None, None)
    assert result.sent == {"path": CORE, "prompt": "A boat"}
    assert result.received["finish_reason"] == "SUCCESS"
    assert upstream.key not in repr(result)


@pytest.mark.parametrize("seed", [None, True, "7"])
async def test_a_seed_that_is_no_number_is_unknown(upstream, seed):
    upstream.script(CORE, stability.picture(png(), seed=seed))
    assert (await generate(upstream)).images[0].seed is None


@pytest.mark.parametrize("model", PATHS)
def test_every_size_of_the_catalog_has_exactly_one_of_the_ratios(model):
    size = get_image_model(model, "stability").size
    assert size is not None
    shapes = set()
    for value in size.values:
        width, height = map(int, value.split("x"))
        shapes |= {
            ratio
            for ratio in stability.RATIOS
            if width * int(ratio.split(":")[1]) == height * int(ratio.split(":")[0])
        }
    assert shapes == stability.RATIOS
    assert len(size.values) == len(stability.RATIOS)


@pytest.mark.parametrize(
    ("size", "ratio"), [("1536x640", "21:9"), ("1216x832", "3:2"), ("512x512", "1:1")]
)
async def test_a_size_of_nearly_the_same_shape_is_that_ratio(upstream, size, ratio):
    upstream.script(ULTRA, stability.picture(png()))
    await generate(upstream, "stable-image-ultra", size=size)
    assert texts(upstream)["aspect_ratio"] == ratio


@pytest.mark.parametrize("size", ["1024x768", "768x1024", "3000x1000"])
async def test_a_shape_that_is_not_made_is_refused_before_the_call(upstream, size):
    error = await fail(upstream, size=size)
    assert (error.kind, error.param) == (ErrorKind.INVALID, "size")
    assert "16:9" in error.text
    assert upstream.requests == []


def test_four_to_three_is_planned_as_its_nearest_and_strictly_refused():
    ask = ImageAsk(prompt="A boat", model="sd3.5-large", aspect_ratio="4:3")
    model = get_image_model("sd3.5-large", "stability")
    planned = plan(ask, model)
    assert planned.request_fields["size"] == "1120x896"
    assert "4:3" in planned.adjustments[0].reason
    with pytest.raises(PlanError):
        plan(ask, model, strict=True)


@proves("stability", "edit")
@pytest.mark.parametrize("model", EDITORS)
async def test_a_picture_to_start_from_goes_with_its_strength(upstream, model):
    upstream.script(PATHS[model], stability.picture(png()))
    result = await generate(
        upstream, model, images=(source(),), options={"strength": 0.7}
    )
    assert texts(upstream)["strength"] == "0.7"
    part = upstream.requests[0].parts[-1]
    assert (part.name, part.filename, part.data) == ("image", "image.png", png(64, 96))
    assert result.sent["image"]["size"] == "64x96"


async def test_a_strength_that_nobody_named_is_the_middle_and_is_told(upstream):
    upstream.script(ULTRA, stability.picture(png()))
    result = await generate(upstream, "stable-image-ultra", images=(source(),))
    assert texts(upstream)["strength"] == "0.5"
    assert result.sent["strength"] == "0.5"


async def test_a_strength_without_a_picture_is_left_out_and_told(upstream):
    upstream.script(ULTRA, stability.picture(png()))
    result = await generate(upstream, "stable-image-ultra", options={"strength": 0.7})
    assert "strength" not in texts(upstream)
    assert result.sent["left_out"] == ["strength"]


def test_the_plan_leaves_out_a_size_where_the_pictures_shape_is_kept():
    ask = ImageAsk(prompt="Night", model="sd3.5-large", size="1024x1024", n_images=1)
    planned = plan(ask, get_image_model("sd3.5-large", "stability"))
    assert "size" not in planned.request_fields
    assert "for edits" in planned.adjustments[0].reason


async def test_a_size_beside_a_picture_is_never_dropped_in_silence(upstream):
    error = await fail(upstream, "sd3.5-large", images=(source(),), size="1024x1024")
    assert (error.kind, error.param) == (ErrorKind.INVALID, "size")
    assert upstream.requests == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (png(63, 64), "64"),
        (picture("GIF", 64, 64), "PNG, JPEG, WebP"),
        (b"no picture", "damaged"),
        (png(16_385, 64), "16384"),
    ],
)
async def test_a_picture_outside_the_limits_is_refused_before_the_call(
    upstream, data, words
):
    error = await fail(upstream, "sd3.5-large", images=(source(data),))
    assert (error.kind, error.param) == (ErrorKind.INVALID, "image")
    assert words in error.text
    assert upstream.requests == []


async def test_a_picture_that_breaks_the_requests_limit_is_refused(upstream):
    data = png(64, 64) + bytes(10_400_000)
    error = await fail(upstream, "sd3.5-large", images=(source(data),))
    assert "10.4 MB" in error.text
    assert upstream.requests == []


async def test_the_type_of_a_picture_is_what_its_bytes_show(upstream):
    upstream.script(ULTRA, stability.picture(png()))
    jpeg = picture("JPEG", 64, 64)
    await generate(upstream, "stable-image-ultra", images=(source(jpeg),))
    part = upstream.requests[0].parts[-1]
    assert (part.filename, part.content_type) == ("image.jpg", "image/jpeg")


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        pytest.param({"n": 2}, "n", marks=proves("stability", "n")),
        pytest.param(
            {"model": "sd3.5-large", "images": (source(),), "mask": source(mask())},
            "mask",
            marks=proves("stability", "mask"),
        ),
        ({"model": "stable-image-core", "images": (source(),)}, "image"),
        ({"model": "sd3.5-large", "images": (source(), source())}, "image"),
        ({"prompt": "  \n"}, "prompt"),
        ({"prompt": "x" * 10_001}, "prompt"),
        ({"model": "stable-image-giant"}, "model"),
    ],
)
async def test_what_cannot_be_done_is_refused_before_the_call(upstream, fields, param):
    error = await fail(upstream, **fields)
    assert (error.kind, error.param) == (ErrorKind.INVALID, param)
    assert not error.may_have_cost
    assert upstream.requests == []


@proves("stability", "partials")
@pytest.mark.parametrize("model", PATHS)
def test_wished_previews_are_planned_as_none_and_told(model):
    ask = ImageAsk(prompt="A boat", model=model, partial_images=2)
    planned = plan(ask, get_image_model(model, "stability"))
    assert planned.request_fields["partial_images"] == 0
    assert "no previews" in planned.adjustments[0].reason


def test_every_model_of_the_catalog_has_its_address_and_its_price():
    models = {m.id: m for m in image_models().values() if m.kind == "stability"}
    assert set(models) == set(PATHS)
    for model in models.values():
        assert model.price is not None
        assert model.price.unit == "credit"


@pytest.mark.parametrize(
    ("model", "usd"),
    [
        ("stable-image-core", "0.03"),
        ("stable-image-ultra", "0.08"),
        ("sd3.5-large", "0.065"),
        ("sd3.5-large-turbo", "0.04"),
        ("sd3.5-medium", "0.035"),
    ],
)
def test_a_picture_costs_its_credits_at_a_cent_each(model, usd):
    price = get_image_model(model, "stability").price
    assert cost_after(price, None, [(1024, 1024)]).amount == Decimal(usd)
