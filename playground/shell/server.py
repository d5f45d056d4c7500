"""The socket, the lock on the data folder, and Daphne running in this process."""

from __future__ import annotations

import asyncio
import errno
import gc
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import daphne.server  # type: ignore[import-untyped]
from channels.routing import get_default_application
from django.conf import settings
from twisted.internet import reactor

from playground.lib.address import ADDRESS_FILE
from playground.lib.origin import Application

LOCK_FILE = "server.lock"
WEBSOCKET_BYTES = 4 * 1024 * 1024
SHUTDOWN_SECONDS = 5


class CannotServeError(Exception):
    """The server cannot start; the text is a sentence for the person who started it."""


def bind(host: str, port: int) -> socket.socket:
    """A socket that owns the address but does not answer yet."""
    try:
        found = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        family, kind, protocol, _, address = found[0]
    except OSError as exc:
        raise CannotServeError(f"{host} is not an address of this machine.") from exc
    bound = socket.socket(family, kind, protocol)
    # A port whose last server has just ended is free.
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
    except OSError as exc:
        bound.close()
        raise CannotServeError(problem(host, port, exc)) from exc
    bound.setblocking(False)
    return bound


def problem(host: str, port: int, exc: OSError) -> str:
    """One sentence for an address that could not be taken."""
    if exc.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else 8000
        return (
            f"Port {port} on {host} is in use. Stop the other program or choose another"
            f" port: python3 run.py --port {other}"
        )
    if exc.errno == errno.EADDRNOTAVAIL:
        return f"{host} is not an address of this machine."
    if exc.errno == errno.EACCES:
        return f"Port {port} is reserved for the system. Choose one above 1023."
    return f"Easel cannot listen on {host}, port {port}: {exc.strerror}."


@contextmanager
def sole_server(data_dir: Path, url: str) -> Iterator[None]:
    """Hold the data folder for this process, and note where it is served.

    Runs live in the memory of one process; a second one on the same folder would end
    the first one's runs as orphans. The lock goes with the process, however it ends.
    """
    with (data_dir / LOCK_FILE).open("w") as lock:
        if not _locked(lock.fileno()):
            raise CannotServeError(
                f"Easel already runs on the data folder {data_dir}. Stop it first, or"
                " choose another folder with EASEL_DATA_DIR."
            )
        (data_dir / ADDRESS_FILE).write_text(url + "\n")
        yield


def _locked(descriptor: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows has none; there the port is the only guard.
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def listen(bound: socket.socket, host: str) -> None:
    """Answer from now on; CannotServeError if somebody was faster."""
    try:
        bound.listen(128)
    except OSError as exc:
        port = bound.getsockname()[1]
        raise CannotServeError(problem(host, port, exc)) from exc


def load() -> Application:
    """The ASGI application, with the host names that are allowed by now."""
    application: Application = get_default_application()
    return application


def run(
    application: Application, listening: socket.socket, on_ready: Callable[[], None]
) -> None:
    """Serve until Ctrl-C or SIGTERM, then give what still runs a moment to end."""
    server = daphne.server.Server(
        application=application,
        signal_handlers=False,
        # Twisted closes this descriptor itself, so it is handed over.
        endpoints=[f"fd:fileno={listening.detach()}"],
        # Streams last as long as runs do, so an answer has no time limit here.
        http_timeout=None,
        request_buffer_size=64 * 1024,
        websocket_timeout=-1,
        websocket_connect_timeout=20,
        websocket_handshake_timeout=10,
        websocket_max_message_size=WEBSOCKET_BYTES,
        websocket_max_frame_size=WEBSOCKET_BYTES,
        application_close_timeout=10,
        ready_callable=on_ready,
        server_name="",
        verbosity=2 if settings.DEBUG else 1,
    )
    # An exception from a signal would be lost inside Twisted while it starts.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop_soon)
    # What is loaded by now stays: looking through it again and again costs a tenth of
    # a busy server's time.
    gc.collect()
    gc.freeze()
    server.run()
    _end_tasks()


def _stop_soon(*_: object) -> None:
    """Stop once the reactor runs, also when it does not yet."""
    reactor.callFromThread(_stop)


def _stop() -> None:
    running: Any = reactor
    if running.running:
        running.stop()


def _end_tasks() -> None:
    """Cancel what is left on the loop, so that it can say what became of it."""
    loop = reactor._asyncioEventloop
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.wait(tasks, timeout=SHUTDOWN_SECONDS))
