"""Relays against the loopback upstream: what is counted, and what is kept."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal

import pytest
from asgiref.sync import sync_to_async
from django.test import TestCase

from assistants_app.providers.relay import RelayBody
from assistants_app.services import relays
from playground.lib.errors import ProviderError
from playground.organizations.models import Budget, Reservation, UsageEntry
from playground.organizations.services.connections import add_connection
from playground.organizations.services.ledger import BudgetExceededError
from playground.organizations.services.organizations import create_api_key
from tests.assistants_app.rows import offline
from tests.people import make_people
from tests.upstream import answers, chat
from tests.upstream.answers import Cut

PATH = chat.PATH
COUNTED = {
    "prompt_tokens": 12,
    "completion_tokens": 5,
    "answered_by": chat.MODEL,
}
MESSAGES = [{"role": "user", "content": "Hello"}]


class RelayCase(TestCase):
    @pytest.fixture(autouse=True)
    def _upstream(self, upstream):
        self.upstream = upstream

    def setUp(self):
        self.organization = make_people().organization
        self.api_key, _ = create_api_key(organization=self.organization, name="app")
        self.own = add_connection(
            organization=self.organization,
            kind="openai",
            name="own",
            base_url=self.upstream.base_url,
            api_key=self.upstream.key,
            chat_model="house-model",
            default_chat=True,
        )

    def tearDown(self):
        for reference in list(relays._relays):
            relays.forget_relay(reference)

    @sync_to_async
    def begin(self, **fields):
        members = {"model": "house-model", "messages": MESSAGES, **fields}
        return relays.begin_relay(
            organization=self.organization,
            user=None,
            api_key=self.api_key,
            body=RelayBody(members, json.dumps(members).encode()),
        )

    async def complete(self, **fields):
        relay = await self.begin(**fields)
        relay.launch()
        return await relay.work

    async def stream(self, **fields):
        relay = await self.begin(stream=True, **fields)
        return b"".join([piece async for piece in relay.stream()])

    async def entries(self):
        return [entry async for entry in UsageEntry.objects.all()]


class BudgetTests(RelayCase):
    def setUp(self):
        super().setUp()
        price = {"as_of": "2026-11-20", "input": "2", "output": "8"}
        self.own.model_entries = {"chat": {"house-model": {"price": price}}}
        self.own.save()

    @sync_to_async
    def limit(self, amount):
        Budget.objects.create(organization=self.organization, amount=Decimal(amount))

    async def test_a_completion_costs_what_its_tokens_do(self):
        self.upstream.script(PATH, chat.completion("Hi"))
        await self.complete()
        (entry,) = await self.entries()
        tokens = entry.units["prompt_tokens"] * 2 + entry.units["completion_tokens"] * 8
        assert entry.cost == Decimal(tokens) / 1_000_000
        assert entry.cost > 0
        # By the name that was asked for, which has the price; the server says another.
        assert entry.model == "house-model"
        assert entry.units["answered_by"] == chat.MODEL

    async def test_what_no_budget_allows_is_not_asked_for(self):
        await self.limit("0.01")
        with pytest.raises(BudgetExceededError):
            await self.begin()
        assert self.upstream.requests == []
        # At most 100 tokens of an answer fit into it.
        self.upstream.script(PATH, chat.completion("Hi"))
        await self.complete(max_tokens=100)
        assert await Reservation.objects.acount() == 0

    async def test_what_was_set_aside_comes_back_however_it_ends(self):
        await self.limit("1.00")
        cut = chat.stream(chat.chunk({"content": "Go"}), Cut.CLOSE)
        self.upstream.script(PATH, chat.error(400, "No."), cut)
        for _ in range(2):
            with pytest.raises(ProviderError):
                await self.stream()
            assert await Reservation.objects.acount() == 0
        (entry,) = await self.entries()
        assert entry.cost is None


class CountTests(RelayCase):
    async def counted(self):
        (entry,) = await self.entries()
        assert entry.organization_id == self.organization.pk
        assert (entry.kind, entry.api_key_id) == ("chat", self.api_key.pk)
        assert (entry.cost, entry.cost_origin) == (None, "unknown")
        return entry

    async def test_a_completion_is_counted_by_its_own_id(self):
        self.upstream.script(PATH, chat.completion("Hi"))
        await self.complete()
        entry = await self.counted()
        assert entry.units == COUNTED
        assert (entry.connection_name, entry.reference) == ("own", "chatcmpl-1")

    async def test_a_stream_is_counted_although_its_client_sees_no_count(self):
        self.upstream.script(PATH, chat.text_stream("Hi"))
        assert b"usage" not in await self.stream()
        entry = await self.counted()
        assert entry.units == COUNTED

    async def test_what_nobody_counted_is_unknown(self):
        self.upstream.script(PATH, chat.text_stream("Hi", usage=None))
        await self.stream()
        entry = await self.counted()
        assert entry.units == {}
        assert entry.reference.startswith("chatcmpl-")

    async def test_a_stream_that_was_cut_is_counted_as_unknown(self):
        self.upstream.script(PATH, chat.text_stream("Half", Cut.CLOSE))
        with pytest.raises(ProviderError):
            await self.stream()
        assert (await self.counted()).units == {}

    async def test_an_answer_that_never_came_is_counted_as_unknown(self):
        self.upstream.script(PATH, answers.hang_up())
        with pytest.raises(ProviderError):
            await self.complete()
        assert (await self.counted()).units == {}

    async def test_a_reader_that_leaves_is_counted_too(self):
        gate = self.upstream.gate()
        self.upstream.script(PATH, chat.text_stream("Hi", gate))
        pieces = (await self.begin(stream=True)).stream()
        await anext(pieces)
        waiting = asyncio.create_task(anext(pieces))
        await gate.reached()
        waiting.cancel()
        await asyncio.wait({waiting})
        assert (await self.counted()).units == {}

    async def test_a_refusal_is_not_counted(self):
        self.upstream.script(PATH, chat.error(400), chat.error(400))
        with pytest.raises(ProviderError):
            await self.complete()
        with pytest.raises(ProviderError):
            await self.stream()
        assert await self.entries() == []

    async def test_the_log_of_a_failure_names_the_connection_and_no_words(self):
        refusal = chat.error(401, "bad key", code="invalid_api_key")
        self.upstream.script(PATH, refusal, refusal)
        with self.assertLogs("assistants_app.services.relays", "WARNING") as logged:
            for ask in (self.complete, self.stream):
                with pytest.raises(ProviderError):
                    await ask()
        said = "Chat completion failed: connection “own”, configuration, HTTP 401"
        assert [record.getMessage() for record in logged.records] == [said] * 2

    async def test_the_offline_model_costs_nothing(self):
        await sync_to_async(offline_beside)(self.organization)
        await self.complete(model="offline-chat")
        (entry,) = await self.entries()
        assert (entry.cost, entry.cost_origin) == (0, "computed")
        assert entry.units["prompt_tokens"] > 0

    async def test_calls_that_end_together_are_each_counted(self):
        self.upstream.script(PATH, *[chat.completion("Hi")] * 5)
        await asyncio.gather(*[self.complete() for _ in range(5)])
        assert len(await self.entries()) == 5


def offline_beside(organization):
    organization.connections.update(is_default_chat=False)
    offline(organization)


class KeepTests(RelayCase):
    async def test_an_answer_is_kept_and_its_request_is_not(self):
        self.upstream.script(PATH, chat.completion("Hi"))
        relay = await self.begin()
        relay.launch()
        await relay.work
        await asyncio.sleep(0)  # the task's own last step
        assert relays.find_relay(relay.reference) is relay
        assert relay.body.members == {}

    async def test_an_answer_that_is_too_large_is_not_kept(self):
        self.upstream.script(PATH, chat.completion("x" * relays.KEPT_ANSWER))
        relay = await self.begin()
        relay.launch()
        await relay.work
        await asyncio.sleep(0)
        assert relays.find_relay(relay.reference) is None

    async def test_the_oldest_answers_go_first_and_those_in_work_stay(self):
        gate = self.upstream.gate()
        self.upstream.script(
            PATH, answers.hang(gate, chat.completion("Hi")), chat.completion("Hi")
        )
        working = await self.begin()
        working.launch()
        await gate.reached()
        done = await self.begin()
        done.launch()
        await done.work
        working.begun_at = done.begun_at = done.begun_at - relays.KEPT_SECONDS - 1
        await self.begin()
        assert relays.find_relay(done.reference) is None
        assert relays.find_relay(working.reference) is working
        gate.open()
        await working.work
