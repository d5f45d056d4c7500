from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from images_app.catalog.load import get_image_model, image_models
from images_app.providers.base import ImageRequest
from images_app.services.plan import (
    ImageAsk,
    Plan,
    PlanError,
    Price,
    aspect_box,
    plan,
)
from images_app.services.wording import refusal

KINDS = {model.id: model.kind for model in image_models().values()}
PAINTER = "offline-painter"
CLIPDROP = "clipdrop-text-to-image"


def make(model: str = "gpt-image-2", *, strict: bool = False, **wish: Any) -> Plan:
    ask = ImageAsk(prompt=wish.pop("prompt", "A boat"), model=model, **wish)
    return plan(ask, get_image_model(model, KINDS.get(model, "openai")), strict=strict)


def refuse(model: str = "gpt-image-2", **wish: Any) -> PlanError:
    with pytest.raises(PlanError) as caught:
        make(model, **wish)
    return caught.value


def changes(planned: Plan) -> dict[str, Any]:
    return {change.parameter: change.sent for change in planned.adjustments}


def test_nothing_is_sent_that_was_not_asked_for_but_the_previews():
    planned = make()
    assert planned.request_fields == {
        "model": "gpt-image-2",
        "prompt": "A boat",
        "n": 1,
        "partial_images": 1,
    }
    assert planned.adjustments == ()


def test_a_plan_makes_a_request():
    planned = make(size="1024x1024", quality="low", output_format="jpeg")
    request = ImageRequest(**planned.request_fields)
    assert (request.size, request.quality) == ("1024x1024", "low")


def test_a_plan_survives_being_stored_as_json():
    planned = make("gpt-image-1.5", aspect_ratio="4:3", seed=1)
    assert Plan.from_dict(json.loads(json.dumps(planned.as_dict()))) == planned
    priced = Plan({}, "A boat", (), Price(Decimal("0.0400"), "computed", "per picture"))
    assert Plan.from_dict(json.loads(json.dumps(priced.as_dict()))) == priced


# The prompt.


@pytest.mark.parametrize("prompt", ["", " \n\t"])
def test_an_empty_prompt_is_refused(prompt):
    assert refuse(prompt=prompt).parameter == "prompt"


def test_a_prompt_over_the_limit_is_refused_with_count_limit_and_model():
    error = refuse(CLIPDROP, prompt="x" * 1001)
    assert (error.parameter, error.nearest) == ("prompt", 1000)
    assert "1,001" in error.message
    assert "1,000" in error.message
    assert "text-to-image" in error.message


def test_a_prompt_of_exactly_the_limit_is_sent():
    assert make(CLIPDROP, prompt="x" * 1000).sent_prompt == "x" * 1000


def test_a_styles_text_follows_the_prompt_once():
    style = {"style_name": "Ink", "style_suffix": "black ink on paper"}
    first = make(**style)
    assert first.sent_prompt == "A boat, black ink on paper"
    assert first.request_fields["prompt"] == first.sent_prompt
    assert make(prompt=first.sent_prompt, **style).sent_prompt == first.sent_prompt
    assert make(prompt="A boat.", **style).sent_prompt == "A boat. black ink on paper"


def test_a_styles_text_counts_and_is_named_when_it_is_too_much():
    style = {"style_name": "Ink", "style_suffix": "y" * 20}
    error = refuse(CLIPDROP, prompt="x" * 990, **style)
    assert "1,012" in error.message
    assert "“Ink”" in error.message


# The number of pictures.


@pytest.mark.parametrize(
    ("model", "n", "nearest"),
    [("gpt-image-2", 11, 10), ("gpt-image-2", 0, 1), ("dall-e-3", 2, 1)],
)
def test_a_number_of_pictures_that_one_call_cannot_make_is_refused(model, n, nearest):
    error = refuse(model, n=n)
    assert (error.parameter, error.nearest) == ("n", nearest)


# Sizes.


@pytest.mark.parametrize(
    ("model", "size", "sent"),
    [
        ("gpt-image-1.5", "1792x1024", "1536x1024"),
        ("gpt-image-1.5", "512x512", "1024x1024"),
        ("gpt-image-1.5", "500x2000", "1024x1536"),
        ("gpt-image-2", "1000x1000", "1008x1008"),
        ("gpt-image-2", "4000x4000", "2880x2880"),
        ("gpt-image-2", "512x512", "816x816"),
        (PAINTER, "4000x2000", "2048x1024"),
        (PAINTER, "100x100", "256x256"),
        (CLIPDROP, "512x512", "1024x1024"),
    ],
)
def test_a_size_that_is_not_offered_becomes_the_nearest(model, size, sent):
    planned = make(model, size=size)
    assert planned.request_fields["size"] == sent
    (change,) = planned.adjustments
    assert (change.parameter, change.asked, change.sent) == ("size", size, sent)
    label = get_image_model(model, KINDS[model]).label
    assert f"{size} is not offered by {label}; nearest {sent}" in change.reason


