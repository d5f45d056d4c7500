from __future__ import annotations

from typing import Any

import pytest

from images_app.catalog.descriptors import (
    BooleanParameter,
    EnumParameter,
    RangeParameter,
)
from images_app.catalog.reading import ImageModel
from images_app.providers.openrouter_models import (
    TIERS,
    fields_from_list,
    models_from_list,
    pixels,
)
from images_app.providers.openrouter_sizes import RATIOS, size_fields
from images_app.services.plan import ImageAsk, plan
from tests.upstream.openrouter import LISTED, MODEL


def read(supported: Any = None, **changes: Any) -> ImageModel:
    entry = {**LISTED, "supported_parameters": supported or {}, **changes}
    return models_from_list({"data": [entry]})[0]


def test_an_entry_becomes_a_model_of_the_catalog():
    (model,) = models_from_list({"data": [LISTED]})
    assert (model.id, model.kind, model.label) == (MODEL, "openrouter", "Seedream 4.5")
    assert model.operations == {"generate", "edit"}
    assert (model.max_n, model.partial_images, model.price) == (1, 0, None)
    assert isinstance(model.parameters["seed"], RangeParameter)
    assert set(model.parameters) == {"seed", "size"}


def test_each_ratio_is_offered_at_each_tier_the_usual_one_first():
    (model,) = models_from_list({"data": [LISTED]})
    assert model.size is not None
    assert model.size.values[:4] == ("1024x1024", "1368x768", "768x1368", "2048x2048")
    assert len(model.size.values) == 9


def test_what_is_planned_is_sent_as_the_ratio_and_tier_that_it_was_listed_with():
    (model,) = models_from_list({"data": [LISTED]})
    made = plan(ImageAsk("A panda", MODEL, size="3840x2160"), model)
    takes = fields_from_list({"data": [LISTED]})[MODEL]
    fields = size_fields(made.request_fields["size"], takes)
    assert fields == {"aspect_ratio": "16:9", "resolution": "4K"}


def test_no_two_shapes_of_the_api_come_to_the_same_size():
    shapes = [pixels(ratio, tier) for tier in TIERS for ratio in RATIOS]
    assert len(set(shapes)) == len(shapes)


def test_words_ranges_and_flags_become_typed_parameters():
    model = read(
        {
            "quality": {"type": "enum", "values": ["low", "high"]},
            "output_format": {"type": "enum", "values": ["png", "svg"]},
            "output_compression": {"type": "range", "min": 0.0, "max": 100.0},
            "guidance": {"type": "range", "min": 0.5, "max": 10},
            "upscale": {"type": "boolean"},
        }
    )
    assert model.parameters == {
        "quality": EnumParameter(("low", "high")),
        "output_format": EnumParameter(("png",)),
        "output_compression": RangeParameter(0, 100),
        "guidance": RangeParameter(0.5, 10, integer=False),
        "upscale": BooleanParameter(),
    }


@pytest.mark.parametrize(
    ("told", "most"),
    [
        ({"type": "range", "min": 1, "max": 4}, 4),
        ({"type": "range", "min": 1, "max": 100}, 10),
        ({"type": "boolean"}, 10),
        (None, 1),
    ],
)
def test_the_number_of_pictures_is_what_the_list_says(told, most):
    assert read({"n": told} if told else {}).max_n == most


@pytest.mark.parametrize(
    ("supported", "inputs", "most"),
    [
        ({"input_references": {"type": "range", "min": 0, "max": 4}}, ["text"], 4),
        ({"input_references": {"type": "boolean"}}, ["text"], 16),
        ({"input_references": {"type": "range", "min": 0, "max": 0}}, ["image"], 0),
        ({}, ["text", "image"], 16),
        ({}, ["text"], 0),
    ],
)
def test_pictures_to_start_from_are_what_the_list_says(supported, inputs, most):
    model = read(supported, architecture={"input_modalities": inputs})
    assert model.max_input_images == most
    assert ("edit" in model.operations) == (most > 0)


def test_a_model_that_streams_gives_previews_on_demand():
    model = read(supports_streaming=True)
    assert (model.partial_images, model.previews) == (3, 0)


def test_a_model_without_ratios_and_tiers_lets_nobody_choose_a_size():
    assert read({"seed": {"type": "boolean"}}).size is None


@pytest.mark.parametrize("value", [None, [], {}, {"data": 5}, {"data": [None, {}, 3]}])
def test_what_is_no_list_holds_no_models(value):
    assert models_from_list(value) == []
    assert fields_from_list(value) == {}


@pytest.mark.parametrize(
    "supported",
    [
        ["seed"],
        {"seed": None},
        {"quality": {"type": "enum"}},
        {"quality": {"type": "enum", "values": [5]}},
        {"guidance": {"type": "range", "min": 5, "max": 1}},
        {"guidance": {"type": "range"}},
        {"aspect_ratio": {"type": "enum", "values": ["auto", "wide", "1:0", "0:1"]}},
    ],
)
def test_a_field_that_cannot_be_read_is_left_out(supported):
    assert dict(read(supported).parameters) == {}
