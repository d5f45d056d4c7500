"""Pytest fixtures for the loopback upstream; loaded as a plugin by tests/conftest.py."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.upstream import (
    a1111,
    chat,
    clipdrop,
    dialects,
    gemini,
    images,
    openrouter,
    stability,
)
from tests.upstream.server import Upstream


@pytest.fixture(scope="session")
def upstream_server() -> Iterator[Upstream]:
    """One server for the whole session; take `upstream` instead."""
    server = Upstream()
    chat.add_routes(server)
    clipdrop.add_routes(server)
    dialects.add_routes(server)
    images.add_routes(server)
    stability.add_routes(server)
    a1111.add_routes(server)
    gemini.add_routes(server)
    openrouter.add_routes(server)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def upstream(upstream_server: Upstream) -> Iterator[Upstream]:
    """The server with an empty script; the test fails if a request was wrong."""
    upstream_server.finish()
    yield upstream_server
    problems = upstream_server.finish()
    if problems:
        pytest.fail(
            "The upstream was sent what it does not take:\n" + "\n".join(problems)
        )
