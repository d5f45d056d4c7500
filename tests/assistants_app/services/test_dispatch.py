"""Runs that are stopped, answered and expired at any moment: one ending, one writer."""

import asyncio
import threading
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.test import TransactionTestCase

from assistants_app.engine.events import ENDINGS, RunCompleted, RunPaused, from_json
from assistants_app.models import Run
from assistants_app.services import dispatch, feed, hub, runs
from assistants_app.services.execute import Execution
from assistants_app.services.stored import RunStateError
from assistants_app.services.threads import delete_thread
from playground.api import request_ids
from playground.lib.clock import now
from playground.organizations.services.connections import add_connection
from tests.assistants_app.rows import assistant_of, called, run_with, thread_with
from tests.people import make_people
from tests.upstream import chat

PATH = "/v1/chat/completions"
# More turns of the event loop than a run needs from its launch to its first request.
MOMENTS = (0, 1, 2, 3, 5, 8, 13, 21)


class DispatchCase(TransactionTestCase):
    @pytest.fixture(autouse=True)
    def _surroundings(self, upstream, caplog):
        self.upstream = upstream
        self.log = caplog

    def setUp(self):
        organization = make_people().organization
        add_connection(
            organization=organization,
            kind="openai",
            name="own",
            base_url=self.upstream.base_url,
            api_key=self.upstream.key,
            chat_model="house-model",
            default_chat=True,
        )
        self.assistant = assistant_of(organization)

    def tearDown(self):
        assert not dispatch._working
        assert not hub.live_runs
        ours = [
            r
            for r in self.log.records
            if r.name.startswith(("assistants_app", "asyncio"))
        ]
        assert [record for record in ours if record.levelname == "ERROR"] == []

    @sync_to_async
    def queued(self):
        """A run that nobody works on yet."""
        thread = thread_with(self.assistant)
        return self.loaded(runs.create_run(thread=thread, assistant=self.assistant))

    @sync_to_async
    def waiting(self):
        thread = thread_with(self.assistant)
        run = run_with(thread, self.assistant, *called(("call_1", "f")))
        return self.loaded(run)

    @sync_to_async
    def submitted(self, run):
        """What an API request has committed before it launches the run."""
        runs.submit_outputs(run, [("call_1", "1")])
        return self.loaded(run)

    def loaded(self, run):
        return Run.objects.select_related("thread__organization").get(pk=run.pk)

    async def settled(self):
        """Until no run is worked on any more."""
        while dispatch._working:
            await asyncio.wait([working.task for working in dispatch._working.values()])
            await asyncio.sleep(0)

    @sync_to_async
    def ending(self, run):
        """The status of a run that has ended in order: once, with all events read."""
        run = self.loaded(run)
        events = [
            from_json(stored)
            for batch in run.event_batches.order_by("first")
            for stored in batch.events
        ]
        numbers = [numbered.sequence for numbered in events]
        assert numbers == list(range(1, run.last_sequence + 1))
        endings = [n.event for n in events if isinstance(n.event, ENDINGS)]
        assert isinstance(events[-1].event, ENDINGS)
        assert len([e for e in endings if not isinstance(e, RunPaused)]) == 1
        assert (run.cancelled_at is None) or (run.completed_at is None)
        assert not run.steps.filter(status="in_progress").exists()
        assert not run.messages.filter(status="in_progress").exists()
        return run.status

    async def outcome(self, work):
        """ "ok", or what refused it."""
        try:
            await work
        except RunStateError as exc:
            return str(exc)
        return "ok"