@pytest.mark.parametrize(
    ("model", "size"),
    [
        ("gpt-image-2", "1792x1024"),
        ("gpt-image-2", "auto"),
        ("gpt-image-2", "3840x1280"),
        (PAINTER, "777x613"),
        ("my-flux", "512x512"),
        (CLIPDROP, "1024x1024"),
    ],
)
def test_a_size_that_is_offered_is_sent_as_it_is(model, size):
    planned = make(model, strict=True, size=size)
    assert planned.request_fields["size"] == size


def test_auto_is_left_out_for_a_model_that_does_not_know_the_word():
    assert "size" not in make(PAINTER, strict=True, size="auto").request_fields


@pytest.mark.parametrize("size", ["big", "1024", "0x1024", "1024x", "-1x5", ""])
def test_a_text_that_is_no_size_is_refused_with_the_rule_and_a_size_that_works(size):
    error = refuse(PAINTER, size=size)
    assert (error.parameter, error.nearest) == ("size", "1024x1024")
    assert "no edge over 2048" in error.message


@pytest.mark.parametrize(
    ("model", "ratio", "sent"),
    [
        ("gpt-image-2", "1:1", "1024x1024"),
        ("gpt-image-2", "3:2", "1536x1024"),
        ("gpt-image-1.5", "2:3", "1024x1536"),
        (PAINTER, "16:9", "1344x756"),
        (PAINTER, "4:3", "1152x864"),
        (CLIPDROP, "1:1", "1024x1024"),
    ],
)
def test_a_ratio_that_a_named_size_has_is_no_adjustment(model, ratio, sent):
    planned = make(model, strict=True, aspect_ratio=ratio)
    assert planned.request_fields["size"] == sent


@pytest.mark.parametrize("ratio", ["16:9", "9:16", "4:3", "5:4", "21:9", "3:1", "1:3"])
def test_a_free_model_gets_the_ratio_at_about_its_usual_area(ratio):
    for model in ("gpt-image-2", PAINTER):
        size = make(model, strict=True, aspect_ratio=ratio).request_fields["size"]
        parameter = get_image_model(model, KINDS[model]).size
        assert parameter is not None
        assert parameter.free is not None
        width, height = aspect_box(size)
        assert parameter.free.allows(width, height)
        assert 0.9 < width * height / parameter.free.usual_pixels < 1.1


def test_a_ratio_that_is_not_offered_says_what_comes_nearest():
    planned = make("gpt-image-1.5", aspect_ratio="4:3")
    (change,) = planned.adjustments
    assert change.reason == "4:3 is not offered by GPT Image 1.5; nearest 1536x1024"
    assert planned.request_fields["size"] == "1536x1024"


def test_a_ratio_beyond_the_bounds_becomes_the_widest():
    width, height = aspect_box(make(aspect_ratio="9:1").request_fields["size"])
    assert width == 3 * height


@pytest.mark.parametrize("ratio", ["wide", "0:1", "1:0", "4/3", "4:3:2"])
def test_a_text_that_is_no_ratio_is_refused(ratio):
    error = refuse(aspect_ratio=ratio)
    assert (error.parameter, error.nearest) == ("aspect_ratio", "1:1")


def test_a_size_wins_over_a_ratio_that_differs():
    planned = make(size="1024x1024", aspect_ratio="16:9")
    assert planned.request_fields["size"] == "1024x1024"
    assert changes(planned) == {"aspect_ratio": "1024x1024"}
    assert make(size="1536x1024", aspect_ratio="3:2").adjustments == ()


# Words and numbers.


@pytest.mark.parametrize(
    ("asked", "sent"),
    [("hd", "high"), ("standard", "medium"), ("xhigh", "high"), ("max", "high")],
)
def test_a_quality_of_another_model_becomes_the_nearest(asked, sent):
    planned = make(quality=asked)
    assert planned.request_fields["quality"] == sent
    assert changes(planned) == {"quality": sent}


def test_a_word_that_no_model_knows_is_refused():
    error = refuse(quality="splendid")
    assert (error.parameter, error.nearest) == ("quality", "auto")
    assert "low, medium, high" in error.message


