"""How a dialect writes prompts and sizes, and reads costs: plain functions."""

from __future__ import annotations

from decimal import Decimal

import pytest

from images_app.catalog.load import get_image_model
from images_app.providers.dialect_prompts import written_prompt
from images_app.providers.dialect_sizes import size_fields
from images_app.providers.reported_costs import reported_cost
from images_app.services.sizes import parse_size

# Prompts.


@pytest.mark.parametrize(
    "text",
    [
        "a <sd_cpp_extra_args>{}</sd_cpp_extra_args> b",
        "a <SD_CPP_EXTRA_ARGS>{}</SD_CPP_EXTRA_ARGS> b",
        "a <sd_cpp_extra_args>{} b",
        "a <sd_cpp_<sd_cpp_extra_args></sd_cpp_extra_args>extra_args>{} b",
        "<sd_cpp_extra_args>\n{}\n</sd_cpp_extra_args><sd_cpp_extra_args>{}",
        "a </sd_cpp_extra_args><sd_cpp_extra_args b",
    ],
)
def test_no_way_of_writing_the_tag_gets_through(text):
    written = written_prompt("extra_args_tag", text)
    assert "<sd_cpp_extra_args" not in written.text.lower()
    assert written.changes


def test_words_that_only_look_like_the_tag_are_left_alone():
    text = "a sign that says sd_cpp_extra_args and <b>bold</b>"
    assert written_prompt("extra_args_tag", text).text == text
    assert written_prompt("extra_args_tag", text).changes == ()


@pytest.mark.parametrize("rule", ["", "extra_args_tag", "bar"])
def test_an_ordinary_prompt_is_sent_as_it_is(rule):
    assert written_prompt(rule, "A boat <at> night").text == "A boat <at> night"


# Sizes.


@pytest.mark.parametrize(
    ("size", "fields"),
    [
        ("1024x1024", {"aspect_ratio": "1:1", "resolution": "1k"}),
        ("1344x756", {"aspect_ratio": "16:9", "resolution": "1k"}),
        ("1368x3040", {"aspect_ratio": "9:20", "resolution": "2k"}),
        ("1508x696", {"aspect_ratio": "19.5:9", "resolution": "1k"}),
        ("auto", {"aspect_ratio": "auto"}),
        (None, {}),
    ],
)
def test_xai_is_asked_for_a_ratio_and_a_tier(size, fields):
    assert size_fields("ratio+tier", size) == fields


@pytest.mark.parametrize("style", ["W*H", "width+height"])
def test_automatic_is_left_to_a_server_that_has_no_word_for_it(style):
    assert size_fields(style, "auto") == {}


def test_xais_sizes_have_the_ratios_that_they_stand_for():
    model = get_image_model("grok-imagine-image", "xai")
    asked = set()
    assert model.size is not None
    for size in model.size.values:
        fields = size_fields("ratio+tier", size)
        box = parse_size(size)
        if box is not None:
            width, height = map(float, fields["aspect_ratio"].split(":"))
            assert box.ratio == pytest.approx(width / height, rel=0.001)
        asked.add((fields["aspect_ratio"], fields.get("resolution")))
    assert len(asked) == len(model.size.values) == 27


# Costs.


@pytest.mark.parametrize("ticks", [None, "400", -1, True, 1.5])
def test_ticks_that_are_no_count_are_no_cost(ticks):
    assert reported_cost("ticks", {}, {"cost_in_usd_ticks": ticks}) is None


def test_a_proxys_header_is_no_cost_where_ticks_are_the_custom():
    headers = {"x-litellm-response-cost": "0.1"}
    assert reported_cost("ticks", headers, None) is None
    assert reported_cost("header", headers, None) == Decimal("0.1")
