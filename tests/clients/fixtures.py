"""Pytest plugin: the running world of the clients' tests, and what they found valid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.clients.telling import CLIENTS, Client, tell_all
from tests.clients.world import World, running_world

SHARED = ("tests/clients/", "tests/conformance/")
VALID = "Valid by "


class FilesTogether(LoadScopeScheduling):  # type: ignore[misc]
    """The tests of one file run in one process, and so do all that take the world.

    What a file or the world sets up (servers above all) is made once.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "world" if nodeid.startswith(SHARED) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return FilesTogether(config, log)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A server, its provider and its keys."""
    with running_world(tmp_path_factory.mktemp("world")) as world:
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
