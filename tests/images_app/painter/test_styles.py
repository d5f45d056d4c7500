from __future__ import annotations

import numpy as np
import pytest

from images_app.painter import paint

STYLES = ("", "oil", "watercolour", "line-art", "flat-vector", "pixel-art", "photo")


@pytest.fixture(scope="module")
def pictures():
    prompt = "a lighthouse by the sea at noon"
    return {
        style: np.asarray(
            paint(prompt, width=256, height=256, seed=5, style=style), np.float32
        )
        for style in STYLES
    }


def colours(picture):
    return len(np.unique(picture.astype(int).reshape(-1, 3), axis=0))


def test_all_styles_differ_measurably(pictures):
    for i, first in enumerate(STYLES):
        for second in STYLES[i + 1 :]:
            assert np.abs(pictures[first] - pictures[second]).mean() > 4, (
                first,
                second,
            )


def test_pixel_art_has_few_colours_in_blocks(pictures):
    assert colours(pictures["pixel-art"]) <= 28
    assert (
        pictures["pixel-art"][0::2, 0::2] == pictures["pixel-art"][1::2, 1::2]
    ).all()


def test_line_art_is_dark_ink_on_pale_paper_without_colour(pictures):
    picture = pictures["line-art"]
    assert (picture.max(axis=-1) - picture.min(axis=-1)).mean() < 16
    assert np.median(picture) > 220
    assert (picture.mean(axis=-1) < 90).mean() > 0.01


def test_a_flat_vector_has_fewer_colours_than_an_illustration(pictures):
    assert colours(pictures["flat-vector"]) < 0.6 * colours(pictures[""])


def test_watercolour_leaves_a_pale_border(pictures):
    border = pictures["watercolour"][:2]
    assert border.mean() > 235


def test_oil_has_the_texture_of_strokes_in_the_sky(pictures):
    def roughness(picture):
        return np.abs(np.diff(picture[:60], axis=0)).mean()

    assert roughness(pictures["oil"]) > 1.5 * roughness(pictures["flat-vector"])


def test_the_style_in_the_prompt_and_the_option_mean_the_same():
    by_option = paint("a boat", width=128, height=128, seed=1, style="pixel-art")
    assert colours(np.asarray(by_option)) <= 28
    by_words = paint("a boat, pixel art", width=128, height=128, seed=1)
    assert colours(np.asarray(by_words)) <= 28


def test_the_option_wins_over_the_words():
    picture = paint(
        "a boat, oil painting", width=128, height=128, seed=1, style="pixel-art"
    )
    assert colours(np.asarray(picture)) <= 28