class CancelTests(DispatchCase):
    async def test_a_run_that_is_stopped_before_its_launch_is_never_worked_on(self):
        run = await self.queued()
        await dispatch.cancel_run(run)
        dispatch.launch(run)
        await self.settled()
        assert await self.ending(run) == "cancelled"
        assert self.upstream.requests == []

    async def test_outputs_that_were_taken_do_not_wake_a_run_that_was_stopped(self):
        run = await self.waiting()
        await self.submitted(run)
        await dispatch.cancel_run(run)
        dispatch.launch(await sync_to_async(self.loaded)(run))
        await self.settled()
        assert await self.ending(run) == "cancelled"
        assert self.upstream.requests == []

    async def test_readers_of_a_run_that_was_not_launched_any_more_see_its_end(self):
        run = await self.waiting()
        queued = await self.submitted(run)
        await dispatch.cancel_run(run)
        dispatch.launch(queued)
        last = [b[-1] async for b in feed.follow(run.public_id, after=3)][-1]
        await self.settled()
        assert last.sequence == (await sync_to_async(self.loaded)(run)).last_sequence

    async def test_a_run_can_be_stopped_at_any_moment_after_its_launch(self):
        gate = self.upstream.gate()
        answer = chat.text_stream("Half", gate, " and half")
        self.upstream.script(PATH, *[answer] * len(MOMENTS))
        for moment in MOMENTS:
            run = await self.queued()
            dispatch.launch(run)
            await turns(moment)
            await dispatch.cancel_run(run)
            await self.settled()
            assert await self.ending(run) == "cancelled", moment

    async def test_stopping_and_answering_at_once_leaves_a_stopped_run(self):
        gate = self.upstream.gate()
        answer = chat.text_stream("Half", gate, " and half")
        self.upstream.script(PATH, *[answer] * len(MOMENTS))
        for moment in MOMENTS:
            run = await self.waiting()
            outputs = [("call_1", "1")]
            answering = asyncio.create_task(
                self.outcome(dispatch.submit_outputs(run, outputs))
            )
            await turns(moment)
            await dispatch.cancel_run(run)
            assert await answering in {
                "ok",
                'Runs in status "cancelled" do not accept tool outputs.',
            }
            await self.settled()
            assert await self.ending(run) == "cancelled", moment

    async def test_stopping_twice_at_once_ends_a_run_once(self):
        gate = self.upstream.gate()
        self.upstream.script(PATH, chat.text_stream("Half", gate, " and half"))
        run = await self.queued()
        dispatch.launch(run)
        await gate.reached()
        again = await sync_to_async(self.loaded)(run)
        stops = (dispatch.cancel_run(run), dispatch.cancel_run(again))
        assert await asyncio.gather(*map(self.outcome, stops)) == ["ok", "ok"]
        await self.settled()
        assert await self.ending(run) == "cancelled"

    async def test_stopping_a_waiting_run_twice_at_once_is_refused_once(self):
        run = await self.waiting()
        again = await sync_to_async(self.loaded)(run)
        stops = (dispatch.cancel_run(run), dispatch.cancel_run(again))
        told = await asyncio.gather(*map(self.outcome, stops))
        assert sorted(told) == ["Cannot cancel run with status 'cancelled'.", "ok"]
        assert await self.ending(run) == "cancelled"

    async def test_stopping_a_run_that_has_just_ended_leaves_it_ended(self):
        self.upstream.script(PATH, chat.text_stream("Good day"))
        run = await self.queued()
        dispatch.launch(run)
        storing = Held(dispatch._working[run.public_id].execution, RunCompleted)
        await storing.reached()
        stopping = asyncio.create_task(self.outcome(dispatch.cancel_run(run)))
        await asyncio.sleep(0)
        storing.go_on()
        assert await stopping == "Cannot cancel run with status 'completed'."
        await self.settled()
        assert await self.ending(run) == "completed"

    async def test_stopping_a_run_that_begins_to_wait_in_that_moment_ends_it(self):
        self.upstream.script(PATH, chat.tool_call_stream(chat.Call("f")))
        self.assistant.tools = [{"type": "function", "function": {"name": "f"}}]
        run = await self.queued()
        dispatch.launch(run)
        storing = Held(dispatch._working[run.public_id].execution, RunPaused)
        await storing.reached()
        stopping = asyncio.create_task(dispatch.cancel_run(run))
        await asyncio.sleep(0)
        storing.go_on()
        await stopping
        await self.settled()
        assert await self.ending(run) == "cancelled"

    async def test_a_client_that_leaves_while_it_stops_a_run_stops_it(self):
        run = await self.queued()
        dispatch.launch(run)
        stopping = asyncio.create_task(dispatch.cancel_run(run))
        await asyncio.sleep(0)
        stopping.cancel()
        await self.settled()
        await asyncio.wait(dispatch._held)
        assert await self.ending(run) == "cancelled"

    async def test_a_thread_may_be_deleted_before_its_run_is_launched(self):
        run = await self.queued()
        await sync_to_async(delete_thread)(run.thread)
        dispatch.launch(run)
        await self.settled()
        assert not await Run.objects.filter(pk=run.pk).aexists()

    async def test_the_log_names_the_request_that_a_run_belongs_to(self):
        self.log.set_level("INFO", "assistants_app")
        self.log.handler.addFilter(request_ids.RequestIdFilter())
        run = await self.queued()
        await dispatch.cancel_run(run)
        request_id = request_ids.begin()
        dispatch.launch(run)
        await self.settled()
        (said,) = [r for r in self.log.records if "is not worked on" in r.message]
        assert said.request_id == request_id


