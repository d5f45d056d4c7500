import tempfile
from pathlib import Path

from django.test import TestCase, override_settings

from playground.lib import data_dir
from playground.organizations.models import AuditEntry, Connection
from playground.organizations.services.connections import add_connection
from tests import scripted_kind
from tests.people import client_of, make_people

LIST = "/settings/connections/"
NEW = "/settings/connections/new/"
KEY = "sk-proj-0123456789ab12"


class ConnectionPageTests(TestCase):
    def setUp(self):
        self.check = scripted_kind.register(self)
        self.people = make_people()
        self.client = client_of(self.people.alice)
        self.connection = add_connection(
            organization=self.people.organization,
            kind="scripted",
            name="ours",
            api_key=KEY,
            default_chat=True,
        )

    def fields(self, **changes):
        base = {"name": "ours", "base_url": "https://api.example.com/v1"}
        empty = {"api_key": "", "chat_model": "", "image_model": ""}
        return {**base, **empty, "allowed_models": "", **changes}

    def edit(self, **changes):
        return self.client.post(f"{LIST}of/ours/", self.fields(**changes))

    def stored(self):
        return Connection.objects.get(organization=self.people.organization)

    def test_no_page_holds_more_of_a_key_than_its_end(self):
        for path in (LIST, f"{LIST}of/ours/", f"{LIST}of/ours/delete/"):
            with self.subTest(path=path):
                text = self.client.get(path).content.decode()
                assert KEY[:-4] not in text
                assert self.connection.name in text
        self.assertContains(self.client.get(LIST), "············ab12")

    def test_a_new_connection_is_saved_and_tested_at_once(self):
        data = self.fields(kind="scripted", name="second", api_key=KEY)
        response = self.client.post(NEW, data, follow=True)
        self.assertContains(response, "second works. It answered.")
        assert self.check.calls == [("https://api.example.com/v1", KEY)]
        assert Connection.objects.get(name="second").check_ok is True

    def test_a_working_connection_becomes_the_default_when_wished(self):
        data = self.fields(kind="scripted", name="second", api_key=KEY)
        self.client.post(NEW, {**data, "make_default": "on"})
        second = Connection.objects.get(name="second")
        assert second.is_default_chat
        assert second.is_default_image
        assert not Connection.objects.get(name="ours").is_default_chat

    def test_one_that_fails_its_test_does_not_become_the_default(self):
        scripted_kind.register(self, ok=False)
        data = self.fields(kind="scripted", name="second", api_key=KEY)
        response = self.client.post(NEW, {**data, "make_default": "on"}, follow=True)
        self.assertContains(response, "It refused the key. The defaults stay")
        assert not Connection.objects.get(name="second").is_default_chat

    def test_bad_input_keeps_what_was_typed_but_never_a_key(self):
        data = self.fields(kind="scripted", name="Not A Name", api_key=KEY)
        response = self.client.post(NEW, {**data, "allowed_models": "typed-model"})
        assert response.status_code == 422
        self.assertContains(response, "Use 1 to 40 lower-case", status_code=422)
        self.assertContains(response, "typed-model", status_code=422)
        self.assertNotContains(response, KEY, status_code=422)

    def test_a_name_that_is_taken_is_refused_beside_its_field(self):
        response = self.client.post(NEW, self.fields(kind="scripted", api_key=KEY))
        assert response.status_code == 422
        assert response.context["form"].errors["name"] == [
            "Another connection has this name."
        ]

    def test_an_empty_key_field_keeps_the_stored_key(self):
        assert self.edit(chat_model="better").status_code == 302
        assert self.stored().api_key == KEY
        assert self.stored().chat_model == "better"

    def test_a_key_is_not_sent_to_another_server(self):
        response = self.edit(base_url="https://evil.example/v1")
        assert response.status_code == 422
        assert "another server" in response.context["form"].errors["api_key"][0]
        assert self.stored().base_url == "https://api.example.com/v1"

    def test_another_path_on_the_same_server_keeps_the_key(self):
        assert self.edit(base_url="https://api.example.com/v2").status_code == 302
        assert self.stored().api_key == KEY

    def test_another_server_with_its_own_key_is_saved_and_untested(self):
        self.client.post(f"{LIST}of/ours/check/")
        self.edit(base_url="http://gpubox:8080/v1", api_key="another-key-9999")
        assert self.stored().api_key == "another-key-9999"
        assert self.stored().check_ok is None

    def test_a_stored_key_can_be_removed(self):
        self.edit(base_url="http://gpubox:8080/v1", remove_key="on")
        assert self.stored().api_key == ""
        assert self.stored().api_key_end == ""

    def test_a_key_that_cannot_be_read_any_more_can_be_replaced(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        keys = data_dir.field_keys(folder)
        with override_settings(DATA_DIR=folder, FIELD_KEYS=keys):
            assert self.client.get(LIST).status_code == 200
            assert self.edit().status_code == 422
            assert self.edit(api_key="another-key-9999").status_code == 302
            assert self.stored().api_key == "another-key-9999"

    def test_a_test_answers_htmx_with_the_result_and_the_status_line(self):
        response = self.client.post(
            f"{LIST}of/ours/check/", headers={"HX-Request": "true"}
        )
        self.assertContains(response, "It answered.")
        self.assertContains(response, 'id="status-ours" hx-swap-oob="true"')
        assert self.stored().check_ms == 12

    def test_a_test_without_javascript_comes_back_to_the_list(self):
        response = self.client.post(f"{LIST}of/ours/check/", follow=True)
        self.assertContains(response, "ours: It answered.")

    def test_the_defaults_can_be_changed_and_taken_away(self):
        self.client.post(f"{LIST}defaults/", {"chat": "", "image": "ours"})
        assert not self.stored().is_default_chat
        assert self.stored().is_default_image

    def test_a_default_that_does_not_exist_is_refused(self):
        response = self.client.post(f"{LIST}defaults/", {"chat": "nothing"})
        assert response.status_code == 422
        assert self.stored().is_default_chat

    def test_a_connection_can_be_held_back_and_offered_again(self):
        response = self.client.post(
            f"{LIST}of/ours/enable/", {"enabled": "0"}, follow=True
        )
        self.assertContains(response, "no longer offered to members. It is a default")
        assert not self.stored().is_enabled
        self.client.post(f"{LIST}of/ours/enable/", {"enabled": "1"})
        assert self.stored().is_enabled

    def test_deleting_says_first_what_stops_working(self):
        response = self.client.get(f"{LIST}of/ours/delete/")
        self.assertContains(response, "It is the default for chat.")
        assert Connection.objects.filter(name="ours").exists()
        self.client.post(f"{LIST}of/ours/delete/")
        assert not Connection.objects.filter(name="ours").exists()

    def test_each_change_leaves_an_audit_entry_without_a_key(self):
        self.edit(chat_model="better", api_key="another-key-9999")
        self.client.post(f"{LIST}of/ours/enable/", {"enabled": "0"})
        self.client.post(f"{LIST}defaults/", {"chat": "", "image": ""})
        self.client.post(f"{LIST}of/ours/delete/")
        entries = AuditEntry.objects.filter(user=self.people.alice).order_by("pk")
        assert [entry.action for entry in entries] == [
            "connection.changed",
            "connection.disabled",
            "default.changed",
            "connection.deleted",
        ]
        changes = entries[0].detail["changes"]
        assert changes["chat_model"] == {"from": "", "to": "better"}
        assert changes["key"] == {"from": "…ab12", "to": "…9999"}
        assert entries[2].detail == {"from": "ours", "to": ""}
        assert "another-key" not in str(list(entries.values_list("subject", "detail")))

    def test_mallory_finds_and_changes_nothing_of_ours(self):
        mallory = client_of(self.people.mallory)
        for action in ("", "enable/", "delete/", "check/"):
            with self.subTest(action=action):
                path = f"{LIST}of/ours/{action}"
                assert mallory.post(path, self.fields()).status_code == 404
        self.assertNotContains(mallory.get(LIST), "ours")
        assert self.check.calls == []

    def test_the_welcome_page_saves_a_key_under_a_free_name(self):
        data = {"kind": "scripted", "api_key": KEY, "next": "welcome"}
        for _ in range(2):
            response = self.client.post(NEW, data)
            self.assertRedirects(response, "/welcome/")
        names = self.people.organization.connections.values_list("name", flat=True)
        assert set(names) == {"ours", "scripted", "scripted-2"}

    def test_the_welcome_page_shows_what_is_wrong_with_a_key(self):
        data = {"kind": "scripted", "api_key": "two words", "next": "welcome"}
        response = self.client.post(NEW, data)
        self.assertTemplateUsed(response, "shell/welcome.html")
        self.assertContains(response, "Copy it once more", status_code=422)
