"""Budgets and prices before a provider on real sockets: nothing is sent that may not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from asgiref.sync import sync_to_async

from images_app.models import Generation
from playground.organizations.models import Budget, Reservation, UsageEntry
from tests.images_app.calling import CallTests
from tests.upstream import chat, images
from tests.upstream.answers import Answer, Cut
from tests.upstream.images import png

GENERATIONS = "/images/generations"
PRICE = {"unit": "image", "usd": "0.40", "as_of": "2026-11-20"}
CUT = Answer(lead=(Cut.CLOSE,))
WISH = {"prompt": "A sea", "model": "main/house-painter"}


class BudgetTests(CallTests):
    @pytest.fixture(autouse=True)
    def _take_upstream(self, upstream):
        self.upstream = upstream

    def setUp(self) -> None:
        super().setUp()
        self.serve_by(self.upstream)
        entries = {"image": {"house-painter": {"price": PRICE}}}
        self.organization.connections.filter(name="main").update(model_entries=entries)

    def limit(self, amount: str, **fields) -> Budget:
        return Budget.objects.create(
            organization=self.organization, amount=Decimal(amount), **fields
        )

    def answer(self, *pictures: bytes) -> None:
        self.upstream.script(images.GENERATIONS, images.pictures(*pictures or [png()]))

    @sync_to_async
    def entry(self) -> UsageEntry:
        return UsageEntry.objects.get()

    async def test_an_admins_price_is_what_a_picture_costs(self):
        self.answer(png(), png())
        assert (await self.post(GENERATIONS, {**WISH, "n": 2})).status_code == 200
        entry = await self.entry()
        assert (entry.cost, entry.cost_origin) == (Decimal("0.80"), "computed")

    async def test_a_call_that_would_pass_the_budget_is_refused_unsent(self):
        await sync_to_async(self.limit)("0.50")
        self.answer()
        assert (await self.post(GENERATIONS, WISH)).status_code == 200
        refused = await self.post(GENERATIONS, WISH)
        assert refused.status_code == 429
        error = refused.json()["error"]
        assert error["code"] == error["type"] == "insufficient_quota"
        assert "$0.40 of $0.50" in error["message"]
        assert refused["x-should-retry"] == "false"
        assert len(self.upstream.ledger) == 1
        assert await Generation.objects.acount() == 1
        assert await Reservation.objects.acount() == 0

    async def test_a_refused_call_gives_back_what_was_set_aside(self):
        limit = await sync_to_async(self.limit)("0.50")
        self.upstream.script(images.GENERATIONS, chat.error(400, "Bad size."))
        assert (await self.post(GENERATIONS, WISH)).status_code == 400
        assert await Reservation.objects.acount() == 0
        assert await UsageEntry.objects.acount() == 0
        self.answer()
        assert (await self.post(GENERATIONS, WISH)).status_code == 200
        assert limit.amount == Decimal("0.50")

    async def test_a_lost_answer_is_counted_as_unknown(self):
        await sync_to_async(self.limit)("0.50")
        self.upstream.script(images.GENERATIONS, CUT)
        assert (await self.post(GENERATIONS, WISH)).status_code == 502
        entry = await self.entry()
        assert (entry.cost, entry.cost_origin) == (None, "unknown")
        assert await Reservation.objects.acount() == 0
        assert len(self.upstream.ledger) == 1

    async def test_a_price_at_an_unknown_address_is_not_guessed(self):
        self.answer()
        wish = {"prompt": "A sea", "model": "main/gpt-image-2", "quality": "low"}
        assert (await self.post(GENERATIONS, wish)).status_code == 200
        assert (await self.entry()).cost is None

    async def test_a_hard_budget_may_stop_unknown_prices(self):
        await sync_to_async(self.limit)("0.50", stops_unknown=True)
        wish = {"prompt": "A sea", "model": "main/unpriced"}
        refused = await self.post(GENERATIONS, wish)
        assert refused.status_code == 429
        assert "price is unknown" in refused.json()["error"]["message"]
        assert self.upstream.ledger == []

    async def test_what_costs_nothing_passes_a_used_up_budget(self):
        await sync_to_async(self.limit)("0.00")
        wish = {"prompt": "A sea", "model": "offline/offline-painter"}
        assert (await self.post(GENERATIONS, wish)).status_code == 200
        entry = await self.entry()
        assert (entry.cost, entry.cost_origin) == (Decimal(0), "computed")

    async def test_the_tester_says_why_nothing_was_sent_and_keeps_every_word(self):
        await sync_to_async(self.limit)("0.10")
        await self.async_client.aforce_login(self.people.alice)
        fields = {"model": "main/house-painter", "prompt": "A sea at night"}
        page = await self.async_client.post(
            "/images/new/", fields, headers={"HX-Request": "true"}
        )
        html = page.content.decode()
        assert "budget" in html
        assert "marked fields" not in html
        assert self.upstream.ledger == []
