from __future__ import annotations

import pytest

from assistants_app.providers.offline_model.enhance import enhance
from assistants_app.providers.offline_model.picture_wish import Wish
from playground.lib.picture_prompt import read_prompt
from playground.lib.picture_words import COMPOSITIONS, LIGHTS, STYLES

SUBJECTS = [
    "a mountain",
    "the sea",
    "a forest",
    "a city",
    "a desert",
    "a field",
    "a cat",
    "an old sailor",
    "a bowl of fruit",
    "a rose",
    "a red balloon",
    "a planet",
    "a logo for a bakery",
    "circles and squares",
    "a zeppelin hangar",
]


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("light", LIGHTS)
def test_no_other_light_than_the_asked_one_is_added(subject, light):
    prompt = enhance(Wish(f"{subject}, {light}")).prompt
    assert read_prompt(prompt).moods == (light,)


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("style", STYLES)
def test_no_other_style_than_the_asked_one_is_added(subject, style):
    prompt = enhance(Wish(f"{subject}, {style}")).prompt
    assert read_prompt(prompt).styles == (style,)


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("framing", COMPOSITIONS)
def test_no_other_framing_than_the_asked_one_is_added(subject, framing):
    prompt = enhance(Wish(f"{subject}, {framing}")).prompt
    assert read_prompt(prompt).composition == (framing,)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_prompt_is_richer_and_adds_no_style(subject):
    prompt = enhance(Wish(subject)).prompt
    assert len(prompt) > len(subject) + 20
    assert read_prompt(prompt).styles == ()
    assert read_prompt(prompt).exclusions == ()


def test_the_asked_words_stay_as_they_are():
    brief = "a fox in the style of Van Gogh with a blue scarf, no text, no people"
    prompt = enhance(Wish(brief)).prompt
    assert prompt.startswith(f"A{brief[1:]}.")
    assert read_prompt(prompt).exclusions == ("text", "people")


def test_what_is_excluded_is_not_brought_back():
    assert "stars" in enhance(Wish("a lake at night")).prompt
    assert "stars." not in enhance(Wish("a lake at night, no stars")).prompt[30:]


def test_a_landscape_without_a_light_gets_one():
    enhanced = enhance(Wish("a mountain"))
    assert read_prompt(enhanced.prompt).moods == ("golden hour",)
    assert "golden-hour light" in enhanced.added


@pytest.mark.parametrize(
    "brief", ["curtains at a window", "a quantum thing", "a cat at night", "a cup"]
)
def test_nothing_is_claimed_of_depth_background_or_light_indoors(brief):
    assert enhance(Wish(brief)).added == ()


def test_variations_differ():
    prompts = {
        enhance(Wish("a kite", variation=number)).prompt for number in (1, 2, 3, 4)
    }
    assert len(prompts) == 4


@pytest.mark.parametrize("limit", [10, 60, 200])
def test_a_limit_is_kept_and_the_asked_words_come_first(limit):
    prompt = enhance(Wish("a mountain at sunset"), limit).prompt
    assert 0 < len(prompt) <= limit
    assert "A mountain at sunset".startswith(prompt[:9])
