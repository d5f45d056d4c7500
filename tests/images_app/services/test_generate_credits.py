"""Generations at providers that count credits, from the plan to what is stored."""

from __future__ import annotations

import io

import pytest
from asgiref.sync import sync_to_async
from PIL import Image

from images_app.access import get_generation
from images_app.models import File
from images_app.services.files import store_picture
from images_app.services.generate import run_generation
from tests.images_app.making import add_connection, make_file, make_generation
from tests.people import make_people
from tests.upstream import clipdrop, stability
from tests.upstream.images import png

pytestmark = pytest.mark.django_db(transaction=True)


async def run(upstream, kind, model, *, masked=False, **fields):
    """Plan and run one generation at the upstream; how it ended."""
    generation = await sync_to_async(make)(upstream, kind, model, masked, fields)
    await run_generation(generation.public_id)
    return await sync_to_async(get_generation)(
        generation.organization, generation.public_id
    )


def make(upstream, kind, model, masked, fields):
    organization = make_people().organization
    connection = add_connection(
        organization, "main", kind, base_url=upstream.url, is_default_image=True
    )
    connection.set_api_key(upstream.key)
    connection.save()
    generation = make_generation(organization, model=f"main/{model}", **fields)
    if masked:
        generation.sources.set([make_file(organization)])
        generation.mask = make_mask(organization)
        generation.save()
    return generation


def make_mask(organization):
    out = io.BytesIO()
    Image.new("RGBA", (6, 4), (0, 0, 0, 0)).save(out, "PNG")
    return store_picture(
        organization=organization,
        data=out.getvalue(),
        name="mask.png",
        purpose=File.Purpose.VISION,
    )


async def test_a_cleanup_without_a_prompt_is_stored_with_its_credits(upstream):
    upstream.script("/cleanup/v1", clipdrop.picture(png(6, 4)))
    done = await run(
        upstream,
        "clipdrop",
        "clipdrop-cleanup",
        masked=True,
        prompt="",
        operation="edit",
        ask={"n_images": 1, "has_mask": True, "options": {"mode": "quality"}},
    )
    assert (done.status, done.error_text) == ("completed", "")
    assert done.sent["mode"] == "quality"
    assert done.sent["mask_file"]["changes"] == ["turned into black and white"]
    assert done.usage == {"credits_consumed": 1, "credits_remaining": 99}
    assert (done.cost, done.cost_origin) == (None, "unknown")


async def test_stabilitys_picture_is_asked_by_its_ratio_and_measured(upstream):
    upstream.script(stability.CORE, stability.picture(png(30, 20)))
    done = await run(
        upstream, "stability", "stable-image-core", ask={"aspect_ratio": "3:2"}
    )
    assert done.status == "completed"
    assert done.sent["aspect_ratio"] == "3:2"
    assert done.plan["request_fields"]["size"] == "1500x1000"
    file = await File.objects.aget(picture__generation=done)
    assert (file.width, file.height) == (30, 20)


async def test_a_blurred_picture_is_moderated_and_not_shown(upstream):
    upstream.script(stability.CORE, stability.filtered(png()))
    done = await run(upstream, "stability", "stable-image-core")
    assert (done.status, done.may_have_cost) == ("moderated", True)
    assert await done.pictures.acount() == 0
