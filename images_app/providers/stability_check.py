"""Does a connection to Stability work? The account's balance is told for nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

import orjson

from images_app.providers.connection import check_connection
from images_app.providers.form_calls import Call, send
from images_app.providers.stability_answers import refusal
from images_app.providers.threads import in_thread
from playground.lib.check_result import CheckResult
from playground.lib.errors import ProviderError

PATH = "/v1/user/balance"
SECONDS = (10.0, 20.0)


async def check_stability(base_url: str, api_key: str) -> CheckResult:
    """Ask what credits are left, which only the account's own key may know."""
    start = time.perf_counter()
    try:
        outcome = await in_thread(_ask, base_url, api_key)
    except ProviderError as exc:
        outcome = CheckResult(False, exc.admin_text)
    return replace(outcome, milliseconds=round((time.perf_counter() - start) * 1000))


def _ask(base_url: str, api_key: str) -> CheckResult:
    check_connection(base_url, api_key)

    def refused(status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        return refusal(status, headers, body, secret=api_key, paid=False)

    call = Call(
        base_url.rstrip("/") + PATH,
        headers={"Authorization": f"Bearer {api_key}"},
        secret=api_key,
        timeout=SECONDS,
        paid=False,
    )
    _, body = send(call, refused)
    return _verdict(body)


def _verdict(body: bytes) -> CheckResult:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        value = None
    credits = value.get("credits") if isinstance(value, dict) else None
    if isinstance(credits, bool) or not isinstance(credits, int | float):
        return CheckResult(False, "The server answered, but not as Stability does.")
    if credits <= 0:
        return CheckResult(
            False, "Stability accepted the key, but its credits are used up."
        )
    return CheckResult(True, f"It works. The account has {credits:,.1f} credits.")
