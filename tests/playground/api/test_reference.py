"""The API reference: every endpoint with its fields, and examples that are true."""

from __future__ import annotations

import ast
import inspect
import json
import re
import subprocess
from html import unescape
from pathlib import Path

import openai
import pytest
from django.test import Client, TestCase, override_settings
from jsonschema import Draft202012Validator

import playground.urls  # noqa: F401  (adds the routers of both apps)
from playground.api import views
from playground.api.instance import api
from playground.api.openapi import document_of
from playground.api.reference import endpoints_of, groups_of
from playground.api.reference_examples import Examples, Server
from playground.api.reference_fields import FieldReader
from playground.api.samples import (
    BASE64,
    BODIES,
    IDS,
    KEYLESS,
    PICTURES,
    SDK_METHODS,
)
from playground.api.snippets import snippets_of
from playground.api.surfaces import SURFACES
from playground.organizations.services.connections import add_connection
from playground.organizations.services.organizations import create_api_key
from tests.people import client_of, make_member, make_people

SERVER = Server("https://easel.example", "chat-1", "image-1")
DOCUMENT = document_of(api)
NAMES = {
    f"{method.upper()} {path}": operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}


def text_of(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


class PageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        add_connection(
            organization=cls.people.organization,
            kind="offline",
            name="offline",
            default_chat=True,
            default_image=True,
        )

    def page(self, path="/api/", user=None):
        response = client_of(user or self.people.bob).get(path)
        assert response.status_code == 200, path
        return response.content.decode()

    def test_the_start_points_clients_at_this_server(self):
        text = text_of(self.page())
        assert "http://testserver/v1" in text
        assert "offline-chat" in text
        assert "offline-painter" in text
        for words in ("curl http", "from openai import", "import OpenAI", "HttpClient"):
            assert words in text

    def test_every_endpoint_is_on_the_page_of_its_surface(self):
        start = self.page()
        for group in groups_of(DOCUMENT):
            path = f"/api/{group.surface.slug}/"
            page = self.page(path)
            assert f'href="{path}"' in start
            for entry in group.entries:
                with self.subTest(entry=entry):
                    assert f'id="{entry.anchor}"' in page
                    assert entry.path in page
                    assert f'href="{path}#{entry.anchor}"' in start

    def test_no_endpoint_is_on_two_pages_or_on_none(self):
        entries = [e for group in groups_of(DOCUMENT) for e in group.entries]
        shown = {(entry.method, entry.path) for entry in entries}
        documented = {tuple(name.split(" ")) for name in NAMES}
        assert shown == {pair for pair in documented if pair[0] != "HEAD"}
        assert len(entries) == len(shown)

    def test_ids_on_a_page_are_its_own(self):
        for surface in SURFACES:
            ids = re.findall(r'\bid="([^"]+)"', self.page(f"/api/{surface.slug}/"))
            assert len(ids) == len(set(ids)), surface.name

    def test_nested_fields_their_rules_and_their_choices_are_shown(self):
        text = " ".join(text_of(self.page("/api/assistants/")).split())
        assert "model string required" in text
        assert "at most 256,000 characters" in text
        assert "type: function" in text
        assert "0 to 2" in text
        assert "scope run" in text

    def test_a_viewer_may_read_it_and_a_stranger_is_asked_to_sign_in(self):
        viewer = make_member(self.people.organization, "vi@example.com", "viewer")
        assert "makes keys" in self.page(user=viewer)
        assert "Make a key" in self.page(user=self.people.alice)
        response = Client().get("/api/")
        assert response.status_code == 302
        assert response["location"].startswith("/sign-in/")

    def test_an_unknown_part_is_404(self):
        client = client_of(self.people.bob)
        assert client.get("/api/nothing/").status_code == 404

    def test_pages_link_to_it(self):
        assert 'href="/api/"' in self.page("/api/models/")
        assert 'href="/api/"' in self.page("/settings/members/", self.people.alice)


class ConformanceTests(TestCase):
    def page(self, folder):
        views._conformance.cache_clear()
        self.addCleanup(views._conformance.cache_clear)
        with override_settings(BASE_DIR=folder):
            client = client_of(make_people().bob)
            return client.get("/api/conformance/"), client.get("/api/")

    @pytest.fixture(autouse=True)
    def folder(self, tmp_path):
        self.tmp_path = tmp_path

    def test_it_is_shown_where_there_is_one(self):
        (self.tmp_path / "docs").mkdir()
        (self.tmp_path / "docs" / "conformance.md").write_text(
            "# Conformance\n\n"
            "| Endpoint | State |\n|---|---|\n| `POST /v1/x` | served |\n\n<script>1"
        )
        page, start = self.page(self.tmp_path)
        assert page.content.count(b"<h1") == 1
        assert "<td>served</td>" in page.content.decode()
        assert "<script>1" not in page.content.decode()
        assert "/api/conformance/" in start.content.decode()

    def test_without_one_nothing_leads_there(self):
        page, start = self.page(Path(self.tmp_path))
        assert page.status_code == 404
        assert "/api/conformance/" not in start.content.decode()


@pytest.mark.parametrize("name", sorted(BODIES))
def test_every_example_body_is_one_that_the_server_takes(name):
    content = NAMES[name]["requestBody"]["content"]
    body = SERVER.fill(BODIES[name])
    schemas = [entry["schema"] for entry in content.values()]
    for schema in schemas[:1]:
        whole = {**schema, "components": DOCUMENT["components"]}
        Draft202012Validator(json.loads(json.dumps(whole))).validate(_sent(body, name))


def _sent(body, name):
    """Form fields that are repeatable are lists in the document."""
    return {**body, "image": [body["image"]]} if name.endswith("images/edits") else body


def test_every_request_body_that_needs_something_has_an_example():
    schemas = DOCUMENT["components"]["schemas"]
    reader = FieldReader(schemas)
    for name, operation in NAMES.items():
        for entry in operation.get("requestBody", {}).get("content", {}).values():
            needed = [f.name for f in reader.fields(entry["schema"]) if f.is_required]
            assert not needed or name in BODIES, name


def fields_of(fields, place):
    """Each field, at any depth, with its place."""
    for field in fields:
        yield f"{place} {field.name}", field
        for form in field.forms:
            yield from fields_of(form.fields, f"{place} {field.name} ({form.name})")


def test_every_parameter_says_what_it_means():
    for surface in SURFACES:
        for endpoint in endpoints_of(DOCUMENT, surface, SERVER):
            name = f"{endpoint.method} {endpoint.path}"
            sent = [*endpoint.path_params, *endpoint.query]
            sent += [field for body in endpoint.bodies for field in body.fields]
            for place, found in fields_of(sent, name):
                # Of a tag its one value says it all.
                assert found.about or len(found.choices) == 1, place
                assert not found.about.startswith(("POST ", "GET ", "The body of")), (
                    place
                )


def test_every_parameter_of_a_path_has_an_example():
    for name in NAMES:
        if "/signed/" not in name:
            assert set(re.findall(r"{(\w+)}", name)) <= set(IDS), name


@pytest.mark.parametrize("name", sorted(SDK_METHODS))
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_call_of_the_sdk_exists_and_takes_these_arguments(name):
    assert name in NAMES
    method = openai.OpenAI(api_key="k")
    for step in SDK_METHODS[name].split("."):
        method = getattr(method, step)
    code = text_of(Examples(name, [], SERVER).python())
    call = next(
        statement.value
        for statement in reversed(ast.parse(code).body)
        if isinstance(statement, ast.Assign)
    )
    inspect.signature(method).bind(
        *(ast.unparse(argument) for argument in call.args),
        **{word.arg: ast.unparse(word.value) for word in call.keywords},
    )


def test_an_example_shows_what_comes_back_or_keeps_its_bytes():
    assert set(NAMES) >= PICTURES
    for name in NAMES:
        code = text_of(Examples(name, [], SERVER).python())
        curl = text_of(Examples(name, [], SERVER).curl())
        is_picture = name in PICTURES
        assert ("--output picture.png" in curl) is is_picture, name
        # Nobody wants two million letters of base64 in a terminal.
        keeps = is_picture or name in BASE64
        assert (re.search(r"print\(answer(\.json\(\))?\)", code) is None) is keeps, name
        assert ("picture.png" in code) is keeps, name
        assert ("> picture.png" in curl) is (name in BASE64), name


def test_the_shell_takes_the_picture_out_of_the_answer(tmp_path):
    answers = {
        "POST /v1/images/generations": {"data": [{"b64_json": "cGljdHVyZQ=="}]},
        "POST /v1/responses": {
            "output": [
                {"type": "image_generation_call", "result": "cGljdHVyZQ==", "id": "x"},
                {"type": "message", "content": [{"text": "Done: \\"}]},
            ]
        },
    }
    for name, answer in answers.items():
        curl = text_of(Examples(name, [], SERVER).curl()).strip()
        (tmp_path / "answer.json").write_text(json.dumps(answer, separators=(",", ":")))
        subprocess.run(
            curl.splitlines()[-1], shell=True, check=True, cwd=tmp_path, timeout=60
        )
        assert (tmp_path / "picture.png").read_bytes() == b"picture"


def test_a_signed_address_is_shown_without_a_key():
    for name in NAMES:
        examples = Examples(name, [], SERVER)
        code = text_of(examples.python()) + text_of(examples.curl())
        assert ("EASEL_API_KEY" in code) is (name not in KEYLESS), name
        statuses = [refusal.status for refusal in examples.refusals(None)]
        assert (401 in statuses) is (name not in KEYLESS), name
    without = {name for name, item in NAMES.items() if not item.get("security")}
    assert {name for name in without if not name.startswith("HEAD")} == KEYLESS


def test_every_python_example_is_python():
    for surface in SURFACES:
        for endpoint in endpoints_of(DOCUMENT, surface, SERVER):
            ast.parse(text_of(endpoint.python))
            curl = text_of(endpoint.curl)
            assert "https://easel.example/v1/" in curl
            assert "{" not in curl.split("\n")[0]
            assert "$chat" not in curl + endpoint.python
            assert "$image" not in curl + endpoint.python


def test_refusals_are_written_as_the_server_writes_them():
    name = "POST /v1/threads/{thread_id}/runs"
    refusals = Examples(name, [], SERVER).refusals("assistant_id")
    assert [refusal.status for refusal in refusals] == [400, 401, 404, 413]
    body = json.loads(text_of(refusals[0].body))
    assert body["error"]["param"] == "assistant_id"
    refusals = Examples("POST /v1/model/response", [], SERVER).refusals("inputs")
    assert [refusal.status for refusal in refusals] == [401, 413, 422]
    body = json.loads(text_of(refusals[2].body))
    assert body["error"]["code"] == "VALIDATION_ERROR"


class MissingScopeTests(TestCase):
    def test_a_missing_scope_is_shown_as_the_server_says_it(self):
        organization = make_people().organization
        shown = (
            ("POST", "/v1/assistants", "run", "read"),
            ("GET", "/v1/assistants", "read", "images"),
        )
        for method, path, scope, other in shown:
            _, key = create_api_key(organization=organization, name="k", scopes=[other])
            headers = {"Authorization": f"Bearer {key}"}
            response = self.client.generic(method, path, headers=headers)
            refusals = Examples(f"{method} {path}", [], SERVER).refusals(None, scope)
            refusal = next(it for it in refusals if it.status == 403)
            assert json.loads(text_of(refusal.body)) == response.json()
            assert response.status_code == 403


def test_a_quote_in_an_example_does_not_end_the_shells():
    server = Server("https://easel.example", "it's")
    curl = text_of(Examples("POST /v1/assistants", [], server).curl())
    assert "it'\\''s" in curl


def test_snippets_hold_the_address_and_the_model_of_this_server():
    for snippet in snippets_of(SERVER):
        assert "https://easel.example/v1" in snippet.source
        assert '"chat-1"' in snippet.source
        assert "$base" not in snippet.source
        assert "$model" not in snippet.source


SCHEMAS = {
    "Tree": {
        "type": "object",
        "title": "Tree",
        "properties": {
            "children": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/Tree"},
            }
        },
    },
    "Dot": {
        "type": "object",
        "properties": {"type": {"const": "dot", "type": "string"}},
        "required": ["type"],
    },
    "Line": {
        "type": "object",
        "properties": {
            "type": {"const": "line", "type": "string"},
            "length": {"type": "integer", "exclusiveMinimum": 0},
        },
        "required": ["length", "type"],
    },
}


