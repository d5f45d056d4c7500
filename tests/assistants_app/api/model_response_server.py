"""A running server with an offline default and a connection to the upstream."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import requests

from assistants_app.api.model_response.objects import ModelResponseObject
from tests.running_server import command, finished, running_server
from tests.upstream.server import Upstream

PATH = "/v1/model/response"

SETUP = """
from django.core.management import call_command as call
from assistants_app.models import Assistant
from playground.organizations.models import Organization
organization = Organization.objects.get().public_id
call("add_connection", *%r, organization=organization)
print(organization, Assistant.objects.get(name="Illustrator").public_id)
call("create_api_key", organization=organization, name="tests")
"""


@dataclass
class Server:
    url: str
    organization: str
    illustrator: str
    key: str

    def post(self, body: dict[str, Any], path: str = PATH, **headers: str):
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.post(
            self.url + path,
            json=body,
            headers={"X-API-Key": self.key, **names},
            stream=bool(body.get("stream")),
            timeout=30,
        )

    def get(self, path: str):
        headers = {"X-API-Key": self.key}
        return requests.get(self.url + path, headers=headers, timeout=30)

    def ask(self, text: str, **more: Any) -> dict[str, Any]:
        """The answer to one message of the user."""
        answer = self.post({"inputs": [{"role": "user", "content": text}], **more})
        assert answer.status_code == 200, answer.text
        return checked(answer.json())


def checked(body: dict[str, Any]) -> dict[str, Any]:
    """A response that is exactly what the API's description says."""
    ModelResponseObject.model_validate(body, strict=True, extra="forbid")
    return body


@contextmanager
def model_response_server(data_dir: Path, upstream: Upstream) -> Iterator[Server]:
    with running_server(data_dir, "--no-browser") as running:
        os.environ["LOOPBACK_KEY"] = upstream.key
        connection = ["--kind", "openai", "--name", "loop"]
        connection += ["--base-url", upstream.base_url]
        connection += ["--api-key-env", "LOOPBACK_KEY"]
        connection += ["--chat-model", "loopback-chat"]
        connection += ["--image-model", "loopback-image"]
        setup = command(
            "shell", "--no-imports", "-c", SETUP % connection, data_dir=data_dir
        )
        said, errors = finished(setup)
        assert setup.returncode == 0, errors
        organization, illustrator, key = said.split()[-3:]
        yield Server(running.url, organization, illustrator, key)


def events_of(answer: Any) -> Iterator[tuple[str, Any]]:
    """The events of a stream as they come; the last is ("", "[DONE]")."""
    name = ""
    for line in answer.iter_lines(chunk_size=1):
        if line.startswith(b"event: "):
            name = line.removeprefix(b"event: ").decode()
        elif line == b"data: [DONE]":
            yield "", "[DONE]"
        elif line.startswith(b"data: "):
            yield name, orjson.loads(line.removeprefix(b"data: "))
