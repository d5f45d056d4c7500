from django.test import TestCase

from playground.organizations.models import AuditEntry, Connection
from playground.organizations.services.connections import add_connection
from tests.people import client_of, make_people

MODELS = "/settings/connections/of/ours/models/"
ONE = f"{MODELS}one/"


class ModelPageTests(TestCase):
    def setUp(self):
        self.people = make_people()
        self.client = client_of(self.people.alice)
        self.connection = add_connection(
            organization=self.people.organization,
            kind="openai",
            name="ours",
            api_key="sk-proj-0123456789ab12",
        )

    def post(self, service, model, **fields):
        flags = {"tools": "on", "vision": "on"} if service == "chat" else {}
        address = f"{ONE}?service={service}&model={model}"
        return self.client.post(address, {**flags, **fields})

    def entries(self):
        return Connection.objects.get(name="ours").model_entries

    def names(self, service):
        groups = self.client.get(MODELS).context["groups"]
        found = {name: rows for name, _, rows in groups}
        return [row.model.name for row in found.get(service, [])]

    def test_the_catalogs_living_models_are_listed_with_what_they_cost(self):
        response = self.client.get(MODELS)
        self.assertContains(response, "GPT-4.1")
        self.assertContains(response, "$2 in, $8 out")
        assert "dall-e-3" not in self.names("image")

    def test_a_model_that_retires_says_when_and_what_to_use(self):
        Connection.objects.update(listed_models=["gpt-image-1"])
        response = self.client.get(MODELS)
        self.assertContains(response, "shut down 23 Oct 2026, use gpt-image-2")

    def test_another_server_has_only_what_it_lists(self):
        Connection.objects.update(
            base_url="http://gpubox/v1", listed_models=["gpt-4.1", "llama-9"]
        )
        response = self.client.get(MODELS)
        assert self.names("chat") == ["gpt-4.1"]
        assert response.context["unsorted"] == ["llama-9"]
        self.assertNotContains(response, "$2 in")

    def test_what_is_said_of_a_model_is_kept_where_it_differs(self):
        self.post("chat", "gpt-4.1", label="Ours", context="1047576", max_output="100")
        assert self.entries() == {
            "chat": {"gpt-4.1": {"label": "Ours", "max_output": 100}}
        }
        self.assertContains(self.client.get(MODELS), "changed by you")
        entry = AuditEntry.objects.get(action="model.changed")
        assert entry.subject == "ours/gpt-4.1"
        assert entry.detail["changes"]["max_output"] == {"from": None, "to": 100}

    def test_a_field_that_is_emptied_follows_the_catalog_again(self):
        self.post("chat", "gpt-4.1", max_output="100")
        self.post("chat", "gpt-4.1", max_output="")
        assert self.entries() == {}

    def test_an_own_price_stays_when_a_limit_changes(self):
        price = {"as_of": "2026-11-20", "input": "1", "output": "2"}
        Connection.objects.update(model_entries={"chat": {"gpt-4.1": {"price": price}}})
        self.post("chat", "gpt-4.1", max_output="100")
        assert self.entries()["chat"]["gpt-4.1"] == {"price": price, "max_output": 100}

    def test_a_model_that_no_catalog_knows_can_be_described(self):
        response = self.post("image", "my/flux", label="Flux", max_n="2")
        assert response.status_code == 302
        assert "my/flux" in self.names("image")
        assert self.entries()["image"]["my/flux"] == {"label": "Flux", "max_n": 2}

    def test_what_the_catalogs_reader_refuses_is_shown_and_not_kept(self):
        response = self.post("image", "gpt-image-2", partial_images="9", label="Typed")
        assert response.status_code == 422
        self.assertContains(response, "partial_images must not be 9", status_code=422)
        self.assertContains(response, 'value="Typed"', status_code=422)
        assert self.entries() == {}

    def test_a_number_that_is_none_is_refused_beside_its_field(self):
        response = self.post("chat", "gpt-4.1", max_output="-5")
        assert list(response.context["form"].errors) == ["max_output"]

    def test_all_that_was_said_can_be_forgotten(self):
        self.post("chat", "gpt-4.1", label="Ours")
        data = {"service": "chat", "model": "gpt-4.1"}
        self.client.post(f"{MODELS}reset/", data)
        assert self.entries() == {}
        entry = AuditEntry.objects.get(action="model.reset")
        assert entry.detail["changes"]["label"] == {"from": "Ours", "to": None}

    def test_a_model_without_a_name_or_a_service_is_asked_for_both(self):
        for query in ("", "?service=chat", "?service=video&model=a"):
            response = self.client.get(ONE + query)
            self.assertTemplateUsed(response, "organizations/model_list.html")
            assert response.status_code == 422

    def test_mallory_finds_and_changes_nothing_of_ours(self):
        mallory = client_of(self.people.mallory)
        query = "?service=chat&model=gpt-4.1"
        assert mallory.get(MODELS).status_code == 404
        assert mallory.post(ONE + query, {"label": "Hers"}).status_code == 404
        data = {"service": "chat", "model": "gpt-4.1"}
        assert mallory.post(f"{MODELS}reset/", data).status_code == 404
        assert self.entries() == {}
