from __future__ import annotations

from images_app.catalog.load import get_image_model
from images_app.form_fields import fitted
from images_app.forms import ImageForm

FREE = get_image_model("gpt-image-2", "openai")
FIXED = get_image_model("gpt-image-1.5", "openai")
CLIPDROP = get_image_model("clipdrop-text-to-image", "clipdrop")
UNPRICED = get_image_model("gpt-image-2.6-flare", "openai")
OFFLINE = get_image_model("offline-painter", "offline")
OWN = {"prompt": "A hill", "shape": "own"}


def form(model, is_draft=False, **data):
    made = ImageForm(model, {"prompt": "A hill", **data}, is_draft=is_draft)
    made.is_valid()
    return made


def test_the_fields_are_those_of_the_model():
    assert "seed" in form(OFFLINE).fields
    assert "seed" not in form(FREE).fields
    assert "quality" in form(FREE).fields
    assert set(form(CLIPDROP).fields) == {"prompt", "style_name", "style_suffix"}


def test_what_is_left_at_its_default_is_not_sent():
    plan = form(FREE, shape="auto", quality="", n="1").plan
    assert plan.request_fields == {
        "model": "gpt-image-2",
        "prompt": "A hill",
        "n": 1,
        "partial_images": FREE.previews,
    }


def test_an_own_size_that_is_not_offered_names_rule_and_nearest_value():
    made = form(FREE, shape="own", width="1536", height="1000")
    slot = made.slot("shape")
    assert slot.error == "1000 is not a multiple of 16. (GPT Image 2)"
    assert slot.fix.label == "Use 1552 × 1008"
    assert slot.fix.apply == "shape=own&width=1552&height=1008"
    assert made.plan_view is None


def test_an_own_size_without_numbers_is_an_error_and_no_crash():
    assert form(FREE, shape="own").slot("shape").error
    assert form(FREE, shape="own", width="wide", height="9").slot("shape").error


def test_too_many_pictures_offer_the_most_there_are():
    slot = form(OFFLINE, n="19").slot("n")
    assert slot.error == "Offline painter makes 1 to 10 pictures in one call."
    assert (slot.fix.label, slot.fix.apply) == ("Use 10", "n=10")


def test_a_prompt_over_the_limit_is_refused_and_never_cut():
    slot = form(CLIPDROP, prompt="x" * 1001).slot("prompt")
    assert "1,001 characters" in slot.error
    assert slot.fix is None


def test_an_empty_prompt_is_an_error_only_when_it_is_sent():
    assert form(OFFLINE, prompt=" ").slot("prompt").error
    assert form(OFFLINE, is_draft=True, prompt=" ").slot("prompt").error == ""


def test_a_value_that_the_model_does_not_list_is_refused_beside_its_field():
    slot = form(FREE, quality="cinematic").slot("quality")
    assert slot.error == "Choose one of auto, low, medium, high."


def test_the_plan_shows_what_is_sent_instead_and_why():
    view = form(FREE, output_compression="50").plan_view
    line = next(line for line in view.lines if line.label == "Compression")
    assert (line.asked, line.value) == ("50", "left out")
    assert view.reasons == (
        "Compression is for jpeg and webp, not png; it was left out.",
    )


def test_the_plan_never_writes_an_unknown_price_as_zero():
    assert form(UNPRICED).plan_view.price.text == "price unknown"
    assert form(FREE).plan_view.price.text == "up to $0.317"
    assert form(FREE, quality="low").plan_view.price.text == "up to $0.009"
    assert form(OFFLINE).plan_view.price.text == "free"


def test_a_style_is_shown_in_what_is_sent():
    view = form(OFFLINE, style_suffix="in oil").plan_view
    assert view.sent_prompt == "A hill, in oil"


def test_another_model_keeps_what_it_takes_and_drops_the_rest():
    data = {"prompt": "A hill", "shape": "3:2", "quality": "low", "n": "9", "seed": "4"}
    kept = fitted(data, OFFLINE)
    assert kept == {"prompt": "A hill", "shape": "3:2", "n": "9", "seed": "4"}
    assert fitted(data, FIXED)["shape"] == "1536x1024"
    assert fitted(data, FIXED)["quality"] == "low"


def test_exact_pixels_stay_exact_where_the_model_takes_them():
    kept = fitted({**OWN, "width": "1536", "height": "1024"}, FREE)
    assert (kept["shape"], kept["width"], kept["height"]) == ("own", 1536, 1024)
    kept = fitted({"shape": "1536x1024"}, FREE)
    assert (kept["shape"], kept["width"], kept["height"]) == ("own", 1536, 1024)
