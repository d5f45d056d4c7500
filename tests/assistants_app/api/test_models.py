from __future__ import annotations

from playground.organizations.models import Connection
from playground.organizations.services.connections import add_connection
from tests.assistants_app.api.api_case import ApiCase


class ModelTests(ApiCase):
    def connect(self, name: str, *models: str, **fields) -> Connection:
        return add_connection(
            organization=self.organization,
            kind="openai",
            name=name,
            base_url="http://127.0.0.1:9/v1",
            allowed_models=list(models),
            **fields,
        )

    def painter(self) -> Connection:
        return self.organization.connections.get(is_default_image=True)

    def ids(self, **options) -> list[str]:
        """What is offered besides the retired names, which stand at the end."""
        found = [model["id"] for model in self.read("/models", **options)["data"]]
        assert found[-2:] == ["dall-e-2", "dall-e-3"]
        return found[:-2]

    def test_a_list_holds_what_the_organization_offers_and_no_more(self):
        assert self.ids() == ["offline-chat", "offline-painter"]
        self.connect("house", "llama-4")
        assert self.ids() == ["offline-chat", "llama-4", "offline-painter"]
        assert self.ids(key=self.mallorys_key) == ["offline-chat", "offline-painter"]

    def test_a_connection_that_is_not_offered_lists_nothing(self):
        house = self.connect("house", "llama-4")
        house.is_enabled = False
        house.save()
        assert "llama-4" not in self.ids()

    def test_every_field_of_a_model_is_there(self):
        made = self.connect("house", "llama-4")
        assert self.read("/models/llama-4") == {
            "id": "llama-4",
            "object": "model",
            "created": int(made.created_at.timestamp()),
            "owned_by": "house",
        }

    def test_a_day_of_shutdown_is_told_where_it_is_known(self):
        self.connect("cloud", "gpt-4.1")
        assert self.read("/models/gpt-4.1")["shutdown_date"] == "2027-01-14"

    def test_a_name_that_leads_elsewhere_is_told_with_its_connection(self):
        self.connect("first", "llama-4")
        self.connect("second", "llama-4")
        assert self.ids()[1:3] == ["llama-4", "second/llama-4"]
        assert self.read("/models/second/llama-4")["owned_by"] == "second"
        assert self.read("/models/first/llama-4")["owned_by"] == "first"

    def test_a_name_may_hold_slashes_of_its_own(self):
        self.connect("house", "meta/llama-4")
        assert self.read("/models/meta/llama-4")["id"] == "meta/llama-4"
        assert self.read("/models/house/meta/llama-4")["owned_by"] == "house"

    def test_a_name_that_looks_like_a_connections_is_told_with_its_own(self):
        self.connect("meta", "other")
        self.connect("house", "meta/llama-4")
        assert "house/meta/llama-4" in self.ids()

    def test_retired_names_are_told_while_somebody_serves_them(self):
        assert self.read("/models/dall-e-3") == {
            "id": "dall-e-3",
            "object": "model",
            "created": int(self.painter().created_at.timestamp()),
            "owned_by": "offline",
            "shutdown_date": "2026-05-12",
        }
        status, _ = self.call("GET", "/models/offline/dall-e-3")
        assert status == 404
        self.organization.serves_retired_models = False
        self.organization.save()
        status, _ = self.call("GET", "/models/dall-e-3")
        assert status == 404

    def test_a_server_that_has_a_retired_model_owns_it(self):
        self.connect("house", "dall-e-3")
        assert self.read("/models/dall-e-3")["owned_by"] == "house"

    def test_a_chat_model_is_offered_once(self):
        self.connect("house", "gpt-4.1", "gpt-image-2")
        assert self.ids() == [
            "offline-chat",
            "gpt-4.1",
            "offline-painter",
            "gpt-image-2",
        ]

    def test_an_unknown_model_is_not_found(self):
        self.connect("house", "llama-4")
        error = self.refused("/models/nobodys", None, 404, method="GET")
        assert (error["code"], error["param"]) == ("model_not_found", "model")
        status, _ = self.call("GET", "/models/llama-4", key=self.mallorys_key)
        assert status == 404
