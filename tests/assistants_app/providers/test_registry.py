"""Which kinds of connections chat, and how Azure is called."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from assistants_app.providers.base import ChatMessage, ChatRequest, Text, TextArrived
from assistants_app.providers.openai import OpenAIChatProvider
from assistants_app.providers.registry import (
    CHAT_KINDS,
    OPENAI_KINDS,
    make_chat_provider,
    make_chat_relay,
)
from assistants_app.providers.relay import RelayBody
from playground.lib.errors import ErrorKind, ProviderError
from playground.organizations.kinds import all_kinds, get_kind
from tests.upstream import chat
from tests.upstream.server import Upstream

DEPLOYMENTS = "/azure/openai/deployments"
BY_PATH = f"{DEPLOYMENTS}/gpt/chat/completions"
V1 = "/azure-v1/openai/v1/chat/completions"
MEMBERS = {"model": "gpt", "messages": [{"role": "user", "content": "Hi"}]}
BODY = RelayBody(MEMBERS, orjson.dumps(MEMBERS))


def ask(upstream: Upstream, base_url: str, **fields: Any) -> str:
    """The text of one turn on an Azure connection."""

    async def turn() -> str:
        provider = make_chat_provider(
            "azure", base_url=base_url, api_key=upstream.key, options={}
        )
        request = ChatRequest("gpt", [ChatMessage("user", (Text("Hi"),))], **fields)
        deltas = [delta async for delta in provider.stream(request)]
        await provider.aclose()
        return "".join(d.text for d in deltas if isinstance(d, TextArrived))

    return asyncio.run(turn())


def test_every_chat_kind_is_offered_for_chat_and_no_other() -> None:
    offered = {kind.name for kind in all_kinds() if "chat" in kind.services}
    assert offered == set(CHAT_KINDS)
    assert get_kind("sglang").services == {"image"}


@pytest.mark.parametrize("kind", OPENAI_KINDS)
def test_servers_that_speak_openais_chat_have_its_adapter(kind: str) -> None:
    made = make_chat_provider(
        kind, base_url="http://127.0.0.1/v1", api_key="", options={}
    )
    assert isinstance(made, OpenAIChatProvider)


@pytest.mark.parametrize("make", [make_chat_provider, make_chat_relay])
def test_a_kind_that_only_draws_is_refused(make: Any) -> None:
    with pytest.raises(KeyError):
        make("clipdrop", base_url="", api_key="", options={})


@pytest.mark.parametrize(
    ("base", "path"),
    [
        (DEPLOYMENTS, BY_PATH),
        (f"{DEPLOYMENTS}/gpt", BY_PATH),
        ("/azure-v1/openai/v1", V1),
    ],
)
def test_azure_is_called_at_its_own_path_with_its_own_header(
    upstream: Upstream, base: str, path: str
) -> None:
    upstream.script(path, chat.text_stream("Hello"))
    assert ask(upstream, upstream.url + base) == "Hello"
    assert upstream.requests[0].path == path
    assert upstream.requests[0].headers["api-key"] == upstream.key


def test_azure_is_told_the_length_by_the_new_name(upstream: Upstream) -> None:
    upstream.script(BY_PATH, chat.text_stream("Hello"))
    ask(upstream, upstream.url + DEPLOYMENTS, max_tokens=50)
    assert upstream.requests[0].json["max_completion_tokens"] == 50


def test_a_body_that_is_passed_on_reaches_its_deployment(upstream: Upstream) -> None:
    upstream.script(BY_PATH, chat.completion("Hello"))

    async def turn() -> bytes:
        relay = make_chat_relay(
            "azure",
            base_url=upstream.url + DEPLOYMENTS,
            api_key=upstream.key,
            options={},
        )
        return (await relay.complete(BODY)).content

    assert b"Hello" in asyncio.run(turn())
    assert upstream.requests[0].path == BY_PATH


def test_a_key_that_azure_refuses_is_shown_to_nobody(upstream: Upstream) -> None:
    upstream.script(V1, chat.error(401, f"Wrong key: {upstream.key}"))
    with pytest.raises(ProviderError) as caught:
        ask(upstream, f"{upstream.url}/azure-v1/openai/v1")
    assert caught.value.kind is ErrorKind.CONFIGURATION
    assert upstream.key not in caught.value.admin_text
