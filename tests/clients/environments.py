"""The environments of the clients that tests drive: made by `run.py`, kept by stamps.

    python tests/clients/environments.py

Python clients live in `.venv-clients/`, one environment per lock file in
`requirements/clients/`; the Node client in `tests/clients/node/node_modules`. What
cannot be installed is named in one sentence, and its tests are skipped: Easel itself
needs none of it. This is the only part of the tests that uses package registries.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / "requirements" / "clients"
HOME = ROOT / ".venv-clients" / "python{}.{}".format(*sys.version_info[:2])
NODE = ROOT / "tests" / "clients" / "node"
STAMP = "easel.stamp"
INSTALL = "python3 run.py setup"


class MissingError(Exception):
    """A client is not there; the text is the reason for which its tests are skipped."""


def main() -> int:
    """Make whatever is missing or out of date; always 0, since nothing needs it."""
    for lock in sorted(LOCKS.glob("*.txt")):
        attempt(lock.stem, make_python_client, lock.stem)
    if shutil.which("node") and shutil.which("npm"):
        attempt("the Node client", make_node_client)
    return 0


def attempt(name: str, make, *arguments: str) -> None:
    """Run one installation; say in one sentence that it failed."""
    try:
        make(*arguments)
    except (OSError, MissingError) as exc:
        print(f"{name} could not be installed; its tests will be skipped. {exc}")


# What tests ask for


def python_of(name: str) -> Path:
    """The Python of a client's environment, such as `openai-1.109.1`."""
    python = (
        HOME / name / ("bin/python" if os.name == "posix" else "Scripts/python.exe")
    )
    if not (is_stamped(HOME / name, lock_digest(name)) and python.exists()):
        raise MissingError(f"{name} is not installed: {INSTALL}")
    return python


def node_command() -> str:
    """Node, where it and the client's package are there."""
    node = shutil.which("node")
    if node is None:
        raise MissingError("Node is not installed.")
    if not is_stamped(NODE / "node_modules", node_digest()):
        raise MissingError(f"The Node client is not installed: {INSTALL}")
    return node


def java_command() -> str:
    """Java 17 or newer, which runs a source file as it is."""
    java = shutil.which("java")
    if java is None:
        raise MissingError("Java is not installed.")
    said = subprocess.run([java, "-version"], capture_output=True, text=True)
    version = said.stderr.partition('"')[2].partition(".")[0]
    if not version.isdigit() or int(version) < 17:
        raise MissingError("Java 17 or newer is not installed.")
    return java


# Python


def make_python_client(name: str) -> None:
    """An environment with exactly what the lock file lists."""
    folder, digest = HOME / name, lock_digest(name)
    if is_stamped(folder, digest):
        return
    print(f"Installing {name} for the tests of the API ...", flush=True)
    run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(folder)])
    python = str(
        folder / ("bin/python" if os.name == "posix" else "Scripts/python.exe")
    )
    lock = ["--require-hashes", f"--requirement={LOCKS / name}.txt"]
    uv = [sys.executable, "-m", "uv", "pip", "install", "-q", "--python", python]
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "-q"]
    pip += ["--no-input", "--retries=1", "--disable-pip-version-check"]
    try:
        run(uv + lock)
    except MissingError:
        run(pip + lock)
    (folder / STAMP).write_text(digest)


def lock_digest(name: str) -> str:
    lock = LOCKS / f"{name}.txt"
    return hashlib.sha256(lock.read_bytes()).hexdigest()


# Node


def make_node_client() -> None:
    """The package at its exact version, whose bytes are the ones that were locked."""
    digest = node_digest()
    if is_stamped(NODE / "node_modules", digest):
        return
    wanted = json.loads((NODE / "package.json").read_text())
    print("Installing the Node client for the tests of the API ...", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, version in wanted["dependencies"].items():
            archive = fetch_package(f"{name}@{version}", folder)
            check_integrity(archive, wanted["integrity"][name])
            quiet = ["--no-save", "--no-package-lock", "--ignore-scripts", "--offline"]
            run(["npm", "install", *quiet, "--no-audit", str(archive)], cwd=NODE)
    (NODE / "node_modules" / STAMP).write_text(digest)


def fetch_package(wanted: str, folder: str) -> Path:
    """The archive of one package, unpacked nowhere yet."""
    retries = ["--fetch-retries=1", "--fetch-timeout=60000"]
    run(["npm", "pack", wanted, "--pack-destination", folder, *retries], cwd=NODE)
    [archive] = Path(folder).glob("*.tgz")
    return archive


def check_integrity(archive: Path, wanted: str) -> None:
    digest = hashlib.sha512(archive.read_bytes()).digest()
    if f"sha512-{base64.b64encode(digest).decode()}" != wanted:
        raise MissingError(f"{archive.name} is not the package that was locked.")


def node_digest() -> str:
    return hashlib.sha256((NODE / "package.json").read_bytes()).hexdigest()


# Both


def is_stamped(folder: Path, digest: str) -> bool:
    """Whether exactly this was installed, to the end."""
    stamp = folder / STAMP
    return stamp.exists() and stamp.read_text() == digest


def run(command: list[str], cwd: Path = ROOT) -> None:
    """Run quietly; MissingError with the last line of what was said."""
    environment = dict(os.environ)
    # uv does not read pip's variables; whoever set a package index meant it for both.
    if "PIP_INDEX_URL" in environment:
        environment.setdefault("UV_DEFAULT_INDEX", environment["PIP_INDEX_URL"])
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment,
        cwd=cwd,
        check=False,
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or [
            "It gave no reason."
        ]
        raise MissingError(said[-1].strip())


if __name__ == "__main__":
    sys.exit(main())
