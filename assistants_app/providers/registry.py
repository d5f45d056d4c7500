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

OPENAI_KINDS = (
    "openai",
    "azure",
    "litellm",
    "localai",
    "xinference",
    "lemonade",
    "together",
    "xai",
    "deepinfra",
    "openrouter",
)
"""The kinds whose servers speak OpenAI's chat completions."""

CHAT_KINDS = (*OPENAI_KINDS, "offline")

# What the kind itself says of its servers, before what a connection's options say.
_PRESETS: Mapping[str, Mapping[str, Any]] = {
    "azure": {"dialect": "azure", "max_tokens_field": "max_completion_tokens"}
}


def make_chat_provider(
    kind: str, *, base_url: str, api_key: str, options: Mapping[str, Any]
) -> ChatProvider:
    """The adapter for one connection; KeyError for a kind that serves no chat."""
    if kind == "offline":
        return OfflineChatProvider()
    if kind in OPENAI_KINDS:
        return OpenAIChatProvider(base_url, api_key, _with_preset(kind, options))
    raise KeyError(kind)


def make_chat_relay(
    kind: str, *, base_url: str, api_key: str, options: Mapping[str, Any]
) -> ChatRelay:
    """The same for bodies that are passed on as they came."""
    if kind == "offline":
        return OfflineRelay()
    if kind in OPENAI_KINDS:
        return OpenAIRelay(base_url, api_key, _with_preset(kind, options))
    raise KeyError(kind)


def _with_preset(kind: str, options: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**_PRESETS.get(kind, {}), **options}
