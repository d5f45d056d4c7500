"""A request that is refused because of its model has changed nothing, in any dialect."""

from __future__ import annotations

import openai
import pytest
import requests

from tests.assistants_app.api.live import assistant
from tests.upstream import chat

UNKNOWN = chat.error(404, "no such model", code="model_not_found", param="model")
SAID = {"role": "user", "content": "Hello"}
REFUSED = {"role": "user", "content": "Refused words"}

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def refused(live, upstream):
    """Send a body with a model that its server does not know."""

    def send(path, body, **headers):
        upstream.script(chat.PATH, UNKNOWN)
        answer = requests.post(
            f"{live.base_url}{path}",
            json={**body, "model": "no-such-model"},
            headers={"Authorization": f"Bearer {live.key}", **headers},
            timeout=20,
        )
        assert answer.status_code == 404, answer.text
        return answer.json()

    return send


def words(client, thread_id):
    page = client.beta.threads.messages.list(thread_id, order="asc")
    return [message.content[0].text.value for message in page]


@pytest.mark.parametrize("stream", [False, True])
def test_a_thread_keeps_neither_the_run_nor_its_messages(client, refused, stream):
    thread = client.beta.threads.create(messages=[SAID]).id
    more = {"additional_messages": [REFUSED], "stream": stream}
    body = {"assistant_id": assistant(client), **more}
    refused(f"/threads/{thread}/runs", body)
    assert words(client, thread) == ["Hello"]
    assert client.beta.threads.runs.list(thread).data == []


@pytest.mark.parametrize("stream", [False, True])
def test_a_conversation_keeps_only_what_was_there(client, refused, stream):
    conversation = client.conversations.create(items=[SAID]).id
    body = {"conversation": conversation, "input": "Refused words", "stream": stream}
    refused("/responses", body)
    (item,) = client.conversations.items.list(conversation)
    assert item.content[0].text == "Hello"


def test_a_thread_of_the_seed_dialect_goes_on_where_it_was(client, refused, upstream):
    upstream.script(chat.PATH, chat.text_stream("Good day"))
    thread = client.beta.threads.create(messages=[SAID]).id
    client.beta.threads.runs.create_and_poll(
        thread_id=thread, assistant_id=assistant(client)
    )
    said = words(client, thread)
    for more in ({}, {"stream": True}, {"edit_message_id": _first(client, thread)}):
        body = {"thread_id": thread, "inputs": [REFUSED], **more}
        refused("/model/response", body)
        assert words(client, thread) == said


def _first(client, thread):
    return client.beta.threads.messages.list(thread, order="asc").data[0].id


def test_a_repeat_of_what_was_deleted_since_is_404(client, upstream):
    upstream.script(chat.PATH, chat.text_stream("Good day"))
    made_by = assistant(client)

    def run():
        return client.beta.threads.create_and_run(
            assistant_id=made_by,
            thread={"messages": [SAID]},
            extra_headers={"Idempotency-Key": "deleted"},
        )

    client.beta.threads.delete(run().thread_id)
    with pytest.raises(openai.NotFoundError):
        run()


def test_the_same_key_may_try_again_when_the_model_is_there(
    live, client, refused, upstream
):
    key = {"Idempotency-Key": "again-1"}
    body = {"input": "Hello"}
    refused("/responses", body, **key)
    upstream.script(chat.PATH, chat.text_stream("Good day"))
    made = client.responses.create(
        model="no-such-model", input="Hello", extra_headers=key
    )
    assert made.output_text == "Good day"


def failed_run(client, upstream, refusal):
    """A run on a model that is listed, and that its server refuses all the same."""
    upstream.script(chat.PATH, refusal)
    thread = client.beta.threads.create(messages=[SAID]).id
    return client.beta.threads.runs.create_and_poll(
        thread_id=thread, assistant_id=assistant(client)
    )


def test_a_run_tells_what_the_provider_said_of_a_refused_request(client, upstream):
    refusal = chat.error(400, "Bad 'foo'.", code="bad_foo", param="foo")
    error = failed_run(client, upstream, refusal).last_error
    assert error.code == "invalid_prompt"
    assert error.message == (
        "The provider refused the parameter foo. Change it and try again. The provider"
        " said: Bad 'foo'."
    )


def test_a_run_on_a_listed_model_tells_that_its_server_does_not_know_it(
    client, upstream
):
    error = failed_run(client, upstream, UNKNOWN).last_error
    assert error.message.startswith("The provider does not know this model.")
    assert error.message.endswith("The provider said: no such model")


@pytest.mark.parametrize("stream", [False, True])
def test_a_refused_provider_key_is_not_told_as_the_developers_own(
    live, upstream, stream
):
    upstream.script(chat.PATH, chat.error(401, "bad key", code="invalid_api_key"))
    answer = requests.post(
        f"{live.base_url}/model/response",
        json={"model": "house-model", "inputs": [SAID], "stream": stream},
        headers={"Authorization": f"Bearer {live.key}"},
        timeout=20,
    )
    assert answer.status_code == 200
    assert '"code":"provider_misconfigured"' in answer.text
    assert "invalid_api_key" not in answer.text


@pytest.mark.parametrize("stream", [False, True])
def test_the_seed_dialect_tells_of_a_listed_model_that_it_is_not_there(
    live, upstream, stream
):
    upstream.script(chat.PATH, UNKNOWN)
    answer = requests.post(
        f"{live.base_url}/model/response",
        json={"model": "house-model", "inputs": [SAID], "stream": stream},
        headers={"Authorization": f"Bearer {live.key}"},
        timeout=20,
    )
    assert answer.status_code == (200 if stream else 404)
    assert "does not know this model" in answer.text
    assert not stream or '"code":"model_not_found"' in answer.text
