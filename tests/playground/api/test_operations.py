"""What is begun is also started, whether or not the client stays."""

from __future__ import annotations

import asyncio
import threading

from asgiref.sync import sync_to_async
from django.test import TransactionTestCase

from playground.api.answers import Answer, json_answer
from playground.api.callers import Caller
from playground.api.idempotency import Attempt
from playground.api.models import IdempotentRequest
from playground.api.operations import Operation, perform
from playground.api.validation import Schema
from playground.lib.database import in_database
from playground.organizations.models import Organization
from playground.organizations.services.organizations import create_api_key

ATTEMPT = Attempt("/v1/things", "f" * 64, "k")


class Wish(Schema):
    prompt: str


class OperationTests(TransactionTestCase):
    def setUp(self) -> None:
        organization = Organization.objects.create(name="Fjordline")
        key, _ = create_api_key(organization=organization, name="app")
        self.caller = Caller(organization, frozenset(key.scopes), api_key=key)
        self.began, self.may_go_on = threading.Event(), threading.Event()
        self.launched: list[str] = []
        self.is_launched, self.may_launch = asyncio.Event(), asyncio.Event()
        self.may_launch.set()
        self.operation = Operation(
            "/v1/things", "run", Wish, self.begin, self.launch, self.answer
        )

    def begin(self, caller: Caller, data: Wish) -> str:
        self.began.set()
        assert self.may_go_on.wait(20)
        return "made_1"

    async def launch(self, reference: str) -> None:
        self.launched.append(reference)
        self.is_launched.set()
        await self.may_launch.wait()

    async def answer(self, caller: Caller, data: Wish, reference: str) -> Answer:
        return json_answer({"id": reference})

    async def perform(self, attempt: Attempt = ATTEMPT) -> Answer:
        wish = Wish(prompt="a")
        answer = await perform(self.operation, self.caller, wish, attempt)
        assert isinstance(answer, Answer)
        return answer

    async def test_a_client_that_leaves_while_rows_are_written_leaves_work_begun(self):
        first = asyncio.create_task(self.perform())
        await sync_to_async(self.began.wait, thread_sensitive=False)(20)
        first.cancel()
        self.may_go_on.set()
        await asyncio.gather(first, return_exceptions=True)
        async with asyncio.timeout(20):
            await self.is_launched.wait()
        assert (await self.perform()).content == b'{"id":"made_1"}'
        assert self.launched == ["made_1"]
        assert await IdempotentRequest.objects.acount() == 1

    async def test_a_retry_does_not_overtake_the_try_that_it_repeats(self):
        tries = [Attempt("/v1/things", "f" * 64, is_retry=n > 0) for n in range(3)]
        self.may_go_on.set()
        self.may_launch.clear()
        first = asyncio.create_task(self.perform(tries[0]))
        await self.is_launched.wait()
        again = [asyncio.create_task(self.perform(attempt)) for attempt in tries[1:]]
        for _ in range(9):
            await in_database(len, "")  # the time that a retry would need
        assert not any(task.done() for task in again)
        self.may_launch.set()
        answers = await asyncio.gather(first, *again)
        assert {answer.content for answer in answers} == {b'{"id":"made_1"}'}
        assert self.launched == ["made_1"]
