"""`run.py` as a person meets it: real processes, in copies of the project's root."""

from __future__ import annotations

import ast
import importlib.util
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
VERSION = sys.version_info[:2]
LOCK_FILES = (ROOT / "requirements").rglob("*.txt")

pytestmark = pytest.mark.skipif(os.name != "posix", reason="uses shell scripts")

# Stands in for `.venv/bin/python`: says what it was called with, and ends with 7.
ECHO = '#!/bin/sh\necho "$@"\necho "data=$EASEL_DATA_DIR"\nexit 7\n'
# The probe for pip goes well; uv fails; everything is written down.
ONLY_PIP = """#!/bin/sh
echo "$@" >> "$(dirname "$0")/calls"
case "$2" in uv) exit 1;; *) exit 0;; esac
"""
# The probe goes well; every installation fails.
NOTHING_INSTALLS = '#!/bin/sh\ncase "$1" in -c) exit 0;; *) exit 1;; esac\n'
# The probe goes well; the installation tells the test that it has begun and waits.
WAITING = """#!/bin/sh
case "$1" in -c) exit 0;; esac
echo begun > "$(dirname "$0")/begun"
exec sleep 60
"""


@pytest.fixture
def copy(tmp_path):
    """A root with nothing but run.py and its lock files."""
    root = tmp_path / "easel"
    shutil.copytree(ROOT / "requirements", root / "requirements")
    shutil.copy(ROOT / "run.py", root)
    return root