class SubmitTests(DispatchCase):
    async def test_of_two_submissions_at_once_one_is_taken(self):
        self.upstream.script(PATH, chat.text_stream("Good day"))
        run = await self.waiting()
        again = await sync_to_async(self.loaded)(run)
        submissions = [
            self.outcome(dispatch.submit_outputs(one, [("call_1", "1")]))
            for one in (run, again)
        ]
        told = await asyncio.gather(*submissions)
        await self.settled()
        assert told.count("ok") == 1
        assert "do not accept tool outputs" in "".join(told)
        assert await self.ending(run) == "completed"
        assert len(self.upstream.requests) == 1

    async def test_outputs_that_come_too_late_do_not_wake_an_expired_run(self):
        run = await self.waiting()
        run.expires_at = now() - timedelta(seconds=1)
        await run.asave(update_fields=["expires_at"])
        told, _ = await asyncio.gather(
            self.outcome(dispatch.submit_outputs(run, [("call_1", "1")])),
            dispatch._expire(run.public_id, 0, ()),
        )
        assert told == 'Runs in status "expired" do not accept tool outputs.'
        assert await self.ending(run) == "expired"

    async def test_who_knew_a_run_as_waiting_does_not_expire_one_that_went_on(self):
        run = await self.waiting()
        run.expires_at = now() - timedelta(seconds=1)
        stale = await sync_to_async(self.loaded)(run)
        await self.submitted(run)
        await Run.objects.filter(pk=run.pk).aupdate(expires_at=run.expires_at)
        stale.expires_at = run.expires_at
        assert not await sync_to_async(dispatch.endings.expire_if_overdue)(stale)
        assert stale.status == "queued"
        await dispatch.cancel_run(run)


class ExpiryTests(DispatchCase):
    async def expire(self, run):
        subject = run.thread.public_id
        async with hub.watching(subject) as doorbell:
            await dispatch._expire(run.public_id, 0, (subject,))
            await run.arefresh_from_db(fields=["status"])
            return run.status, doorbell.count

    async def test_a_paused_run_expires_in_time_and_open_pages_are_told(self):
        run = await self.waiting()
        run.expires_at = now() - timedelta(seconds=1)
        await run.asave(update_fields=["expires_at"])
        assert await self.expire(run) == ("expired", 1)

    async def test_a_run_that_may_still_wait_goes_on_waiting(self):
        assert await self.expire(await self.waiting()) == ("requires_action", 0)


class Held:
    """Holds an execution's writer in the moment in which it stores such an event."""

    def __init__(self, execution: Execution, kind: type) -> None:
        self._kind = kind
        self._reached, self._gate = threading.Event(), threading.Event()
        self._store = execution.recorder.rows.store
        execution.recorder.rows.store = self._hold  # type: ignore[method-assign]

    def _hold(self, batch):
        if any(isinstance(numbered.event, self._kind) for numbered in batch):
            self._reached.set()
            assert self._gate.wait(20)
        self._store(batch)

    async def reached(self):
        assert await asyncio.to_thread(self._reached.wait, 20)

    def go_on(self):
        self._gate.set()


async def turns(number):
    """Let everybody else go on so many times."""
    for _ in range(number):
        await asyncio.sleep(0)
