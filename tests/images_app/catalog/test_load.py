from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest

from images_app.catalog.descriptors import EnumParameter, FreeSize, SizeParameter
from images_app.catalog.load import (
    CatalogError,
    get_image_model,
    image_models,
    read_models,
)
from playground.organizations.kinds import all_kinds

ENTRY: dict[str, Any] = {
    "id": "brush",
    "kind": "openai",
    "label": "Brush",
    "prompt_limit": 100,
    "max_n": 2,
    "operations": ["generate"],
    "max_input_images": 0,
    "partial_images": 2,
    "previews": 1,
    "response": "b64_json",
    "parameters": {
        "size": {"type": "size", "values": ["64x64"], "default": "64x64"},
        "seed": {"type": "range", "minimum": 0, "maximum": 9},
    },
}


def read(**changes: Any) -> Any:
    entry = copy.deepcopy(ENTRY) | changes
    return read_models([{"model": [entry]}])[entry["id"]]


def test_every_kind_of_the_catalog_is_one_that_can_be_connected():
    catalog = {model.kind for model in image_models().values()}
    connected = {kind.name for kind in all_kinds() if "image" in kind.services}
    assert {"openai", "clipdrop", "offline"} <= catalog <= connected


def test_the_catalog_is_read_once():
    assert image_models() is image_models()


def test_every_successor_is_alive_when_its_predecessor_goes():
    models = image_models()
    for model in models.values():
        if model.successor and model.shutdown_date:
            assert not models[model.successor].retired(model.shutdown_date)


def test_a_model_is_retired_from_its_shutdown_date_on():
    model = get_image_model("gpt-image-1.5", "openai")
    assert not model.retired(date(2026, 11, 30))
    assert model.retired(date(2026, 12, 1))
    assert not get_image_model("gpt-image-2", "openai").retired(date(2030, 1, 1))


def test_an_unknown_name_takes_every_standard_option_and_answers_base64():
    model = get_image_model("my-flux", "openai")
    assert (model.id, model.label, model.kind) == ("my-flux", "my-flux", "openai")
    assert not model.known
    assert model.response == "b64_json"
    assert model.operations == {"generate", "edit", "mask"}
    quality = model.parameters["quality"]
    assert isinstance(quality, EnumParameter)
    assert quality.open


def test_a_name_of_another_kind_says_nothing_about_this_connections_server():
    assert not get_image_model("clipdrop-text-to-image", "openai").known
    assert get_image_model("clipdrop-text-to-image", "clipdrop").known


def test_the_entry_without_a_fault_is_read():
    model = read()
    assert model.max_n == 2
    assert model.size == SizeParameter(("64x64",), "64x64")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("label", ""),
        ("kind", ""),
        ("operations", ["mask"]),
        ("operations", ["generate", "sing"]),
        ("response", "smoke"),
        ("prompt_limit", 0),
        ("max_n", "2"),
        ("max_input_images", 3),
        ("partial_images", 4),
        ("previews", 3),
        ("generate_only", ["style"]),
        ("shutdown_date", "2026-12-01"),
        ("successor", "nobody"),
        ("colour", "blue"),
    ],
)
def test_a_fault_names_the_entry_and_the_field(field, value):
    with pytest.raises(CatalogError, match=rf"^brush: .*{field}"):
        read(**{field: value})


@pytest.mark.parametrize(
    "parameter",
    [
        {},
        {"type": "colour"},
        {"type": "enum", "values": []},
        {"type": "enum", "values": ["a"], "default": "b"},
        {"type": "enum"},
        {"type": "range", "minimum": 2, "maximum": 1},
        {"type": "range", "minimum": 0, "maximum": 1, "default": 2},
        {"type": "boolean", "default": "yes"},
        {"type": "size", "values": ["64x64"], "free": {"multiple_of": 8}},
        {"type": "enum", "values": ["a"], "unknown": 1},
    ],
)
def test_a_faulty_parameter_is_named(parameter):
    with pytest.raises(CatalogError, match=r"^brush: parameters\.mood: "):
        read(parameters={"mood": parameter})


def test_a_missing_field_is_named():
    entry = {name: value for name, value in ENTRY.items() if name != "max_n"}
    with pytest.raises(CatalogError, match=r"^brush: .*max_n"):
        read_models([{"model": [entry]}])


def test_an_id_may_be_used_once():
    with pytest.raises(CatalogError, match=r"^brush: the id is used twice"):
        read_models([{"model": [ENTRY, ENTRY]}])


def test_an_entry_wins_over_its_family_parameter_by_parameter():
    family = {**ENTRY, "max_n": 9}
    del family["id"]
    entry = {
        "id": "fine-brush",
        "family": "brush",
        "parameters": {"seed": {"type": "range", "minimum": 0, "maximum": 1}},
    }
    models = read_models(
        [{"kind": "openai", "family": {"brush": family}, "model": [entry]}]
    )
    model = models["fine-brush"]
    assert model.max_n == 9
    assert set(model.parameters) == {"size", "seed"}
    assert model.parameters["seed"].maximum == 1


def test_an_unknown_family_is_named():
    with pytest.raises(CatalogError, match="family 'ghost'"):
        read(family="ghost")


@pytest.mark.parametrize(
    ("width", "height", "allowed"),
    [
        (1024, 1024, True),
        (1024, 1025, False),
        (3840, 1280, True),
        (3840, 1264, False),
        (3856, 1600, False),
        (640, 1024, True),
        (640, 1008, False),
        (3840, 2160, True),
        (3840, 2176, False),
    ],
)
def test_free_sizes_follow_every_part_of_the_rule(width, height, allowed):
    size = get_image_model("gpt-image-2", "openai").size
    assert size is not None
    assert isinstance(size.free, FreeSize)
    assert size.free.allows(width, height) == allowed
    assert size.free.allows(height, width) == allowed
