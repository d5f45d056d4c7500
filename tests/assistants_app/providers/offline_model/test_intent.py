from __future__ import annotations

import pytest

from assistants_app.providers.offline_model.intent import is_vague, read_wish_text

WISHES = [
    ("Draw a mountain at sunset", "a mountain at sunset"),
    ("draw me a fox, please", "a fox"),
    ("Please draw a fox for me", "a fox"),
    ("Could you paint two boats on a lake?", "two boats on a lake"),
    ("can you please sketch an old bridge", "an old bridge"),
    ("Would you mind painting a red barn?", "a red barn"),
    ("I'd like to see a castle in fog", "a castle in fog"),
    ("I would love a picture of a whale", "a whale"),
    ("I want an image of a rose", "a rose"),
    ("I need a poster for a jazz night", "a poster for a jazz night"),
    ("Can you show me a harbour at night?", "a harbour at night"),
    ("show me a lighthouse", "a lighthouse"),
    ("Show me what Tokyo looks like in the rain", "Tokyo in the rain"),
    ("Make me a picture of a cat", "a cat"),
    ("Create an image of a robot in a garden", "a robot in a garden"),
    (
        "Create an illustration of a mountain at sunset.",
        "an illustration of a mountain at sunset",
    ),
    ("generate a photo of an elephant", "a photo of an elephant"),
    ("Generate an oil painting of a storm at sea", "an oil painting of a storm at sea"),
    ("Please illustrate a hedgehog in a balloon", "a hedgehog in a balloon"),
    ("Let's paint a sunflower", "a sunflower"),
    ("Imagine a city on the moon", "a city on the moon"),
    ("Design a logo for a bakery", "a logo for a bakery"),
    ("give me a picture of the sea", "the sea"),
    ("Can I have a drawing of a horse?", "a drawing of a horse"),
    ("What would a castle on Mars look like?", "a castle on Mars"),
    ("How about a street market?", "a street market"),
    ("Hi! draw a cat", "a cat"),
    ("now draw a dog", "a dog"),
    ("a mountain at sunset, oil painting", "a mountain at sunset, oil painting"),
    ("A cute baby sea otter", "A cute baby sea otter"),
    ("mountains in fog, watercolour", "mountains in fog, watercolour"),
    ("an oil painting of a still life", "an oil painting of a still life"),
    ("two swans on a lake", "two swans on a lake"),
    ("DRAW A HOUSE!!!", "A HOUSE"),
    ("Zeichne einen Turm", "einen Turm"),
    ("Kannst du mir eine Katze malen?", "eine Katze (cat)"),
    ("Dessine-moi un mouton", "un mouton (sheep)"),
    ("Dibuja un gato", "un gato (cat)"),
]
NO_WISHES = [
    "What can you draw?",
    "How do I draw a cat?",
    "how to draw a horse",
    "Can you draw?",
    "Don't draw anything",
    "please do not paint a cat",
    "never generate an image of me",
    "I don't want a picture",
    "no pictures please",
    "stop drawing cats",
    "Why did you draw a cat?",
    "Who painted the Mona Lisa?",
    "I drew a picture yesterday",
    "draw a conclusion from this",
    "Draw attention to the second point",
    "Give me three tips",
    "Make a list of animals",
    "Write a poem about the sea",
    "Create a new assistant",
    "Show me how to add a key",
    "show me my settings",
    "I need an API key",
    "I want to know the price",
    "Generate a password",
    "Hello",
    "thanks",
    "What is the capital of France?",
    "Tell me a story about a fox",
    "Explain the difference between auto and on",
    "is it possible to get an image by url?",
    "a question about billing",
    "My cat is ill",
    "",
    "....",
]


@pytest.mark.parametrize(("text", "brief"), WISHES)
def test_a_wish_for_a_picture_is_recognised(text, brief):
    wish = read_wish_text(text)
    assert wish is not None
    assert wish.brief == brief


@pytest.mark.parametrize("text", NO_WISHES)
def test_what_is_no_wish_stays_talk(text):
    assert read_wish_text(text) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Male einen Berg", "de"),
        ("peux-tu dessiner un arbre ?", "fr"),
        ("dibuja el mar", "es"),
    ],
)
def test_simple_wishes_in_other_languages_are_known(text, language):
    wish = read_wish_text(text)
    assert wish is not None
    assert wish.language == language


@pytest.mark.parametrize("text", ["something nice", "a picture", "anything you like"])
def test_a_wish_may_leave_the_choice_open(text):
    assert is_vague(text)


@pytest.mark.parametrize("text", ["draw " * 3000, "a " * 5000, "(" * 4000, "\x00" * 99])
def test_hostile_text_is_read_without_an_error(text):
    read_wish_text(text)
