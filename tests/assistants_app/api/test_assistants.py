"""`/v1/assistants`."""

from __future__ import annotations

from assistants_app.models import Assistant
from playground.organizations.services.organizations import create_api_key
from tests.assistants_app.api.api_case import ApiCase
from tests.assistants_app.api.run_case import WEATHER
from tests.assistants_app.rows import assistant_of
from tests.people import client_of

PATH = "/assistants"


def nested(levels):
    value = {}
    for _ in range(levels):
        value = {"a": value}
    return value


def body(**fields):
    return {"model": "offline-chat", **fields}


class AssistantTests(ApiCase):
    def test_a_bare_assistant_has_every_published_key(self):
        made = self.made(PATH, body())
        assert made.pop("id").startswith("asst_")
        assert isinstance(made.pop("created_at"), int)
        assert made == {
            "object": "assistant",
            "name": None,
            "description": None,
            "model": "offline-chat",
            "instructions": None,
            "tools": [],
            "tool_resources": {},
            "metadata": {},
            "temperature": 1.0,
            "top_p": 1.0,
            "response_format": "auto",
        }

    def test_everything_that_is_said_is_given_back(self):
        schema = {"name": "answer", "schema": {"type": "object"}, "strict": True}
        fields = body(
            name="Guide",
            description="Shows the way",
            instructions="Two lines.",
            tools=[WEATHER, {"type": "image_generation", "mode": "on"}],
            metadata={"team": "north"},
            temperature=0,
            top_p=0.5,
            response_format={"type": "json_schema", "json_schema": schema},
        )
        made = self.made(PATH, {**fields, "reasoning_effort": "low"})
        assert {name: made[name] for name in fields} == fields
        assert self.read(f"{PATH}/{made['id']}") == made
        stored = Assistant.objects.get(public_id=made["id"])
        assert (stored.reasoning_effort, stored.created_by) == ("low", None)

    def test_a_change_changes_what_is_said_and_null_empties(self):
        made = self.made(PATH, body(name="A", instructions="B", metadata={"a": "b"}))
        path = f"{PATH}/{made['id']}"
        changed = self.made(path, {"name": "C", "instructions": None})
        assert (changed["name"], changed["instructions"]) == ("C", None)
        assert changed["metadata"] == {"a": "b"}
        assert changed["model"] == "offline-chat"
        assert Assistant.objects.get(public_id=made["id"]).version == 2

    def test_a_deleted_assistant_is_gone(self):
        made = self.made(PATH, body())
        path = f"{PATH}/{made['id']}"
        status, answer = self.call("DELETE", path)
        deleted = {"id": made["id"], "object": "assistant.deleted", "deleted": True}
        assert (status, answer) == (200, deleted)
        message = f"No assistant found with id '{made['id']}'."
        for method in ("GET", "POST", "DELETE"):
            assert self.refused(path, {}, 404, method)["message"] == message
        assert self.read(PATH)["data"] == []

    def test_a_client_that_repeats_its_own_deletion_is_told_the_same(self):
        path = f"{PATH}/{self.made(PATH, body())['id']}"
        again = {"X-Stainless-Retry-Count": "1"}
        assert self.call("DELETE", path, **again)[1]["deleted"] is True
        assert self.call("DELETE", path, **again)[1]["deleted"] is True
        assert self.call("DELETE", path)[0] == 404
        assert self.call("DELETE", f"{PATH}/asst_none", **again)[0] == 404

    def test_one_without_a_model_names_the_model_that_serves_it(self):
        path = f"{PATH}/{assistant_of(self.organization).public_id}"
        told = self.read(path)
        assert told["model"] == "offline-chat"
        assert self.read(PATH)["data"] == [told]
        assert self.made(path, {"model": told["model"]})["model"] == "offline-chat"
        self.organization.connections.all().delete()
        other = f"{PATH}/{assistant_of(self.organization).public_id}"
        assert self.read(other)["model"] == ""

    def test_the_list_is_paged_by_cursor(self):
        ids = [self.made(PATH, body(name=str(n)))["id"] for n in range(5)]
        page = self.read(f"{PATH}?limit=2")
        assert [a["id"] for a in page["data"]] == ids[:2:-1]
        assert page["has_more"] is True
        assert (page["first_id"], page["last_id"]) == (ids[4], ids[3])
        rest = self.read(f"{PATH}?after={ids[3]}")
        assert [a["id"] for a in rest["data"]] == ids[2::-1]
        assert rest["has_more"] is False
        ascending = self.read(f"{PATH}?order=asc&before={ids[2]}")
        assert [a["id"] for a in ascending["data"]] == ids[:2]

    def test_what_belongs_to_others_is_not_there(self):
        theirs = assistant_of(self.people.other_organization, model="offline-chat")
        path = f"{PATH}/{theirs.public_id}"
        for method in ("GET", "POST", "DELETE"):
            self.refused(path, {}, 404, method)
        assert self.read(PATH)["data"] == []
        assert len(self.read(PATH, key=self.mallorys_key)["data"]) == 1

    def test_a_key_that_only_reads_makes_nothing(self):
        _, key = create_api_key(
            organization=self.organization, name="viewer", scopes=["read"]
        )
        status, answer = self.call("POST", PATH, body(), key=key)
        assert (status, answer["error"]["code"]) == (403, "missing_scope")
        assert self.call("GET", PATH, key=key)[0] == 200

    def test_a_member_changes_only_what_he_made(self):
        others = assistant_of(self.organization)
        bob = client_of(self.people.bob)
        path = f"/v1{PATH}/{others.public_id}"
        bob.cookies["csrftoken"] = "a" * 32
        response = bob.post(
            path, {}, "application/json", headers={"X-CSRFToken": "a" * 32}
        )
        assert response.status_code == 403
        assert "Only an admin" in response.json()["error"]["message"]


