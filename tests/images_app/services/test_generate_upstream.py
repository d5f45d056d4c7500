"""Generations over real sockets: what a provider answers becomes what is stored."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async

from images_app.access import get_generation
from images_app.cards import card
from images_app.services.generate import run_generation
from playground.organizations.models import UsageEntry
from tests.images_app.making import add_connection, make_file, make_generation
from tests.people import make_people
from tests.upstream import answers, chat, images
from tests.upstream.images import EDITS, GENERATIONS, png

pytestmark = pytest.mark.django_db(transaction=True)


async def run(upstream, **fields):
    """Plan and run one generation at the upstream; how it ended."""
    return await sync_to_async(finished)(await start(upstream, **fields))


async def start(upstream, *, source=False, **fields):
    generation = await sync_to_async(make)(upstream, source, fields)
    await run_generation(generation.public_id)
    return generation


def make(upstream, source, fields):
    organization = make_people().organization
    connection = add_connection(
        organization,
        "main",
        "openai",
        base_url=upstream.base_url,
        image_model="house-style",
        is_default_image=True,
    )
    connection.set_api_key(upstream.key)
    connection.save()
    generation = make_generation(organization, **fields)
    if source:
        generation.sources.set([make_file(organization)])
    return generation


def finished(generation):
    return get_generation(generation.organization, generation.public_id)


async def test_the_answers_picture_usage_and_wording_are_stored(upstream):
    answer = images.pictures(png(30, 20), revised_prompt="A quiet harbour")
    upstream.script(GENERATIONS, answer)
    done = await run(upstream, ask={"size": "1536x1024", "quality": "high"})
    assert done.status == "completed"
    assert done.usage["total_tokens"] == images.USAGE["total_tokens"]
    shown = await sync_to_async(card)(done)
    assert (shown.pictures[0].width, shown.pictures[0].height) == (30, 20)
    size = next(fact for fact in shown.facts if fact.label == "Size")
    assert (size.asked, size.value) == ("1536 × 1024", "30 × 20")
    assert shown.price.text == "price unknown"
    assert shown.prompts[-1].label == "Revised"


async def test_a_picture_that_is_sent_along_reaches_the_provider(upstream):
    upstream.script(EDITS, images.pictures(png()))
    done = await run(upstream, source=True, ask={"n_images": 1}, operation="edit")
    assert done.status == "completed"
    assert len(upstream.requests) == 1


async def test_a_refused_key_failed_and_was_not_charged(upstream):
    upstream.script(GENERATIONS, chat.error(401, "Wrong key", code="invalid_api_key"))
    failed = await run(upstream)
    assert (failed.status, failed.error_kind) == ("failed", "configuration")
    assert not failed.may_have_cost
    assert upstream.key not in failed.error_text + failed.error_admin_text
    assert not await UsageEntry.objects.aexists()


async def test_a_refused_prompt_is_moderated(upstream):
    refusal = chat.error(400, "Refused", code="moderation_blocked")
    upstream.script(GENERATIONS, refusal)
    assert (await run(upstream)).status == "moderated"


async def test_an_unreadable_answer_may_have_cost_and_is_sent_once(upstream):
    upstream.script(GENERATIONS, answers.invalid_json())
    lost = await run(upstream)
    assert lost.may_have_cost
    assert len(upstream.requests) == 1
    assert await UsageEntry.objects.filter(reference=lost.public_id).acount() == 1
    assert "cost again" in (await sync_to_async(card)(lost)).failure.retry_label
