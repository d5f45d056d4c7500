"""From a connection's kind to the adapter that speaks its wire format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistants_app.providers.base import ChatProvider
from assistants_app.providers.offline import OfflineChatProvider
from assistants_app.providers.offline_relay import OfflineRelay
from assistants_app.providers.openai import OpenAIChatProvider
from assistants_app.providers.openai_relay import OpenAIRelay
from assistants_app.providers.relay import ChatRelay

CHAT_KINDS = ("openai", "offline")


def make_chat_provider(
    kind: str, *, base_url: str, api_key: str, options: Mapping[str, Any]
) -> ChatProvider:
    """The adapter for one connection; KeyError for a kind that serves no chat."""
    if kind == "offline":
        return OfflineChatProvider()
    if kind == "openai":
        return OpenAIChatProvider(base_url, api_key, options)
    raise KeyError(kind)


def make_chat_relay(
    kind: str, *, base_url: str, api_key: str, options: Mapping[str, Any]
) -> ChatRelay:
    """The same for bodies that are passed on as they came."""
    if kind == "offline":
        return OfflineRelay()
    if kind == "openai":
        return OpenAIRelay(base_url, api_key, options)
    raise KeyError(kind)
