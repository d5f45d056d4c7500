import re
from dataclasses import replace

from django.test import TestCase

from playground.organizations.models import AuditEntry, Connection
from playground.organizations.services.connections import add_connection
from tests import scripted_kind
from tests.people import client_of, make_people

LIST = "/settings/connections/"
NEW = f"{LIST}new/"
EDIT = f"{LIST}of/ours/"


class ConnectionFormTests(TestCase):
    def setUp(self):
        self.check = scripted_kind.register(self, bills_credits=True)
        self.people = make_people()
        self.client = client_of(self.people.alice)
        self.connection = add_connection(
            organization=self.people.organization,
            kind="scripted",
            name="ours",
            api_key="sk-proj-0123456789ab12",
        )

    def list_models(self, *names):
        self.check.result = replace(self.check.result, ok=True, models=names)
        self.client.post(f"{EDIT}check/")

    def save(self, **fields):
        data = {"name": "ours", "base_url": self.connection.base_url, **fields}
        return self.client.post(EDIT, data)

    def stored(self):
        return Connection.objects.get(name="ours")

    def test_the_models_that_a_test_lists_are_kept_until_a_test_lists_others(self):
        self.list_models("a", "b")
        assert self.stored().listed_models == ["a", "b"]
        failed = replace(self.check.result, ok=False, models=())
        self.check.result = failed
        self.client.post(f"{EDIT}check/")
        assert self.stored().listed_models == ["a", "b"]
        self.list_models("c")
        assert self.stored().listed_models == ["c"]

    def test_listed_models_are_ticked_and_others_typed(self):
        self.list_models("a", "b", "c")
        self.assertContains(self.client.get(EDIT), "of 3 that the server lists")
        assert self.save(listed=["c", "a"], allowed_models="mine\n").status_code == 302
        assert self.stored().allowed_models == ["c", "a", "mine"]
        page = self.client.get(EDIT).content.decode()
        assert re.findall(r'value="(\w)"[^>]* checked', page) == ["a", "c"]
        assert ">\nmine</textarea>" in page

    def test_the_server_of_another_address_has_listed_nothing_yet(self):
        self.list_models("a")
        self.save(base_url="http://gpubox:8080/v1", api_key="another-key-9999")
        assert self.stored().listed_models == []

    def test_time_outs_credits_and_the_place_among_fallbacks_are_kept(self):
        Connection.objects.update(options={"api_version": "7"})
        fields = {
            "connect_timeout": "3",
            "read_timeout": "90",
            "usd_per_credit": "0.0125",
            "priority": "2",
        }
        assert self.save(**fields).status_code == 302
        assert self.stored().options == {
            "api_version": "7",
            "connect_timeout": 3,
            "read_timeout": 90,
            "usd_per_credit": "0.0125",
            "priority": 2,
        }
        self.assertContains(self.client.get(LIST), "fallback 2")
        changes = AuditEntry.objects.first().detail["changes"]
        assert changes["priority"] == {"from": None, "to": 2}

    def test_an_option_that_is_emptied_is_taken_back(self):
        self.save(priority="2")
        self.save(priority="")
        assert self.stored().options == {}

    def test_a_wrong_option_is_refused_beside_its_field_and_nothing_is_lost(self):
        response = self.save(read_timeout="0", usd_per_credit="-1", chat_model="typed")
        assert response.status_code == 422
        errors = response.context["form"].errors
        assert set(errors) == {"read_timeout", "usd_per_credit"}
        self.assertContains(response, "typed", status_code=422)
        assert self.stored().options == {}

    def test_the_form_is_filled_in_by_the_address_with_a_free_name(self):
        query = "?kind=scripted&name=ours&base_url=http://127.0.0.1:1234/v1"
        form = self.client.get(NEW + query).context["form"]
        assert form["name"].value() == "ours-2"
        assert form["base_url"].value() == "http://127.0.0.1:1234/v1"

    def test_every_kind_is_offered_under_a_heading(self):
        groups = dict(self.client.get(NEW).context["groups"])
        names = {
            title: {kind.name for kind in kinds} for title, kinds in groups.items()
        }
        assert "openai" in names["OpenAI and compatible clouds"]
        assert "scripted" in names["Other clouds"]
        assert "localai" in names["On your own machines"]
        assert names["Built in"] == {"offline"}

    def test_only_kinds_that_bill_credits_ask_for_their_price(self):
        form = self.client.get(f"{NEW}?kind=openai").context["form"]
        assert "usd_per_credit" not in form.fields
        form = self.client.get(f"{NEW}?kind=clipdrop").context["form"]
        assert "usd_per_credit" in form.fields

    def test_all_connections_are_tested_at_once(self):
        response = self.client.post(f"{LIST}check/", follow=True)
        self.assertContains(response, "The connection works.")
        self.check.result = replace(self.check.result, ok=False)
        response = self.client.post(f"{LIST}check/", follow=True)
        self.assertContains(response, "ours does not work.")

    def test_a_member_sees_none_of_it(self):
        bob = client_of(self.people.bob)
        for path in (LIST, NEW, EDIT, f"{EDIT}models/", "/settings/audit/"):
            assert bob.get(path).status_code == 403
        for path in (f"{LIST}check/", f"{LIST}local/"):
            assert bob.post(path).status_code == 403
