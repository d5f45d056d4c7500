"""A program that calls the API for Fjordline Travel, inside the test's own process."""

from __future__ import annotations

from typing import Any

import orjson
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TransactionTestCase

from images_app.models import Generation
from playground.organizations.services.organizations import create_api_key
from tests.images_app.making import add_connection, picture
from tests.people import make_people

SMALL = "256x256"


class CallTests(TransactionTestCase):
    """With the offline connection as the default, and a key of every scope."""

    def setUp(self) -> None:
        self.people = make_people()
        self.organization = self.people.organization
        self.offline = add_connection(self.organization, is_default_image=True)
        self.headers = self.key_headers()

    def key_headers(self, *scopes: str) -> dict[str, str]:
        """What a program with a new key of these scopes sends."""
        _, key = create_api_key(
            organization=self.organization,
            name="app",
            scopes=scopes or ("read", "run", "images"),
        )
        return {"Authorization": f"Bearer {key}"}

    def serve_by(self, upstream: Any, **fields: Any) -> None:
        """Make the upstream the default connection, called “main”."""
        self.offline.is_default_image = False
        self.offline.save()
        connection = add_connection(
            self.organization,
            "main",
            "openai",
            base_url=upstream.base_url,
            is_default_image=True,
            **{"image_model": "gpt-image-2", **fields},
        )
        connection.set_api_key(upstream.key)
        connection.save()

    async def post(self, path: str, body: Any, **headers: str) -> Any:
        """A JSON body."""
        return await self.async_client.post(
            f"/v1{path}",
            orjson.dumps(body).decode(),
            content_type="application/json",
            headers={**self.headers, **headers},
        )

    async def post_form(self, path: str, fields: Any, **headers: str) -> Any:
        """A multipart form; uploads are made by `upload`."""
        return await self.async_client.post(
            f"/v1{path}", fields, headers={**self.headers, **headers}
        )

    async def get(self, path: str, **headers: str) -> Any:
        return await self.async_client.get(
            f"/v1{path}", headers={**self.headers, **headers}
        )

    async def delete(self, path: str, **headers: str) -> Any:
        return await self.async_client.delete(
            f"/v1{path}", headers={**self.headers, **headers}
        )

    async def only_generation(self) -> Generation:
        return await Generation.objects.aget()

    def assert_refused(
        self, response: Any, status: int, param: str | None, code: str | None = None
    ) -> str:
        """The message of an error that names this parameter (and has this code)."""
        error = response.json()["error"]
        assert (response.status_code, error["param"]) == (status, param), error
        if code is not None:
            assert error["code"] == code, error
        message: str = error["message"]
        return message


def upload(
    name: str = "sea.png", data: bytes | None = None, **shape: Any
) -> SimpleUploadedFile:
    """A file of a form; a plain picture unless other bytes are given."""
    return SimpleUploadedFile(name, picture(**shape) if data is None else data)


async def events_of(response: Any, *gates: Any) -> list[tuple[str, Any]]:
    """Names and values of a stream's events.

    Each event but the last opens the next gate: the provider goes on when the event
    before has been read, as on a slow line.
    """
    waiting = list(gates)
    found: list[tuple[str, Any]] = []
    async for chunk in response.streaming_content:
        found += read_events(chunk)
        if waiting:
            waiting.pop(0).open()
    return found


def read_events(body: bytes) -> list[tuple[str, Any]]:
    """The same of a stream's bytes."""
    found = []
    for block in body.decode().strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines())
        found.append((lines["event"], orjson.loads(lines["data"])))
    return found
