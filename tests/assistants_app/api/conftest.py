"""One running server for all tests of the API that need one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from openai import OpenAI

from tests.assistants_app.api.live import Live, live_server
from tests.upstream.server import Upstream


@pytest.fixture(scope="package")
def live(tmp_path_factory, upstream_server: Upstream) -> Iterator[Live]:
    with live_server(tmp_path_factory.mktemp("live"), upstream_server) as live:
        yield live


@pytest.fixture
def client(live: Live) -> Iterator[OpenAI]:
    with OpenAI(base_url=live.base_url, api_key=live.key, max_retries=0) as client:
        yield client
