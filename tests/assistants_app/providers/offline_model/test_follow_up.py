from __future__ import annotations

import pytest

from assistants_app.providers.offline_model.follow_up import read_change
from assistants_app.providers.offline_model.picture_wish import Wish

EARLIER = Wish("a mountain lake at sunset with birds, oil painting")

EDITS = [
    ("make it night", "a mountain lake at night with birds, oil painting"),
    ("now at night please", "a mountain lake at night with birds, oil painting"),
    ("what if it was night?", "a mountain lake at night with birds, oil painting"),
    (
        "change it to rain",
        "a mountain lake at sunset in the rain with birds, oil painting",
    ),
    ("add fog", "a mountain lake at sunset in fog with birds, oil painting"),
    ("add a boat", "a mountain lake at sunset with birds and a boat, oil painting"),
    (
        "put a moon in it",
        "a mountain lake at sunset with birds and a moon, oil painting",
    ),
    ("with a cabin", "a mountain lake at sunset with birds and a cabin, oil painting"),
    ("without the birds", "a mountain lake at sunset, oil painting, no birds"),
    ("remove the birds", "a mountain lake at sunset, oil painting, no birds"),
    ("I don't want birds", "a mountain lake at sunset, oil painting, no birds"),
    ("no text", "a mountain lake at sunset with birds, oil painting, no text"),
    ("in watercolour", "a mountain lake at sunset with birds, watercolour"),
    ("make it look like a photo", "a mountain lake at sunset with birds, photo"),
    ("as pixel art", "a mountain lake at sunset with birds, pixel art"),
    ("more red", "a mountain lake at sunset with birds, oil painting, more red"),
    ("bigger sun", "a mountain lake at sunset with birds, oil painting, a bigger sun"),
    (
        "make the lake bigger",
        "a bigger mountain lake at sunset with birds, oil painting",
    ),
    ("brighter", "a mountain lake at sunset with birds, oil painting, brighter"),
    ("it's too dark", "a mountain lake at sunset with birds, oil painting, brighter"),
    (
        "warmer colours",
        "a mountain lake at sunset with birds, oil painting, warmer colours",
    ),
    (
        "make the sky green",
        "a mountain lake at sunset with birds, oil painting, the sky green",
    ),
    (
        "replace the birds with a kite",
        "a mountain lake at sunset with a kite, oil painting",
    ),
    (
        "make it night and add a boat",
        "a mountain lake at night with birds and a boat, oil painting",
    ),
    (
        "Great! Now make it foggy, no text",
        "a mountain lake at sunset with birds, oil painting, foggy, no text",
    ),
]
REFRAMED = [
    ("wider", EARLIER.brief),
    ("square please", EARLIER.brief),
    ("16:9", EARLIER.brief),
    ("1536x1024", EARLIER.brief),
    ("from above", f"{EARLIER.brief}, from above"),
    ("closer", f"{EARLIER.brief}, close-up"),
    ("zoom out", f"{EARLIER.brief}, wide angle"),
]
NEW_PICTURES = [
    ("another one", EARLIER.brief),
    ("try again", EARLIER.brief),
    ("again!", EARLIER.brief),
    ("another one at night", "a mountain lake at night with birds, oil painting"),
    ("a dog instead", "a dog, at sunset, oil painting"),
    ("the same but with a castle", "a castle, at sunset, oil painting"),
    ("turn it into a desert", "a desert, at sunset, oil painting"),
    ("draw another castle", "a castle, at sunset, oil painting"),
]
NO_CHANGES = [
    "thanks",
    "I love it",
    "How do I add a key?",
    "add an API key",
    "what did you draw?",
    "draw a cat",
    "no problem",
    "undo",
    "Hello",
    "",
    "what does auto mean",
]


@pytest.mark.parametrize(("text", "brief"), EDITS)
def test_a_change_keeps_the_other_words(text, brief):
    change = read_change(text, EARLIER)
    assert change is not None
    assert (change.wish.brief, change.anew) == (brief, False)


@pytest.mark.parametrize(("text", "brief"), REFRAMED)
def test_another_format_or_framing_keeps_the_picture(text, brief):
    change = read_change(text, EARLIER)
    assert change is not None
    assert (change.wish.brief, change.anew) == (brief, False)


@pytest.mark.parametrize(("text", "brief"), NEW_PICTURES)
def test_another_picture_or_subject_is_drawn_anew(text, brief):
    change = read_change(text, EARLIER)
    assert change is not None
    assert (change.wish.brief, change.anew) == (brief, True)


@pytest.mark.parametrize("text", NO_CHANGES)
def test_other_words_are_no_change(text):
    assert read_change(text, EARLIER) is None


@pytest.mark.parametrize(
    ("text", "ratio"),
    [
        ("wider", (3, 2)),
        ("taller", (2, 3)),
        ("square", (1, 1)),
        ("make it 21:9", (21, 9)),
    ],
)
def test_a_format_is_read(text, ratio):
    change = read_change(text, EARLIER)
    assert change is not None
    assert change.wish.shape.ratio == ratio


def test_wider_goes_one_step_further_each_time():
    once = read_change("wider", EARLIER)
    assert once is not None
    twice = read_change("wider", once.wish)
    assert twice is not None
    assert twice.wish.shape.ratio == (16, 9)


def test_three_more_are_three_pictures():
    change = read_change("three more", EARLIER)
    assert change is not None
    assert change.count == 3


def test_an_edit_is_told_the_result_and_what_differs():
    change = read_change("add a boat", EARLIER)
    assert change is not None
    assert change.instruction == (
        "A mountain lake at sunset with birds and a boat, oil painting. Edit: add a boat. "
        "Everything else stays as it is."
    )


def test_a_thing_that_comes_back_is_no_longer_excluded():
    change = read_change("add birds", Wish("a lake, no birds"))
    assert change is not None
    assert change.wish.brief == "a lake with birds"


def test_one_style_follows_another():
    change = read_change("in watercolour", Wish("an oil painting of a still life"))
    assert change is not None
    assert change.wish.brief == "a still life, watercolour"
