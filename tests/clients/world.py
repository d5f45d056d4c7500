"""One running server with a scripted provider, an organization's key, and recorders.

The server, the provider and every client are processes and sockets of their own: what
the tests of this folder see is what a user's program would see.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from tests.clients.provider import (
    CHAT_MODELS,
    EDIT_MODEL,
    IMAGE_MODEL,
    start_provider,
)
from tests.clients.recorder import Recorder
from tests.running_server import command, finished, running_server
from tests.upstream.server import Upstream


@dataclass
class World:
    """What the clients' tests stand on."""

    url: str
    organization: str
    key: str
    admin_key: str
    playground_key: str
    """Of another organization, where nothing is lost; all scopes, and only offline."""
    provider: Upstream
    said: list[str]
    """What the server has printed so far."""
    _stack: ExitStack = field(repr=False)

    def record(self) -> Recorder:
        """A recorder of its own in front of the server."""
        recorder = Recorder(urlsplit(self.url).port or 0)
        recorder.start()
        self._stack.callback(recorder.stop)
        return recorder


@contextmanager
def running_world(data_dir: Path) -> Iterator[World]:
    """Start everything, and end it afterwards."""
    with ExitStack() as stack:
        provider = start_provider()
        stack.callback(provider.stop)
        server = stack.enter_context(running_server(data_dir, "--no-browser"))
        said: list[str] = []
        keep_reading(server.process, said)
        organization, *keys = connect(data_dir, provider)
        yield World(server.url, organization, *keys, provider, said, stack)
        provider.finish()


# One process instead of three: starting Django takes a second.
CONNECT = """
from django.core.management import call_command as call
from playground.organizations.models import Organization
organization = Organization.objects.get().public_id
print(organization)
call("add_connection", *%(connection)r, organization=organization)
for name, scopes in %(keys)r:
    call("create_api_key", organization=organization, name=name, scope=scopes)
call("create_organization", "Playground")
call("add_connection", *%(offline)r, organization="Playground")
call("create_api_key", organization="Playground", name="all", scope=%(scopes)r)
"""
SCOPES = ["read", "run", "images", "admin"]
KEYS = [("stories", SCOPES[:3]), ("admin", SCOPES)]
OFFLINE = ["--kind", "offline", "--name", "offline", "--chat-model", "offline-chat"]
OFFLINE += ["--image-model", "offline-painter", "--default-chat", "--default-image"]


def connect(data_dir: Path, provider: Upstream) -> list[str]:
    """Add a connection whose models are known by name, beside the offline default.

    Returns the organization's id, the keys of KEYS, and the key of an organization in
    which nothing is lost.
    """
    os.environ["LOOPBACK_KEY"] = provider.key
    connection = ["--kind", "openai", "--name", "loopback"]
    connection += ["--base-url", provider.base_url, "--api-key-env", "LOOPBACK_KEY"]
    connection += ["--chat-model", "greeter", "--image-model", IMAGE_MODEL]
    connection += ["--model", *CHAT_MODELS, IMAGE_MODEL, EDIT_MODEL]
    values = {"connection": connection, "offline": OFFLINE}
    code = CONNECT % {**values, "keys": KEYS, "scopes": SCOPES}
    said = manage(data_dir, "shell", "--no-imports", "-c", code).split()
    return [said[0], *(word for word in said if word.startswith("esl_"))]


def manage(data_dir: Path, *arguments: str) -> str:
    """What a management command printed."""
    process = command(*arguments, data_dir=data_dir)
    said, errors = finished(process)
    assert process.returncode == 0, errors
    return said.strip()


def keep_reading(process: subprocess.Popen[str], kept: list[str]) -> None:
    """Collect what the server prints, so that its pipes never fill."""

    def read(stream: IO[str]) -> None:
        with suppress(ValueError):  # closed at the server's end
            kept.extend(stream)

    for stream in (process.stdout, process.stderr):
        threading.Thread(target=read, args=(stream,), daemon=True).start()
