"""Every answer has an id, and every error under /v1 is one that a program can read."""

from __future__ import annotations

import http.client
import io
import json
import logging
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import AsyncClient, Client, TestCase, override_settings

from playground.api import request_ids
from playground.api.request_ids import RequestIdFilter
from playground.organizations.models import Organization
from playground.organizations.services.organizations import create_api_key

LITTLE = override_settings(ROOT_URLCONF="tests.playground.api.little_api")
OPENAI_KEYS = {"message", "type", "param", "code"}


def is_id(text: str) -> bool:
    return text.startswith("req_") and len(text) > 20


class RequestIdTests(TestCase):
    def test_pages_redirects_and_missing_pages_have_one(self):
        for path in ("/healthz", "/sign-in/", "/", "/no-such-page/", "/v1/nothing"):
            with self.subTest(path=path):
                assert is_id(self.client.get(path)["x-request-id"])

    def test_static_files_have_one(self):
        response = self.client.get("/static/favicon.svg")
        assert response.status_code == 200
        assert is_id(response["x-request-id"])
        response.close()

    def test_two_requests_have_two(self):
        first, second = (self.client.get("/healthz") for _ in range(2))
        assert first["x-request-id"] != second["x-request-id"]

    def test_a_client_does_not_choose_it(self):
        response = self.client.get("/healthz", headers={"x-request-id": "mine"})
        assert response["x-request-id"] != "mine"

    async def test_the_async_way_has_one_too(self):
        response = await AsyncClient().get("/v1/nothing")
        assert response.status_code == 404
        assert is_id(response["x-request-id"])

    def test_log_lines_name_the_request(self):
        record = logging.makeLogRecord({"msg": "something"})
        outside = RequestIdFilter().filter(record) and record.request_id
        assert outside == request_ids.current()
        request_id = request_ids.begin()
        RequestIdFilter().filter(record)
        assert record.request_id == request_id


class RootTests(TestCase):
    def test_nothing_is_at_the_root_whatever_the_method(self):
        client = Client(enforce_csrf_checks=True)
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            response = client.generic(method, "/v1/")
            assert response.status_code == 404, method
            assert response.json()["error"]["code"] == "unknown_url"


@LITTLE
class CrashTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        organization = Organization.objects.create(name="Fjordline")
        _, key = create_api_key(organization=organization, name="app")
        cls.headers = {"Authorization": f"Bearer {key}"}

    def crash(self, path):
        """The answer, and what the log says."""
        log = io.StringIO()
        handler = logging.StreamHandler(log)
        handler.setFormatter(logging.Formatter("%(request_id)s %(message)s"))
        handler.addFilter(RequestIdFilter())
        logger = logging.getLogger("playground.api.front")
        logger.addHandler(handler)
        try:
            return self.client.get(path, headers=self.headers), log.getvalue()
        finally:
            logger.removeHandler(handler)

    def test_a_crash_says_nothing_but_its_id(self):
        response, log = self.crash("/v1/crash")
        error = response.json()["error"]
        assert response.status_code == 500
        assert set(error) == OPENAI_KEYS
        assert error["type"] == "server_error"
        assert response["x-request-id"] in error["message"]
        assert response["x-should-retry"] == "false"
        assert "secret" not in response.content.decode()
        assert log.startswith(response["x-request-id"])

    def test_on_a_seed_path_it_is_the_seed_platforms_object(self):
        response, _ = self.crash("/v1/model/crash")
        body = response.json()
        assert response.status_code == 500
        assert body["success"] is False
        assert body["error"]["code"] == "INTERNAL_ERROR"
        assert body["error"]["trace_id"] == response["x-request-id"]
        assert "secret" not in response.content.decode()


