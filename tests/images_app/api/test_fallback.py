"""A connection that refuses a call without cost is stood in for by the next in line."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async

from images_app.card_facts import facts
from images_app.models import Generation
from tests.images_app.calling import CallTests
from tests.images_app.making import add_connection
from tests.upstream import chat, images
from tests.upstream.answers import Answer, Cut
from tests.upstream.images import png

GENERATIONS = "/images/generations"
WISH = {"prompt": "A sea", "model": "gpt-image-2"}
CUT = Answer(lead=(Cut.CLOSE,))


class FallbackTests(CallTests):
    @pytest.fixture(autouse=True)
    def _take_upstream(self, upstream):
        self.upstream = upstream

    def setUp(self) -> None:
        super().setUp()
        self.serve_by(self.upstream)
        # Nobody listens there.
        self.stand_in("nobody", priority=1)
        self.second = self.stand_in("second", self.upstream, priority=2)

    def stand_in(self, name, upstream=None, **options):
        fields = {"base_url": upstream.base_url} if upstream else {}
        connection = add_connection(
            self.organization, name, "openai", options=options, **fields
        )
        if upstream:
            connection.set_api_key(upstream.key)
            connection.save()
        return connection

    def script(self, *answers) -> None:
        self.upstream.script(images.GENERATIONS, *answers)

    @sync_to_async
    def made(self):
        generation = Generation.objects.select_related("connection").get()
        told = {fact.label: fact.value for fact in facts(generation, [])}
        return generation, told

    async def test_the_next_that_can_makes_the_picture(self):
        refused = chat.error(429, "Slow down.", code="rate_limit_exceeded")
        self.script(refused, images.pictures(png()))
        answer = await self.post(GENERATIONS, WISH)
        assert answer.status_code == 200
        generation, told = await self.made()
        assert generation.connection_name == "second"
        assert told["Instead of"] == "main, nobody"
        assert len(self.upstream.ledger) == 2

    async def test_a_named_connection_is_never_replaced(self):
        self.script(chat.error(429, "Slow down.", code="rate_limit_exceeded"))
        answer = await self.post(GENERATIONS, {**WISH, "model": "main/gpt-image-2"})
        assert answer.status_code == 429
        assert len(self.upstream.ledger) == 1

    async def test_what_may_have_cost_is_not_asked_for_again(self):
        self.script(CUT)
        assert (await self.post(GENERATIONS, WISH)).status_code == 502
        generation, _ = await self.made()
        assert (generation.connection_name, generation.status) == ("main", "unknown")
        assert len(self.upstream.ledger) == 1

    async def test_a_wrong_request_is_wrong_everywhere(self):
        self.script(chat.error(400, "Bad word.", code="moderation_blocked"))
        assert (await self.post(GENERATIONS, WISH)).status_code == 400
        assert len(self.upstream.ledger) == 1

    async def test_one_without_a_place_in_the_line_stands_in_for_nobody(self):
        await self.organization.connections.filter(name="second").aupdate(options={})
        self.script(chat.error(429, "Slow down.", code="rate_limit_exceeded"))
        assert (await self.post(GENERATIONS, WISH)).status_code >= 429
        assert len(self.upstream.ledger) == 1
