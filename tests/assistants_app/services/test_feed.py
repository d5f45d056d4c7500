"""Recorder, hub and feed together: what is shown is stored, once and in order."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.db import DatabaseError
from django.test import TestCase

from assistants_app.engine.events import (
    MessageEnded,
    MessageStarted,
    RunCompleted,
    RunStarted,
    TextAdded,
)
from assistants_app.engine.progress import text_part
from assistants_app.models import Message, RunEvents
from assistants_app.services import feed, hub
from assistants_app.services.record import Recorder
from assistants_app.services.runs import create_run
from assistants_app.services.stored import content_so_far
from assistants_app.services.threads import add_user_message, create_thread
from tests.people import make_people


class FeedTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        people = make_people()
        assistant = people.organization.assistants.create(name="A", model="m")
        thread = create_thread(organization=people.organization, assistant=assistant)
        add_user_message(thread=thread, text="Hello")
        thread.refresh_from_db()
        cls.run_ = create_run(thread=thread, assistant=assistant)

    def tearDown(self):
        hub.live_runs.clear()

    def recorder(self):
        return Recorder(self.run_.public_id, self.run_.last_sequence)

    async def collect(self, after=0):
        numbers = []
        async for batch in feed.follow(self.run_.public_id, after=after):
            numbers.extend(numbered.sequence for numbered in batch)
        return numbers

    async def talk(self, recorder, *words):
        await recorder.add(RunStarted())
        await recorder.add(MessageStarted("step_1", "msg_1"))
        for word in words:
            await recorder.add(TextAdded("msg_1", 0, word))

    async def end(self, recorder, text):
        await recorder.add(MessageEnded("step_1", "msg_1", [text_part(text)]))
        await recorder.add(RunCompleted())

    async def test_readers_who_come_early_late_and_afterwards_get_the_same(self):
        recorder = self.recorder()
        early = asyncio.create_task(self.collect())
        await asyncio.sleep(0)
        await self.talk(recorder, "He", "llo")
        late = asyncio.create_task(self.collect(after=3))
        await self.end(recorder, "Hello")
        assert await early == [1, 2, 3, 4, 5, 6, 7]
        assert await late == [4, 5, 6, 7]
        assert await self.collect() == [1, 2, 3, 4, 5, 6, 7]
        assert await self.collect(after=5) == [6, 7]

    async def test_a_message_is_complete_in_the_store_before_anybody_sees_its_end(self):
        recorder = self.recorder()
        await self.talk(recorder, "Hi")
        reader = asyncio.create_task(self.first_after_end())
        await self.end(recorder, "Hi")
        assert await reader == Message.Status.COMPLETED

    async def first_after_end(self):
        async for batch in feed.follow(self.run_.public_id):
            if any(isinstance(numbered.event, MessageEnded) for numbered in batch):
                return (await Message.objects.aget(public_id="msg_1")).status

    async def test_words_wait_for_the_beginning_of_their_message(self):
        recorder = self.recorder()
        await self.talk(recorder, "Hi")
        assert recorder.live.last == self.run_.last_sequence + 1  # that work has begun
        await recorder.flush()
        assert await Message.objects.filter(public_id="msg_1").aexists()
        assert recorder.live.last == self.run_.last_sequence + 3
        await recorder.add(TextAdded("msg_1", 0, " there"))
        assert recorder.live.last == self.run_.last_sequence + 4
        recorder.close()

    async def test_what_cannot_be_stored_is_told_and_tried_again(self):
        recorder = self.recorder()
        await self.talk(recorder, "Hi")
        store, recorder.rows.store = recorder.rows.store, _refuse
        with pytest.raises(DatabaseError):
            await recorder.flush()
        recorder.rows.store = store
        await self.end(recorder, "Hi")
        assert await self.collect() == [1, 2, 3, 4, 5, 6]

    async def test_text_is_stored_in_batches_and_not_delta_by_delta(self):
        recorder = self.recorder()
        await self.talk(recorder, *"abcdefghij")
        await self.end(recorder, "abcdefghij")
        rows = await RunEvents.objects.filter(run=self.run_).acount()
        assert rows == 2  # queued, and all that came before the first write

    async def test_a_message_in_work_can_be_read_from_the_stored_events(self):
        recorder = self.recorder()
        await self.talk(recorder, "Once ", "upon")
        await recorder.flush()
        message = await Message.objects.select_related("run").aget(public_id="msg_1")
        assert await sync_to_async(content_so_far)(message) == [text_part("Once upon")]
        recorder.close()

    async def test_cancelling_in_the_middle_of_an_event_loses_no_number(self):
        recorder = self.recorder()
        adding = asyncio.create_task(recorder.add(RunStarted()))
        await asyncio.sleep(0)
        adding.cancel()
        await asyncio.gather(adding, return_exceptions=True)
        await recorder.add(RunCompleted())
        assert await self.collect() == [1, 2, 3]

    async def test_a_reader_that_leaves_stops_nothing(self):
        recorder = self.recorder()
        reader = asyncio.create_task(self.collect())
        await self.talk(recorder, "Hi")
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
        await self.end(recorder, "Hi")
        assert await self.collect() == [1, 2, 3, 4, 5, 6]


async def test_a_ring_between_two_looks_is_not_lost():
    async with hub.watching("thread_1") as doorbell:
        count = doorbell.count
        hub.ring("thread_1")
        assert await doorbell.changed(count) == count + 1


async def test_a_doorbell_goes_with_its_last_listener():
    async with hub.watching("thread_1"):
        pass
    hub.ring("thread_1")
    async with hub.watching("thread_1") as doorbell:
        assert doorbell.count == 0


def _refuse(batch):
    raise DatabaseError("The disk is full.")