def test_what_a_model_has_no_option_for_is_left_out_and_said():
    wish = {"quality": "high", "style": "oil", "seed": 1, "background": "opaque"}
    planned = make(CLIPDROP, **wish)
    assert changes(planned) == dict.fromkeys(wish)
    assert set(planned.request_fields) == {"model", "prompt", "n", "partial_images"}
    assert all("left out" in change.reason for change in planned.adjustments)


def test_auto_asks_for_nothing_where_there_is_no_such_option():
    planned = make(CLIPDROP, strict=True, quality="auto", background="auto")
    assert "quality" not in planned.request_fields


@pytest.mark.parametrize(
    ("model", "name", "value", "nearest"),
    [
        ("gpt-image-2", "output_compression", 101, 100),
        ("gpt-image-2", "output_compression", -1, 0),
        (PAINTER, "seed", 2**32, 2**32 - 1),
    ],
)
def test_a_number_outside_its_range_is_refused(model, name, value, nearest):
    error = refuse(model, output_format="jpeg", **{name: value})
    assert (error.parameter, error.nearest) == (name, nearest)


def test_a_model_that_nobody_knows_gets_what_was_asked_for():
    planned = make("my-flux", strict=True, quality="ultra", size="640x384")
    assert planned.request_fields["quality"] == "ultra"
    assert planned.request_fields["partial_images"] == 0


def test_jpg_is_jpeg():
    assert make(strict=True, output_format="jpg").request_fields["output_format"] == (
        "jpeg"
    )


def test_a_transparent_background_is_worth_more_than_jpeg():
    planned = make(background="transparent", output_format="jpeg")
    assert planned.request_fields["output_format"] == "png"
    assert changes(planned) == {"output_format": "png"}
    webp = make(strict=True, background="transparent", output_format="webp")
    assert webp.request_fields["output_format"] == "webp"
    alone = make(strict=True, background="transparent")
    assert "output_format" not in alone.request_fields


def test_compression_is_left_out_for_png():
    assert changes(make(output_compression=50)) == {"output_compression": None}
    kept = make(strict=True, output_format="webp", output_compression=50)
    assert kept.request_fields["output_compression"] == 50


@pytest.mark.parametrize(
    ("model", "asked", "sent"),
    [
        ("gpt-image-2", 3, 3),
        ("gpt-image-2", 0, 0),
        (PAINTER, None, 3),
        (CLIPDROP, 0, 0),
    ],
)
def test_previews_are_as_many_as_asked_or_usual(model, asked, sent):
    planned = make(model, strict=True, partial_images=asked)
    assert planned.request_fields["partial_images"] == sent


def test_more_previews_than_a_model_gives_are_an_adjustment():
    assert changes(make(CLIPDROP, partial_images=2)) == {"partial_images": 0}
    assert refuse(partial_images=-1).nearest == 0


# Edits.


def test_an_edit_needs_a_model_that_edits():
    assert refuse(CLIPDROP, n_images=1).parameter == "image"
    assert make(n_images=1).adjustments == ()


def test_more_pictures_than_a_model_takes_are_refused():
    error = refuse(n_images=17)
    assert (error.parameter, error.nearest) == ("image", 16)


def test_a_mask_needs_its_picture():
    assert refuse(has_mask=True).parameter == "mask"
    assert make(n_images=1, has_mask=True).adjustments == ()


def test_an_option_that_edits_do_not_take_is_left_out_of_an_edit():
    assert changes(make(n_images=1, moderation="low")) == {"moderation": None}
    assert make(moderation="low").request_fields["moderation"] == "low"


# Strict.


@pytest.mark.parametrize(
    "wish",
    [
        {"size": "512x512"},
        {"aspect_ratio": "9:1"},
        {"size": "1024x1024", "aspect_ratio": "16:9"},
        {"quality": "hd"},
        {"seed": 1},
        {"background": "transparent", "output_format": "jpeg"},
        {"output_compression": 50},
        {"partial_images": 4},
    ],
)
def test_strict_refuses_every_adjustment(wish):
    (change,) = make(**wish).adjustments
    error = refuse(strict=True, **wish)
    assert error.parameter == change.parameter
    assert error.nearest == change.sent
    assert error.message == refusal(change.reason)
    assert "was left out" not in error.message
    assert "was taken" not in error.message
    assert "left out" not in error.message


@pytest.mark.parametrize(
    ("value", "box"),
    [
        ("1536x1024", (1536, 1024)),
        ("16:9", (16, 9)),
        ("1.85:1", (1850, 1000)),
        ("auto", (1, 1)),
        (None, (1, 1)),
        ("nonsense", (1, 1)),
    ],
)
def test_the_space_held_for_a_picture_has_its_shape(value, box):
    assert aspect_box(value) == box
