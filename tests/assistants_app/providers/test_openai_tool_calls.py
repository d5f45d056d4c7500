"""Tool calls come out the same, whatever a server leaves out of its fragments."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from assistants_app.providers.base import (
    ChatDelta,
    ChatMessage,
    ChatRequest,
    FinishReason,
    Text,
    TextArrived,
    ToolCallArrived,
    TurnEnded,
)
from assistants_app.providers.openai import OpenAIChatProvider
from assistants_app.providers.openai_tool_calls import ToolCallReader
from tests.upstream import chat
from tests.upstream.answers import Answer
from tests.upstream.chat import Call
from tests.upstream.server import Upstream

QUESTION = ChatRequest("m", [ChatMessage("user", (Text("Draw"),))])
CAT = Call("draw", '{"what": "a cat"}', id="call_cat")
DOG = Call("draw", '{"what": "a dog"}', id="call_dog")
STOP = Call("stop", "{}", id="call_stop")


def ask(upstream: Upstream, answer: Answer) -> list[ChatDelta]:
    async def turn() -> list[ChatDelta]:
        provider = OpenAIChatProvider(upstream.base_url, upstream.key)
        try:
            return [delta async for delta in provider.stream(QUESTION)]
        finally:
            await provider.aclose()

    upstream.script(chat.PATH, answer)
    return asyncio.run(turn())


def assemble(deltas: Iterable[ChatDelta]) -> list[Call]:
    """The calls as a reader of the stream puts them together."""
    calls: dict[int, Call] = {}
    for delta in deltas:
        if not isinstance(delta, ToolCallArrived):
            continue
        if delta.index not in calls:
            assert delta.index == len(calls)
            assert delta.id
            assert delta.name
            calls[delta.index] = Call(delta.name, delta.arguments, delta.id)
        else:
            assert not delta.id + delta.name
            old = calls[delta.index]
            calls[delta.index] = Call(old.name, old.arguments + delta.arguments, old.id)
    return list(calls.values())


def read(*lists: list[dict[str, Any]]) -> list[Call]:
    reader = ToolCallReader()
    return assemble(
        arrived for fragments in lists for arrived in reader.read(fragments)
    )


@pytest.mark.parametrize("calls", [[CAT], [CAT, DOG], [CAT, STOP, DOG]])
@pytest.mark.parametrize("piece", [0, 1, 5, 100])
@pytest.mark.parametrize("index", [True, False])
@pytest.mark.parametrize("ids", [True, False])
def test_calls_arrive_whole_and_apart(
    upstream: Upstream, calls: list[Call], piece: int, index: bool, ids: bool
) -> None:
    answer = chat.tool_call_stream(*calls, piece=piece, index=index, ids=ids)
    deltas = ask(upstream, answer)
    found = assemble(deltas)
    content = [(call.name, call.arguments) for call in calls]
    assert [(call.name, call.arguments) for call in found] == content
    assert len({call.id for call in found}) == len(calls)
    if ids:
        assert [call.id for call in found] == [call.id for call in calls]
    end = deltas[-1]
    assert isinstance(end, TurnEnded)
    assert end.reason is FinishReason.TOOL_CALLS


def test_calls_count_more_than_the_reason_stop(upstream: Upstream) -> None:
    end = ask(upstream, chat.tool_call_stream(CAT, finish="stop"))[-1]
    assert isinstance(end, TurnEnded)
    assert end.reason is FinishReason.TOOL_CALLS


def test_a_call_cut_by_the_token_limit_is_told(upstream: Upstream) -> None:
    end = ask(upstream, chat.tool_call_stream(CAT, finish="length"))[-1]
    assert isinstance(end, TurnEnded)
    assert end.reason is FinishReason.LENGTH


def test_text_before_a_call_comes_before_it(upstream: Upstream) -> None:
    answer = chat.tool_call_stream(CAT, text="Look: ")
    joined = b"".join(step for step in answer.body if isinstance(step, bytes))
    deltas = ask(upstream, chat.stream(joined, done=False))
    assert isinstance(deltas[0], TextArrived)
    assert isinstance(deltas[1], ToolCallArrived)


def test_fragments_of_one_read_are_one_delta(upstream: Upstream) -> None:
    answer = chat.tool_call_stream(CAT, piece=3)
    joined = b"".join(step for step in answer.body if isinstance(step, bytes))
    deltas = ask(upstream, chat.stream(joined, done=False))
    assert deltas[:-1] == [ToolCallArrived(0, CAT.id, CAT.name, CAT.arguments)]


def call(**fields: Any) -> dict[str, Any]:
    function = {key: fields.pop(key) for key in ("name", "arguments") if key in fields}
    return {**fields, "function": function}


@pytest.mark.parametrize("arguments", ["{}", ""])
def test_one_list_may_hold_all_calls(arguments: str) -> None:
    item = call(name="draw", arguments=arguments)
    assert [found.arguments for found in read([item, item])] == [arguments] * 2


def test_unmarked_fragments_of_one_list_belong_by_place() -> None:
    opening = [call(name="a", arguments=""), call(name="b", arguments="")]
    found = read(opening, [call(arguments="1"), call(arguments="2")])
    assert [item.arguments for item in found] == ["1", "2"]


def test_the_same_index_for_all_calls_does_not_mix_them() -> None:
    by_id = read(
        [call(index=0, id="x", name="a", arguments="{}")],
        [call(index=0, id="y", name="a", arguments="[]")],
    )
    by_name = read(
        [call(index=0, name="a", arguments="{}")],
        [call(index=0, name="b", arguments="[]")],
    )
    assert [item.arguments for item in by_id] == ["{}", "[]"]
    assert [item.name for item in by_name] == ["a", "b"]


def test_the_same_id_for_all_calls_is_made_different() -> None:
    found = read(
        [
            call(index=0, id="call", name="a", arguments="{}"),
            call(index=1, id="call", name="b", arguments="{}"),
        ]
    )
    assert found[0].id == "call"
    assert found[1].id.startswith("call_")


def test_a_repeated_name_and_id_are_no_new_call() -> None:
    found = read(
        [call(index=0, id="c", name="a", arguments='{"b"')],
        [call(index=0, id="c", name="a", arguments=": 1}")],
    )
    assert found == [Call("a", '{"b": 1}', "c")]


def test_a_repeated_name_alone_is_no_new_call() -> None:
    found = read([call(name="a", arguments='{"b"')], [call(name="a", arguments=": 1}")])
    assert [item.arguments for item in found] == ['{"b": 1}']


def test_a_name_that_comes_late_holds_the_call_back() -> None:
    found = read(
        [call(index=0, id="c", arguments="{")],
        [call(index=0, arguments='"x"')],
        [call(index=0, name="a", arguments=": 1}")],
    )
    assert found == [Call("a", '{"x": 1}', "c")]


def test_arguments_may_be_an_object() -> None:
    assert read([call(name="a", arguments={"b": 1})])[0].arguments == '{"b":1}'


def test_indexes_begin_at_zero_whatever_the_server_counts() -> None:
    assert (
        len(read([call(index=3, id="c", name="a")], [call(index=7, id="d", name="b")]))
        == 2
    )


@pytest.mark.parametrize("nonsense", [None, 7, "x", {}, {"function": 7}, {"index": []}])
def test_nonsense_makes_no_call_known(nonsense: Any) -> None:
    assert read([nonsense]) == []