def load(root):
    """The copy's run.py as a module."""
    spec = importlib.util.spec_from_file_location("run_copy", root / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fake_python(root, script, stamped=""):
    """Put the script in the place of the copy's Python, with a set noted as installed."""
    run = load(root)
    python = run.venv_python(root / ".venv")
    python.parent.mkdir(parents=True)
    python.write_text(script)
    python.chmod(0o755)
    if stamped:
        run.write_stamps(root / ".venv", stamped, VERSION)
    return python


def call(root, *arguments, cwd=None, **environment):
    """Run the root's run.py to its end."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIP_", "UV_", "EASEL_"))
        and name not in {"HOST", "PORT"}
    }
    return subprocess.run(
        [sys.executable, str(root / "run.py"), *arguments],
        capture_output=True,
        text=True,
        cwd=cwd or root,
        env=clean | environment,
        check=False,
    )


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


def assert_refused(result, *words):
    """One line for the person, no traceback, and an exit code that says no."""
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr


def test_python_that_is_too_old_is_told_what_is_needed(copy, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nsys.version_info = (3, 9, 1, 'final', 0)\n"
    )
    result = call(copy, PYTHONPATH=str(tmp_path))
    assert_refused(result, "needs Python 3.11 or newer", "this is Python 3.9")
    assert not (copy / ".venv").exists()


def test_old_pythons_can_read_the_script():
    source = (ROOT / "run.py").read_text()
    ast.parse(source, feature_version=(3, 7))
    assert "from __future__" not in source


def test_only_the_standard_library_is_imported():
    tree = ast.parse((ROOT / "run.py").read_text())
    nodes = list(ast.walk(tree))
    names = {a.name for n in nodes if isinstance(n, ast.Import) for a in n.names}
    names |= {n.module for n in nodes if isinstance(n, ast.ImportFrom)}
    assert names
    assert names <= sys.stdlib_module_names


def test_busy_port_is_refused_before_anything_is_made(copy):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        result = call(copy, "--port", port)
    assert_refused(result, f"Port {port} on 127.0.0.1 is in use", "--port")
    assert not (copy / ".venv").exists()
    assert not (copy / "var").exists()


@pytest.mark.parametrize("port", ["65536", "-1", "eight", "٣"])
def test_what_is_no_port_is_refused(copy, port):
    assert_refused(call(copy, f"--port={port}"), f"{port} is not a port")


def test_port_comes_from_the_environment_unless_it_is_given(copy):
    assert_refused(call(copy, PORT="eight"), "eight is not a port")
    assert_refused(call(copy, "--port=nine", PORT="8000"), "nine is not a port")


def test_foreign_host_is_refused(copy):
    result = call(copy, "--host", "192.0.2.1", "--port", free_port())
    assert_refused(result, "192.0.2.1 is not an address of this machine")


def test_data_folder_that_cannot_be_made_is_refused(copy, tmp_path):
    (tmp_path / "file").write_text("")
    folder = str(tmp_path / "file" / "data")
    result = call(copy, "--port", free_port(), EASEL_DATA_DIR=folder)
    assert_refused(result, folder, "cannot be made")


def test_missing_ensurepip_names_the_package_to_install(copy, tmp_path):
    (tmp_path / "ensurepip.py").write_text("raise ImportError('not here')\n")
    result = call(copy, "setup", PYTHONPATH=str(tmp_path))
    assert_refused(result, "apt install python{}.{}-venv".format(*VERSION))


def test_machine_without_network_is_told_so_and_nothing_is_stamped(copy, tmp_path):
    index = f"http://127.0.0.1:{free_port()}/simple"
    result = call(
        copy,
        "--port",
        free_port(),
        PIP_INDEX_URL=index,
        PIP_CONFIG_FILE=os.devnull,
        UV_DEFAULT_INDEX=index,
        UV_CACHE_DIR=str(tmp_path / "cache"),
    )
    assert_refused(result, "could not be installed", "online?")
    assert not list((copy / ".venv").glob("*.stamp"))
    assert "connection" in (copy / ".venv" / "easel-install.log").read_text()


def test_pip_installs_when_uv_cannot(copy):
    python = fake_python(copy, ONLY_PIP)
    result = call(copy, "setup")
    assert result.returncode == 0, result.stderr
    calls = (python.parent / "calls").read_text().splitlines()
    assert calls[-2].startswith("-m uv pip install")
    assert calls[-1].startswith("-m pip install")
    assert "--require-hashes" in calls[-1]
    assert load(copy).is_installed(copy / ".venv", "test", VERSION)


def test_interrupted_installation_ends_quietly_and_unstamped(copy):
    python = fake_python(copy, WAITING)
    os.mkfifo(python.parent / "begun")
    process = subprocess.Popen(
        [sys.executable, str(copy / "run.py"), "setup"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with open(python.parent / "begun") as begun:
        begun.read()
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130
    assert errors == ""
    assert not list((copy / ".venv").glob("*.stamp"))


def test_changed_lock_file_asks_for_a_new_installation(copy):
    run = load(copy)
    before = run.stamp_of("run", VERSION)
    with open(copy / "requirements" / "run.txt", "a") as lock:
        lock.write("# changed\n")
    assert run.stamp_of("run", VERSION) != before


def test_another_python_version_asks_for_a_new_installation(copy):
    run = load(copy)
    assert run.stamp_of("run", (3, 11)) != run.stamp_of("run", (3, 12))


def test_test_set_counts_as_the_run_set_but_not_the_reverse(tmp_path, copy):
    run = load(copy)
    run.write_stamps(tmp_path, "run", VERSION)
    assert not run.is_installed(tmp_path, "test", VERSION)
    run.stamp_file(tmp_path, "run").unlink()
    run.write_stamps(tmp_path, "test", VERSION)
    assert run.is_installed(tmp_path, "run", VERSION)


def test_failed_test_set_leaves_an_installed_run_set_usable(copy):
    fake_python(copy, NOTHING_INSTALLS, stamped="run")
    result = call(copy, "test")
    assert_refused(result, "could not be installed")
    assert load(copy).is_installed(copy / ".venv", "run", VERSION)


def test_failed_update_leaves_no_stamp_of_the_old_versions(copy):
    fake_python(copy, NOTHING_INSTALLS, stamped="test")
    with open(copy / "requirements" / "run.txt", "a") as lock:
        lock.write("# changed\n")
    assert_refused(call(copy, "test"), "could not be installed")
    assert not list((copy / ".venv").glob("*.stamp"))


def test_second_start_installs_nothing_and_passes_the_options_on(copy, tmp_path):
    fake_python(copy, ECHO, stamped="run")
    port = free_port()
    result = call(
        copy, "--no-browser", cwd=tmp_path, PORT=port, EASEL_DATA_DIR="my data"
    )
    assert result.returncode == 7
    assert result.stdout.splitlines() == [
        f"manage.py serve --host 127.0.0.1 --port {port} --no-browser",
        f"data={tmp_path / 'my data'}",
    ]
    assert stat.S_IMODE((tmp_path / "my data").stat().st_mode) == 0o700


def test_pytest_gets_its_arguments_and_its_exit_code_is_kept(copy):
    fake_python(copy, ECHO, stamped="test")
    result = call(copy, "test", "-k", "a b", "--python", sys.executable, "tests/x.py")
    assert result.stdout.splitlines()[0] == "-m pytest -n 3 -k a b tests/x.py"
    assert result.returncode == 7


def test_python_that_is_not_there_is_named(copy):
    result = call(copy, "test", "--python", "python3.99")
    assert_refused(result, "no Python named python3.99")


@pytest.mark.parametrize(
    "name",
    [str(path.relative_to(ROOT / "requirements")) for path in sorted(LOCK_FILES)],
)
def test_lock_files_pin_every_package_by_hash_and_name_no_index(name):
    text = (ROOT / "requirements" / name).read_text()
    assert "://" not in text
    assert "index-url" not in text
    entries = text.replace("\\\n", "").splitlines()
    packages = [line for line in entries if line and not line.strip().startswith("#")]
    assert packages
    assert all("==" in line and "--hash=sha256:" in line for line in packages)


def test_test_lock_repeats_the_run_lock():
    def pins(name):
        lines = (ROOT / "requirements" / name).read_text().splitlines()
        return {line.rstrip(" \\") for line in lines if "==" in line}

    assert pins("run.txt") <= pins("test.txt")
