from __future__ import annotations

import pytest

from playground.lib.picture_prompt import PicturePrompt, read_prompt
from playground.lib.picture_words import COMPOSITIONS, LIGHTS, STYLES


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("A mountain at sunset", "A mountain"),
        ("Draw a mountain at sunset", "a mountain"),
        ("Please could you draw me a picture of two boats?", "two boats"),
        ("An oil painting of a still life with fruit", "a still life with fruit"),
        ("a fox in snow, watercolour", "a fox"),
        ("a foggy forest", "a forest"),
        ("a robot in the style of an oil painting", "a robot"),
        ("A photorealistic wide angle shot of mountains", "mountains"),
        ("the night sky", "the night sky"),
        ("a snow leopard", "a snow leopard"),
        ("sunset", "sunset"),
        ("", ""),
    ],
)
def test_the_subject_is_what_is_left(text, subject):
    assert read_prompt(text).subject == subject


def test_all_parts_of_the_tips_are_taken_apart():
    prompt = read_prompt(
        "A minimalist vector illustration of a red balloon over fields, wide angle, "
        "golden hour lighting, dramatic shadows, soft pastel colors, no text, no people"
    )
    assert prompt == PicturePrompt(
        subject="a red balloon over fields",
        styles=("minimalist", "flat vector"),
        moods=("golden hour", "dramatic", "pastel"),
        composition=("wide angle",),
        exclusions=("text", "people"),
    )


@pytest.mark.parametrize(
    ("text", "exclusions", "subject"),
    [
        ("a beach with no people at sunset", ("people",), "a beach"),
        ("a sea without birds", ("birds",), "a sea"),
        ("a town without cars or people", ("cars", "people"), "a town"),
        ("a town without cars and people, calm", ("cars", "people"), "a town"),
        ("hills without people and a boat", ("people",), "hills and a boat"),
        ("a hill, don't include any text", ("text",), "a hill"),
        ("a text-free poster", ("text",), ""),
    ],
)
def test_exclusions_are_named_and_leave_the_subject(text, exclusions, subject):
    prompt = read_prompt(text)
    assert (prompt.exclusions, prompt.subject) == (exclusions, subject)


def test_an_excluded_light_is_no_mood():
    assert read_prompt("a mountain, no fog").moods == ()


def test_an_oil_lamp_is_no_oil_painting():
    assert read_prompt("an oil lamp on a table").styles == ()


def test_the_night_sky_is_a_subject_and_a_light():
    assert read_prompt("the night sky over a lake").moods == ("night",)


@pytest.mark.parametrize("group", [STYLES, LIGHTS, COMPOSITIONS])
def test_every_word_of_the_grammar_is_understood(group):
    for name, words in group.items():
        for word in words:
            prompt = read_prompt(f"a house, {word}")
            found = prompt.styles + prompt.moods + prompt.composition
            assert name in found, word


@pytest.mark.parametrize(
    "text",
    [
        " " * 100_000,
        "no " * 3_000,
        "in a " * 3_000,
        "\x00\x01" * 50,
        "山の夕日 🏔️",
        "{}<script>%s\\",
        "a" * 100_000,
    ],
)
def test_hostile_text_is_read_without_an_error(text):
    assert isinstance(read_prompt(text), PicturePrompt)


def test_only_the_first_4000_characters_are_read():
    assert read_prompt("a cat " + "x " * 2_000 + " at night").moods == ()
