from __future__ import annotations

from functools import cache

import pytest

from assistants_app.providers.offline_model import enhance as chat
from assistants_app.providers.offline_model.picture_wish import Wish
from images_app.painter.lexicon import find_things
from images_app.painter.scene import make_rng, read_scene
from images_app.painter.vocabulary import ATMOSPHERE, THINGS
from playground.lib.picture_prompt import read_prompt
from playground.lib.picture_words import COMPOSITIONS, LIGHTS, STYLES

SUBJECTS = [
    *(f"a {name}" for name, thing in THINGS.items() if thing.words),
    "a mountain", "the sea", "a forest", "a city", "a desert", "a field of wheat", "a lake",
    "a waterfall", "a road through hills", "a planet", "a beach with a couple", "circles",
    "a logo for a coffee shop", "a postcard from Lisbon", "our team celebrating a launch",
    "an astronaut riding a horse", "a rose garden", "a bowl of plums", "two lemons", "oranges",
    "a red rose in a vase", "a village in the snow", "a zeppelin hangar", "a harbour at dusk",
    "a portrait of a woman",
]  # fmt: skip
PROSE = [
    *chat.LIGHT.values(), *chat.STYLE.values(), *chat._FRAMING.values(), chat._GOLDEN,
    *chat._DEPTH.values(), *(said for said in (*chat._VARIATIONS, *chat._DESIGNS) if said),
    "A warm glow like honey lies on the water", "Reflections shimmer, and shadows fall "
    "across the ground", "The rose light of the horizon meets a lemon yellow haze",
]  # fmt: skip


@cache
def elements(prompt):
    """What is drawn: the place, things with number and colour, features, removals."""
    scene = read_scene(prompt, "", make_rng("one", 1))
    things = tuple((one.thing.name, one.count, one.colour) for one in scene.things)
    return scene.place, things, scene.features - ATMOSPHERE, scene.removed


def test_many_subjects_are_tried():
    assert len(SUBJECTS) >= 80


@pytest.mark.parametrize("subject", SUBJECTS)
def test_prose_about_light_and_depth_adds_nothing_to_draw(subject):
    for start in range(0, len(PROSE), 12):
        said = ". ".join(PROSE[start : start + 12])
        # A light or framing that the prose names by its own word counts as asked for.
        read = read_prompt(said)
        plain = ", ".join([subject, *read.moods, *read.composition])
        assert elements(f"{subject}. {said}.") == elements(plain), said


@pytest.mark.parametrize("subject", SUBJECTS)
def test_an_enhanced_wish_shows_what_the_plain_one_shows(subject):
    words = (*LIGHTS, *STYLES, *COMPOSITIONS, "no people", "no birds")
    turn = SUBJECTS.index(subject) % 8
    for wish in (subject, *(f"{subject}, {word}" for word in words[turn::8])):
        prompt = chat.enhance(Wish(wish)).prompt
        assert elements(prompt) == elements(wish), prompt


def test_an_exclusion_survives_the_enhancement():
    prompt = chat.enhance(Wish("a beach with a couple, no people")).prompt
    assert elements(prompt)[1] == ()
    assert "people" in elements(prompt)[3]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("an orange", ["orange"]),
        ("oranges", ["orange"]),
        ("orange", ["orange"]),
        ("orange and lemon in a bowl", ["orange", "lemon", "bowl"]),
        ("a rose", ["rose"]),
        ("a red rose in a vase", ["rose", "vase"]),
        ("an orange cat", ["cat"]),
        ("a sky in deep orange", []),
        ("the orange of the sky", []),
        ("rose and gold light", []),
        ("a lemon yellow car", ["car"]),
    ],
)
def test_a_colour_word_is_a_colour_unless_it_is_plainly_a_thing(text, names):
    assert [found.thing.name for found in find_things(text)] == names


def test_a_later_sentence_may_bring_something_in():
    found = find_things("A lake. Two birds fly over it. The boat is gone. A dog waits.")
    assert [(one.thing.name, one.count) for one in found] == [("bird", 2), ("dog", 1)]


@pytest.mark.parametrize("text", ["a balloon, the balloon blue", "a balloon, blue"])
def test_a_colour_behind_a_thing_is_its_colour(text):
    assert [found.colour for found in find_things(text)] == ["#2f64a8"]
