"""Whole segments of runs against the loopback upstream, over real sockets."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.test import TestCase

from assistants_app.engine.events import TextAdded
from assistants_app.models import Message, Run
from assistants_app.services import feed, hub
from assistants_app.services.execute import Execution
from assistants_app.services.runs import create_run, submit_outputs
from assistants_app.services.threads import add_user_message, create_thread
from playground.organizations.models import UsageEntry
from playground.organizations.services.connections import add_connection
from tests.people import make_people
from tests.upstream import chat
from tests.upstream.answers import Cut

WEATHER = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object"}},
}
PATH = "/v1/chat/completions"


class ExecutionTests(TestCase):
    @pytest.fixture(autouse=True)
    def _upstream(self, upstream):
        self.upstream = upstream

    def setUp(self):
        people = make_people()
        add_connection(
            organization=people.organization,
            kind="openai",
            name="own",
            base_url=self.upstream.base_url,
            api_key=self.upstream.key,
            chat_model="house-model",
            default_chat=True,
        )
        self.assistant = people.organization.assistants.create(
            name="A", instructions="Be brief.", tools=[WEATHER]
        )
        self.thread = create_thread(
            organization=people.organization, assistant=self.assistant
        )

    def tearDown(self):
        hub.live_runs.clear()

    @sync_to_async
    def ask(self, text):
        add_user_message(thread=self.thread, text=text)
        self.thread.refresh_from_db()
        return create_run(thread=self.thread, assistant=self.assistant)

    async def execute(self, run):
        await Execution(run).run()
        return await Run.objects.aget(pk=run.pk)

    async def test_an_answer_is_streamed_and_stored(self):
        self.upstream.script(PATH, chat.text_stream("Good ", "day"))
        run = await self.execute(await self.ask("Hello"))
        assert (run.status, run.sent_model) == ("completed", "house-model")
        answer = await Message.objects.aget(run=run)
        assert (answer.text, answer.status) == ("Good day", "completed")
        await self.thread.arefresh_from_db()
        assert self.thread.head_id == answer.pk

    async def test_the_model_is_told_instructions_and_what_was_said(self):
        self.upstream.script(PATH, chat.text_stream("A"), chat.text_stream("B"))
        await self.execute(await self.ask("One"))
        await self.execute(await self.ask("Two"))
        messages = self.upstream.requests[-1].json["messages"]
        assert [m["role"] for m in messages] == ["system", "user", "assistant", "user"]
        assert messages[0]["content"] == "Be brief."

    async def test_a_function_call_pauses_and_its_output_goes_on(self):
        call = chat.Call("weather", '{"city": "Oslo"}')
        self.upstream.script(
            PATH, chat.tool_call_stream(call), chat.text_stream("Rain.")
        )
        run = await self.execute(await self.ask("Oslo?"))
        assert run.status == "requires_action"
        step = await run.steps.aget()
        call_id = step.tool_calls[0]["id"]
        run = await sync_to_async(submit_outputs)(run, [(call_id, "rain")])
        run = await self.execute(run)
        assert run.status == "completed"
        told = self.upstream.requests[-1].json["messages"][-1]
        assert (told["role"], told["tool_call_id"]) == ("tool", call_id)

    async def test_a_refused_key_fails_the_run_in_plain_words(self):
        self.upstream.script(PATH, chat.error(401, "bad key", code="invalid_api_key"))
        run = await self.execute(await self.ask("Hello"))
        assert run.status == "failed"
        assert "key" in run.error_text
        assert self.upstream.key not in run.error_admin_text
        assert await Message.objects.filter(role="user").acount() == 1

    async def test_a_stream_that_breaks_off_never_completes_and_keeps_its_text(self):
        gate = self.upstream.gate()
        self.upstream.script(PATH, chat.text_stream("Half an ans", gate, Cut.CLOSE))
        execution = asyncio.create_task(self.execute(await self.ask("Hello")))
        await gate.reached()
        gate.open()
        run = await execution
        assert run.status == "failed"
        answer = await Message.objects.aget(run=run)
        assert (answer.status, answer.text) == ("incomplete", "Half an ans")

    async def test_cancelling_stops_at_once_and_keeps_the_text_so_far(self):
        gate = self.upstream.gate()
        self.upstream.script(PATH, chat.text_stream("So far", gate, " and more"))
        run = await self.ask("Hello")
        execution = Execution(run)
        working = asyncio.create_task(execution.run())
        await gate.reached()
        async for batch in feed.follow(run.public_id):
            if any(isinstance(n.event, TextAdded) for n in batch):
                break
        await execution.cancel()
        await working
        await run.arefresh_from_db()
        answer = await Message.objects.aget(run=run)
        assert run.status == "cancelled"
        assert (answer.text, answer.incomplete_reason) == ("So far", "run_cancelled")

    async def test_each_call_of_the_model_is_counted_once(self):
        self.upstream.script(PATH, chat.text_stream("Hi"))
        run = await self.execute(await self.ask("Hello"))
        entry = await UsageEntry.objects.aget(reference=run.public_id)
        assert (entry.kind, entry.cost, entry.cost_origin) == ("chat", None, "unknown")

    async def test_without_a_connection_the_run_says_what_is_missing(self):
        await self.thread.organization.connections.aupdate(is_enabled=False)
        run = await self.execute(await self.ask("Hello"))
        assert run.status == "failed"
        assert "no default connection for chat" in run.error_text
