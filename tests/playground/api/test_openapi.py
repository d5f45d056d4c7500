"""The OpenAPI document: whole, valid, and true to what the server does."""

from __future__ import annotations

import re

import pytest
from django.test import TestCase
from jsonschema import Draft202012Validator

from assistants_app.api.routes import stream_routes as assistants_streams
from images_app.api.routes import stream_routes as images_streams
from playground.api.schema_names import SchemaNames
from playground.api.surfaces import SURFACES, surface_of
from playground.organizations.services.organizations import create_api_key
from tests.people import client_of, make_member, make_people

PATH = "/v1/openapi.json"
# What a summary begins with: it says what the call does.
VERBS = {
    "Add",
    "Answer",
    "Ask",
    "Cancel",
    "Change",
    "Check",
    "Create",
    "Delete",
    "Edit",
    "Generate",
    "Get",
    "List",
    "Read",
    "Retrieve",
    "Run",
    "Set",
    "Stop",
    "Upload",
    "Vary",
}


@pytest.fixture
def document(db):
    people = make_people()
    return client_of(people.bob).get(PATH).json()


def operations(document):
    """Path, method, operation."""
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def references(value):
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)
    elif isinstance(value, str) and value.startswith("#/components/"):
        yield value


class ReaderTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()

    def get(self, **headers):
        return self.client.get(PATH, headers=headers)

    def test_a_viewer_and_a_key_that_reads_may_have_it(self):
        viewer = make_member(self.people.organization, "vi@example.com", "viewer")
        assert client_of(viewer).get(PATH).status_code == 200
        for scope, status in (("read", 200), ("run", 200), ("images", 403)):
            _, key = create_api_key(
                organization=self.people.organization, name="k", scopes=[scope]
            )
            response = self.get(Authorization=f"Bearer {key}")
            assert response.status_code == status

    def test_a_stranger_may_not(self):
        assert self.get().status_code == 401

    def test_it_names_the_server_as_it_was_called(self):
        client = client_of(self.people.bob)
        document = client.get(PATH, headers={"Host": "localhost:8123"}).json()
        assert document["servers"] == [{"url": "http://localhost:8123"}]
        document = client.get(PATH).json()
        assert document["servers"] == [{"url": "http://testserver"}]


def test_it_is_openapi_3_1_with_a_title(document):
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["title"] == "Easel"
    assert document["info"]["version"]


def test_every_reference_leads_somewhere(document):
    found = set(references(document))
    assert found
    for reference in found:
        place = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in place, reference
            place = place[step]


def test_every_schema_is_a_json_schema(document):
    for name, schema in document["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert isinstance(schema, dict), name
    for _, _, operation in operations(document):
        for entry in operation.get("requestBody", {}).get("content", {}).values():
            Draft202012Validator.check_schema(entry["schema"])
        for parameter in operation["parameters"]:
            Draft202012Validator.check_schema(parameter["schema"])


def test_operations_have_names_of_their_own(document):
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))


def test_every_operation_says_what_it_is_and_how_it_fails(document):
    tags = {tag["name"] for tag in document["tags"]}
    for path, method, operation in operations(document):
        place = f"{method} {path}"
        assert operation["summary"], place
        assert operation["summary"].split()[0] in VERBS, place
        # It stands on one line beside the reference; the rest is the description's.
        assert len(operation["summary"]) <= 24, place
        assert set(operation["tags"]) <= tags, place
        assert {"4XX", "5XX"} <= set(operation["responses"]), place
        assert any(status.startswith("2") for status in operation["responses"]), place
        assert isinstance(operation["parameters"], list), place


def test_errors_are_described_in_the_envelope_of_the_path(document):
    for path, method, operation in operations(document):
        error = operation["responses"]["4XX"]["$ref"].rsplit("/", 1)[-1]
        is_seed = path.startswith(
            ("/v1/model/", "/v1/toolbox/", "/v1/organizations/")
        ) or path in {"/v1/images/generate", "/v1/images/models"}
        assert error == ("SeedError" if is_seed else "Error"), f"{method} {path}"


def test_every_parameter_of_a_path_is_described(document):
    for path, method, operation in operations(document):
        described = {
            parameter["name"]
            for parameter in operation["parameters"]
            if parameter["in"] == "path"
        }
        assert described == set(re.findall(r"{(\w+)}", path)), f"{method} {path}"


def test_every_operation_but_signed_addresses_names_its_scope(document):
    schemes = set(document["components"]["securitySchemes"])
    for path, method, operation in operations(document):
        if "/signed/" in path:
            assert "security" not in operation
            continue
        entries = operation["security"]
        assert {name for entry in entries for name in entry} == schemes
        for entry in entries:
            (scopes,) = entry.values()
            assert len(scopes) == 1, f"{method} {path}"
            assert scopes[0] in {"read", "run", "images", "admin"}


def test_a_scope_that_the_view_itself_checks_is_named_too(document):
    def scopes(path, method):
        entries = document["paths"][path][method]["security"]
        return [scope for entry in entries for scope in entry.get("bearer", ())]

    assert scopes("/v1/files", "post") == ["run", "images"]
    assert scopes("/v1/files", "get") == ["read"]
    assert scopes("/v1/files/{file_id}/content", "get") == ["read", "images"]
    assert scopes("/v1/images/generate", "post") == ["images"]
    assert not any("x-scope" in operation for _, _, operation in operations(document))


def test_what_streams_is_what_the_streaming_front_takes(document):
    described = {
        path
        for path, method, operation in operations(document)
        if "text/event-stream"
        in operation["responses"].get("200", {}).get("content", {})
        and method == "post"
    }
    served = {route.path for route in [*assistants_streams, *images_streams]}
    # A form streams through Django, which alone parses forms.
    assert described - served <= {"/v1/images/edits"}
    assert served <= described


def test_every_path_belongs_to_the_surface_that_its_tag_names(document):
    for path, _, operation in operations(document):
        assert operation["tags"] == [surface_of(path).name]
    order = [SURFACES.index(surface_of(path)) for path in document["paths"]]
    assert order == sorted(order)
    assert surface_of("/v1/nothing").name == "This document"
    only = [p for p in document["paths"] if surface_of(p).name == "This document"]
    assert only == ["/v1/openapi.json"]


def test_models_of_one_name_and_two_forms_stay_apart():
    names = SchemaNames()
    ref = "#/components/schemas/Tool"
    nested = {"Tool": {"title": "nested"}, "Body": {"items": {"$ref": ref}}}
    flat = {"Tool": {"title": "flat"}, "Body": {"items": {"$ref": ref}}}
    assert names.add(nested) == {"Tool": "Tool", "Body": "Body"}
    assert names.add(flat) == {"Tool": "Tool2", "Body": "Body2"}
    assert names.add(nested) == {"Tool": "Tool", "Body": "Body"}
    assert names.add(flat) == {"Tool": "Tool2", "Body": "Body2"}
    assert names.schemas == {
        "Tool": {"title": "nested"},
        "Body": {"items": {"$ref": ref}},
        "Tool2": {"title": "flat"},
        "Body2": {"items": {"$ref": f"{ref}2"}},
    }


def test_a_schema_that_holds_itself_has_a_name():
    tree = {"Tree": {"items": {"$ref": "#/components/schemas/Tree"}}}
    names = SchemaNames()
    assert names.add(tree) == names.add(tree) == {"Tree": "Tree"}
    assert names.schemas == tree
