import pytest

from tests.running_server import running_server


@pytest.fixture(scope="session")
def live_server_process(tmp_path_factory):
    """One real server for all tests that only read or are refused."""
    with running_server(tmp_path_factory.mktemp("data"), "--no-browser") as running:
        yield running
