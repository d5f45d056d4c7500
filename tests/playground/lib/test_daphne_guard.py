import http.client
import json
import socket
from urllib.parse import urlsplit

import pytest
from django.conf import settings

LIMIT = settings.UPLOAD_MAX_BODY_BYTES
MEBIBYTE = b"\0" * 1024 * 1024


@pytest.fixture
def raw(live_server_process):
    parts = urlsplit(live_server_process.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as stream:
        yield stream


def read_answer(stream):
    answer = http.client.HTTPResponse(stream)
    answer.begin()
    return answer.status, answer.read().decode()


def test_a_declared_body_above_the_limit_is_refused_before_it_is_sent(raw):
    head = f"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: {LIMIT + 1}"
    raw.sendall(f"{head}\r\nExpect: 100-continue\r\n\r\n".encode())
    status, text = read_answer(raw)
    assert status == 413
    assert "The limit is 64 MiB" in text


def test_a_chunked_body_is_refused_when_it_passes_the_limit(raw):
    raw.sendall(
        b"POST /v1/files HTTP/1.1\r\nHost: localhost\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )
    for _ in range(LIMIT // len(MEBIBYTE) + 1):
        raw.sendall(b"%x\r\n%s\r\n" % (len(MEBIBYTE), MEBIBYTE))
    raw.sendall(b"0\r\n\r\n")
    status, text = read_answer(raw)
    assert status == 413
    assert json.loads(text)["error"]["code"] == "request_too_large"


def test_a_client_that_sends_everything_first_still_reads_the_answer(raw):
    raw.sendall(
        f"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: {LIMIT * 2}\r\n\r\n".encode()
    )
    for _ in range(LIMIT * 2 // len(MEBIBYTE)):
        raw.sendall(MEBIBYTE)
    status, _ = read_answer(raw)
    assert status == 413
    assert raw.recv(1) == b""


def test_a_body_below_the_limit_passes(raw):
    raw.sendall(
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc"
    )
    assert read_answer(raw) == (200, "ok")


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (
            f"GET /v1/models HTTP/1.1\r\nAuthorization: Bearer {'x' * 61_440}\r\n\r\n",
            431,
        ),
        ("GET /v1/models HTTP/1.1\r\n" + f"X-A: {'x' * 900}\r\n" * 20 + "\r\n", 431),
        (f"GET /v1/models?{'x' * 61_440} HTTP/1.1\r\n\r\n", 414),
    ],
)
def test_a_head_that_is_too_large_is_refused_in_the_paths_own_envelope(
    raw, request_, expected
):
    raw.sendall(request_.encode())
    status, text = read_answer(raw)
    assert status == expected
    error = json.loads(text)["error"]
    assert error["code"] == "request_too_large"
    assert "16 KiB" in error["message"]


def test_a_head_just_below_the_limit_passes(raw):
    raw.sendall(
        f"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: {'x' * 16_000}\r\n\r\n".encode()
    )
    assert read_answer(raw) == (200, "ok")


def test_the_second_request_of_a_connection_is_bounded_too(raw):
    for _ in range(2):
        raw.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert read_answer(raw) == (200, "ok")
    raw.sendall(f"GET /x HTTP/1.1\r\nX-A: {'x' * 20_000}\r\n\r\n".encode())
    assert read_answer(raw)[0] == 431
