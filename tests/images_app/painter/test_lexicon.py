from __future__ import annotations

import numpy as np
import pytest

from images_app.painter import paint
from images_app.painter.lexicon import find_places, find_removed, find_things, singular
from images_app.painter.scene import make_rng, read_scene
from images_app.painter.vocabulary import THINGS


def asked(text):
    return [
        (found.thing.name, found.count, found.colour) for found in find_things(text)
    ]


def scene(prompt, seed=1):
    return read_scene(prompt, "", make_rng(prompt, seed))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("three birds", [("bird", 3, None)]),
        ("2 boats and a dog", [("sailboat", 2, None), ("dog", 1, None)]),
        ("a red balloon", [("balloon", 1, "#c8372d")]),
        ("a desert with camels", [("camel", 0, None)]),
        ("hot air balloons", [("hot air balloon", 0, None)]),
        ("an orange fish", [("fish", 1, "#e5822b")]),
        ("an orange on a plate", [("orange", 1, None)]),
        ("a blue vase with a red apple", [("vase", 1, "#2f64a8"), ("apple", 1, "#c8372d")]),
        ("blockchain", []),
    ],
)  # fmt: skip
def test_things_are_found_with_their_number_and_colour(text, found):
    assert asked(text) == found


@pytest.mark.parametrize(
    ("word", "one"),
    [("foxes", "fox"), ("butterflies", "butterfly"), ("people", "people"), ("grass", "grass")],
)  # fmt: skip
def test_plurals_are_undone(word, one):
    assert singular(word) == one


def test_the_narrow_place_comes_before_the_wide_one():
    assert find_places("a city seen from a window")[0] == "window"


@pytest.mark.parametrize(
    "thing", [name for name, thing in THINGS.items() if thing.sprite]
)
def test_every_thing_leaves_its_mark_on_the_picture(thing):
    words = "portrait of a woman" if thing == "portrait" else f"a {thing}"
    alpha = paint(words, width=96, height=96, seed=3, transparent=True).getchannel("A")
    if thing in ("bouquet",):  # grows as flowers out of doors, stands in a vase indoors
        words = "flowers on a table"
        alpha = paint(words, width=96, height=96, seed=3, transparent=True).getchannel(
            "A"
        )
    assert (np.asarray(alpha) > 128).sum() > 12


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("a beach with a couple, no people", "couple"),
        ("the sea with boats, without boats", "sailboat"),
        ("a meadow with a dog, no animals", "dog"),
    ],
)
def test_what_is_excluded_is_not_among_the_things(prompt, name):
    assert name not in [found.thing.name for found in scene(prompt).things]


def test_no_sun_leaves_the_sky_without_its_disc():
    with_sun = np.asarray(paint("the sea at sunset", width=160, height=160, seed=4))
    without = np.asarray(
        paint("the sea at sunset, no sun", width=160, height=160, seed=4)
    )
    assert with_sun[:80].max(axis=-1).max() > without[:80].max(axis=-1).max() - 1
    bright = (with_sun[:80].min(axis=-1) > 190).sum()
    assert bright > (without[:80].min(axis=-1) > 190).sum() + 20


def test_groups_are_removed_by_their_common_name():
    assert {"dog", "otter"} <= find_removed(("animals",))


def test_a_bare_light_is_painted_where_it_looks_best():
    assert scene("storm").place == "sea"


def test_a_cat_sits_at_the_window_unless_it_snows():
    assert scene("a cat").place == "window"
    assert scene("a cat in the snow").place == "meadow"
