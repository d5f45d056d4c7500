from __future__ import annotations

from typing import Any

import pytest

from images_app.catalog.load import ImageModel, get_image_model, image_models
from images_app.services.plan import ImageAsk, plan
from images_app.services.tool_schema import edit_tool_schema, tool_schema

ALL = [*image_models().values(), get_image_model("my-flux", "openai")]
DRAWING = [model for model in ALL if "generate" in model.operations]


def properties(schema: dict[str, Any]) -> dict[str, Any]:
    return schema["parameters"]["properties"]


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.id)
@pytest.mark.parametrize("make", [tool_schema, edit_tool_schema])
def test_only_the_prompt_is_required_and_nothing_else_is_taken(make, model):
    parameters = make(model)["parameters"]
    assert parameters["required"] == ["prompt"]
    assert parameters["additionalProperties"] is False
    assert "n" not in parameters["properties"]
    assert parameters["properties"]["prompt"]["maxLength"] == model.prompt_limit


@pytest.mark.parametrize("model", DRAWING, ids=lambda model: model.id)
def test_every_value_that_can_be_chosen_is_sent_without_adjustment(model: ImageModel):
    for name, schema in properties(tool_schema(model)).items():
        for value in schema.get("enum", []):
            ask = ImageAsk(prompt="A boat", model=model.id, **{name: value})
            assert plan(ask, model, strict=True).adjustments == ()


def test_the_functions_have_their_names():
    model = get_image_model("gpt-image-2", "openai")
    assert tool_schema(model)["name"] == "generate_image"
    assert edit_tool_schema(model)["name"] == "edit_image"


def test_fixed_sizes_are_offered_as_words_and_ratios_are_not():
    offered = properties(tool_schema(get_image_model("gpt-image-1.5", "openai")))
    assert offered["size"]["enum"] == ["auto", "1024x1024", "1536x1024", "1024x1536"]
    assert "aspect_ratio" not in offered


def test_free_sizes_are_offered_by_ratio_with_the_rule_for_exact_ones():
    offered = properties(tool_schema(get_image_model("gpt-image-2", "openai")))
    assert {"1:1", "16:9", "9:16", "3:1"} <= set(offered["aspect_ratio"]["enum"])
    assert "multiple of 16" in offered["size"]["description"]


def test_a_model_with_one_size_and_no_options_takes_the_prompt_alone():
    model = get_image_model("clipdrop-text-to-image", "clipdrop")
    assert set(properties(tool_schema(model))) == {"prompt"}


def test_moderation_is_not_the_chat_models_to_choose():
    for model in ALL:
        assert "moderation" not in properties(tool_schema(model))


def test_styles_and_seed_are_offered_where_the_painter_takes_them():
    offered = properties(tool_schema(get_image_model("offline-painter", "offline")))
    assert "oil" in offered["style"]["enum"]
    assert offered["seed"]["maximum"] == 2**32 - 1


def test_an_edit_takes_one_id_or_as_many_as_the_model_takes_pictures():
    many = properties(edit_tool_schema(get_image_model("gpt-image-2", "openai")))
    assert many["image_id"]["anyOf"][1]["maxItems"] == 16
    one = properties(edit_tool_schema(get_image_model("offline-painter", "offline")))
    assert one["image_id"]["type"] == "string"
