"""Does a connection work? Asked in a way that costs nothing."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

import httpx2
from openai import AsyncOpenAI

from images_app.providers.clipdrop import PATH
from images_app.providers.clipdrop_calls import post_form
from images_app.providers.connection import check_connection
from images_app.providers.form_calls import text_part
from images_app.providers.openai_client import make_client
from images_app.providers.openai_errors import provider_errors
from images_app.providers.picture_bytes import UnreadableAnswerError
from images_app.providers.threads import in_thread
from playground.lib.check_result import CheckResult
from playground.lib.errors import ErrorKind, ProviderError

CHECK_SECONDS = 20.0
MAX_MODELS = 500


async def check_openai(base_url: str, api_key: str) -> CheckResult:
    """Ask for the list of models, which every compatible server has and none bills."""
    return await timed(lambda: _list_models(base_url, api_key))


async def check_clipdrop(base_url: str, api_key: str) -> CheckResult:
    """Call without a prompt: a refusal of the form means that the key was accepted."""
    return await timed(lambda: in_thread(_call_empty, base_url, api_key))


async def check_offline(base_url: str = "", api_key: str = "") -> CheckResult:
    """The offline provider needs nothing, so nothing can be wrong with it."""
    return CheckResult(True, "It works. It needs no key and no network.")


async def timed(check: Callable[[], Awaitable[CheckResult]]) -> CheckResult:
    """What the check finds, with its time; a ProviderError is a finding."""
    start = time.perf_counter()
    try:
        outcome = await check()
    except ProviderError as exc:
        outcome = CheckResult(False, exc.admin_text)
    return replace(outcome, milliseconds=round((time.perf_counter() - start) * 1000))


async def _list_models(base_url: str, api_key: str) -> CheckResult:
    client = make_client(base_url, api_key, read_seconds=CHECK_SECONDS)
    try:
        with provider_errors(api_key, paid=False):
            names = await _model_names(client)
    finally:
        await client.close()
    count = "1 model" if len(names) == 1 else f"{len(names)} models"
    return CheckResult(True, f"It works. The server lists {count}.", models=names)


async def _model_names(client: AsyncOpenAI) -> tuple[str, ...]:
    """Names from `GET /models`: OpenAI's list, or a bare one as some servers give."""
    response = await client.get("/models", cast_to=httpx2.Response)
    try:
        value = response.json()
    except ValueError as exc:
        raise UnreadableAnswerError("The list of models is not JSON.") from exc
    entries = value.get("data") if isinstance(value, dict) else value
    if not isinstance(entries, list):
        raise UnreadableAnswerError("The answer to GET /models is no list of models.")
    names = (entry.get("id") for entry in entries if isinstance(entry, dict))
    return tuple(name for name in names if isinstance(name, str) and name)[:MAX_MODELS]


def _call_empty(base_url: str, api_key: str) -> CheckResult:
    check_connection(base_url, api_key)
    try:
        post_form(
            base_url.rstrip("/") + PATH,
            api_key,
            # A form needs a part; this one is nothing that the endpoint knows.
            {"check": text_part("1")},
            timeout=(10.0, CHECK_SECONDS),
            paid=False,
        )
    except ProviderError as exc:
        if exc.status == 400:
            return CheckResult(True, "It works. ClipDrop accepted the key.")
        if exc.kind is ErrorKind.QUOTA:
            return CheckResult(
                False, "ClipDrop accepted the key, but its credits are used up."
            )
        raise
    return CheckResult(False, "The server answered, but not as ClipDrop does.")
