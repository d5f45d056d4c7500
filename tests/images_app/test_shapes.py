from __future__ import annotations

import pytest

from images_app.catalog.load import get_image_model
from images_app.services.sizes import Box
from images_app.shapes import broken_rule, fitting_shape, offered_shapes

FREE = get_image_model("gpt-image-2", "openai").size
FIXED = get_image_model("gpt-image-1.5", "openai").size
ONE = get_image_model("clipdrop-text-to-image", "clipdrop").size


def values(parameter):
    return [shape.value for shape in offered_shapes(parameter)]


def test_a_model_of_any_size_offers_ratios_and_own_pixels():
    assert values(FREE)[0] == "auto"
    assert "16:9" in values(FREE)
    assert values(FREE)[-1] == "own"


def test_a_model_of_fixed_sizes_offers_just_those():
    assert values(FIXED) == ["auto", "1024x1024", "1536x1024", "1024x1536"]
    assert [shape.label for shape in offered_shapes(FIXED)][2] == "3:2"


def test_one_size_is_nothing_to_choose():
    assert values(ONE) == []
    assert fitting_shape("auto", ONE) == ""


@pytest.mark.parametrize(
    ("value", "parameter", "kept"),
    [
        ("3:2", FIXED, "1536x1024"),
        ("1024x1536", FREE, "2:3"),
        ("21:9", FIXED, "auto"),
        ("16:9", FREE, "16:9"),
        ("nonsense", FREE, "auto"),
    ],
)
def test_another_model_keeps_the_shape_where_it_has_it(value, parameter, kept):
    assert fitting_shape(value, parameter) == kept


def test_drawn_shapes_stay_in_their_box():
    for shape in offered_shapes(FREE):
        assert shape.width <= 24
        assert shape.height <= 24
        assert shape.x + shape.width <= 28
        assert shape.y >= 0


@pytest.mark.parametrize(
    ("box", "words"),
    [
        (Box(1536, 1000), "1000 is not a multiple of 16."),
        (Box(4096, 2048), "4096 is too large: an edge has at most 3840."),
        (Box(3200, 800), "The ratio is above 3:1."),
        (Box(512, 512), "262,144 pixels are too few: 655,360 are the least."),
        (Box(3840, 3840), "14,745,600 pixels are too many: 8,294,400 are the most."),
        (Box(0, 1024), "0 is too small: an edge has at least 1."),
        (Box(1536, 1024), ""),
    ],
)
def test_a_broken_rule_is_named_with_its_number(box, words):
    assert broken_rule(FREE.free, box) == words
