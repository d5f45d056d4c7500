from django.test import TestCase, TransactionTestCase
from django.urls import reverse

from assistants_app.engine.events import RunFailed
from assistants_app.services import feed
from tests.assistants_app.rows import (
    assistant_of,
    called,
    offline,
    run_with,
    thread_with,
)
from tests.people import client_of, make_people


class ToolOutputTests(TestCase):
    def setUp(self):
        self.people = make_people()
        assistant = assistant_of(self.people.organization)
        events = called(("call_1", "weather"))
        self.run_ = run_with(thread_with(assistant), assistant, *events)

    def submit(self, **data):
        url = reverse("assistants:run_outputs", args=[self.run_.public_id])
        headers = {"HX-Request": "true"}
        return client_of(self.people.bob).post(url, data, headers=headers)

    def test_an_empty_output_is_asked_about_first(self):
        response = self.submit(output_call_1="  ")
        assert response["HX-Refused"] == "422"
        self.assertContains(response, "Submit empty")
        self.run_.refresh_from_db()
        assert self.run_.status == "requires_action"

    def test_outputs_for_other_calls_are_refused_and_kept(self):
        response = self.submit(output_call_9="sunny")
        assert response["HX-Refused"] == "409"
        self.assertContains(response, "Expected tool outputs")

    def test_strangers_find_no_run(self):
        url = reverse("assistants:run_outputs", args=[self.run_.public_id])
        assert client_of(self.people.mallory).post(url).status_code == 404


class RetryTests(TransactionTestCase):
    """From the button to the answer: launched on the event loop, as in the product."""

    def setUp(self):
        self.people = make_people()
        offline(self.people.organization)
        assistant = assistant_of(self.people.organization)
        failed = RunFailed("server_error", "No answer came.")
        self.run_ = run_with(thread_with(assistant), assistant, failed)

    async def test_trying_again_answers_the_message_with_a_new_run(self):
        await self.async_client.aforce_login(self.people.bob)
        url = reverse("assistants:run_retry", args=[self.run_.public_id])
        response = await self.async_client.post(url, headers={"HX-Request": "true"})
        assert response.status_code == 204
        again = await self.run_.thread.runs.afirst()
        async for _ in feed.follow(again.public_id):
            pass
        await again.arefresh_from_db()
        assert (again.pk != self.run_.pk, again.status) == (True, "completed")
