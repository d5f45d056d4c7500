"""Pytest plugin: data folders in which the first start has been done already.

It takes a server most of a second, and most servers of the tests need none of their
own: one for the whole session is made, and copied.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.running_server import command, finished

FIRST_START = """
from django.db import connections
from playground.shell import startup
assert startup.prepare()
connections.close_all()
"""


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder that is copied; all processes of the session share it."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    folder = shared / "prepared"
    with (shared / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            started = own / "first-start"
            started.mkdir(mode=0o700)
            process = command(
                "shell", "--no-imports", "-c", FIRST_START, data_dir=started
            )
            _, errors = finished(process)
            assert process.returncode == 0, errors
            started.rename(folder)
    return folder


NewDataDir = Callable[[str], Path]


@pytest.fixture(scope="session")
def new_data_dir(
    prepared: Path, tmp_path_factory: pytest.TempPathFactory
) -> NewDataDir:
    """Makes a data folder, as it is before a server's second start."""

    def make(name: str) -> Path:
        folder = tmp_path_factory.mktemp(name)
        shutil.copytree(prepared, folder, dirs_exist_ok=True)
        return folder

    return make
