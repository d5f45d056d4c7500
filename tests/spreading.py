"""Pytest plugin: which tests stay in one process, and which are begun first."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

API = "tests/assistants_app/api/test_"

# Tests that stand on the same running server, by what their paths begin with.
TOGETHER = {
    "browser": ("tests/browser/",),
    "world": ("tests/clients/", "tests/conformance/"),
    "live": (
        f"{API}chat_completions.py",
        f"{API}model_response_streams.py",
        f"{API}refused_runs_live.py",
        f"{API}responses_streams.py",
        f"{API}responses_upstream.py",
        f"{API}run_streams.py",
        f"{API}runs_live.py",
    ),
    "served": (
        "tests/playground/shell/test_serve.py",
        "tests/playground/api/test_middleware.py",
        "tests/playground/lib/test_daphne_guard.py",
    ),
}
# What takes longest is begun first: begun last, it would run alone in the end.
FIRST = (
    *TOGETHER,
    "tests/images_app/api/test_images_sdk.py",
    "tests/test_run_script.py",
    "tests/playground/api/test_every_route.py",
)


class ByServer(LoadScopeScheduling):  # type: ignore[misc]
    """The tests of one file run in one process, and so do those of one server.

    What a file or a server's tests set up is made once.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        for name, beginnings in TOGETHER.items():
            if path.startswith(beginnings):
                return name
        return path

    def _assign_work_unit(self, node: Any) -> None:
        """Otherwise, the unit with the most tests comes next."""
        for scope in FIRST:
            if scope in self.workqueue:
                self.workqueue.move_to_end(scope, last=False)
                break
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return ByServer(config, log)
