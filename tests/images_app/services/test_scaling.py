from __future__ import annotations

import io

from PIL import Image

from images_app.providers.base import GeneratedImage, ImageResult
from images_app.services.scaling import scaled
from tests.images_app.making import picture


def opened(result: ImageResult) -> Image.Image:
    return Image.open(io.BytesIO(result.images[0].data))


def result(data: bytes) -> ImageResult:
    return ImageResult(images=(GeneratedImage(data, "revised", 7),))


async def test_a_larger_picture_is_brought_down_and_keeps_its_format():
    for kind in ("PNG", "JPEG", "WEBP"):
        small = await scaled(result(picture(64, 64, kind)), "16x16")
        assert opened(small).size == (16, 16)
        assert opened(small).format == kind
        assert (small.images[0].revised_prompt, small.images[0].seed) == ("revised", 7)


async def test_without_a_size_nothing_changes():
    made = result(picture(64, 64))
    assert await scaled(made, "") is made


async def test_a_picture_that_is_not_larger_stays_as_it_came():
    made = result(picture(16, 16))
    assert (await scaled(made, "16x16")).images == made.images
    assert (await scaled(made, "32x32")).images == made.images


async def test_what_is_no_picture_is_left_to_the_storing_side():
    made = result(b"no picture")
    assert (await scaled(made, "16x16")).images == made.images
