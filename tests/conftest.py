"""What all tests share: no network but the loopback, coroutine tests, the upstream."""

from __future__ import annotations

import inspect
import ipaddress
import socket

import pytest
from asgiref.sync import async_to_sync

pytest_plugins = [
    "tests.spreading",
    "tests.prepared",
    "tests.cheaper",
    "tests.upstream.fixtures",
    "tests.clients.fixtures",
]

_connect = socket.socket.connect


def _loopback_only(self: socket.socket, address: object) -> None:
    """Every connection of this process goes through here; none may leave the machine."""
    if self.family in {socket.AF_INET, socket.AF_INET6}:
        host = str(address[0])  # type: ignore[index]
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            pytest.fail(f"A test tried to reach {address}; only 127.0.0.1 is allowed.")
    _connect(self, address)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    monkeypatch.setattr(socket.socket, "connect", _loopback_only)


@pytest.fixture(autouse=True)
def _private_files(settings, tmp_path):
    """Stored bytes of a test go into its own folder."""
    storages = {**settings.STORAGES}
    options = {**storages["default"]["OPTIONS"], "location": tmp_path / "files"}
    storages["default"] = {**storages["default"], "OPTIONS": options}
    settings.STORAGES = storages


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Run coroutine tests the way Django's TestCase does.

    Database connections are bound to threads: this keeps async tests in the thread of
    their transaction, which pytest-asyncio does not.
    """
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    async_to_sync(pyfuncitem.obj)(**arguments)
    return True
