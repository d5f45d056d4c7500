"""The chat adapter against a real socket: what it sends, what it makes of answers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from assistants_app.providers.base import (
    ChatDelta,
    ChatMessage,
    ChatProvider,
    ChatRequest,
    FinishReason,
    Picture,
    Text,
    TextArrived,
    ToolCall,
    ToolSpec,
    TurnEnded,
    Usage,
)
from assistants_app.providers.openai import (
    OpenAIChatProvider,
    find_max_tokens_field,
)
from playground.lib.errors import ErrorKind, ProviderError
from tests.upstream import answers, chat
from tests.upstream.answers import Answer, Cut
from tests.upstream.server import Upstream, refusing_url

QUESTION = ChatRequest("m", [ChatMessage("user", (Text("Hi"),))])
PIXEL = Picture(mime="image/png", data=b"\x89PNG not really", detail="low")


@asynccontextmanager
async def opened(
    upstream: Upstream, options: Mapping[str, Any] | None = None
) -> AsyncIterator[OpenAIChatProvider]:
    provider = OpenAIChatProvider(upstream.base_url, upstream.key, options)
    try:
        yield provider
    finally:
        await provider.aclose()


async def collect(
    provider: ChatProvider, request: ChatRequest = QUESTION
) -> list[ChatDelta]:
    return [delta async for delta in provider.stream(request)]


def ask(
    upstream: Upstream,
    *script: Answer,
    request: ChatRequest = QUESTION,
    options: Mapping[str, Any] | None = None,
) -> list[ChatDelta]:
    """The deltas of one turn for which the upstream has these answers."""

    async def turn() -> list[ChatDelta]:
        async with opened(upstream, options) as provider:
            return await collect(provider, request)

    upstream.script(chat.PATH, *script)
    return asyncio.run(turn())


def fail(upstream: Upstream, *script: Answer, **options: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        ask(upstream, *script, **options)
    return caught.value


def text_of(deltas: Sequence[ChatDelta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, TextArrived))


def end_of(deltas: Sequence[ChatDelta]) -> TurnEnded:
    end = deltas[-1]
    assert isinstance(end, TurnEnded)
    return end


def sent_by(upstream: Upstream, request: ChatRequest) -> dict[str, Any]:
    """The body that arrives for this request."""
    ask(upstream, chat.text_stream("ok"), request=request)
    body: dict[str, Any] = upstream.requests[-1].json
    return body


# What is sent


def test_a_plain_question_is_sent_streaming_and_asks_for_usage(
    upstream: Upstream,
) -> None:
    assert sent_by(upstream, QUESTION) == {
        "model": "m",
        "messages": [{"role": "user", "content": "Hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_every_parameter_has_its_place(upstream: Upstream) -> None:
    tool = ToolSpec("draw", "Draws.", {"type": "object"}, strict=False)
    request = replace(
        QUESTION,
        tools=[tool, ToolSpec("stop")],
        tool_choice="required",
        parallel_tool_calls=False,
        temperature=0.0,
        top_p=0.5,
        max_tokens=7,
        response_format={"type": "json_object"},
        reasoning_effort="low",
    )
    body = sent_by(upstream, request)
    for name in ("model", "messages", "stream", "stream_options"):
        del body[name]
    draw = {"name": "draw", "description": "Draws.", "strict": False}
    draw["parameters"] = {"type": "object"}
    assert body == {
        "tools": [
            {"type": "function", "function": draw},
            {"type": "function", "function": {"name": "stop"}},
        ],
        "tool_choice": "required",
        "parallel_tool_calls": False,
        "temperature": 0.0,
        "top_p": 0.5,
        "max_tokens": 7,
        "response_format": {"type": "json_object"},
        "reasoning_effort": "low",
    }


def test_one_function_can_be_forced(upstream: Upstream) -> None:
    request = replace(QUESTION, tools=[ToolSpec("auto")], tool_choice="function:auto")
    choice = sent_by(upstream, request)["tool_choice"]
    assert choice == {"type": "function", "function": {"name": "auto"}}


def test_parameters_about_tools_are_not_sent_without_tools(upstream: Upstream) -> None:
    request = replace(QUESTION, tool_choice="none", parallel_tool_calls=True)
    assert not {"tool_choice", "parallel_tool_calls"} & set(sent_by(upstream, request))


def test_a_whole_conversation_is_sent_in_order(upstream: Upstream) -> None:
    call = ToolCall("call_9", "draw", '{"a": 1}')
    conversation = [
        ChatMessage("system", (Text("Be brief."),)),
        ChatMessage("user", (Text("Draw"), PIXEL)),
        ChatMessage("assistant", (), (call,)),
        ChatMessage("tool", (Text("done"),), tool_call_id="call_9"),
        ChatMessage("assistant", (Text("Here."), Text("It is."))),
        ChatMessage("user", (Picture(url="https://example.com/a.png"),)),
    ]
    sent = sent_by(upstream, replace(QUESTION, messages=conversation))["messages"]
    function = {"name": "draw", "arguments": '{"a": 1}'}
    data = "data:image/png;base64,iVBORyBub3QgcmVhbGx5"
    far = {"url": "https://example.com/a.png", "detail": "auto"}
    assert sent == [
        {"role": "system", "content": "Be brief."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Draw"},
                {"type": "image_url", "image_url": {"url": data, "detail": "low"}},
            ],
        },
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call_9", "type": "function", "function": function}],
        },
        {"role": "tool", "content": "done", "tool_call_id": "call_9"},
        {"role": "assistant", "content": "Here.\n\nIt is."},
        {"role": "user", "content": [{"type": "image_url", "image_url": far}]},
    ]


def test_what_was_sent_is_told_without_bytes_and_key(upstream: Upstream) -> None:
    request = replace(QUESTION, messages=[ChatMessage("user", (PIXEL,))])
    sent = end_of(ask(upstream, chat.text_stream("ok"), request=request)).sent
    (part,) = sent["messages"][0]["content"]
    assert part["image_url"]["url"] == f"data:image/png ({len(PIXEL.data)} bytes)"
    assert sent["stream_options"] == {"include_usage": True}
    assert upstream.key not in repr(sent)


def test_a_large_picture_arrives_whole(upstream: Upstream) -> None:
    picture = Picture(mime="image/png", data=bytes(range(256)) * 4096)
    request = replace(QUESTION, messages=[ChatMessage("user", (picture,))])
    body = sent_by(upstream, request)
    url = body["messages"][0]["content"][0]["image_url"]["url"]
    assert len(url) == len("data:image/png;base64,") + 4 * -(-len(picture.data) // 3)


def test_no_key_means_no_authorization(upstream: Upstream) -> None:
    upstream.key = ""
    sent_by(upstream, QUESTION)
    assert "Authorization" not in upstream.requests[0].headers


@pytest.mark.parametrize(
    ("base_url", "field"),
    [
        ("https://api.openai.com/v1", "max_completion_tokens"),
        ("https://eu.api.openai.com/v1", "max_completion_tokens"),
        ("https://api.openai.com.example.com/v1", "max_tokens"),
        ("http://127.0.0.1:11434/v1", "max_tokens"),
    ],
)
def test_the_host_decides_how_the_limit_is_called(base_url: str, field: str) -> None:
    assert find_max_tokens_field(base_url) == field


def test_an_option_decides_over_the_host(upstream: Upstream) -> None:
    options = {"max_tokens_field": "max_completion_tokens", "for_pictures": 1}
    request = replace(QUESTION, max_tokens=9)
    ask(upstream, chat.text_stream("ok"), request=request, options=options)
    assert upstream.requests[0].json["max_completion_tokens"] == 9


# What is made of answers


def test_text_ends_with_reason_usage_and_model(upstream: Upstream) -> None:
    deltas = ask(upstream, chat.text_stream("Hello", " wörld", usage=(12, 5)))
    assert text_of(deltas) == "Hello wörld"
    end = end_of(deltas)
    assert (end.reason, end.usage) == (FinishReason.STOP, Usage(12, 5))
    assert end.model == chat.MODEL
    assert len(upstream.ledger) == 1


def test_what_arrives_in_one_read_is_one_delta(upstream: Upstream) -> None:
    words = b"".join(chat.chunk({"content": word}) for word in ["a", "b", "c"])
    deltas = ask(upstream, chat.stream(words + chat.chunk(finish="stop")))
    assert deltas[:-1] == [TextArrived("abc")]


def test_text_is_given_before_the_answer_goes_on(upstream: Upstream) -> None:
    gate = upstream.gate()
    upstream.script(chat.PATH, chat.text_stream("first", gate, "second"))

    async def turn() -> list[str]:
        texts = []
        async with opened(upstream) as provider:
            async for delta in provider.stream(QUESTION):
                if isinstance(delta, TextArrived):
                    texts.append(delta.text)
                    gate.open()
        return texts

    assert asyncio.run(turn()) == ["first", "second"]


@pytest.mark.parametrize("place", [1, 2, 30, 75])
def test_a_read_may_end_anywhere(upstream: Upstream, place: int) -> None:
    whole = chat.chunk({"content": "☃"}) + chat.chunk(finish="stop") + chat.DONE
    # In the middle of the snowman's three bytes, too.
    cut = whole.index("☃".encode()) + 1 if place == 75 else place
    gate = upstream.gate()
    upstream.script(chat.PATH, answers.sse(whole[:cut], gate, whole[cut:]))

    async def turn() -> list[ChatDelta]:
        async with opened(upstream) as provider:
            task = asyncio.ensure_future(collect(provider))
            await gate.reached()
            gate.open()
            return await task

    assert text_of(asyncio.run(turn())) == "☃"


def test_comments_crlf_and_event_names_do_no_harm(upstream: Upstream) -> None:
    stream = (
        b": hi\n\nevent: x\n" + chat.chunk({"content": "a"}) + chat.chunk(finish="stop")
    )
    deltas = ask(upstream, answers.sse(stream.replace(b"\n", b"\r\n")))
    assert text_of(deltas) == "a"


@pytest.mark.parametrize(
    ("finish", "reason"),
    [
        ("stop", FinishReason.STOP),
        ("length", FinishReason.LENGTH),
        ("content_filter", FinishReason.CONTENT_FILTER),
        ("eos", FinishReason.STOP),
        ("tool_calls", FinishReason.STOP),
    ],
)
def test_finish_reasons_of_text(
    upstream: Upstream, finish: str, reason: FinishReason
) -> None:
    assert end_of(ask(upstream, chat.text_stream("a", finish=finish))).reason is reason


@pytest.mark.parametrize(
    "delta",
    [
        {"content": [{"type": "text", "text": "a"}, {"type": "thinking"}]},
        {"content": "a", "tool_calls": None, "refusal": None},
        {"content": "a", "reasoning_content": "hm", "role": "assistant"},
        {"content": None, "refusal": "a"},
    ],
)
def test_other_forms_of_text(upstream: Upstream, delta: dict[str, Any]) -> None:
    answer = chat.stream(chat.chunk(delta), chat.chunk(finish="stop"))
    assert text_of(ask(upstream, answer)) == "a"


def test_odd_chunks_do_no_harm(upstream: Upstream) -> None:
    odd = [
        chat.event({"choices": [], "prompt_filter_results": []}),
        chat.event({"choices": None, "usage": None, "error": None}),
        chat.event({"choices": [{"index": 0, "delta": None, "finish_reason": ""}]}),
        chat.event({"choices": [{"index": 1, "delta": {"content": "other"}}]}),
        chat.event({"choices": [], "usage": {"prompt_tokens": "many"}}),
    ]
    deltas = ask(
        upstream, chat.stream(*odd, chat.chunk({"content": "a"}, finish="stop"))
    )
    assert text_of(deltas) == "a"
    assert end_of(deltas).usage is None


def test_done_is_not_needed(upstream: Upstream) -> None:
    assert text_of(ask(upstream, chat.text_stream("a", done=False))) == "a"


def test_a_cut_after_the_finish_reason_does_no_harm(upstream: Upstream) -> None:
    gate = upstream.gate()
    gate.open()
    answer = chat.stream(chat.chunk({"content": "a"}, finish="stop"), gate, Cut.CLOSE)
    assert text_of(ask(upstream, answer)) == "a"


def test_a_completion_that_is_not_streamed_is_understood(upstream: Upstream) -> None:
    deltas = ask(upstream, chat.completion("Hello", chat.Call("draw", '{"a": 1}')))
    assert text_of(deltas) == "Hello"
    assert end_of(deltas).reason is FinishReason.TOOL_CALLS
    assert end_of(deltas).usage == Usage(12, 5)


def test_the_next_turn_uses_the_same_connection(upstream: Upstream) -> None:
    gate = upstream.gate()
    end = chat.chunk(finish="stop") + chat.DONE
    upstream.script(chat.PATH, answers.sse(end, gate), chat.text_stream("b"))

    async def turns() -> None:
        async with opened(upstream, {"end_timeout": 20}) as provider:
            async for _ in provider.stream(QUESTION):
                gate.open()
            await collect(provider)

    asyncio.run(turns())
    first, second = upstream.requests
    assert first.peer == second.peer


def test_a_server_that_does_not_end_after_done_holds_nothing_up(
    upstream: Upstream,
) -> None:
    end = chat.chunk({"content": "a"}, finish="stop") + chat.DONE
    answer = answers.sse(end, upstream.gate())
    deltas = ask(upstream, answer, options={"end_timeout": 0})
    assert text_of(deltas) == "a"


def test_closing_the_iterator_closes_the_connection(upstream: Upstream) -> None:
    upstream.script(chat.PATH, chat.text_stream("first", upstream.gate()))

    async def leave() -> None:
        async with opened(upstream) as provider:
            stream = provider.stream(QUESTION)
            assert await anext(aiter(stream)) == TextArrived("first")
            await stream.aclose()  # type: ignore[attr-defined]
            await asyncio.to_thread(upstream.requests[0].wait_ended)

    asyncio.run(leave())
    assert upstream.requests[0].client_left


def test_cancelling_the_reader_closes_the_connection(upstream: Upstream) -> None:
    gate = upstream.gate()
    upstream.script(chat.PATH, chat.text_stream("first", gate))

    async def leave() -> None:
        async with opened(upstream) as provider:
            task = asyncio.ensure_future(collect(provider))
            await gate.reached()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.to_thread(upstream.requests[0].wait_ended)

    asyncio.run(leave())
    assert upstream.requests[0].client_left


# Usage that a server cannot count


def test_a_server_that_refuses_stream_options_is_asked_without_once(
    upstream: Upstream,
) -> None:
    refusal = chat.error(400, "Unknown field.", param="stream_options")
    plain = [chat.text_stream("a", usage=None), chat.text_stream("b", usage=None)]
    upstream.script(chat.PATH, refusal, *plain)

    async def turns() -> list[ChatDelta]:
        async with opened(upstream) as provider:
            return await collect(provider) + await collect(provider)

    deltas = asyncio.run(turns())
    assert text_of(deltas) == "ab"
    assert [("stream_options" in r.json) for r in upstream.requests] == [
        True,
        False,
        False,
    ]
    assert "stream_options" not in end_of(deltas).sent


def test_the_second_refusal_is_final(upstream: Upstream) -> None:
    refusal = chat.error(400, "stream_options is unknown.")
    error = fail(upstream, refusal, chat.error(400, "Still no: stream_options."))
    assert error.kind is ErrorKind.INVALID
    assert len(upstream.requests) == 2


def test_a_refusal_of_what_was_not_sent_is_final(upstream: Upstream) -> None:
    refusal = chat.error(400, param="stream_options")
    upstream.script(chat.PATH, refusal, chat.text_stream("a"), refusal)

    async def turns() -> None:
        async with opened(upstream) as provider:
            await collect(provider)
            await collect(provider)

    with pytest.raises(ProviderError):
        asyncio.run(turns())
    assert len(upstream.requests) == 3


# What goes wrong


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (chat.error(401, code="invalid_api_key"), ErrorKind.CONFIGURATION),
        (chat.error(404, "The model x does not exist."), ErrorKind.INVALID),
        (chat.error(400, param="temperature"), ErrorKind.INVALID),
        (answers.json({"detail": [{"msg": "Bad."}]}, status=422), ErrorKind.INVALID),
        (chat.error(400, code="content_filter"), ErrorKind.MODERATED),
        (chat.error(429, type="insufficient_quota"), ErrorKind.QUOTA),
        (answers.empty(402), ErrorKind.QUOTA),
        (answers.html(502), ErrorKind.UPSTREAM),
        (answers.invalid_json(500), ErrorKind.UPSTREAM),
        (answers.invalid_utf8(503), ErrorKind.UPSTREAM),
    ],
)
def test_a_refusal_is_told_and_never_repeated(
    upstream: Upstream, answer: Answer, kind: ErrorKind
) -> None:
    error = fail(upstream, answer)
    assert error.kind is kind
    assert error.status == answer.status
    assert len(upstream.requests) == 1


def test_a_rate_limit_tells_how_long_to_wait(upstream: Upstream) -> None:
    error = fail(upstream, chat.error(429, headers={"Retry-After": "3"}))
    assert (error.kind, error.retry_after) == (ErrorKind.RATE, 3)
    assert error.retry_safe


def test_the_key_is_not_in_the_error(upstream: Upstream) -> None:
    upstream.key = "correct horse"
    echo = f"Incorrect API key provided: {upstream.key}."
    error = fail(upstream, chat.error(401, echo, code="invalid_api_key"))
    assert "refused the key" in error.text
    assert upstream.key not in error.admin_text


def test_an_error_body_that_breaks_off_still_has_its_status(upstream: Upstream) -> None:
    answer = answers.cut_after(chat.error(401), 5)
    assert fail(upstream, answer).kind is ErrorKind.CONFIGURATION


def test_a_redirect_is_not_followed(upstream: Upstream) -> None:
    error = fail(upstream, answers.redirect(f"{upstream.url}/elsewhere"))
    assert error.kind is ErrorKind.CONFIGURATION
    assert [request.path for request in upstream.requests] == [chat.PATH]


def test_a_web_page_is_a_wrong_address(upstream: Upstream) -> None:
    error = fail(upstream, answers.html(200))
    assert error.kind is ErrorKind.CONFIGURATION
    assert "base URL" in error.text


HELLO = chat.chunk({"content": "Hello"})
BROKEN_ANSWERS = {
    "no finish reason": chat.stream(HELLO),
    "nothing at all": answers.sse(),
    "a line that is not JSON": chat.stream(HELLO, b"data: {oops\n\n"),
    "a line that is not UTF-8": chat.stream(b'data: {"a": "\xff"}\n\n'),
    "a line that is no object": chat.stream(b"data: 7\n\n"),
    "choices that are no list": chat.stream(b'data: {"choices": 7}\n\n'),
    "a choice that is no object": chat.stream(b'data: {"choices": [7]}\n\n'),
    "cut in the middle": answers.sse(HELLO, Cut.CLOSE),
    "reset in the middle": answers.sse(HELLO, Cut.RESET),
    "a last line that is cut": answers.sse(HELLO, b'data: {"choices": [{"fin'),
    "whole but cut": answers.cut_after(chat.completion("Hello"), 20),
    "whole but not JSON": answers.invalid_json(),
    "hung up": answers.hang_up(),
    "reset": answers.reset(),
    "reset before the body was read": answers.reset(early=True),
    "no HTTP": answers.garbage(),
    "a chunk that is none": answers.garbage(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"
    ),
    "an endless header": answers.garbage(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 99_999),
    "not compressed as it says": answers.raw(
        b"oops", "text/event-stream", headers={"Content-Encoding": "gzip"}
    ),
    "an endless line": answers.sse(b"data: " + b"x" * 5_000_000),
    "an error in the stream": chat.stream(
        HELLO, chat.event({"error": {"message": "!"}})
    ),
    "an error event": chat.stream(b'event: error\ndata: {"message": "!"}\n\n'),
    "finished with an error": chat.stream(HELLO, chat.chunk(finish="error")),
    "a call without a name": chat.stream(
        chat.chunk({"tool_calls": [{"index": 0, "id": "c"}]}),
        chat.chunk(finish="tool_calls"),
    ),
}


@pytest.mark.parametrize("name", BROKEN_ANSWERS)
def test_a_broken_answer_may_have_cost_money(upstream: Upstream, name: str) -> None:
    error = fail(upstream, BROKEN_ANSWERS[name])
    assert error.kind is ErrorKind.UPSTREAM
    assert (error.may_have_cost, error.retry_safe) == (True, False)
    assert len(upstream.requests) == 1


def test_text_before_a_break_is_given(upstream: Upstream) -> None:
    gate = upstream.gate()
    upstream.script(chat.PATH, answers.sse(HELLO, gate, Cut.CLOSE))
    deltas = []

    async def turn() -> None:
        async with opened(upstream) as provider:
            async for delta in provider.stream(QUESTION):
                deltas.append(delta)
                gate.open()

    with pytest.raises(ProviderError):
        asyncio.run(turn())
    assert deltas == [TextArrived("Hello")]


def test_text_in_the_same_read_as_an_error_is_given(upstream: Upstream) -> None:
    both = HELLO + chat.event({"error": {"message": "!"}})
    upstream.script(chat.PATH, chat.stream(both))
    deltas = []

    async def turn() -> None:
        async with opened(upstream) as provider:
            async for delta in provider.stream(QUESTION):
                deltas.append(delta)

    with pytest.raises(ProviderError):
        asyncio.run(turn())
    assert deltas == [TextArrived("Hello")]


LIMIT = {"message": "Slow down.", "code": "rate_limit_exceeded"}


@pytest.mark.parametrize(
    "event",
    [
        chat.event({"error": LIMIT}),
        chat.event({"object": "error", **LIMIT}),
        b"event: error\n" + chat.event(LIMIT),
    ],
)
def test_an_error_in_the_stream_is_told_even_after_the_end(
    upstream: Upstream, event: bytes
) -> None:
    error = fail(upstream, chat.stream(HELLO, chat.chunk(finish="stop"), event))
    assert error.kind is ErrorKind.RATE
    assert (error.may_have_cost, error.retry_safe) == (True, False)


def test_a_body_whose_framing_breaks_later_does_not_hang(upstream: Upstream) -> None:
    gate = upstream.gate()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    body = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(HELLO), HELLO)
    upstream.script(chat.PATH, Answer(lead=(head + body, gate, b"zz\r\n", Cut.CLOSE)))

    async def turn() -> None:
        async with opened(upstream, {"read_timeout": 0.2}) as provider:
            async for _ in provider.stream(QUESTION):
                gate.open()

    with pytest.raises(ProviderError) as caught:
        asyncio.run(turn())
    assert (caught.value.may_have_cost, caught.value.retry_safe) == (True, False)


@pytest.mark.parametrize("begun", [False, True])
def test_silence_is_a_timeout_that_may_have_cost_money(
    upstream: Upstream, begun: bool
) -> None:
    gate = upstream.gate()  # never opened: silence for as long as it takes
    answer = answers.sse(HELLO, gate) if begun else answers.hang(gate)
    error = fail(upstream, answer, options={"read_timeout": 0.05})
    assert error.kind is ErrorKind.TIMEOUT
    assert (error.may_have_cost, error.retry_safe) == (True, False)


def ask_at(
    base_url: str, key: str = "", options: Mapping[str, Any] | None = None
) -> ProviderError:
    async def turn() -> None:
        provider = OpenAIChatProvider(base_url, key, options)
        try:
            await collect(provider)
        finally:
            await provider.aclose()

    with pytest.raises(ProviderError) as caught:
        asyncio.run(turn())
    return caught.value


def test_a_server_that_is_not_there_costs_nothing() -> None:
    with refusing_url() as url:
        error = ask_at(url)
    assert error.kind is ErrorKind.UPSTREAM
    assert (error.may_have_cost, error.retry_safe) == (False, True)


def test_a_connection_that_never_comes_about_costs_nothing() -> None:
    options = {"connect_timeout": 0.05}
    # Nobody answers the TLS greeting.
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        error = ask_at(f"https://127.0.0.1:{port}/v1", options=options)
    assert error.kind is ErrorKind.TIMEOUT
    assert (error.may_have_cost, error.retry_safe) == (False, True)


def test_a_server_without_tls_costs_nothing(upstream: Upstream) -> None:
    error = ask_at(upstream.base_url.replace("http:", "https:"))
    assert error.kind is ErrorKind.UPSTREAM
    assert (error.may_have_cost, error.retry_safe) == (False, True)


@pytest.mark.parametrize(
    "base_url",
    ["", "nonsense", "ftp://127.0.0.1/v1", "http://", "http://u:p@127.0.0.1:9/v1"],
)
def test_an_address_that_is_none_is_a_configuration_fault(base_url: str) -> None:
    assert ask_at(base_url, "sk-1").kind is ErrorKind.CONFIGURATION


@pytest.mark.parametrize("key", ["line\nbreak", "ключ"])
def test_a_key_that_no_header_may_hold_is_a_configuration_fault(
    upstream: Upstream, key: str
) -> None:
    error = ask_at(upstream.base_url, key)
    assert error.kind is ErrorKind.CONFIGURATION
    assert key not in error.admin_text
    assert upstream.requests == []


def test_text_that_is_no_unicode_is_refused_before_sending(upstream: Upstream) -> None:
    request = replace(QUESTION, model="\ud800")
    error = fail(upstream, request=request)
    assert error.kind is ErrorKind.INVALID
    assert not error.may_have_cost
    assert upstream.requests == []
