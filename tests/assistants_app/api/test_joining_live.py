"""The same in the two dialects that answer when the run is over."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.upstream import chat

AGAIN = {"X-Stainless-Retry-Count": "1"}
SEED, RESPONSES = "/model/response", "/responses"


@pytest.fixture
def post(live):
    """The JSON that a POST is answered with."""

    def send(path: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
        answer = requests.post(
            f"{live.base_url}{path}",
            json=body,
            headers={"Authorization": f"Bearer {live.key}", **headers},
            timeout=20,
        )
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    return send


def inputs(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


def turns(post, path):
    """A body of a turn in one thread or conversation, and how another turn is taken."""
    if path == SEED:
        thread = post(SEED, {"inputs": inputs("Begin")})["thread_id"]
        return {"thread_id": thread, "inputs": inputs("yes")}, "inputs"
    conversation = post("/conversations", {})["id"]
    body = {"model": "house-model", "conversation": conversation, "input": "yes"}
    return body, "input"


@pytest.mark.parametrize("path", [SEED, RESPONSES])
def test_a_retry_gets_the_last_turn_of_its_thread(post, upstream, path):
    upstream.script(chat.PATH, *[chat.text_stream(f"Answer {n}") for n in range(3)])
    body, _ = turns(post, path)
    first = post(path, body)
    paid = len(upstream.ledger)
    assert post(path, body, **AGAIN)["id"] == first["id"]
    assert len(upstream.ledger) == paid


@pytest.mark.parametrize("path", [SEED, RESPONSES])
def test_the_same_words_later_are_a_turn_of_their_own(post, upstream, path):
    upstream.script(chat.PATH, *[chat.text_stream(f"Answer {n}") for n in range(4)])
    body, field = turns(post, path)
    first = post(path, body)
    post(path, {**body, field: inputs("no") if field == "inputs" else "no"})
    assert post(path, body, **AGAIN)["id"] != first["id"]


def test_a_first_turn_is_joined_until_its_thread_goes_on(post, upstream):
    upstream.script(chat.PATH, *[chat.text_stream(f"Answer {n}") for n in range(3)])
    body = {"inputs": inputs("A story of an otter")}
    first = post(SEED, body)
    assert post(SEED, body, **AGAIN)["id"] == first["id"]
    post(SEED, {"thread_id": first["thread_id"], "inputs": inputs("Go on")})
    assert post(SEED, body, **AGAIN)["thread_id"] != first["thread_id"]


def test_a_response_outside_a_conversation_is_joined_unless_deleted(
    post, client, upstream
):
    upstream.script(chat.PATH, *[chat.text_stream(f"Answer {n}") for n in range(3)])
    body = {"model": "house-model", "input": "A story of an owl"}
    first = post(RESPONSES, body)
    follow = {"model": "house-model", "input": "Go on"}
    post(RESPONSES, {**follow, "previous_response_id": first["id"]})
    assert post(RESPONSES, body, **AGAIN)["id"] == first["id"]
    client.responses.delete(first["id"])
    assert post(RESPONSES, body, **AGAIN)["id"] != first["id"]


def test_one_that_is_not_stored_is_joined_too(post, upstream):
    upstream.script(chat.PATH, chat.text_stream("Answer"))
    body = {"model": "house-model", "input": "A story of a crow", "store": False}
    assert post(RESPONSES, body)["id"] == post(RESPONSES, body, **AGAIN)["id"]
