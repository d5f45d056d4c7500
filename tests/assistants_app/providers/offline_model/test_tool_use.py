from __future__ import annotations

import pytest

from assistants_app.providers.base import ToolSpec
from assistants_app.providers.offline_model.schema import filler, fits, problems
from assistants_app.providers.offline_model.shape import Shape
from assistants_app.providers.offline_model.tool_use import (
    complete,
    draws_pictures,
    named_tool,
    picture_arguments,
    read_arguments,
)

WEATHER = ToolSpec(
    "get_weather",
    "The weather of a city.",
    {
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
            "days": {"type": "integer", "minimum": 1, "maximum": 7},
        },
        "required": ["city", "unit"],
        "additionalProperties": False,
    },
)
CREATE = ToolSpec(
    "create_image",
    "Create an image using either DALL-E 2 or DALL-E 3.",
    {
        "type": "object",
        "properties": {
            "prompt": {"type": "string"},
            "model": {"type": "string", "enum": ["dall-e-2", "dall-e-3"]},
            "n": {"type": ["integer", "null"], "default": 1},
        },
        "required": ["prompt"],
    },
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'get_weather {"city": "Oslo", "unit": "celsius"}',
            {"city": "Oslo", "unit": "celsius"},
        ),
        ("call get_weather for Oslo", {"city": "Oslo", "unit": "celsius"}),
        (
            'get_weather for "New York" in fahrenheit',
            {"city": "New York", "unit": "fahrenheit"},
        ),
        (
            "use get_weather with city=Oslo, days=3",
            {"city": "Oslo", "unit": "celsius", "days": 3},
        ),
        ("What's the weather in Oslo?", {"city": "Oslo", "unit": "celsius"}),
        ("call get weather for Oslo", {"city": "Oslo", "unit": "celsius"}),
    ],
)
def test_arguments_are_read_and_fit_the_schema(text, expected):
    assert named_tool(text, [CREATE, WEATHER]) is WEATHER
    assert read_arguments(text, WEATHER) == (expected, [])
    assert fits(WEATHER.parameters, expected)


@pytest.mark.parametrize(
    "text", ["what does create_image do?", "Hello", "make it night"]
)
def test_a_question_about_a_tool_is_no_call(text):
    assert named_tool(text, [CREATE, WEATHER]) is None


def test_a_picture_tool_is_told_the_defaults_of_its_schema():
    known = {
        "prompt": {"type": "string"},
        "model": {"enum": ["dall-e-2", "dall-e-3"], "default": "dall-e-2"},
        "response_format": {"enum": ["url", "b64_json"], "default": "url"},
        "style": {
            "enum": ["vivid", "natural"],
            "default": "vivid",
            "description": "This parameter is only supported for DALL-E 3.",
        },
        "n": {"type": "integer", "default": "one"},
    }
    tool = ToolSpec("create_image", "Create an image.", {"properties": known})
    assert picture_arguments(tool, "a fox", Shape()) == {
        "prompt": "a fox",
        "model": "dall-e-2",
        "response_format": "url",
    }
    natural = picture_arguments(tool, "a fox in a natural style", Shape())
    assert natural["style"] == "natural"


OLD = {
    "prompt": {"type": "string"},
    "model": {"enum": ["dall-e-2", "dall-e-3"], "default": "dall-e-2"},
    "n": {"type": ["integer", "null"], "default": 1},
    "quality": {"enum": ["standard", "hd"], "default": "standard"},
    "size": {"type": ["string", "null"]},
    "style": {"enum": ["vivid", "natural"], "default": "vivid"},
}
OF_BOTH = {"prompt": "a fox", "n": 1, "quality": "standard"}


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (Shape(), {"model": "dall-e-2"}),
        (Shape("512x512", (1, 1)), {"model": "dall-e-2", "size": "512x512"}),
        (
            Shape(ratio=(16, 9)),
            {"model": "dall-e-3", "size": "1792x1024", "style": "vivid"},
        ),
        (
            Shape(quality="high"),
            {"model": "dall-e-3", "quality": "hd", "style": "vivid"},
        ),
    ],
)
def test_a_tool_for_two_models_is_given_what_the_chosen_one_takes(shape, expected):
    tool = ToolSpec("create_image", "Create an image.", {"properties": OLD})
    assert picture_arguments(tool, "a fox", shape) == {**OF_BOTH, **expected}


