"""Do connections to Gemini, OpenRouter and the web UI work? Asked for nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from images_app.providers.a1111 import base_call
from images_app.providers.a1111_answers import NO_API
from images_app.providers.checks import CHECK_SECONDS, MAX_MODELS, timed
from images_app.providers.gemini_answers import refusal
from images_app.providers.json_calls import JsonCall, ask_json
from images_app.providers.openrouter_models import models_from_list
from playground.lib.check_result import CheckResult
from playground.lib.errors import ErrorKind, ProviderError

PICTURE_WORDS = ("image", "banana")  # in the names of Gemini's models that draw
DRAWS = "generateContent"


async def check_a1111(base_url: str, api_key: str) -> CheckResult:
    """Ask for the checkpoints, which needs the API and its password."""
    return await timed(lambda: _a1111(base_url, api_key))


async def check_gemini(base_url: str, api_key: str) -> CheckResult:
    """Ask for the models that the key may use."""
    return await timed(lambda: _gemini(base_url, api_key))


async def check_openrouter(base_url: str, api_key: str) -> CheckResult:
    """Ask what the key has left, and for the models; the list alone needs no key."""
    return await timed(lambda: _openrouter(base_url, api_key))


async def _a1111(base_url: str, api_key: str) -> CheckResult:
    call = base_call(base_url, api_key)
    try:
        value = await _ask(call, "/sdapi/v1/sd-models")
    except ProviderError as exc:
        if exc.status == 401:
            return CheckResult(
                False, "The server refused the key. Write it as user:password."
            )
        raise
    if not isinstance(value, list):
        return CheckResult(False, NO_API)
    names = _names(value, "model_name", "title")
    if not names:
        return CheckResult(True, "It works, but the server lists no checkpoints.")
    return CheckResult(True, f"It works. {_count(names, 'checkpoint')}.", models=names)


async def _gemini(base_url: str, api_key: str) -> CheckResult:
    call = JsonCall(
        url=base_url.rstrip("/"),
        headers={"x-goog-api-key": api_key},
        secrets=(api_key,),
        refusal=refusal,
    )
    value = await _ask(call, "/v1beta/models?pageSize=1000")
    models = value.get("models") if isinstance(value, dict) else None
    if not isinstance(models, list):
        return CheckResult(False, "The server answered, but not as Gemini does.")
    names = [
        name.removeprefix("models/")
        for model in models
        if isinstance(model, dict)
        and isinstance(name := model.get("name"), str)
        and DRAWS in (model.get("supportedGenerationMethods") or ())
    ]
    drawing = tuple(n for n in names if any(word in n for word in PICTURE_WORDS))
    if not drawing:
        return CheckResult(False, "The key works, but it lists no model that draws.")
    return CheckResult(
        True, f"It works. {_count(drawing, 'model')} that can draw.", models=drawing
    )


async def _openrouter(base_url: str, api_key: str) -> CheckResult:
    call = JsonCall(
        url=base_url.rstrip("/"),
        headers={"Authorization": f"Bearer {api_key}"},
        secrets=(api_key,),
    )
    try:
        account = await _ask(call, "/key")
    except ProviderError as exc:
        if exc.kind is ErrorKind.CONFIGURATION and exc.status in {401, 403}:
            return CheckResult(False, "OpenRouter refused the key.")
        raise
    told = account.get("data") if isinstance(account, dict) else None
    if not isinstance(told, dict):
        return CheckResult(False, "The server answered, but not as OpenRouter does.")
    left = told.get("limit_remaining")
    if isinstance(left, int | float) and left <= 0:
        return CheckResult(
            False, "OpenRouter accepted the key, but its limit is used up."
        )
    pictures, chats = await asyncio.gather(
        _ask(call, "/images/models"), _ask(call, "/models")
    )
    drawing = tuple(model.id for model in models_from_list(pictures))
    listed = chats.get("data") if isinstance(chats, dict) else None
    names = dict.fromkeys([*drawing, *_names(listed, "id")])
    budget = (
        f" The key has {left:,.2f} USD left." if isinstance(left, int | float) else ""
    )
    return CheckResult(
        True,
        f"It works. {_count(drawing, 'model')} that can draw.{budget}",
        models=tuple(names)[:MAX_MODELS],
    )


async def _ask(call: JsonCall, path: str) -> Any:
    asked = replace(
        call, url=call.url + path, paid=False, body=None, read_seconds=CHECK_SECONDS
    )
    return await ask_json(asked)


def _names(entries: Any, *keys: str) -> tuple[str, ...]:
    """Of each entry the first of these keys that is a text."""
    listed = entries if isinstance(entries, list) else []
    found = (
        next((e[key] for key in keys if isinstance(e.get(key), str) and e[key]), "")
        for e in listed
        if isinstance(e, dict)
    )
    return tuple(name for name in found if name)[:MAX_MODELS]


def _count(names: tuple[str, ...], noun: str) -> str:
    many = noun if len(names) == 1 else f"{noun}s"
    return f"The server lists {len(names)} {many}"
