"""A real server in a process of its own, on a data folder and a free port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Running:
    process: subprocess.Popen[str]
    printed: list[str]
    data_dir: Path

    @property
    def link(self) -> str:
        """The last URL that the server printed."""
        return [line for line in self.printed if line.startswith("http")][-1]

    @property
    def url(self) -> str:
        return "/".join(self.link.split("/")[:3])


def command(*arguments: str, data_dir: Path, **extra: str) -> subprocess.Popen[str]:
    """`manage.py` with these arguments, on this data folder."""
    environment = {**os.environ, "EASEL_DATA_DIR": str(data_dir), **extra}
    environment.pop("DISPLAY", None)
    return subprocess.Popen(
        [sys.executable, "-u", "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What the process printed by its end; one that does not end is killed."""
    try:
        return process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise


@contextmanager
def running_server(data_dir: Path, *arguments: str) -> Iterator[Running]:
    """Start `serve` on a free port, wait until it answers, and end it afterwards."""
    process = command("serve", "--port", "0", *arguments, data_dir=data_dir)
    try:
        running = Running(process, read_greeting(process), data_dir)
        wait_for_answer(running.url)
        yield running
    finally:
        process.terminate()
        finished(process)


def wait_for_answer(url: str) -> None:
    """The link is printed before the port answers, so this asks until it does."""
    parts = urlsplit(url)
    for _ in range(1500):
        try:
            socket.create_connection((parts.hostname, parts.port), timeout=20).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.02)
    raise AssertionError(f"Nothing answers at {url}.")


def read_greeting(process: subprocess.Popen[str]) -> list[str]:
    """What is printed up to the blank line after the URL."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if lines[-1] == "" and any(text.startswith("http") for text in lines):
            return lines
    raise AssertionError(
        f"The server ended: {process.stderr and process.stderr.read()}"
    )
