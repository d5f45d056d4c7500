"""The set-up of the clients: what cannot be installed is one sentence, and skipped."""

from __future__ import annotations

import json

import pytest

from tests.clients import environments
from tests.clients.environments import MissingError
from tests.clients.telling import Client


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """Environments in a folder of the test's own, from an index that nobody serves."""
    monkeypatch.setattr(environments, "HOME", tmp_path / "home")
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/simple")
    for name in ("PIP_CONFIG_FILE", "UV_NO_CONFIG"):
        monkeypatch.setenv(name, "/dev/null" if name.startswith("PIP") else "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    return tmp_path


def test_client_that_cannot_be_installed_is_one_sentence(nowhere, capsys):
    name = "openai-3.52.0"
    environments.attempt(name, environments.make_python_client, name)
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2
    assert said[1].startswith(
        f"{name} could not be installed; its tests will be skipped"
    )
    with pytest.raises(MissingError, match="is not installed: python3 run.py setup"):
        environments.python_of(name)


def test_changed_lock_asks_for_a_new_installation(tmp_path):
    folder = tmp_path / "client"
    folder.mkdir()
    (folder / environments.STAMP).write_text(environments.lock_digest("openai-3.52.0"))
    assert environments.is_stamped(folder, environments.lock_digest("openai-3.52.0"))
    assert not environments.is_stamped(
        folder, environments.lock_digest("openai-2.54.0")
    )


def test_package_with_other_bytes_is_refused(tmp_path):
    archive = tmp_path / "openai-6.49.0.tgz"
    archive.write_bytes(b"something else")
    wanted = json.loads((environments.NODE / "package.json").read_text())["integrity"]
    with pytest.raises(MissingError, match="is not the package that was locked"):
        environments.check_integrity(archive, wanted["openai"])


def test_node_client_is_locked_to_one_version():
    wanted = json.loads((environments.NODE / "package.json").read_text())
    assert wanted["dependencies"] == {"openai": "6.49.0"}
    assert "://" not in json.dumps(wanted)


def test_machine_without_node_or_java_gives_the_reason(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingError, match="Node is not installed"):
        environments.node_command()
    with pytest.raises(MissingError, match="Java is not installed"):
        environments.java_command()


def test_story_of_a_missing_client_is_skipped_with_the_reason():
    client = Client("java", missing="Java is not installed.")
    with pytest.raises(pytest.skip.Exception, match="Java is not installed"):
        client.saw("seed_thread")


def test_story_that_broke_fails_with_its_own_traceback():
    client = Client("node", lines={"chat": {"story": "chat", "broke": "TypeError: x"}})
    with pytest.raises(AssertionError, match="TypeError: x"):
        client.saw("chat")
    with pytest.raises(AssertionError, match="seed_thread was not told"):
        client.saw("seed_thread")
