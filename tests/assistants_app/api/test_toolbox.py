from django.test import TestCase

from playground.organizations.services.organizations import create_api_key
from tests.assistants_app.rows import offline
from tests.people import make_people

URL = "/v1/toolbox/system-tools"


class ToolboxTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        _, cls.key = create_api_key(
            organization=cls.people.organization, name="program"
        )

    def get(self, **query):
        return self.client.get(URL, query, headers={"X-API-Key": self.key})

    def test_the_image_tool_is_described_by_the_default_model(self):
        offline(self.people.organization)
        said = self.get().json()
        assert said["total_count"] == 1
        tool = said["tools"][0]
        assert tool["id"] == "stool_image_generation"
        assert tool["toolKey"] == "image_generation"
        assert tool["defaultProvider"] == "offline"
        assert tool["capabilities"]["modes"] == ["auto", "on", "off"]
        described = {p["name"]: p for p in tool["capabilities"]["parameters"]}
        assert {"mode", "provider", "model", "size", "aspect_ratio"} <= set(described)
        assert described["model"]["default"] == "offline-painter"
        assert all(set(p) == {"name", "type", "default", "description"}
                   for p in described.values())  # fmt: skip

    def test_without_an_image_connection_it_promises_no_options(self):
        tool = self.get().json()["tools"][0]
        assert tool["defaultProvider"] == "auto"
        assert tool["capabilities"]["parameters"] == []

    def test_filters_leave_out_what_does_not_match(self):
        counts = {
            "category=generation": 1,
            "category=search": 0,
            "model_compatibility=text": 1,
            "model_compatibility=voice": 0,
            "visible_in_ui=true": 1,
            "visible_in_ui=false": 0,
        }
        for query, count in counts.items():
            name, value = query.split("=")
            assert self.get(**{name: value}).json()["total_count"] == count, query
        bare = self.get(include_capabilities="false").json()["tools"][0]
        assert "capabilities" not in bare

    def test_a_wrong_filter_is_named(self):
        for name, value in {"category": "colour", "colour": "red"}.items():
            answer = self.get(**{name: value})
            assert answer.status_code == 422
            assert answer.json()["error"]["details"] == {"field": name}

    def test_a_foreign_organization_is_403(self):
        other = self.people.other_organization.public_id
        answer = self.get(organization_id=other)
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "ORGANIZATION_ACCESS_DENIED"
