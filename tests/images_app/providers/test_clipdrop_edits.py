"""ClipDrop's operations on pictures: each endpoint is a model of its own."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from images_app.providers.base import ImageRequest, ImageResult, InputImage
from images_app.providers.clipdrop import ClipDropImageProvider
from playground.lib.errors import ErrorKind, ProviderError
from tests.upstream import answers, clipdrop
from tests.upstream.images import picture, png

PATHS = {
    "clipdrop-remove-background": "/remove-background/v1",
    "clipdrop-replace-background": "/replace-background/v1",
    "clipdrop-uncrop": "/uncrop/v1",
    "clipdrop-upscale": "/image-upscaling/v1/upscale",
    "clipdrop-reimagine": "/reimagine/v1/reimagine",
    "clipdrop-cleanup": "/cleanup/v1",
    "clipdrop-remove-text": "/remove-text/v1",
    "clipdrop-sketch-to-image": "/sketch-to-image/v1/sketch-to-image",
    "clipdrop-text-inpainting": "/text-inpainting/v1",
}
UNCROP, UPSCALE = "clipdrop-uncrop", "clipdrop-upscale"
SKETCH, CLEANUP = "clipdrop-sketch-to-image", "clipdrop-cleanup"
proves = pytest.mark.proves


def given(data: bytes, name: str = "Mein Haus.png") -> InputImage:
    return InputImage(data, "image/png", name)


def hole(mode: str = "RGBA", size: tuple[int, int] = (8, 8)) -> InputImage:
    """A mask that changes the left half: transparent there, or white."""
    stays, changes = {"RGBA": ("#ffff", "#0000"), "L": ("black", "white")}[mode]
    image = Image.new(mode, size, stays)
    image.paste(Image.new(mode, (size[0] // 2, size[1]), changes))
    return given(saved(image), "mask.png")


def saved(image: Image.Image, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


# What each model needs at least.
NEEDS: dict[str, dict[str, Any]] = {
    **{model: {"images": (given(png()),)} for model in PATHS},
    UNCROP: {"images": (given(png()),), "options": {"extend_left": 4}},
    SKETCH: {"images": (given(png()),), "prompt": "An owl"},
    CLEANUP: {"images": (given(png()),), "mask": hole()},
    "clipdrop-text-inpainting": {
        "images": (given(png()),),
        "mask": hole(),
        "prompt": "A dog",
    },
}


async def never(number: int, data: bytes) -> None:
    raise AssertionError("ClipDrop gives no previews.")


async def edit(
    upstream: Any, model: str, timeouts: Any = None, **fields: Any
) -> ImageResult:
    provider = ClipDropImageProvider(upstream.url, upstream.key, timeouts)
    request = ImageRequest(**{"prompt": "", **NEEDS[model], "model": model, **fields})
    return await provider.generate(request, on_partial=never)


async def fail(upstream: Any, *args: Any, **kwargs: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await edit(upstream, *args, **kwargs)
    return caught.value


def sent(upstream: Any) -> dict[str, Any]:
    return {part.name: part for part in upstream.requests[0].parts}


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@proves("clipdrop", "edit")
@pytest.mark.parametrize("model", PATHS)
async def test_each_operation_has_its_own_form(upstream, model):
    upstream.script(PATHS[model], clipdrop.picture(png()))
    result = await edit(upstream, model)
    assert [image.data for image in result.images] == [png()]
    assert result.usage == {"credits_consumed": 1, "credits_remaining": 99}
    assert result.sent["path"] == PATHS[model]
    assert upstream.key not in repr(result)
    assert len(upstream.ledger) == 1


async def test_a_picture_that_fits_is_sent_byte_for_byte_under_a_plain_name(upstream):
    upstream.script("/remove-background/v1", clipdrop.picture(png()))
    data = picture("WEBP")
    result = await edit(upstream, "clipdrop-remove-background", images=(given(data),))
    part = sent(upstream)["image_file"]
    assert (part.filename, part.content_type) == ("image_file.webp", "image/webp")
    assert part.data == data
    assert result.sent["image_file"] == {
        "name": "Mein Haus.png",
        "mime": "image/webp",
        "bytes": len(data),
        "size": "8x8",
    }


async def test_a_models_own_words_are_sent(upstream):
    upstream.script("/remove-background/v1", clipdrop.picture(png()))
    upstream.script("/cleanup/v1", clipdrop.picture(png()))
    handling = {"transparency_handling": "discard_alpha_layer"}
    await edit(upstream, "clipdrop-remove-background", options=handling)
    result = await edit(upstream, CLEANUP, options={"mode": "quality"})
    assert sent(upstream)["transparency_handling"].text == "discard_alpha_layer"
    assert result.sent["mode"] == "quality"


@pytest.mark.parametrize(
    ("model", "wished", "accept"),
    [
        ("clipdrop-remove-background", None, "*/*"),
        ("clipdrop-remove-background", "png", "*/*"),
        ("clipdrop-remove-background", "webp", "image/webp"),
        ("clipdrop-remove-background", "jpeg", "image/jpeg, image/jpg"),
        ("clipdrop-replace-background", "jpeg", "*/*"),
        ("clipdrop-replace-background", "png", "image/png"),
    ],
)
async def test_the_format_is_asked_for_by_the_accept_header(
    upstream, model, wished, accept
):
    upstream.script(PATHS[model], clipdrop.picture(png()))
    await edit(upstream, model, output_format=wished)
    assert upstream.requests[0].headers["Accept"] == accept


async def test_a_new_background_may_be_left_to_the_provider(upstream):
    upstream.script("/replace-background/v1", clipdrop.picture(png()))
    await edit(upstream, "clipdrop-replace-background", prompt="")
    assert sent(upstream)["prompt"].text == ""


async def test_margins_and_seed_are_sent_where_they_were_given(upstream):
    upstream.script("/uncrop/v1", clipdrop.picture(png()))
    margins = {"extend_left": 200, "extend_up": -3, "extend_down": 0}
    result = await edit(upstream, UNCROP, options=margins, seed=9)
    texts = {
        name: part.text for name, part in sent(upstream).items() if name != "image_file"
    }
    assert texts == {"extend_left": "200", "extend_up": "-3", "seed": "9"}
    assert result.images[0].seed == 9


@pytest.mark.parametrize(
    ("margins", "words"),
    [
        ({}, "by how many"),
        ({"extend_up": 0}, "by how many"),
        ({"extend_left": -8}, "left"),
    ],
)
async def test_margins_that_make_no_sense_are_refused_before_the_call(
    upstream, margins, words
):
    error = await fail(upstream, UNCROP, options=margins)
    assert (error.kind, error.param) == (ErrorKind.INVALID, "extend_left")
    assert words in error.text
    assert upstream.requests == []


@pytest.mark.parametrize(
    ("source", "size", "target"),
    [
        ((30, 20), None, ("60", "40")),
        ((30, 20), "auto", ("60", "40")),
        ((30, 20), "4096x2731", ("4096", "2731")),
        ((3072, 10), None, ("4096", "13")),
    ],
)
async def test_an_upscaled_size_is_the_wished_one_or_twice_the_source(
    upstream, source, size, target
):
    upstream.script(PATHS[UPSCALE], clipdrop.picture(png()))
    result = await edit(upstream, UPSCALE, images=(given(png(*source)),), size=size)
    parts = sent(upstream)
    assert (parts["target_width"].text, parts["target_height"].text) == target
    assert result.sent["target_width"] == target[0]


async def test_what_is_as_large_as_can_be_is_not_upscaled(upstream):
    error = await fail(upstream, UPSCALE, images=(given(png(4096, 8)),))
    assert (error.kind, error.param) == (ErrorKind.INVALID, "image")
    assert upstream.requests == []


@pytest.mark.parametrize(
    ("model", "size", "words"),
    [
        ("clipdrop-replace-background", (2049, 8), "2048 × 2048"),
        ("clipdrop-remove-background", (5001, 5000), "25 megapixels"),
        ("clipdrop-uncrop", (5001, 2000), "10 megapixels"),
        ("clipdrop-upscale", (4001, 4000), "16 megapixels"),
        (SKETCH, (8, 9), "square"),
    ],
)
async def test_a_picture_beyond_the_limits_is_refused_before_the_call(
    upstream, model, size, words
):
    data = saved(Image.new("1", size))
    error = await fail(upstream, model, images=(given(data),))
    assert (error.kind, error.param) == (ErrorKind.INVALID, "image")
    assert words in error.text
    assert upstream.requests == []


@pytest.mark.parametrize(
    ("model", "limit"),
    [("clipdrop-replace-background", 20), ("clipdrop-remove-background", 30)],
)
async def test_a_file_beyond_the_limit_is_refused_before_the_call(
    upstream, model, limit
):
    data = png() + bytes(limit * 1_000_000)
    error = await fail(upstream, model, images=(given(data),))
    assert f"{limit} MB" in error.text
    assert upstream.requests == []


async def test_what_is_no_picture_is_refused_before_the_call(upstream):
    error = await fail(upstream, UPSCALE, images=(given(b"hello"),))
    assert (error.kind, error.param) == (ErrorKind.INVALID, "image")
    assert upstream.requests == []


@pytest.mark.parametrize("kind", ["WEBP", "GIF"])
async def test_a_format_that_is_not_taken_is_converted_and_told(upstream, kind):
    upstream.script("/cleanup/v1", clipdrop.picture(png()))
    result = await edit(upstream, CLEANUP, images=(given(picture(kind)),))
    part = sent(upstream)["image_file"]
    assert (opened(part.data).format, part.filename) == ("PNG", "image_file.png")
    assert "to PNG" in result.sent["image_file"]["changes"][0]


async def test_a_picture_to_reimagine_is_scaled_down_and_told(upstream):
    upstream.script(PATHS["clipdrop-reimagine"], clipdrop.picture(png()))
    large = given(png(2048, 1024))
    result = await edit(upstream, "clipdrop-reimagine", images=(large,))
    assert opened(sent(upstream)["image_file"].data).size == (1024, 512)
    assert result.sent["image_file"]["changes"] == ["scaled from 2048x1024 to 1024x512"]


@pytest.mark.parametrize("paper", ["white", (0, 0, 0, 0)])
async def test_a_sketch_on_paper_is_inverted_and_told(upstream, paper):
    upstream.script(PATHS[SKETCH], clipdrop.picture(png()))
    sketch = Image.new("RGBA", (40, 40), paper)
    sketch.putpixel((5, 5), (0, 0, 0, 255))
    result = await edit(upstream, SKETCH, images=(given(saved(sketch)),))
    drawn = opened(sent(upstream)["sketch_file"].data).convert("L")
    assert (drawn.getpixel((5, 5)), drawn.getpixel((6, 6))) == (255, 0)
    assert "inverted" in result.sent["sketch_file"]["changes"][0]


async def test_a_sketch_on_black_is_sent_as_it_is(upstream):
    upstream.script(PATHS[SKETCH], clipdrop.picture(png()))
    data = png(40, 40, "black")
    await edit(upstream, SKETCH, images=(given(data),))
    assert sent(upstream)["sketch_file"].data == data


@proves("clipdrop", "mask")
@pytest.mark.parametrize("mode", ["RGBA", "L"])
@pytest.mark.parametrize("model", [CLEANUP, "clipdrop-text-inpainting"])
async def test_a_mask_becomes_white_where_the_picture_shall_change(
    upstream, model, mode
):
    upstream.script(PATHS[model], clipdrop.picture(png()))
    result = await edit(upstream, model, mask=hole(mode))
    made = opened(sent(upstream)["mask_file"].data)
    assert [made.getpixel((x, 0)) for x in (0, 3, 4, 7)] == [255, 255, 0, 0]
    assert result.sent["mask_file"]["changes"] == ["turned into black and white"]


async def test_half_transparent_and_grey_pixels_of_a_mask_are_decided(upstream):
    upstream.script("/cleanup/v1", clipdrop.picture(png()))
    soft = Image.new("RGBA", (8, 8), (0, 0, 0, 255))
    soft.putpixel((0, 0), (0, 0, 0, 127))
    soft.putpixel((1, 0), (0, 0, 0, 128))
    await edit(upstream, CLEANUP, mask=given(saved(soft)))
    made = opened(sent(upstream)["mask_file"].data)
    assert (made.getpixel((0, 0)), made.getpixel((1, 0))) == (255, 0)


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (None, "needs a mask"),
        (hole(size=(8, 9)), "must be equal"),
        (given(saved(Image.new("RGBA", (8, 8), (0, 0, 0, 255)))), "marks nothing"),
        (given(b"hello"), "damaged"),
    ],
)
async def test_a_mask_that_will_not_do_is_refused_before_the_call(
    upstream, mask, words
):
    error = await fail(upstream, CLEANUP, mask=mask)
    assert (error.kind, error.param) == (ErrorKind.INVALID, "mask")
    assert words in error.text
    assert upstream.requests == []


@pytest.mark.parametrize(
    ("model", "fields", "param"),
    [
        (UPSCALE, {"images": ()}, "image"),
        (UPSCALE, {"images": (given(png()), given(png()))}, "image"),
        (UPSCALE, {"mask": hole()}, "mask"),
        (UPSCALE, {"n": 2}, "n"),
        (SKETCH, {"prompt": "  "}, "prompt"),
        (SKETCH, {"prompt": "x" * 5001}, "prompt"),
    ],
)
async def test_what_cannot_be_done_is_refused_before_the_call(
    upstream, model, fields, param
):
    error = await fail(upstream, model, **fields)
    assert (error.kind, error.param) == (ErrorKind.INVALID, param)
    assert not error.may_have_cost
    assert upstream.requests == []


async def test_a_model_without_an_endpoint_is_unknown_before_the_call(upstream):
    provider = ClipDropImageProvider(upstream.url, upstream.key)
    request = ImageRequest(model="clipdrop-fax", prompt="A boat")
    with pytest.raises(ProviderError) as caught:
        await provider.generate(request, on_partial=never)
    assert (caught.value.param, caught.value.code) == ("model", "model_not_found")
    assert upstream.requests == []


@pytest.mark.parametrize("model", PATHS)
async def test_a_refused_picture_is_the_providers_sentence(upstream, model):
    upstream.script(PATHS[model], clipdrop.error(400, "Image is too blue."))
    error = await fail(upstream, model)
    assert (error.kind, error.may_have_cost) == (ErrorKind.INVALID, False)
    assert error.said == "Image is too blue."
    assert "Image is too blue." in error.text


@proves("clipdrop", "cut after send")
@pytest.mark.parametrize("model", PATHS)
async def test_a_connection_cut_after_the_pictures_is_one_bill(upstream, model):
    upstream.script(PATHS[model], answers.hang_up())
    error = await fail(upstream, model)
    assert (error.kind, error.may_have_cost) == (ErrorKind.UPSTREAM, True)
    assert not error.retry_safe
    assert len(upstream.ledger) == 1


@proves("clipdrop", "timeout")
async def test_silence_after_the_pictures_is_a_timeout_that_may_have_cost(upstream):
    upstream.script("/cleanup/v1", answers.hang(upstream.gate()))
    error = await fail(upstream, CLEANUP, timeouts={"read_timeout": 0.05})
    assert (error.kind, error.may_have_cost) == (ErrorKind.TIMEOUT, True)
    assert len(upstream.ledger) == 1
