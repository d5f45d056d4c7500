from django.test import TestCase

from playground.organizations.models import AuditEntry, Connection
from playground.organizations.services.organizations import create_api_key
from tests.assistants_app.rows import offline
from tests.people import client_of, make_people

SECRET = "sk-0123456789abcdef"


class ProviderTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        cls.organization = cls.people.organization
        offline(cls.organization)
        _, cls.admin_key = create_api_key(
            organization=cls.organization, name="admin", scopes=["read", "admin"]
        )
        _, cls.key = create_api_key(organization=cls.organization, name="program")

    def url(self, *more: str, organization=None) -> str:
        name = (organization or self.organization).public_id
        return "/".join([f"/v1/organizations/{name}/providers", *more])

    def get(self, *more: str, key="", **query):
        headers = {"X-API-Key": key or self.admin_key}
        return self.client.get(self.url(*more), query, headers=headers)

    def patch(self, name: str, body, key=""):
        return self.client.patch(
            self.url(name),
            body,
            content_type="application/json",
            headers={"X-API-Key": key or self.admin_key},
        )

    def refused(self, name: str, body) -> tuple[int, str | None]:
        answer = self.patch(name, body)
        error = answer.json()["error"]
        return answer.status_code, error.get("details", {}).get("field")

    def test_connections_are_listed_without_their_keys(self):
        assert self.patch("openai", {"api_key": SECRET}).status_code == 200
        answer = self.get()
        assert SECRET not in answer.text
        first, second = answer.json()
        assert (first["provider_name"], first["has_credentials"]) == ("offline", False)
        assert first["is_default_image"] is True
        assert (second["provider_name"], second["has_credentials"]) == ("openai", True)
        assert second["base_url"] == "https://api.openai.com/v1"

    def test_a_first_key_makes_the_connection_and_later_ones_replace_it(self):
        self.patch("openai", {"api_key": SECRET, "is_default_chat": True})
        connection = Connection.objects.get(name="openai")
        assert connection.api_key == SECRET
        assert connection.is_default_chat is True
        assert connection.is_default_image is False
        answer = self.patch("openai", {"api_key": f"{SECRET}-new"})
        assert answer.json()["success"] is True
        assert Connection.objects.get(name="openai").api_key == f"{SECRET}-new"
        actions = AuditEntry.objects.filter(subject="openai").values_list("action")
        assert sorted(actions) == [("connection.added",), ("connection.changed",)]

    def test_a_provider_is_switched_off_and_on(self):
        self.patch("offline", {"is_active": False})
        assert self.get(active_only="true").json() == []
        assert self.get("validate").json()["offline"] == {
            "provider_name": "offline",
            "exists": True,
            "is_active": False,
            "has_credentials": False,
            "can_be_used": False,
        }
        self.patch("offline", {"is_active": True})
        assert self.get("validate").json()["offline"]["can_be_used"] is True
        assert self.get("validate").json()["openai"]["exists"] is False

    def test_what_cannot_be_done_is_named(self):
        assert self.refused("offline", {}) == (422, "body")
        assert self.refused("offline", {"is_active": "no"}) == (422, "is_active")
        assert self.refused("offline", {"colour": "red"}) == (422, "colour")
        assert self.refused("offline", {"api_key": SECRET}) == (422, "api_key")
        assert self.refused("offline", {"base_url": "http://x"}) == (422, "base_url")
        assert self.refused("openai", {"api_key": "with blanks"}) == (422, "api_key")
        assert self.refused("openai", {"is_active": True}) == (404, None)
        assert self.refused("nobody", {"api_key": SECRET}) == (404, None)
        wrong = {"api_key": SECRET, "base_url": "not a URL"}
        assert self.refused("openai", wrong) == (422, "base_url")
        wrong = {"api_key": SECRET, "is_default_chat": True}
        assert self.refused("clipdrop", wrong) == (422, "is_default_chat")
        assert not Connection.objects.exclude(name="offline").exists()

    def test_a_key_stays_with_the_server_that_it_was_sent_for(self):
        self.patch("openai", {"api_key": SECRET})
        moved = {"base_url": "https://elsewhere.example.com/v1"}
        assert self.refused("openai", moved) == (422, "api_key")

    def test_it_needs_the_admin_scope_or_role(self):
        answers = [
            self.get(key=self.key),
            self.patch("offline", {"is_active": False}, key=self.key),
            client_of(self.people.bob).get(self.url()),
        ]
        for answer in answers:
            assert answer.status_code == 403
            assert answer.json()["error"]["code"] == "INSUFFICIENT_PERMISSIONS"
        assert client_of(self.people.alice).get(self.url()).status_code == 200
        assert Connection.objects.get(name="offline").is_enabled is True

    def test_another_organization_is_403_for_keys_and_people(self):
        url = self.url(organization=self.people.other_organization)
        headers = {"X-API-Key": self.admin_key}
        answers = [
            self.client.get(url, headers=headers),
            client_of(self.people.alice).get(url),
        ]
        for answer in answers:
            assert answer.status_code == 403
            error = answer.json()["error"]
            assert error["code"] == "ORGANIZATION_ACCESS_DENIED"