def test_arguments_that_do_not_fit_are_named():
    _, wrong = read_arguments('get_weather {"unit": "kelvin", "x": 1}', WEATHER)
    assert wrong == [
        "`city` is missing",
        "`x` is not a parameter",
        "`unit` must be one of celsius, fahrenheit",
    ]


def test_a_function_that_makes_images_is_known_by_name_or_description():
    assert draws_pictures(CREATE)
    assert draws_pictures(ToolSpec("dalle", "Generates an image.", CREATE.parameters))
    assert not draws_pictures(WEATHER)


@pytest.mark.parametrize(
    ("shape", "schema", "expected"),
    [
        (
            Shape(ratio=(3, 2)),
            {"size": {"enum": ["1024x1024", "1536x1024"]}},
            "1536x1024",
        ),
        (
            Shape("999x500", (999, 500)),
            {"size": {"enum": ["1024x1024", "1792x1024"]}},
            "1792x1024",
        ),
        (Shape("640x480", (640, 480)), {"size": {"type": "string"}}, "640x480"),
        (
            Shape(ratio=(16, 9)),
            {"aspect_ratio": {"enum": ["1:1", "3:2", "16:9"]}},
            "16:9",
        ),
        (Shape(ratio=(5, 1)), {"aspect_ratio": {"enum": ["1:1", "3:1"]}}, "3:1"),
        (Shape(quality="high"), {"quality": {"enum": ["standard", "hd"]}}, "hd"),
        (Shape(quality="high"), {"quality": {"enum": ["low", "high"]}}, "high"),
        (Shape(background="transparent"), {"background": {"enum": ["opaque"]}}, None),
        (Shape(), {"size": {"enum": ["1024x1024"]}}, None),
    ],
)
def test_only_offered_values_are_sent(shape, schema, expected):
    properties = {"prompt": {"type": "string"}, **schema}
    tool = ToolSpec("generate_image", "", {"type": "object", "properties": properties})
    found = picture_arguments(tool, "a fox", shape)
    assert found.get(next(iter(schema))) == expected
    assert fits(tool.parameters, found)


def test_size_and_ratio_are_never_sent_together():
    properties = {
        "prompt": {"type": "string"},
        "size": {"type": "string"},
        "aspect_ratio": {"enum": ["1:1", "3:2"]},
    }
    tool = ToolSpec("generate_image", "", {"type": "object", "properties": properties})
    assert picture_arguments(tool, "x", Shape(ratio=(3, 2))).keys() == {
        "prompt",
        "aspect_ratio",
    }
    exact = picture_arguments(tool, "x", Shape("600x400", (600, 400)))
    assert exact == {"prompt": "x", "size": "600x400"}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "maxLength": 3},
        {"type": "string", "enum": ["a", "b"]},
        {"type": ["string", "null"], "enum": ["a", "b"]},
        {"type": "integer", "minimum": 5, "maximum": 9},
        {"type": "number"},
        {"type": "boolean"},
        {"type": "null"},
        {"type": "array", "items": {"type": "string"}, "minItems": 2},
        {"type": "array", "items": {"type": "integer"}},
        {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        {"const": "fixed"},
        {"type": "string", "default": "x"},
        {
            "type": "object",
            "properties": {"a": {"type": "integer"}},
            "required": ["a"],
        },
        {},
    ],
)
def test_a_required_value_that_nobody_named_is_filled_in(schema):
    assert problems(schema, filler(schema, "some words")) == []


def test_a_strict_tool_gets_every_property():
    schema = {
        "type": "object",
        "properties": {
            "prompt": {"type": "string"},
            "seed": {"type": ["integer", "null"]},
        },
        "required": ["prompt", "seed"],
        "additionalProperties": False,
    }
    tool = ToolSpec("create_image", "", schema, strict=True)
    assert complete(tool, {"prompt": "a"}, "a") == {"prompt": "a", "seed": None}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer"}, True),
        ({"type": "integer"}, "5"),
        ({"type": "string", "pattern": "^[0-9]+x[0-9]+$"}, "wide"),
        ({"type": "array", "items": {"type": "string"}}, ["a", 1]),
        ({"type": "object", "required": ["a"]}, {}),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, 3),
    ],
)
def test_a_wrong_value_is_found(schema, value):
    assert problems(schema, value)
