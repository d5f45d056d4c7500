"""Requests made up from Easel's own OpenAPI document: none of them is a server error."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.clients import environments
from tests.clients.environments import MissingError
from tests.upstream.images import png

EXAMPLES = "3"  # for each operation
SEED = "20261120"


def test_no_made_up_request_is_a_server_error(world, tmp_path):
    try:
        python = environments.python_of("schemathesis")
    except MissingError as exc:
        pytest.skip(str(exc))
    config = tmp_path / "schemathesis.toml"
    config.write_text(known_ids(world.url, world.playground_key))
    done = subprocess.run(
        command(python, config, world), capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " passed" in done.stdout


def command(python: Path, config: Path, world: Any) -> list[str]:
    """Bounded, and the same requests each time."""
    return [
        *(str(python), "-m", "schemathesis.cli", "--config-file", str(config)),
        *("run", f"{world.url}/v1/openapi.json", "--url", world.url),
        *("--header", f"Authorization: Bearer {world.playground_key}"),
        *("--checks", "not_a_server_error", "--phases", "fuzzing"),
        *("--max-examples", EXAMPLES, "--seed", SEED),
        *("--generation-database", "none", "--warnings", "off", "--no-color"),
    ]


def known_ids(url: str, key: str) -> str:
    """A configuration that names things which are there: ids are not to be guessed."""
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {key}"

    def post(path: str, **fields: Any) -> Any:
        answer = session.post(f"{url}/v1{path}", json=fields, timeout=60)
        assert answer.status_code == 200, answer.content
        return answer.json()

    hello = {"role": "user", "content": "Hello"}
    upload = session.post(
        f"{url}/v1/files",
        data={"purpose": "vision"},
        files={"file": ("sun.png", png(), "image/png")},
        timeout=60,
    )
    thread = post("/threads")
    message = post(f"/threads/{thread['id']}/messages", **hello)
    assistant = post("/assistants", model="offline-chat")
    run = post(f"/threads/{thread['id']}/runs", assistant_id=assistant["id"])
    conversation = post("/conversations", items=[hello])
    items = session.get(
        f"{url}/v1/conversations/{conversation['id']}/items", timeout=60
    )
    response = post("/responses", model="offline-chat", input="Hello")
    ids = {
        "assistant_id": assistant["id"],
        "thread_id": thread["id"],
        "message_id": message["id"],
        "run_id": run["id"],
        "conversation_id": conversation["id"],
        "item_id": items.json()["data"][0]["id"],
        "response_id": response["id"],
        "file_id": upload.json()["id"],
        "model_id": "offline-chat",
        "provider_name": "offline",
    }
    lines = [f'"path.{name}" = "{value}"' for name, value in ids.items()]
    return "\n".join(["[parameters]", *lines, ""])
