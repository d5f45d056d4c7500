"""What a run's turns cost, and budgets that stop them before they are asked for."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from asgiref.sync import sync_to_async
from django.test import TestCase

from assistants_app.models import Run
from assistants_app.services import hub
from assistants_app.services.execute import Execution
from assistants_app.services.runs import create_run
from assistants_app.services.threads import add_user_message, create_thread
from playground.organizations.models import (
    Budget,
    DailyUsage,
    Reservation,
    UsageEntry,
)
from playground.organizations.services.connections import add_connection
from tests.people import make_people
from tests.upstream import chat
from tests.upstream.answers import Cut

PRICE = {"as_of": "2026-11-20", "input": "2", "output": "8"}


class RunBudgetTests(TestCase):
    @pytest.fixture(autouse=True)
    def _upstream(self, upstream):
        self.upstream = upstream

    def setUp(self):
        self.people = make_people()
        self.organization = self.people.organization
        connection = add_connection(
            organization=self.organization,
            kind="openai",
            name="own",
            base_url=self.upstream.base_url,
            api_key=self.upstream.key,
            chat_model="house-model",
            default_chat=True,
        )
        connection.model_entries = {"chat": {"house-model": {"price": PRICE}}}
        connection.save()
        self.assistant = self.organization.assistants.create(name="A")
        self.thread = create_thread(
            organization=self.organization, assistant=self.assistant
        )

    def tearDown(self):
        hub.live_runs.clear()

    @sync_to_async
    def ask(self, text="Hello"):
        add_user_message(thread=self.thread, text=text, user=self.people.bob)
        self.thread.refresh_from_db()
        thread, assistant = self.thread, self.assistant
        return create_run(thread=thread, assistant=assistant, user=self.people.bob)

    async def execute(self):
        run = await self.ask()
        await Execution(run).run()
        return await Run.objects.aget(pk=run.pk)

    @sync_to_async
    def limit(self, amount, **fields):
        return Budget.objects.create(
            organization=self.organization, amount=Decimal(amount), **fields
        )

    @sync_to_async
    def entry(self):
        return UsageEntry.objects.get()

    async def test_a_turn_costs_what_its_tokens_do(self):
        self.upstream.script(chat.PATH, chat.text_stream("Good day"))
        run = await self.execute()
        entry = await self.entry()
        tokens = run.usage["prompt_tokens"] * 2 + run.usage["completion_tokens"] * 8
        assert entry.cost == Decimal(tokens) / 1_000_000
        assert entry.cost > 0
        assert entry.cost_origin == "computed"
        assert entry.assistant == self.assistant.public_id
        sums = await DailyUsage.objects.aget()
        assert (sums.calls, sums.cost) == (1, entry.cost)
        assert sums.user_number == self.people.bob.pk

    async def test_a_turn_without_money_is_never_asked_for(self):
        await self.limit("0.01")
        run = await self.execute()
        assert self.upstream.requests == []
        assert run.status == "failed"
        assert run.last_error["code"] == "rate_limit_exceeded"
        assert "budget" in run.last_error["message"]
        assert await UsageEntry.objects.acount() == 0
        assert await Reservation.objects.acount() == 0

    async def test_what_was_set_aside_for_a_turn_comes_back_when_it_is_over(self):
        await self.limit("1.00")
        self.upstream.script(chat.PATH, chat.text_stream("A"), chat.text_stream("B"))
        assert (await self.execute()).status == "completed"
        assert await Reservation.objects.acount() == 0
        assert (await self.execute()).status == "completed"
        assert await UsageEntry.objects.acount() == 2

    async def test_a_refused_turn_costs_nothing(self):
        await self.limit("1.00")
        self.upstream.script(chat.PATH, chat.error(400, "No."))
        assert (await self.execute()).status == "failed"
        assert await UsageEntry.objects.acount() == 0
        assert await Reservation.objects.acount() == 0

    async def test_a_turn_that_is_cut_off_is_counted_as_unknown(self):
        await self.limit("1.00")
        answer = chat.stream(chat.chunk({"content": "Go"}), Cut.CLOSE)
        self.upstream.script(chat.PATH, answer)
        assert (await self.execute()).status == "failed"
        entry = await self.entry()
        assert (entry.cost, entry.cost_origin) == (None, "unknown")
        assert await Reservation.objects.acount() == 0

    async def test_a_run_that_is_stopped_in_a_turn_is_counted_as_unknown(self):
        gate = self.upstream.gate()
        answer = chat.stream(chat.chunk({"content": "Go"}), gate)
        self.upstream.script(chat.PATH, answer)
        run = await self.ask()
        execution = Execution(run)
        working = asyncio.create_task(execution.run())
        await gate.reached()
        assert await execution.cancel()
        gate.open()
        await working
        entry = await self.entry()
        assert (entry.cost, entry.cost_origin) == (None, "unknown")
