"""Pytest plugin: the running world of the clients' tests, and what they found valid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.clients.telling import CLIENTS, Client, tell_all
from tests.clients.world import World, running_world
from tests.prepared import NewDataDir

VALID = "Valid by "


@pytest.fixture(scope="session")
def world(new_data_dir: NewDataDir) -> Iterator[World]:
    """A server, its provider and its keys."""
    with running_world(new_data_dir("world")) as world:
        yield world


@pytest.fixture(scope="session")
def clients(world: World) -> dict[str, Client]:
    """Every client's stories, told at the same time."""
    return tell_all(world, CLIENTS)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print which share of what the clients were sent is valid."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, text in getattr(report, "user_properties", []):
                if name.startswith(VALID):
                    terminalreporter.section(name)
                    terminalreporter.write_line(str(text))
