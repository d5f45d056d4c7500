from __future__ import annotations

from decimal import Decimal

import pytest

from images_app.providers.base import ImageRequest, InputImage
from playground.lib.errors import ErrorKind
from tests.images_app.providers.openai_calls import EDIT, fail, generate
from tests.upstream import answers, images
from tests.upstream.images import EDITS, GENERATIONS, completed, png, preview
from tests.upstream.server import refusing_url


async def test_only_what_the_request_has_is_sent(upstream):
    upstream.script(GENERATIONS, images.pictures(png()))
    await generate(upstream)
    assert upstream.requests[0].json == {
        "model": "gpt-image-2",
        "prompt": "A boat",
        "n": 1,
    }


@pytest.mark.proves("openai", "n")
async def test_every_option_is_sent_under_its_own_name(upstream):
    upstream.script(GENERATIONS, images.pictures(png(), png()))
    options = {
        "n": 2,
        "size": "1536x1024",
        "quality": "low",
        "background": "transparent",
        "output_format": "webp",
        "output_compression": 80,
        "moderation": "low",
        "style": "vivid",
        "seed": 7,
        "response_format": "b64_json",
    }
    await generate(upstream, ImageRequest(model="m", prompt="p", **options))
    assert upstream.requests[0].json == {"model": "m", "prompt": "p", **options}


async def test_nothing_of_the_environment_or_the_sdk_is_sent(upstream, monkeypatch):
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, "from-the-environment")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Secret: from-the-environment")
    upstream.script(GENERATIONS, images.pictures(png()))
    await generate(upstream)
    headers = upstream.requests[0].headers
    assert "from-the-environment" not in str(dict(headers))
    assert not [name for name in headers if name.lower().startswith("x-stainless")]


