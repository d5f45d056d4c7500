from __future__ import annotations

import pytest

from images_app.painter import tell_not_drawn
from images_app.painter.telling import NOT_DRAWN

DRAWN = [
    "a cat", "two boats on a lake at dusk", "a city", "a rainbow", "a stormy night",
    "A storm. Heavy dark clouds pile up.", "the sky", "a watercolour", "something blue",
    "a portrait of my boss", "a sea lion on a beach", "an astronaut riding a horse",
    "I am so happy. A cat sits by the lake.", "a logo for a coffee shop", "",
]  # fmt: skip


@pytest.mark.parametrize("prompt", DRAWN)
def test_nothing_is_told_of_a_wish_that_is_drawn(prompt):
    assert tell_not_drawn(prompt, 1) is None


@pytest.mark.parametrize(
    ("prompt", "missing"),
    [
        ("A quantum flux capacitor", "quantum flux capacitor"),
        ("my essay about inflation", "my essay about inflation"),
        ("a poster for a jazz festival", "jazz festival"),
        ("a volcano", "volcano"),
        ("a giraffe and a cat in a savanna", "giraffe"),
        ("draw nothing", "nothing"),
        ("猫", "猫"),
    ],
)
def test_a_wish_without_a_shape_is_named(prompt, missing):
    assert tell_not_drawn(prompt, 1).endswith(f". {NOT_DRAWN}{missing}.")


def test_what_is_painted_instead_is_told():
    told = tell_not_drawn("a tiger and two cats in a forest at night", 1)
    assert told.startswith("A forest at night with cats. ")


def test_prose_about_light_does_not_make_a_wish_known():
    prompt = "A flux capacitor at night. Deep blue tones and small stars."
    assert tell_not_drawn(prompt, 1) is not None


def test_a_long_wish_is_named_shortly_and_cut_at_a_word():
    told = tell_not_drawn("quarterly inflation " * 40, 1)
    assert told.endswith(" quarterly inflation…")
    assert len(told) < 220
