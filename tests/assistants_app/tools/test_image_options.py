from __future__ import annotations

from assistants_app.tools.image_options import image_ask, merged
from images_app.catalog.load import get_image_model

FREE = get_image_model("gpt-image-2", "openai")
STYLED = get_image_model("dall-e-3", "openai")


def test_empty_values_say_nothing() -> None:
    entry = {"size": "", "quality": None, "style": "oil"}
    assert merged(entry, {"style": ""}) == {"style": "oil"}


def test_the_later_of_size_and_ratio_wins() -> None:
    assert merged({"size": "1024x1024"}, {"aspect_ratio": "3:2"}) == {
        "aspect_ratio": "3:2"
    }
    assert merged({"aspect_ratio": "3:2"}, {"size": "auto"}) == {"size": "auto"}


def test_merging_changes_neither_side() -> None:
    entry, overrides = {"size": "auto"}, {"aspect_ratio": "1:1"}
    merged(entry, overrides)
    assert (entry, overrides) == ({"size": "auto"}, {"aspect_ratio": "1:1"})


def test_the_calls_own_arguments_win_over_the_assistants_options() -> None:
    options = {"quality": "low", "background": "opaque"}
    ask = image_ask(options, {"prompt": "A bay", "quality": "high"}, FREE)
    assert (ask.prompt, ask.quality, ask.background) == ("A bay", "high", "opaque")


def test_what_is_no_option_is_not_passed_on() -> None:
    ask = image_ask(
        {"mode": "on", "provider": "openai"}, {"prompt": "A bay", "image_id": "x"}, FREE
    )
    assert ask.model == "gpt-image-2"


def test_a_style_is_a_text_for_a_model_without_styles() -> None:
    ask = image_ask({"style": "oil on canvas"}, {"prompt": "A bay"}, FREE)
    assert (ask.style, ask.style_suffix) == (None, "oil on canvas")


def test_a_style_that_the_model_knows_is_its_parameter() -> None:
    ask = image_ask({"style": "vivid"}, {"prompt": "A bay"}, STYLED)
    assert (ask.style, ask.style_suffix) == ("vivid", None)


def test_another_style_is_a_text_for_that_model_too() -> None:
    ask = image_ask({"style": "oil"}, {"prompt": "A bay"}, STYLED)
    assert (ask.style, ask.style_suffix) == (None, "oil")