async def test_without_a_key_no_authorization_is_sent(upstream, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-from-the-environment")
    upstream.key = ""
    upstream.script(GENERATIONS, images.pictures(png()))
    await generate(upstream)
    assert "Authorization" not in upstream.requests[0].headers


@pytest.mark.proves("openai", "generate")
async def test_base64_pictures_come_back_byte_for_byte(upstream):
    first, second = png(colour="navy"), png(colour="gold")
    answer = images.pictures(
        first, second, revised_prompt="A red boat", headers={"x-request-id": "req_1"}
    )
    upstream.script(GENERATIONS, answer)
    result, previews = await generate(
        upstream, ImageRequest(model="m", prompt="p", n=2)
    )
    assert [image.data for image in result.images] == [first, second]
    assert result.images[0].revised_prompt == "A red boat"
    assert result.usage == images.USAGE
    assert result.request_id == "req_1"
    assert result.cost is None
    assert previews == []


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
async def test_the_first_bytes_say_what_a_picture_is(upstream, kind):
    data = images.picture(kind)
    upstream.script(GENERATIONS, images.pictures(data, output_format="png"))
    result, _ = await generate(upstream)
    assert result.images[0].data == data
    assert result.received["output_format"] == "png"


async def test_what_is_kept_of_request_and_answer_has_no_key_and_no_bytes(upstream):
    upstream.script(EDITS, images.pictures(png(), size="1024x1024", quality="low"))
    result, _ = await generate(upstream, EDIT)
    assert result.sent == {
        "path": "/images/edits",
        "model": "gpt-image-2",
        "prompt": "Make it night",
        "n": 1,
        "images": [{"name": "boat.png", "mime": "image/png", "bytes": len(png())}],
    }
    assert result.received["pictures"] == 1
    assert result.received["size"] == "1024x1024"
    assert upstream.key not in repr(result)


async def test_a_gateways_price_is_the_reported_cost(upstream):
    priced = {"x-litellm-response-cost": "0.0421"}
    upstream.script(GENERATIONS, images.pictures(png(), headers=priced))
    result, _ = await generate(upstream)
    assert result.cost == Decimal("0.0421")


@pytest.mark.parametrize("cost", ["0.0", "", "None", "NaN", "-1"])
async def test_a_price_of_zero_or_nonsense_is_unknown(upstream, cost):
    headers = {"x-litellm-response-cost": cost}
    upstream.script(GENERATIONS, images.pictures(png(), headers=headers))
    result, _ = await generate(upstream)
    assert result.cost is None


# Pictures behind URLs.


async def test_a_url_on_the_connections_own_origin_is_fetched(upstream):
    answer = images.picture_urls(f"{upstream.url}/files/a.png", "/files/b.png")
    upstream.script(GENERATIONS, answer)
    upstream.script("/files/a.png", answers.raw(png(colour="red"), "image/png"))
    upstream.script("/files/b.png", answers.raw(png(colour="blue"), "image/png"))
    result, _ = await generate(upstream)
    datas = [image.data for image in result.images]
    assert datas == [png(colour="red"), png(colour="blue")]
    keys = {request.headers["Authorization"] for request in upstream.requests}
    assert keys == {f"Bearer {upstream.key}"}


async def test_a_url_elsewhere_on_a_private_address_is_not_fetched(upstream):
    with refusing_url() as elsewhere:
        address = elsewhere.removesuffix("/v1") + "/a.png?signature=abc"
        upstream.script(GENERATIONS, images.picture_urls(address))
        error = await fail(upstream)
    assert error.kind is ErrorKind.UPSTREAM
    assert error.may_have_cost
    assert "https" in error.admin_text
    assert "signature" not in error.admin_text


async def test_a_url_that_holds_no_picture_is_an_unreadable_answer(upstream):
    upstream.script(GENERATIONS, images.picture_urls("/files/a.png"))
    upstream.script("/files/a.png", answers.html(200))
    error = await fail(upstream)
    assert (error.kind, error.may_have_cost) == (ErrorKind.UPSTREAM, True)


async def test_a_data_url_is_read_like_base64(upstream):
    url = f"data:image/png;base64,{images.base64_text(png())}"
    upstream.script(GENERATIONS, images.picture_urls(url))
    result, _ = await generate(upstream)
    assert result.images[0].data == png()


# Edits.


@pytest.mark.proves("openai", "edit")
async def test_one_picture_is_sent_as_image_with_its_true_type_and_name(upstream):
    upstream.script(EDITS, images.pictures(png()))
    jpeg = InputImage(images.picture("JPEG"), "image/jpeg", "boat.jpg")
    await generate(upstream, ImageRequest(model="m", prompt="p", images=(jpeg,)))
    files = [part for part in upstream.requests[0].parts if part.filename]
    assert [(part.name, part.filename, part.content_type) for part in files] == [
        ("image", "boat.jpg", "image/jpeg")
    ]
    assert files[0].data == jpeg.data


@pytest.mark.proves("openai", "mask")
async def test_several_pictures_and_a_mask_are_sent_in_order(upstream):
    upstream.script(EDITS, images.pictures(png()))
    one = InputImage(png(colour="red"), "image/png", "one.png")
    two = InputImage(images.picture("WEBP"), "image/webp", "two.webp")
    mask = InputImage(png(colour="white"), "image/png", "mask.png")
    request = ImageRequest(
        model="m", prompt="p", size="1024x1024", images=(one, two), mask=mask
    )
    await generate(upstream, request)
    parts = upstream.requests[0].parts
    names = [part.name for part in parts if part.filename]
    assert names == ["image[]", "image[]", "mask"]
    assert [part.text for part in parts if part.name == "size"] == ["1024x1024"]


async def test_an_edit_can_be_streamed(upstream):
    upstream.script(
        EDITS,
        images.stream(preview(png(), edit=True), completed(png(), edit=True)),
    )
    request = ImageRequest(model="m", prompt="p", images=EDIT.images, partial_images=1)
    result, previews = await generate(upstream, request)
    assert len(result.images) == 1
    assert previews == [(0, png())]
