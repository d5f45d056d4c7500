"""Free checks for servers that `GET /models` says nothing true about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2

from images_app.providers.checks import CHECK_SECONDS, check_openai, timed
from images_app.providers.dialects import Auth
from images_app.providers.openai_client import make_client
from images_app.providers.openai_errors import provider_errors
from images_app.providers.picture_bytes import UnreadableAnswerError
from playground.lib.azure import read_azure_address
from playground.lib.check_result import CheckResult

Check = Callable[[str, str], Awaitable[CheckResult]]


async def check_azure(base_url: str, api_key: str) -> CheckResult:
    """Ask for the resource's models; deployments cannot be listed with its key."""
    return await _found(_ask_azure, base_url, api_key)


async def check_sglang(base_url: str, api_key: str) -> CheckResult:
    """Ask for the list of models, or on a server without one for what it serves."""
    found = await check_openai(base_url, api_key)
    if found.ok:
        return found
    served = await _found(_ask_sglang, base_url, api_key)
    return served if served.ok else found


async def check_recraft(base_url: str, api_key: str) -> CheckResult:
    """Ask for the account, which tells what it has left."""
    return await _found(_ask_recraft, base_url, api_key)


async def _found(ask: Check, base_url: str, api_key: str) -> CheckResult:
    async def run() -> CheckResult:
        with provider_errors(api_key, paid=False):
            return await ask(base_url, api_key)

    return await timed(run)


async def _ask_azure(base_url: str, api_key: str) -> CheckResult:
    address = read_azure_address(base_url)
    models = await _get(
        address.base_url, api_key, "/models", auth="api-key", query=address.query
    )
    if not isinstance(models.get("data"), list):
        raise UnreadableAnswerError("The answer to GET /models is no list of models.")
    return CheckResult(
        True,
        "It works. Azure accepted the key. Models are called by the names of your"
        " deployments, which Azure does not list.",
    )


async def _ask_sglang(base_url: str, api_key: str) -> CheckResult:
    parts = urlsplit(base_url)
    served = await _get(f"{parts.scheme}://{parts.netloc}", api_key, "/models")
    name = served.get("model_path")
    if not isinstance(name, str) or not name:
        raise UnreadableAnswerError("The answer to GET /models names no model.")
    return CheckResult(True, f"It works. The server serves {name}.", models=(name,))


async def _ask_recraft(base_url: str, api_key: str) -> CheckResult:
    account = await _get(base_url, api_key, "/users/me")
    left = account.get("credits")
    if isinstance(left, bool) or not isinstance(left, int | float):
        raise UnreadableAnswerError("The answer to GET /users/me tells no credits.")
    if left <= 0:
        return CheckResult(
            False, "Recraft accepted the key, but the account has no credits left."
        )
    return CheckResult(True, f"It works. The account has {left:,g} credits left.")


async def _get(
    base_url: str,
    api_key: str,
    path: str,
    *,
    auth: Auth = "bearer",
    query: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A JSON object; UnreadableAnswerError for anything else."""
    client = make_client(base_url, api_key, auth=auth, read_seconds=CHECK_SECONDS)
    try:
        response = await client.get(
            path, cast_to=httpx2.Response, options={"params": dict(query or {})}
        )
        return _read_object(response, path)
    finally:
        await client.close()


def _read_object(response: httpx2.Response, path: str) -> dict[str, Any]:
    try:
        value = response.json()
    except ValueError as exc:
        raise UnreadableAnswerError(f"The answer to GET {path} is not JSON.") from exc
    if not isinstance(value, dict):
        raise UnreadableAnswerError(f"The answer to GET {path} is no object.")
    return value
