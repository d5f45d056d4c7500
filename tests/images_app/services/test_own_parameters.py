"""Parameters that only one provider's model has: planned, refused, asked for."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string

from images_app.catalog.load import get_image_model
from images_app.forms import ImageForm
from images_app.services.plan import ImageAsk, PlanError, plan

A1111 = get_image_model("a1111-current", "a1111")
BACKGROUND = get_image_model("clipdrop-remove-background", "clipdrop")


def sent(options, **wishes):
    ask = ImageAsk("a fox", A1111.id, options=options, **wishes)
    return plan(ask, A1111).request_fields


def test_they_are_sent_by_their_own_names():
    options = {"negative_prompt": "rain", "steps": 30, "cfg_scale": 6.5}
    assert sent(options)["options"] == options
    assert "options" not in sent({})


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"steps": 0}, "from 1 to 150"),
        ({"steps": 2.5}, "whole number"),
        ({"steps": "many"}, "must be a number"),
        ({"steps": True}, "must be a number"),
        ({"cfg_scale": 31}, "from 1 to 30"),
        ({"denoising_strength": 2}, "from 0 to 1 "),
        ({"enable_hr": "yes"}, "true or false"),
        ({"negative_prompt": "x" * 20_001}, "at most 20,000"),
    ],
)
def test_a_wrong_one_is_refused_with_its_rule(options, rule):
    with pytest.raises(PlanError, match=rule) as caught:
        sent(options)
    assert caught.value.parameter == next(iter(options))


def test_one_that_the_model_lacks_is_left_out_or_refused():
    ask = ImageAsk("a fox", A1111.id, options={"mood": "calm"})
    (change,) = plan(ask, A1111).adjustments
    assert (change.parameter, change.sent) == ("options.mood", None)
    with pytest.raises(PlanError):
        plan(ask, A1111, strict=True)


def test_large_numbers_are_written_in_full():
    model = get_image_model("offline-painter", "offline")
    with pytest.raises(PlanError, match="from 0 to 4294967295 "):
        plan(ImageAsk("a fox", model.id, seed=2**40), model)


def test_what_a_request_has_a_field_for_is_no_option():
    (change,) = plan(ImageAsk("x", A1111.id, options={"seed": 5}), A1111).adjustments
    assert (change.parameter, change.sent) == ("options.seed", None)


def test_an_operation_on_a_picture_needs_one_and_no_prompt():
    with pytest.raises(PlanError, match="works on a picture"):
        plan(ImageAsk("", BACKGROUND.id), BACKGROUND)
    planned = plan(ImageAsk("", BACKGROUND.id, n_images=1), BACKGROUND)
    assert planned.sent_prompt == ""
    assert planned.adjustments == ()


def test_a_prompt_that_clients_must_send_is_left_out_even_where_plans_are_strict():
    ask = ImageAsk("anything", BACKGROUND.id, n_images=1)
    planned = plan(ask, BACKGROUND, strict=True)
    assert planned.sent_prompt == ""
    assert [change.parameter for change in planned.adjustments] == ["prompt"]


def test_the_form_asks_for_them_and_the_wish_holds_them():
    data = {"prompt": "A fox", "steps": "30", "cfg_scale": "6.5", "enable_hr": "on"}
    form = ImageForm(A1111, {**data, "negative_prompt": ""})
    assert form.is_valid(), form.errors
    assert {"steps", "cfg_scale", "negative_prompt"} <= {f.name for f in form.options}
    assert form.ask().options == {"steps": 30, "cfg_scale": 6.5, "enable_hr": True}


def test_the_form_says_what_is_wrong_beside_the_field():
    form = ImageForm(A1111, {"prompt": "A fox", "steps": "999"})
    assert not form.is_valid()
    assert "from 1 to 150" in form.errors["steps"][0]


def test_a_yes_or_no_of_the_form_stands_before_its_words():
    form = ImageForm(A1111, {"prompt": "A fox"})
    field = next(f for f in form.options if f.name == "enable_hr")
    html = render_to_string("images_app/_option.html", {"field": field, "form": form})
    label = html.partition('<label class="check">')[2].partition("</label>")[0]
    assert label.index("<input") < label.index("Second, finer pass")
