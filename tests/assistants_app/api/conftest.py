"""The running servers of the API's tests, by the connection that answers there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from openai import OpenAI

from tests.assistants_app.api.live import Live, live_server
from tests.assistants_app.api.model_response_server import (
    Server,
    model_response_server,
)
from tests.prepared import NewDataDir
from tests.upstream.server import Upstream


@pytest.fixture(scope="session")
def live(new_data_dir: NewDataDir, upstream_server: Upstream) -> Iterator[Live]:
    """The upstream is the default connection."""
    with live_server(new_data_dir("live"), upstream_server) as live:
        yield live


@pytest.fixture(scope="session")
def server(new_data_dir: NewDataDir, upstream_server: Upstream) -> Iterator[Server]:
    """The offline connection is the default, the upstream stands beside it."""
    data_dir = new_data_dir("model_response")
    with model_response_server(data_dir, upstream_server) as server:
        yield server


@pytest.fixture(scope="session")
def client(live: Live) -> Iterator[OpenAI]:
    with OpenAI(base_url=live.base_url, api_key=live.key, max_retries=0) as client:
        yield client
