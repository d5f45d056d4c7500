from __future__ import annotations

import asyncio

from asgiref.sync import sync_to_async
from django.test import TransactionTestCase

from images_app.models import Generation
from images_app.services.generate import (
    run_generation,
    start_generation,
    stop_generation,
)
from playground.organizations.models import Connection, UsageEntry
from tests.images_app.making import make_generation
from tests.people import make_people

SMALL = {"size": "256x256"}


class RunGenerationTests(TransactionTestCase):
    """With real threads and transactions: a generation runs in a context of its own."""

    def setUp(self):
        self.people = make_people()

    async def make(self, **fields):
        return await sync_to_async(make_generation)(self.people.organization, **fields)

    async def test_the_offline_painter_makes_and_stores_the_picture(self):
        generation = await self.make(ask={**SMALL, "seed": 5})
        await run_generation(generation.public_id)
        done = await Generation.objects.aget(pk=generation.pk)
        assert done.status == Generation.Status.COMPLETED
        picture = await done.pictures.select_related("file").aget()
        assert (picture.file.width, picture.file.height) == (256, 256)
        assert picture.seed == 5
        assert done.partial_id is None

    async def test_one_call_is_counted_once(self):
        generation = await self.make(ask={**SMALL, "n": 2})
        await run_generation(generation.public_id)
        entry = await UsageEntry.objects.aget(reference=generation.public_id)
        assert entry.units["pictures"] == 2

    async def test_previews_are_told_while_it_is_painted(self):
        seen = []

        async def on_preview(number, file_id):
            seen.append((number, file_id[:5]))

        generation = await self.make(ask=SMALL)
        await run_generation(generation.public_id, on_preview)
        assert [number for number, _ in seen] == sorted(number for number, _ in seen)
        assert {kind for _, kind in seen} == {"file-"}

    async def test_a_finished_generation_is_never_sent_again(self):
        generation = await self.make(ask=SMALL)
        await run_generation(generation.public_id)
        await run_generation(generation.public_id)
        assert await generation.pictures.acount() == 1

    async def test_a_deleted_connection_fails_without_cost(self):
        generation = await self.make()
        await Connection.objects.all().adelete()
        await run_generation(generation.public_id)
        failed = await Generation.objects.aget(pk=generation.pk)
        assert failed.status == Generation.Status.FAILED
        assert "not available any more" in failed.error_text
        assert not failed.may_have_cost

    async def test_a_stopped_painting_costs_nothing_and_leaves_no_picture(self):
        generation = await self.make(ask={"size": "2048x2048", "n": 4})
        started = asyncio.Event()

        async def on_preview(number, file_id):
            started.set()

        task = start_generation(generation.public_id, on_preview)
        await started.wait()
        assert await stop_generation(generation.public_id)
        assert task.done()
        stopped = await Generation.objects.aget(pk=generation.pk)
        assert stopped.status == Generation.Status.CANCELLED
        assert await stopped.pictures.acount() == 0
        assert not await UsageEntry.objects.aexists()

    async def test_what_nobody_works_on_cannot_be_stopped(self):
        generation = await self.make()
        assert not await stop_generation(generation.public_id)
