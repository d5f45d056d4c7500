"""Every documented operation: nothing without a key, nothing of others, no crash."""

from __future__ import annotations

import re
from urllib.parse import quote

import orjson
import pytest
from django.test import Client, TestCase

import playground.urls  # noqa: F401  (adds the routers of both apps)
from assistants_app.models import Run, RunStep
from assistants_app.services.item_ids import conversation_id, response_id
from playground.api.instance import api
from playground.api.openapi import document_of
from playground.api.samples import BODIES
from playground.api.surfaces import surface_of
from playground.organizations.services.organizations import create_api_key
from tests.assistants_app.rows import (
    assistant_of,
    offline,
    picture_of,
    run_with,
    thread_with,
    wrote,
)
from tests.people import make_people

ALL_SCOPES = ("read", "run", "images", "admin")
# An address that is signed is meant for whoever has it; HEAD is GET without a body.
NAMES = [
    (method.upper(), path)
    for path, methods in document_of(api)["paths"].items()
    for method in methods
    if "/signed/" not in path and method != "head"
]
# A model is no organization's property: these answer by name.
WITH_IDS = [
    (method, path) for method, path in NAMES if "{" in path and "{model_id}" not in path
]
ODD_IDS = ("nope", "x" * 500, "é\u2028", "%", "a b", "..", "'--", "-1", "null", "\0")


def call(method, path, key="", body=None):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    client = Client(raise_request_exception=False)
    return client.generic(
        method, path, body or b"", content_type="application/json", headers=headers
    )


def error_of(response, path):
    """The error, from the envelope of the path's dialect."""
    body = response.json()
    if surface_of(path).is_seed:
        assert body["success"] is False
        assert body["error"]["trace_id"] == response["x-request-id"]
        assert body["error"]["status"] == response.status_code
    else:
        assert set(body["error"]) == {"message", "type", "param", "code"}
    assert response["x-request-id"].startswith("req_")
    return body["error"]


@pytest.mark.parametrize(("method", "path"), NAMES)
@pytest.mark.django_db
def test_nothing_is_served_without_a_key(method, path):
    response = call(method, re.sub(r"{\w+}", "x", path))
    assert response.status_code == 401
    error = error_of(response, path)
    assert error["code"] in {None, "AUTHENTICATION_REQUIRED"}
    assert response["www-authenticate"] == "Bearer"


class OthersTests(TestCase):
    """What is Fjordline's is not Mallory's, and odd ids are nobody's."""

    @classmethod
    def setUpTestData(cls):
        people = make_people()
        for organization in (people.organization, people.other_organization):
            offline(organization)
        _, cls.ours = create_api_key(
            organization=people.organization, name="a", scopes=ALL_SCOPES
        )
        _, cls.mallorys = create_api_key(
            organization=people.other_organization, name="m", scopes=ALL_SCOPES
        )
        assistant = assistant_of(people.organization)
        thread = thread_with(assistant)
        run = run_with(thread, assistant, *wrote("A bay at dawn."))
        # A response is a run that never pauses.
        Run.objects.filter(pk=run.pk).update(pauses=False)
        cls.ids = {
            "assistant_id": assistant.public_id,
            "thread_id": thread.public_id,
            "message_id": thread.messages.earliest("pk").public_id,
            "run_id": run.public_id,
            "step_id": RunStep.objects.get(run=run).public_id,
            "response_id": response_id(run.public_id),
            "conversation_id": conversation_id(thread.public_id),
            "item_id": thread.messages.earliest("pk").public_id,
            "organization_id": people.organization.public_id,
            "model_id": "offline-chat",
            "provider_name": "offline",
        }
        cls.organization = people.organization

    def setUp(self):
        # Its bytes are in this test's own folder.
        file = picture_of(self.organization)
        self.ids = {**self.ids, "file_id": file.public_id}

    def path_of(self, path):
        return path.format(**self.ids)

    def body_of(self, method, path):
        body = BODIES.get(f"{method} {path}")
        return orjson.dumps(body) if body else b""

    def test_the_ids_are_real_ones(self):
        for method, path in WITH_IDS:
            if method == "GET":
                with self.subTest(path=path):
                    response = call(method, self.path_of(path), self.ours)
                    assert response.status_code == 200, response.content[:300]

    def test_head_answers_as_get_does_without_a_body(self):
        for method, path in NAMES:
            if method == "GET":
                with self.subTest(path=path):
                    got = call("GET", self.path_of(path), self.ours)
                    head = call("HEAD", self.path_of(path), self.ours)
                    assert (head.status_code, head.content) == (200, b"")
                    for name in ("content-type", "content-length"):
                        assert head[name] == got[name]

    def test_head_of_a_stream_reads_nothing_of_it(self):
        path = self.path_of("/v1/responses/{response_id}?stream=true")
        head = call("HEAD", path, self.ours)
        assert (head.status_code, head.streaming) == (200, False)
        assert head["content-type"].startswith("text/event-stream")

    def test_head_is_refused_where_nothing_can_be_read(self):
        response = call("HEAD", "/v1/images/generations", self.ours)
        assert (response.status_code, response["allow"]) == (405, "POST")

    def test_what_is_ours_is_not_there_for_others(self):
        for method, path in WITH_IDS:
            with self.subTest(method=method, path=path):
                body = self.body_of(method, path)
                response = call(method, self.path_of(path), self.mallorys, body)
                # An organization that is named is refused as such.
                expected = 403 if "{organization_id}" in path else 404
                assert response.status_code == expected, response.content[:300]
                error_of(response, path)

    def test_nothing_is_changed_by_others(self):
        for method, path in WITH_IDS:
            if method in {"POST", "DELETE", "PATCH"}:
                body = self.body_of(method, path)
                call(method, self.path_of(path), self.mallorys, body)
        self.test_the_ids_are_real_ones()

    def test_odd_ids_are_nobodys(self):
        for method, path in WITH_IDS:
            body = self.body_of(method, path)
            for odd in ODD_IDS:
                with self.subTest(method=method, path=path, odd=odd[:9]):
                    odd_path = re.sub(r"{\w+}", quote(odd, safe=""), path)
                    response = call(method, odd_path, self.ours, body)
                    assert response.status_code in {400, 403, 404, 422}, (
                        response.status_code,
                        response.content[:300],
                    )
                    error_of(response, path)
