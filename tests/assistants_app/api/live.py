"""A running server whose chat models answer what a test scripts."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from openai import OpenAI

from tests.assistants_app.api.reading import read
from tests.running_server import command, finished, running_server
from tests.upstream.server import Upstream

# One process instead of two: starting Django takes a second.
CONNECT = """
from django.core.management import call_command as call
from playground.organizations.models import Organization
organization = Organization.objects.get().public_id
call("add_connection", "--kind", "openai", "--name", "own", "--base-url", {url!r},
     "--api-key-env", "OWN_KEY", "--chat-model", "house-model", "--default-chat",
     organization=organization)
call("create_api_key", organization=organization, name="tests")
"""


@dataclass(frozen=True)
class Live:
    """Where the server is, a key for it, and what its models answer."""

    url: str
    key: str

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"


@contextmanager
def live_server(data_dir: Path, upstream: Upstream) -> Iterator[Live]:
    """Its default chat connection is `upstream`, pictures come from the painter.

    `house-model` is listed by the connection; of any other name only it knows.
    """
    with running_server(data_dir, "--no-browser") as server:
        code = CONNECT.format(url=upstream.base_url)
        arguments = ("shell", "--no-imports", "-c", code)
        process = command(*arguments, data_dir=data_dir, OWN_KEY=upstream.key)
        said, errors = finished(process)
        assert process.returncode == 0, errors
        yield Live(server.url, said.split()[-1])


def assistant(client: OpenAI, **fields: Any) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        made = client.beta.assistants.create(model="house-model", **fields)
    return made.id


def thread(client: OpenAI, *texts: str) -> str:
    messages: Any = [{"role": "user", "content": t} for t in texts or ("Hello",)]
    return client.beta.threads.create(messages=messages).id


def streamed(live: Live, path: str, body: dict[str, Any]) -> list[tuple[str, Any]]:
    """The events of a raw streaming POST."""
    answer = requests.post(
        f"{live.base_url}{path}",
        json={**body, "stream": True},
        headers={"Authorization": f"Bearer {live.key}"},
        timeout=20,
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    return read(answer.content)


def answers_of(client: OpenAI, thread_id: str) -> list[str]:
    """Every text of the thread, newest first."""
    page = client.beta.threads.messages.list(thread_id)
    return [m.content[0].text.value for m in page.data if m.content]  # type: ignore
