from __future__ import annotations

import pytest

from assistants_app.providers.offline_model.picture_wish import (
    read_wishes,
    whole_text_as_wish,
)
from assistants_app.providers.offline_model.shape import Shape, take_shape


def briefs(text):
    return [wish.brief for wish in read_wishes(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Draw a cat and, in a second picture, a dog", ["a cat", "a dog"]),
        ("make a picture of a cat and another of a dog", ["a cat", "a dog"]),
        ("Draw a cat. Then draw a dog.", ["a cat", "a dog"]),
        ("draw a cat and draw a dog and a castle", ["a cat", "a dog and a castle"]),
        ("draw a cat; draw a dog", ["a cat", "a dog"]),
        ("draw a cat; a dog", ["a cat", "a dog"]),
        ("draw a cat; a soft glow", ["a cat; a soft glow"]),
        ("draw a cat and make it blue", ["a cat and make it blue"]),
        ("draw a fox, then sketch an owl", ["a fox", "an owl, pencil sketch"]),
        ("draw a fox and a bear as two separate pictures", ["a fox", "a bear"]),
        ("Draw these:\n1. a red apple\n2. a pear", ["a red apple", "a pear"]),
        ("three variations of a red balloon", ["a red balloon"] * 3),
        ("Draw a kite in 2 versions", ["a kite"] * 2),
        ("Draw a cat and a dog", ["a cat and a dog"]),
        ("Draw a castle. Make it foggy. No people.", ["a castle, foggy, No people"]),
        ("paint a fox", ["a painting of a fox"]),
        ("sketch a fox", ["a fox, pencil sketch"]),
        (
            "I have a bakery called Crumb. Make a logo for it.",
            ["a logo for this: “I have a bakery called Crumb”"],
        ),
        ("Hello there. How are you?", []),
    ],
)
def test_each_wanted_picture_is_one_wish(text, expected):
    assert briefs(text) == expected


def test_at_most_four_pictures_are_made_and_the_rest_is_counted():
    wishes = read_wishes("draw 6 pictures of a windmill")
    assert [wish.variation for wish in wishes] == [1, 2, 3, 4]
    assert wishes[0].more_wanted == 2


@pytest.mark.parametrize(
    ("text", "rest", "shape"),
    [
        ("a fox, wide", "a fox", Shape(ratio=(3, 2))),
        ("a wide river", "a wide river", Shape()),
        ("a town square at noon", "a town square at noon", Shape()),
        ("a wide picture of a fox", "a picture of a fox", Shape(ratio=(3, 2))),
        ("a fox in portrait format", "a fox", Shape(ratio=(2, 3))),
        ("portrait of a fox", "portrait of a fox", Shape()),
        ("a fox, square", "a fox", Shape(ratio=(1, 1))),
        ("a fox, 16:9", "a fox", Shape(ratio=(16, 9))),
        ("a clock at 10:30", "a clock at 10:30", Shape()),
        ("a fox in high quality", "a fox", Shape(quality="high")),
        ("a fox, 1536x1024", "a fox", Shape(size="1536x1024", ratio=(1536, 1024))),
        (
            "a fox with a transparent background",
            "a fox",
            Shape(background="transparent"),
        ),
    ],
)
def test_words_about_the_format_leave_the_wish(text, rest, shape):
    assert take_shape(text) == (rest, shape)


def test_any_text_can_become_a_picture():
    assert whole_text_as_wish("The tax law of Norway?").brief == "The tax law of Norway"
    assert "greeting" in whole_text_as_wish("Hello").brief
