"""What the API's tests start from: an organization, a key, and somebody else's key."""

from __future__ import annotations

from typing import Any

import orjson
from django.test import TestCase

from playground.organizations.services.organizations import create_api_key
from tests.assistants_app.rows import offline
from tests.people import make_people


class ApiCase(TestCase):
    """`self.call("POST", "/threads", {…})` answers (status, JSON body)."""

    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        cls.organization = cls.people.organization
        cls.connection = offline(cls.organization)
        offline(cls.people.other_organization)
        cls.api_key, cls.key = create_api_key(organization=cls.organization, name="app")
        _, cls.mallorys_key = create_api_key(
            organization=cls.people.other_organization, name="hers"
        )

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        **headers: str,
    ) -> tuple[int, Any]:
        response = self.client.generic(
            method,
            f"/v1{path}",
            _encoded(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {key or self.key}", **headers},
        )
        self.response = response
        return response.status_code, response.json()

    def made(self, path: str, body: Any = None, **options: Any) -> dict[str, Any]:
        """What a POST that succeeds answers."""
        status, answer = self.call("POST", path, body or {}, **options)
        assert status == 200, answer
        return answer

    def read(self, path: str, **options: Any) -> dict[str, Any]:
        """What a GET that succeeds answers."""
        status, answer = self.call("GET", path, **options)
        assert status == 200, answer
        return answer

    def refused(
        self, path: str, body: Any, status: int = 400, method: str = "POST"
    ) -> dict[str, Any]:
        """The error object of a request that is refused."""
        found, answer = self.call(method, path, body)
        assert found == status, answer
        assert set(answer["error"]) == {"message", "type", "param", "code"}
        return answer["error"]

    def assert_refused(self, path: str, body: Any, param: str, code: str) -> None:
        error = self.refused(path, body)
        assert (error["param"], error["code"]) == (param, code), error
        assert param in error["message"]


def _encoded(body: Any) -> bytes:
    return b"" if body is None else orjson.dumps(body)
