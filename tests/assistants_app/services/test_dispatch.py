from datetime import timedelta

from django.test import TransactionTestCase

from assistants_app.services import dispatch, hub
from playground.lib.clock import now
from tests.assistants_app.rows import assistant_of, called, run_with, thread_with
from tests.people import make_people


class ExpiryTests(TransactionTestCase):
    def setUp(self):
        assistant = assistant_of(make_people().organization, model="m")
        thread = thread_with(assistant)
        self.run_ = run_with(thread, assistant, *called(("call_1", "weather")))

    async def expire(self):
        subject = self.run_.thread.public_id
        async with hub.watching(subject) as doorbell:
            await dispatch._expire(self.run_.public_id, 0, (subject,))
            await self.run_.arefresh_from_db(fields=["status"])
            return self.run_.status, doorbell.count

    async def test_a_paused_run_expires_in_time_and_open_pages_are_told(self):
        self.run_.expires_at = now() - timedelta(seconds=1)
        await self.run_.asave(update_fields=["expires_at"])
        assert await self.expire() == ("expired", 1)

    async def test_a_run_that_may_still_wait_goes_on_waiting(self):
        assert await self.expire() == ("requires_action", 0)
