"""Start clients in their own environments and collect what their stories saw."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.clients import environments
from tests.clients.environments import MissingError
from tests.clients.recorder import Recorder
from tests.clients.world import World

HERE = Path(__file__).resolve().parent
PYTHONS = ("openai-1.109.1", "openai-2.54.0", "openai-3.52.0")
CLIENTS = (*PYTHONS, "node", "java")
# Of the story `one_bill`: the clients ask once, and twice more by themselves.
BILLED = ("generations", "runs", "responses")
LONGEST = 120.0


@dataclass
class Client:
    """One client's program and what it has told."""

    name: str
    missing: str = ""
    recorder: Recorder | None = None
    process: subprocess.Popen[str] | None = None
    lines: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: str = ""

    def saw(self, story: str) -> Any:
        """What the story returned; skips where the client is not there."""
        if self.missing:
            pytest.skip(self.missing)
        line = self.lines.get(story)
        assert line is not None, f"{story} was not told. {self.errors[-2000:]}"
        assert "broke" not in line, line["broke"]
        return line["saw"]


def command_of(name: str) -> list[str]:
    """How the client's stories are told; MissingError where it is not installed."""
    if name == "node":
        return [environments.node_command(), str(HERE / "node" / "stories.mjs")]
    if name == "java":
        return [environments.java_command(), str(HERE / "java" / "SeedThread.java")]
    return [str(environments.python_of(name)), str(HERE / "stories" / "run.py")]


def tell_all(world: World, names: Sequence[str]) -> dict[str, Client]:
    """All clients at the same time, each before its own recorder, to their ends."""
    clients = [begin(world, name) for name in names]
    for client in clients:
        finish(client)
    return {client.name: client for client in clients}


def begin(world: World, name: str) -> Client:
    try:
        command = command_of(name)
    except MissingError as exc:
        return Client(name, missing=str(exc))
    recorder = world.record()
    for ending in BILLED:
        recorder.cut("one_bill", f"/{ending}", 2)
    process = subprocess.Popen(
        [*command, recorder.base_url, world.key],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return Client(name, recorder=recorder, process=process)


def finish(client: Client) -> None:
    if client.process is None:
        return
    try:
        said, client.errors = client.process.communicate(timeout=LONGEST)
    except subprocess.TimeoutExpired:
        client.process.kill()
        said, client.errors = client.process.communicate()
    for text in said.splitlines():
        line = orjson.loads(text)
        client.lines[line["story"]] = line
