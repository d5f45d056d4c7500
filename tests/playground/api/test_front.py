"""The streaming front and Django's views answer alike, on one operation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from unittest.mock import patch

import orjson
from django.test import TransactionTestCase

from playground.api import front
from playground.api.answers import Answer, Stream, json_answer
from playground.api.errors import ApiError
from playground.api.models import IdempotentRequest
from playground.api.operations import Operation
from playground.api.validation import Schema
from playground.lib.clock import now
from playground.organizations.models import Organization
from playground.organizations.services.organizations import create_api_key

begun: list[str] = []
# A sign of life that was sent: whoever "thinks" goes on after one.
beats: asyncio.Queue[bytes] = asyncio.Queue()


class Wish(Schema):
    prompt: str
    stream: bool | None = None


def begin(caller, data, thread_id):
    if data.prompt == "refuse":
        raise ApiError(400, "No.", "prompt", "invalid_value")
    begun.append(data.prompt)
    return f"made_{len(begun)}"


async def launch(reference: str) -> None:
    pass


async def answer(caller, data, reference) -> Answer:
    return json_answer({"id": reference})


async def stream(caller, data, reference) -> Stream:
    if data.prompt == "too many":
        raise ApiError(429, "Wait.", retry_after=2)
    if data.prompt == "lost":
        raise ApiError(502, "Nobody knows.", code="outcome_unknown", retry=False)

    async def chunks() -> AsyncIterator[bytes]:
        if data.prompt == "think":
            await beats.get()
        yield b"data: " + reference.encode() + b"\n\n"
        yield b"data: [DONE]\n\n"

    return Stream(chunks())


OPERATION = Operation(
    "/v1/things/{thread_id}", "run", Wish, begin, launch, answer, stream
)


async def django(scope, receive, send) -> None:
    """Stands where Django does: tells what was handed on."""
    message = await receive()
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": message["body"]})


async def post(body: bytes, key: str, path: str = "/v1/things/t1", **headers: str):
    """Status, headers and body of one request to the front."""
    sent: list[dict] = []
    leave = asyncio.Event()
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        if waiting:
            return waiting.pop()
        await leave.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)
        if message.get("body") == front.HEARTBEAT:
            beats.put_nowait(message["body"])

    pairs = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    if key:
        pairs.append((b"authorization", f"Bearer {key}".encode()))
    pairs += [
        (k.replace("_", "-").lower().encode(), v.encode()) for k, v in headers.items()
    ]
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": pairs,
    }
    app = front.StreamingFront([front.stream_route(OPERATION)], django)
    await app(scope, receive, send)
    start, *parts = sent
    names = {k.decode(): v.decode() for k, v in start["headers"]}
    return start["status"], names, b"".join(p["body"] for p in parts)


class StreamingFrontTests(TransactionTestCase):
    def setUp(self) -> None:
        begun.clear()
        organization = Organization.objects.create(name="Fjordline")
        _, self.key = create_api_key(organization=organization, name="app")

    async def test_it_streams_what_the_operation_makes(self):
        status, headers, body = await post(b'{"prompt": "a", "stream": true}', self.key)
        assert status == 200
        assert headers["content-type"].startswith("text/event-stream")
        assert headers["x-request-id"].startswith("req_")
        assert body == b"data: made_1\n\ndata: [DONE]\n\n"

    async def test_a_long_pause_is_filled_with_signs_of_life(self):
        with patch.object(front, "HEARTBEAT_SECONDS", 0.001):
            _, _, body = await post(b'{"prompt": "think", "stream": true}', self.key)
        assert body.startswith(front.HEARTBEAT)
        told = body.replace(front.HEARTBEAT, b"")
        assert told == b"data: made_1\n\ndata: [DONE]\n\n"

    async def test_what_asks_for_no_stream_is_replayed_to_django(self):
        body = b'{"prompt": "a \\"stream\\" of water", "stream": false}'
        assert await post(body, self.key) == (299, {}, body)
        assert begun == []

    async def test_a_refusal_has_its_own_status(self):
        status, headers, body = await post(
            b'{"prompt": "refuse", "stream": true}', self.key
        )
        assert status == 400
        assert headers["x-request-id"].startswith("req_")
        assert orjson.loads(body)["error"] == {
            "message": "No.",
            "type": "invalid_request_error",
            "param": "prompt",
            "code": "invalid_value",
        }
        assert not await IdempotentRequest.objects.aexists()

    async def test_unknown_fields_are_named(self):
        status, _, body = await post(
            b'{"prompt": "a", "stream": true, "promt": 1}', self.key
        )
        assert status == 400
        assert orjson.loads(body)["error"]["code"] == "unknown_parameter"
        assert orjson.loads(body)["error"]["param"] == "promt"

    async def test_without_a_key_it_is_401(self):
        status, headers, _ = await post(b'{"prompt": "a", "stream": true}', "")
        assert status == 401
        assert headers["www-authenticate"] == "Bearer"

    async def test_the_same_idempotency_key_makes_one_thing(self):
        body = b'{"prompt": "a", "stream": true}'
        first = await post(body, self.key, idempotency_key="k")
        second = await post(body, self.key, idempotency_key="k")
        assert first[2] == second[2]
        assert begun == ["a"]
        other = await post(
            b'{"prompt": "b", "stream": true}', self.key, idempotency_key="k"
        )
        assert other[0] == 409
        assert other[1]["x-should-retry"] == "false"

    async def test_an_idempotency_key_may_be_used_again_after_a_day(self):
        body = b'{"prompt": "a", "stream": true}'
        await post(body, self.key, idempotency_key="k")
        await IdempotentRequest.objects.aupdate(created_at=now() - timedelta(hours=25))
        status, _, _ = await post(body, self.key, idempotency_key="k")
        assert status == 200
        assert begun == ["a", "a"]

    async def test_a_retry_of_an_official_client_joins_the_first_try(self):
        body = b'{"prompt": "a", "stream": true}'
        await post(body, self.key, x_stainless_retry_count="0")
        await post(body, self.key, x_stainless_retry_count="1")
        assert begun == ["a"]
        await post(body, self.key, x_stainless_retry_count="0")
        assert begun == ["a", "a"]

    async def test_what_failed_without_cost_is_tried_anew(self):
        body = b'{"prompt": "too many", "stream": true}'
        status, headers, _ = await post(body, self.key)
        assert (status, headers["retry-after"]) == (429, "2")
        await post(body, self.key, x_stainless_retry_count="1")
        assert begun == ["too many", "too many"]

    async def test_what_may_have_cost_is_never_tried_anew(self):
        body = b'{"prompt": "lost", "stream": true}'
        status, headers, _ = await post(body, self.key)
        assert (status, headers["x-should-retry"]) == (502, "false")
        again = await post(body, self.key, x_stainless_retry_count="1")
        assert again[0] == 502
        assert begun == ["lost"]