def field(schema, **options):
    return FieldReader(SCHEMAS).field("x", schema, **options)


@pytest.mark.parametrize(
    ("schema", "type_", "rules", "choices"),
    [
        ({"type": "string", "maxLength": 20_000}, "string", ["at most 20,000 characters"], []),
        ({"type": "string", "minLength": 1}, "string", [], []),
        ({"type": "integer", "minimum": 1, "maximum": 9}, "integer", ["1 to 9"], []),
        ({"type": "number", "minimum": 0.5}, "number", ["at least 0.5"], []),
        ({"enum": ["a", "b"], "type": "string"}, "string", [], ["a", "b"]),
        ({"const": True}, "boolean", [], ["true"]),
        ({"type": "array", "items": {"type": "string"}, "minItems": 1}, "array of string", ["at least 1 items"], []),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string", [], []),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, "string or integer", [], []),
        ({"type": "string", "format": "binary"}, "file", [], []),
        ({}, "any", [], []),
    ],
)  # fmt: skip
def test_a_schema_is_told_by_type_rules_and_choices(schema, type_, rules, choices):
    found = field(schema)
    assert (found.type, found.rules, found.choices) == (type_, rules, choices)


def test_a_null_counts_where_the_field_is_always_there():
    schema = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert field(schema, is_required=True).type == "string or null"


def test_the_forms_of_a_union_are_told_apart_by_their_tag():
    refs = [{"$ref": f"#/components/schemas/{name}"} for name in ("Dot", "Line")]
    found = field({"type": "array", "items": {"oneOf": refs}})
    assert [form.name for form in found.forms] == ["type: dot", "type: line"]
    assert [inner.name for inner in found.forms[1].fields] == ["type", "length"]


def test_a_schema_that_holds_itself_ends_somewhere():
    found = field({"$ref": "#/components/schemas/Tree"})
    depth = 0
    while found.forms:
        found, depth = found.forms[0].fields[0], depth + 1
    assert 1 < depth < 10
