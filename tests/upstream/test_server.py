"""The loopback upstream keeps its own promises; tests that rely on it rely on these."""

from __future__ import annotations

import http.client
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.upstream import answers, chat
from tests.upstream.answers import Cut
from tests.upstream.received import RefusedError, parse_multipart
from tests.upstream.server import Upstream, refusing_url

QUESTION = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}


def post(upstream: Upstream, body: object, **options: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {upstream.key}"}
    url = upstream.url + chat.PATH
    return requests.post(url, json=body, headers=headers, timeout=20, **options)


def test_answers_are_given_in_order_and_requests_recorded(upstream: Upstream) -> None:
    upstream.script(chat.PATH, answers.json({"a": 1}), answers.html(502))
    assert post(upstream, QUESTION).json() == {"a": 1}
    assert post(upstream, QUESTION).status_code == 502
    assert [request.json for request in upstream.requests] == [QUESTION, QUESTION]
    assert [request.status for request in upstream.ledger] == [200, 502]


def test_a_surplus_request_is_a_problem(upstream: Upstream) -> None:
    assert post(upstream, QUESTION).status_code == 599
    assert upstream.finish() == [f"POST {chat.PATH}: no answer was scripted for it"]


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ({"surprise": 1}, "unknown fields"),
        ({"temperature": "hot"}, "temperature is str"),
        ({"tool_choice": "auto"}, "without tools"),
        ({"messages": [{"role": "tool", "content": "", "tool_call_id": "x"}]}, "call"),
        ({"messages": [{"role": "user"}]}, "no content"),
    ],
)
def test_a_wrong_request_is_a_problem(
    upstream: Upstream, extra: dict[str, object], words: str
) -> None:
    upstream.script(chat.PATH, answers.json({}))
    assert post(upstream, QUESTION | extra).status_code == 599
    (problem,) = upstream.finish()
    assert words in problem


def test_a_wrong_key_is_a_problem(upstream: Upstream) -> None:
    upstream.script(chat.PATH, answers.json({}))
    requests.post(upstream.url + chat.PATH, json=QUESTION, timeout=20)
    (problem,) = upstream.finish()
    assert "Authorization" in problem


def test_a_gate_holds_an_answer_until_it_is_opened(upstream: Upstream) -> None:
    gate = upstream.gate()
    upstream.script("/slow", answers.sse(b"one", gate, b"two"))
    with requests.get(upstream.url + "/slow", stream=True, timeout=20) as reply:
        pieces = reply.iter_content(None)
        assert next(pieces) == b"one"
        gate.wait_reached()
        gate.open()
        assert next(pieces) == b"two"


def test_a_client_that_leaves_is_noticed(upstream: Upstream) -> None:
    gate = upstream.gate()
    upstream.script("/slow", answers.sse(b"one", gate))
    with requests.get(upstream.url + "/slow", stream=True, timeout=20):
        gate.wait_reached()
    upstream.requests[0].wait_ended()
    assert upstream.requests[0].client_left


def test_cuts_break_the_connection(upstream: Upstream) -> None:
    whole = answers.raw(b"0123456789", "text/plain")
    upstream.script("/cut", answers.cut_after(whole, 4))
    connection = http.client.HTTPConnection(urlsplit(upstream.url).netloc, timeout=20)
    connection.request("GET", "/cut")
    with pytest.raises(http.client.IncompleteRead) as caught:
        connection.getresponse().read()
    assert caught.value.partial == b"0123"
    upstream.script("/cut", answers.reset())
    connection.close()
    connection.request("GET", "/cut")
    with pytest.raises(ConnectionResetError):
        connection.getresponse()
    connection.close()


def test_a_body_may_end_with_a_reset(upstream: Upstream) -> None:
    gate = upstream.gate()
    upstream.script("/cut", answers.sse(b"one", gate, Cut.RESET))
    with requests.get(upstream.url + "/cut", stream=True, timeout=20) as reply:
        pieces = reply.iter_content(None)
        assert next(pieces) == b"one"
        gate.open()
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            next(pieces)


def test_nobody_listens_at_a_refusing_address() -> None:
    with refusing_url() as url, pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=20)


def test_multipart_bodies_are_taken_apart_byte_for_byte() -> None:
    files = {
        "prompt": (None, "ein Bär".encode(), "text/plain; charset=utf-8"),
        "image": ("a.png", b"\r\n--\x00\xff\r\n", "image/png"),
    }
    request = requests.Request("POST", "http://x/", files=files).prepare()
    assert isinstance(request.body, bytes)
    prompt, image = parse_multipart(request.headers["Content-Type"], request.body)
    assert (prompt.name, prompt.text, prompt.filename) == ("prompt", "ein Bär", None)
    assert (image.data, image.filename) == (b"\r\n--\x00\xff\r\n", "a.png")
    assert image.content_type == "image/png"


def test_a_multipart_body_that_is_cut_short_is_refused() -> None:
    with pytest.raises(RefusedError):
        parse_multipart("multipart/form-data; boundary=b", b"--b\r\nX: y\r\n\r\nz")
