from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from assistants_app.providers.base import Picture
from assistants_app.providers.offline_model.vision import (
    UnreadablePicture,
    describe,
    measure,
    sentence,
)


def encoded(image, kind="PNG"):
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def plain(colour, size=(64, 64), mode="RGB"):
    return encoded(Image.new(mode, size, colour))


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ((204, 34, 40), "red"),
        ((44, 98, 204), "blue"),
        ((52, 148, 68), "green"),
        ((255, 255, 255), "white"),
        ((0, 0, 0), "black"),
        ((242, 138, 34), "orange"),
        ((128, 128, 128), "grey"),
    ],
)
def test_a_plain_colour_is_named(colour, name):
    assert measure(plain(colour)).shares == ((name, 1.0),)


def test_two_colours_have_their_shares():
    image = Image.new("RGB", (100, 100), (22, 34, 84))
    image.paste((250, 226, 58), (0, 75, 100, 100))
    shares = dict(measure(encoded(image)).shares)
    assert shares["navy"] == pytest.approx(0.75, abs=0.02)
    assert shares["yellow"] == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ((600, 400), "landscape format (3:2)"),
        ((400, 600), "portrait format (2:3)"),
        ((500, 500), "square"),
        ((1920, 1080), "landscape format (16:9)"),
        ((517, 400), "landscape format"),
    ],
)
def test_the_true_size_and_orientation_are_said(size, words):
    text = sentence(measure(plain((9, 9, 9), size)))
    assert f"**{size[0]} × {size[1]}**" in text
    assert words in text


def test_dark_and_bright_are_told_apart():
    assert "very dark" in sentence(measure(plain((10, 10, 12))))
    assert "bright with no contrast" in sentence(measure(plain((240, 240, 240))))


def test_strong_contrast_and_the_brighter_half_are_seen():
    pixels = np.zeros((80, 80, 3), dtype=np.uint8)
    pixels[:40] = 255
    seen = measure(encoded(Image.fromarray(pixels)))
    assert seen.brighter_half == "upper"
    assert "strong contrast" in sentence(seen)


@pytest.mark.parametrize("mode", ["RGBA", "L", "P", "LA", "1", "I;16", "CMYK"])
def test_every_pixel_mode_can_be_measured(mode):
    kind = "TIFF" if mode in {"CMYK", "I;16"} else "PNG"
    data = encoded(Image.new(mode, (20, 10)), kind)
    assert (measure(data).width, measure(data).height) == (20, 10)


def test_transparency_is_said():
    assert "transparent" in sentence(measure(plain((0, 0, 0, 0), mode="RGBA")))


@pytest.mark.parametrize(
    "data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40]
)
def test_bytes_that_are_no_picture_are_refused(data):
    with pytest.raises(UnreadablePicture):
        measure(data)


def test_a_broken_picture_is_described_as_unreadable():
    whole = plain((1, 2, 3), (300, 300))
    assert "can’t describe" in describe(
        [Picture("image/png", whole[: len(whole) // 2])]
    )


def test_a_picture_that_was_made_smaller_is_described_by_its_true_size():
    text = describe(
        [Picture("image/jpeg", plain((9, 9, 9), (640, 480)))], [(4000, 3000)]
    )
    assert "**4000 × 3000**" in text
    assert "PNG" not in text


def test_an_address_is_not_fetched():
    assert "only an address" in describe([Picture(url="https://example.org/a.png")])


def test_several_pictures_are_numbered():
    pictures = [Picture("image/png", plain((9, 9, 9)))] * 2
    assert "2. A PNG picture" in describe(pictures)