@LITTLE
class EnvelopeTests(TestCase):
    """Errors that Django answers, and what the API's own operations refuse."""

    @classmethod
    def setUpTestData(cls):
        organization = Organization.objects.create(name="Fjordline")
        _, key = create_api_key(
            organization=organization, name="app", scopes=["read", "run", "images"]
        )
        cls.headers = {"Authorization": f"Bearer {key}"}

    def post(self, body, content_type="application/json", path="/v1/things", **extra):
        return self.client.post(
            path, body, content_type=content_type, headers=self.headers, **extra
        )

    def error_of(self, response, status):
        assert response.status_code == status, response.content
        assert response["content-type"] == "application/json"
        assert is_id(response["x-request-id"])
        error = response.json()["error"]
        assert set(error) == OPENAI_KEYS
        return error

    def test_an_unknown_path_is_404(self):
        for path in ("/v1", "/v1/", "/v1/nothing", "/v1/things/", "/v1/%00"):
            with self.subTest(path=path):
                error = self.error_of(self.client.get(path, headers=self.headers), 404)
                assert error["code"] == "unknown_url"

    def test_an_unknown_path_of_the_seed_platform_has_its_envelope(self):
        response = self.client.get("/v1/model/nothing")
        assert response.status_code == 404
        assert response.json()["success"] is False
        error = response.json()["error"]
        assert error["code"] == "RESOURCE_NOT_FOUND"
        assert error["trace_id"] == response["x-request-id"]

    def test_a_wrong_method_is_405_and_names_the_right_ones(self):
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"):
            with self.subTest(method=method):
                response = self.client.generic(
                    method, "/v1/things", headers=self.headers
                )
                assert method in self.error_of(response, 405)["message"]
                assert {"GET", "POST"} <= set(response["Allow"].split(", "))

    def test_a_wrong_method_of_the_seed_platform_has_its_envelope(self):
        response = self.client.post("/v1/organizations/settings")
        assert response.status_code == 405
        assert response.json()["error"]["code"] == "METHOD_NOT_ALLOWED"

    def test_head_has_no_body(self):
        response = self.client.head("/v1/things", headers=self.headers)
        assert response.status_code == 200
        assert response.content == b""
        assert is_id(response["x-request-id"])

    def test_an_unknown_host_is_400(self):
        headers = {**self.headers, "Host": "evil.example"}
        response = self.client.get("/v1/things", headers=headers)
        error = self.error_of(response, 400)
        assert (error["param"], error["code"]) == ("Host", "invalid_host")
        assert "EASEL_ALLOWED_HOSTS" in error["message"]

    def test_broken_json_is_400_and_says_where(self):
        error = self.error_of(self.post('{"things": [}'), 400)
        assert error["code"] == "invalid_json"
        assert "line 1, column 13" in error["message"]

    def test_json_that_is_no_object_is_400(self):
        assert self.error_of(self.post("[]"), 400)["code"] == "invalid_type"

    def test_a_missing_body_names_the_first_field(self):
        error = self.error_of(self.post(""), 400)
        assert (error["param"], error["code"]) == (
            "things",
            "missing_required_parameter",
        )

    def test_a_nested_fault_names_its_place(self):
        error = self.error_of(self.post({"things": [{"name": "a"}, {"nmae": 1}]}), 400)
        assert error["param"] == "things[1].name"
        error = self.error_of(self.post({"things": [{"name": 7}]}), 400)
        assert error["message"] == (
            "Invalid type for 'things[0].name': expected a string, but got an integer"
            " instead."
        )

    def test_a_form_for_a_json_operation_is_told_what_it_takes(self):
        for content_type, body in (
            ("application/x-www-form-urlencoded", "name=a"),
            ("multipart/form-data; boundary=x", "--x--"),
        ):
            with self.subTest(content_type=content_type):
                error = self.error_of(self.post(body, content_type), 400)
                assert "application/json" in error["message"]

    def test_a_broken_form_is_400(self):
        for content_type, body in (
            ("multipart/form-data", "a"),
            ("multipart/form-data; boundary=" + "x" * 300, "a"),
            ("multipart/form-data; boundary=x", "--x\r\nnonsense"),
            ("application/json", "{}"),
        ):
            with self.subTest(content_type=content_type[:40]):
                response = self.post(body, content_type, "/v1/things/form")
                self.error_of(response, 400)

    def test_too_many_parts_are_400(self):
        parts = "".join(
            f'--x\r\nContent-Disposition: form-data; name="f{n}"\r\n\r\na\r\n'
            for n in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)
        )
        content_type = "multipart/form-data; boundary=x"
        response = self.post(parts + "--x--", content_type, "/v1/things/form")
        assert "fields" in self.error_of(response, 400)["message"]

    def test_json_above_the_limit_is_413(self):
        limit = override_settings(
            UPLOAD_MAX_JSON_BYTES=1000, DATA_UPLOAD_MAX_MEMORY_SIZE=1000
        )
        with limit:
            error = self.error_of(self.post("{" + " " * 1000 + "}"), 413)
        assert error["code"] == "request_too_large"

    def test_a_text_field_of_a_form_above_the_limit_is_413(self):
        field = "--x\r\nContent-Disposition: form-data; name=a\r\n\r\n" + "a" * 2000
        content_type = "multipart/form-data; boundary=x"
        with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
            response = self.post(
                f"{field}\r\n--x--\r\n", content_type, "/v1/things/form"
            )
        self.error_of(response, 413)


class NotUnderV1Tests(TestCase):
    def test_pages_keep_their_own_errors(self):
        response = Client().get("/v1things/")
        assert response.status_code == 404
        assert response["content-type"].startswith("text/html")


@pytest.fixture
def refused(live_server_process):
    """Ask a real server to take more than it may, and read what it says."""
    parts = urlsplit(live_server_process.url)

    def ask(path: str):
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
        connection.putrequest("POST", path)
        connection.putheader("Content-Length", str(settings.UPLOAD_MAX_BODY_BYTES + 1))
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        assert answer.status == 413
        assert is_id(answer.headers["x-request-id"])
        return answer.headers, body.decode()

    return ask


def test_the_server_sends_no_body_after_head(live_server_process):
    parts = urlsplit(live_server_process.url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    for _ in range(2):  # a body would stand where the second answer begins
        connection.request("HEAD", "/v1/models")
        answer = connection.getresponse()
        assert answer.status == 401
        assert int(answer.headers["content-length"]) > 0
        assert answer.read() == b""
    connection.close()


def test_an_oversize_body_is_refused_in_openais_envelope(refused):
    headers, body = refused("/v1/images/edits?x=1")
    assert headers["content-type"] == "application/json"
    error = json.loads(body)["error"]
    assert set(error) == OPENAI_KEYS
    assert "64 MiB" in error["message"]


def test_an_oversize_body_is_refused_in_the_seed_platforms_envelope(refused):
    headers, body = refused("/v1/model/response")
    error = json.loads(body)["error"]
    assert error["code"] == "REQUEST_TOO_LARGE"
    assert error["trace_id"] == headers["x-request-id"]


def test_an_oversize_body_of_a_page_is_refused_in_plain_words(refused):
    headers, body = refused("/sign-in/")
    assert headers["content-type"].startswith("text/plain")
    assert "64 MiB" in body