class RefusedAssistantTests(ApiCase):
    def test_a_model_is_required(self):
        self.assert_refused(PATH, {}, "model", "missing_required_parameter")

    def test_limits_are_named(self):
        cases = [
            ({"name": "n" * 257}, "name", "string_above_max_length"),
            ({"description": "n" * 513}, "description", "string_above_max_length"),
            (
                {"instructions": "n" * 256_001},
                "instructions",
                "string_above_max_length",
            ),
            ({"tools": [WEATHER] * 129}, "tools", "array_above_max_length"),
            ({"temperature": 2.1}, "temperature", "decimal_above_max_value"),
            ({"top_p": -0.1}, "top_p", "decimal_below_min_value"),
            ({"temperature": "hot"}, "temperature", "invalid_type"),
            ({"reasoning_effort": "most"}, "reasoning_effort", "invalid_value"),
            ({"metadata": {"k" * 65: "v"}}, "metadata", "string_above_max_length"),
            ({"metadata": {"k": "v" * 513}}, "metadata.k", "string_above_max_length"),
            ({"metadata": {"k": 1}}, "metadata.k", "invalid_type"),
            (
                {"metadata": {str(n): "" for n in range(17)}},
                "metadata",
                "object_above_max_length",
            ),
            ({"response_format": "json"}, "response_format", "invalid_value"),
            (
                {"response_format": {"type": "xml"}},
                "response_format.type",
                "invalid_value",
            ),
            ({"file_ids": []}, "file_ids", "unknown_parameter"),
            ({"model": ""}, "model", "string_below_min_length"),
        ]
        for fields, param, code in cases:
            with self.subTest(param=param, code=code):
                error = self.refused(PATH, body(**fields))
                assert error["code"] == code, error
                assert error["param"].startswith(param), error

    def test_tools_of_the_published_api_that_are_not_served_are_refused(self):
        for kind in ("file_search", "code_interpreter"):
            error = self.refused(PATH, body(tools=[WEATHER, {"type": kind}]))
            assert error["param"] == "tools[1]"
            assert kind in error["message"]

    def test_resources_of_those_tools_are_refused_and_empty_ones_are_not(self):
        full = {"file_search": {"vector_store_ids": ["vs_1"]}}
        error = self.refused(PATH, body(tool_resources=full))
        assert "file_search" in error["message"]
        for empty in (None, {}, {"code_interpreter": {"file_ids": []}}):
            assert self.made(PATH, body(tool_resources=empty))["tool_resources"] == {}

    def test_functions_are_checked(self):
        def function(**fields):
            return body(tools=[{"type": "function", "function": fields}])

        name = "tools[0].function.name"
        cases = [
            (function(), name, "missing_required_parameter"),
            (function(name="with space"), name, "invalid_value"),
            (function(name="n" * 65), name, "invalid_value"),
            (function(name="edit_image"), name, "invalid_value"),
            (
                function(name="a", parameters={"type": "string"}),
                "tools[0].function.parameters",
                "invalid_value",
            ),
            (
                function(name="a", parameters={"type": "object", "a": nested(101)}),
                "tools[0].function.parameters",
                "invalid_value",
            ),
            (
                function(name="a", strict="yes"),
                "tools[0].function.strict",
                "invalid_type",
            ),
            (
                body(tools=[WEATHER, WEATHER]),
                "tools[1].function.name",
                "invalid_value",
            ),
            (body(tools=[{"type": "shell"}]), "tools[0].type", "invalid_value"),
            (
                body(tools=[{"type": "function", "name": "flat"}]),
                "tools[0].function",
                "missing_required_parameter",
            ),
        ]
        for sent, param, code in cases:
            with self.subTest(param=param, sent=sent):
                self.assert_refused(PATH, sent, param, code)

    def test_a_model_that_leads_nowhere_is_refused(self):
        self.connection.is_enabled = False
        self.connection.save()
        error = self.refused(PATH, body())
        assert (error["param"], error["code"]) == ("model", "model_not_found")

    def test_each_option_of_the_image_tool_is_checked_against_its_model(self):
        cases = {
            "mode": "always",
            "provider": "nobody",
            "size": "7x7",
            "aspect_ratio": "wide",
            "quality": "superb",
            "background": "striped",
            "output_format": "tiff",
            "output_compression": 101,
            "partial_images": 4,
            "seed": "seven",
        }
        for option, value in cases.items():
            with self.subTest(option=option):
                tool = {"type": "image_generation", option: value}
                error = self.refused(PATH, body(tools=[tool]))
                assert error["param"] == f"tools[0].{option}", error

    def test_the_options_of_the_image_tool_are_kept(self):
        tool = {
            "type": "image_generation",
            "mode": "auto",
            "provider": "offline",
            "model": "offline-painter",
            "size": "512x512",
            "output_format": "png",
            "style": "flat shapes",
            "seed": 7,
            "partial_images": 1,
        }
        assert self.made(PATH, body(tools=[tool]))["tools"] == [tool]

    def test_a_size_and_a_ratio_exclude_each_other(self):
        tool = {"type": "image_generation", "size": "512x512", "aspect_ratio": "4:3"}
        error = self.refused(PATH, body(tools=[tool]))
        assert error["param"].startswith("tools[0].")
