from datetime import timedelta

from django.test import TestCase

from assistants_app.models import Assistant
from playground.lib.clock import today
from playground.organizations.models import Connection
from playground.organizations.retiring import retiring_soon
from playground.organizations.services.connections import add_connection
from tests.people import client_of, make_people

SOON = (today() + timedelta(days=20)).isoformat()
LATE = (today() + timedelta(days=31)).isoformat()


class RetiringTests(TestCase):
    def setUp(self):
        self.people = make_people()
        self.connection = add_connection(
            organization=self.people.organization,
            kind="openai",
            name="ours",
            api_key="sk-proj-0123456789ab12",
            image_model="my-painter",
        )

    def retire(self, day, **defaults):
        entries = {"image": {"my-painter": {"shutdown_date": day}}}
        Connection.objects.update(model_entries=entries, **defaults)

    def assistant(self, name="Postcards", mode="auto", **tool):
        entry = {"type": "image_generation", "mode": mode, **tool}
        return Assistant.objects.create(
            organization=self.people.organization, name=name, tools=[entry]
        )

    def who(self):
        found = retiring_soon(self.people.organization)
        return [use.who for entry in found for use in entry.users]

    def test_a_default_is_warned_of_thirty_days_ahead(self):
        self.retire(SOON, is_default_image=True)
        assert self.who() == ["the default for pictures"]
        self.retire(LATE)
        assert self.who() == []

    def test_a_model_that_nobody_uses_is_not_warned_of(self):
        self.retire(SOON)
        assert self.who() == []

    def test_an_assistants_own_model_is_found_however_it_is_named(self):
        self.retire(SOON)
        for tool in (
            {"provider": "ours", "model": "my-painter"},
            {"provider": "ours"},
            {"provider": "openai", "model": "my-painter"},
            {"model": "ours/my-painter"},
        ):
            with self.subTest(tool=tool):
                assistant = self.assistant(**tool)
                assert self.who() == ["Postcards"]
                assistant.delete()

    def test_an_assistants_chat_model_is_found(self):
        entry = {"gpt-4.1": {"shutdown_date": SOON}}
        Connection.objects.update(model_entries={"chat": entry})
        Assistant.objects.create(
            organization=self.people.organization, name="Writer", model="ours/gpt-4.1"
        )
        assert self.who() == ["Writer"]

    def test_assistants_that_do_not_draw_or_lead_nowhere_are_left_out(self):
        self.retire(SOON)
        self.assistant(mode="off", provider="ours")
        self.assistant(provider="nothing", model="my-painter")
        assert self.who() == []

    def test_users_of_one_model_are_named_together(self):
        self.retire(SOON, is_default_image=True)
        self.assistant(provider="ours")
        (entry,) = retiring_soon(self.people.organization)
        assert [use.who for use in entry.users] == [
            "the default for pictures",
            "Postcards",
        ]

    def test_the_start_page_and_the_settings_warn(self):
        self.retire(SOON, is_default_image=True)
        client = client_of(self.people.alice)
        for path in ("/playground/?assistant=none", "/settings/connections/"):
            with self.subTest(path=path):
                response = client.get(path)
                self.assertContains(response, "my-painter retires")
                self.assertContains(response, "the default for pictures")

    def test_the_number_of_queries_does_not_grow_with_the_assistants(self):
        self.retire(SOON, is_default_image=True)
        for number in range(20):
            self.assistant(str(number), provider="ours")
        with self.assertNumQueries(4):
            retiring_soon(self.people.organization)
