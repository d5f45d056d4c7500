from __future__ import annotations

import asyncio
import io
import threading

import numpy as np
import pytest
from PIL import Image

from images_app.providers.base import ImageRequest, InputImage
from images_app.providers.offline import OfflineImageProvider, _Work
from playground.lib.errors import ErrorKind, ProviderError


async def nobody(number: int, data: bytes) -> None:
    raise AssertionError("No preview was asked for.")


def request(prompt="a mountain", **options):
    values = {"model": "offline-painter", "size": "256x256", "seed": 3, **options}
    return ImageRequest(prompt=prompt, **values)


async def generate(wanted, on_partial=nobody):
    return await OfflineImageProvider().generate(wanted, on_partial=on_partial)


def opened(image):
    return Image.open(io.BytesIO(image.data))


def given(data):
    return InputImage(data, "image/png", "picture.png")


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
async def test_a_picture_has_the_size_and_format_asked_for(kind):
    result = await generate(request(size="300x200", output_format=kind))
    picture = opened(result.images[0])
    assert (picture.size, picture.format) == ((300, 200), kind.upper())


async def test_the_seed_decides_and_is_told():
    first, again = await generate(request()), await generate(request())
    assert first.images == again.images
    assert first.images[0].seed == 3


async def test_without_a_seed_each_call_draws_anew():
    first, again = (
        await generate(request(seed=None)),
        await generate(request(seed=None)),
    )
    assert first.images[0].seed != again.images[0].seed


async def test_several_pictures_differ():
    result = await generate(request(n=3))
    assert len({image.data for image in result.images}) == 3


@pytest.mark.parametrize("wanted", [1, 2, 3])
async def test_previews_are_passed_on_in_order_on_the_event_loop(wanted):
    shown = []

    async def on_partial(number, data):
        shown.append((number, Image.open(io.BytesIO(data)).size, threading.get_ident()))

    await generate(request(partial_images=wanted), on_partial)
    here = threading.get_ident()
    assert shown == [(number, (256, 256), here) for number in range(wanted)]


async def test_a_transparent_background_is_given_where_the_format_can():
    result = await generate(request("a fox", background="transparent"))
    assert opened(result.images[0]).mode == "RGBA"


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
async def test_an_edit_knows_how_the_picture_was_made(kind):
    made = await generate(request("a mountain at noon", output_format=kind))
    edit = request("make it night", images=(given(made.images[0].data),), size="auto")
    changed = opened((await generate(edit)).images[0])
    assert changed.size == (256, 256)
    assert changed.info["easel-prompt"] == "a mountain, night"
    assert np.asarray(changed).mean() < 0.6 * np.asarray(opened(made.images[0])).mean()


@pytest.mark.parametrize("size", ["huge", "9000x100", "0x0", "12"])
async def test_an_impossible_size_is_refused_with_its_name(size):
    with pytest.raises(ProviderError) as caught:
        await generate(request(size=size))
    assert (caught.value.kind, caught.value.param) == (ErrorKind.INVALID, "size")


async def test_an_unreadable_picture_is_refused():
    with pytest.raises(ProviderError) as caught:
        await generate(request("night", images=(given(b"no picture"),)))
    assert (caught.value.kind, caught.value.param) == (ErrorKind.INVALID, "image")


async def test_cancelling_ends_the_call_at_the_first_preview():
    shown = []
    started = asyncio.Event()

    async def on_partial(number, data):
        shown.append(number)
        started.set()
        await asyncio.Event().wait()

    wanted = request(size="1024x1024", n=4, partial_images=3)
    task = asyncio.create_task(generate(wanted, on_partial))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert shown == [0]


async def test_work_that_was_stopped_paints_no_further():
    work = _Work(request(n=4), asyncio.get_running_loop())
    work.stop.set()
    with pytest.raises(ProviderError) as caught:
        await asyncio.to_thread(work.run)
    assert caught.value.retry_safe
    assert not caught.value.may_have_cost


async def test_a_picture_without_the_thing_asked_for_says_so():
    result = await generate(
        request("A quantum flux capacitor at sunset. One focal point.")
    )
    told = result.images[0].revised_prompt
    assert told.endswith("has no shape for it: quantum flux capacitor.")
    assert "at sunset. Not drawn" in told


async def test_a_change_of_such_a_picture_says_so_again():
    first = await generate(request("A flux capacitor."))
    words = "A flux capacitor at night. Edit: make it night."
    changed = await generate(request(words, images=[given(first.images[0].data)]))
    assert " at night. Not drawn" in changed.images[0].revised_prompt


async def test_nothing_is_said_of_a_changed_photo():
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(file, "PNG")
    changed = await generate(request("a giraffe", images=[given(file.getvalue())]))
    assert changed.images[0].revised_prompt is None


async def test_a_recognised_prompt_is_not_commented():
    result = await generate(request("a cat on a windowsill"))
    assert result.images[0].revised_prompt is None
