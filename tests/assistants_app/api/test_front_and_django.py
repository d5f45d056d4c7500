"""What is refused is refused alike, streamed (beside Django) and not (through it)."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from assistants_app.api.routes import stream_routes
from images_app.api.routes import stream_routes as image_routes
from tests.assistants_app.api.live import Live

ROUTES = [route.path for route in [*stream_routes, *image_routes]]
# Bodies that no operation takes, and one that only its own ids can refuse.
BODIES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "an unknown parameter": {"colour": "blue"},
    "a wrong type": {"model": 7, "assistant_id": 7, "tool_outputs": 7, "prompt": 7},
    "unknown ids": {
        "model": "house-model",
        "assistant_id": "asst_nobody",
        "previous_response_id": "resp_nobody",
        "input": "Hello",
        "tool_outputs": [{"tool_call_id": "call_1", "output": "1"}],
        "organization_id": "org_nobody",
        "inputs": [],
        "prompt": "",
    },
}
KEYS = {"no key": {}, "a wrong key": {"Authorization": "Bearer wrong"}}


def ask(
    live: Live, path: str, body: dict[str, Any], headers: dict[str, str]
) -> tuple[Any, ...]:
    """What matters of an answer: its status, its body, and headers that clients read."""
    answer = requests.post(f"{live.url}{path}", json=body, headers=headers, timeout=30)
    assert answer.headers["x-request-id"]
    names = ("content-type", "x-should-retry", "retry-after", "www-authenticate")
    said = [answer.headers.get(name) for name in names]
    error = answer.json()
    for changing in ("trace_id", "timestamp"):  # in the seed dialect's envelope
        error["error"].pop(changing, None)
    return answer.status_code, error, said


def both(
    live: Live, path: str, body: dict[str, Any], headers: dict[str, str]
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    return (
        ask(live, path, {**body, "stream": True}, headers),
        ask(live, path, {**body, "stream": False}, headers),
    )


@pytest.fixture(scope="module")
def paths(live: Live) -> dict[str, str]:
    """Ids that the addresses need; there is no run."""
    headers = {"Authorization": f"Bearer {live.key}"}
    made = requests.post(f"{live.url}/v1/threads", json={}, headers=headers, timeout=30)
    return {"thread_id": made.json()["id"], "run_id": "run_nobody"}


@pytest.mark.parametrize("said", BODIES)
@pytest.mark.parametrize("route", ROUTES)
def test_a_wrong_body_is_refused_alike(live: Live, paths, route: str, said: str):
    headers = {"Authorization": f"Bearer {live.key}"}
    streamed, plain = both(live, route.format(**paths), BODIES[said], headers)
    assert streamed[0] >= 400
    assert streamed == plain


@pytest.mark.parametrize("said", KEYS)
@pytest.mark.parametrize("route", ROUTES)
def test_a_wrong_key_is_refused_alike(live: Live, paths, route: str, said: str):
    streamed, plain = both(live, route.format(**paths), {}, KEYS[said])
    assert streamed[0] == 401
    assert streamed == plain


@pytest.mark.parametrize("route", [r for r in ROUTES if "{thread_id}" in r])
def test_an_address_of_nobodys_is_refused_alike(live: Live, route: str):
    headers = {"Authorization": f"Bearer {live.key}"}
    path = route.format(thread_id="thread_nobody", run_id="run_nobody")
    body = {"tool_outputs": [{"tool_call_id": "call_1", "output": "1"}]}
    if "submit" not in route:
        body = {"assistant_id": "asst_nobody"}
    streamed, plain = both(live, path, body, headers)
    assert streamed[0] == 404
    assert streamed == plain
