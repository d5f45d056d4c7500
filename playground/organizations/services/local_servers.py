"""Looks for servers on the machine that Easel runs on, when an admin asks for it.

A server is recognised by what it answers and never by its port alone: several kinds
share one. Nothing is sent but a few GETs without a key, to the loopback address only.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

HOST = "127.0.0.1"
SECONDS = 2.0
"""How long all questions to one port may take together."""
MAX_BYTES = 1024 * 1024

Answers = Mapping[str, Any]
"""What each path answered, parsed; None where it gave no JSON with status 200."""


@dataclass(frozen=True)
class Recognised:
    """A kind of server. `kind` is the connection kind that serves it, "" where Easel
    has none; `path` is what its base URL ends with."""

    label: str
    kind: str
    path: str
    is_it: Callable[[Answers], bool]


@dataclass(frozen=True)
class LocalServer:
    """What answered on a port. `label` is "" for something that is none of ours."""

    port: int
    label: str = ""
    kind: str = ""
    base_url: str = ""


def _ids(answer: Any) -> list[dict[str, Any]]:
    """The entries of a list of models as OpenAI writes it."""
    entries = answer.get("data") if isinstance(answer, dict) else None
    listed = entries if isinstance(entries, list) else []
    return [entry for entry in listed if isinstance(entry, dict)]


def _has(answer: Any, *names: str) -> bool:
    return isinstance(answer, dict) and all(name in answer for name in names)


def _is_lm_studio(answers: Answers) -> bool:
    owners = {entry.get("owned_by") for entry in _ids(answers["/v1/models"])}
    own_list = _ids(answers["/api/v0/models"])
    return "organization_owner" in owners or any(
        _has(entry, "compatibility_type") for entry in own_list
    )


def _is_sd_server(answers: Answers) -> bool:
    models = _ids(answers["/v1/models"])
    return any(entry.get("id") == "sd-cpp-local" for entry in models)


# The first that fits: LocalAI also speaks Ollama's API, sd-server also Automatic1111's.
RECOGNISED = (
    Recognised(
        "LocalAI",
        "localai",
        "/v1",
        lambda answers: _has(answers["/.well-known/localai.json"], "version"),
    ),
    Recognised("stable-diffusion.cpp", "sd-server", "/v1", _is_sd_server),
    Recognised(
        "llama.cpp",
        "openai",
        "/v1",
        lambda answers: _has(answers["/props"], "default_generation_settings"),
    ),
    Recognised("LM Studio", "openai", "/v1", _is_lm_studio),
    Recognised(
        "ComfyUI",
        "",
        "",
        lambda answers: _has(answers["/system_stats"], "system", "devices"),
    ),
    Recognised(
        "Automatic1111, Forge or SD.Next",
        "a1111",
        "",
        lambda answers: _has(answers["/sdapi/v1/options"], "sd_model_checkpoint"),
    ),
    Recognised(
        "Ollama",
        "openai",
        "/v1",
        lambda answers: _has(answers["/api/version"], "version"),
    ),
)
PATHS = (
    "/.well-known/localai.json",
    "/v1/models",
    "/api/v0/models",
    "/props",
    "/system_stats",
    "/sdapi/v1/options",
    "/api/version",
)


async def find_local_servers(ports: Sequence[int]) -> list[LocalServer]:
    """Whatever listens on these ports of this machine, by port; all asked at once."""
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    # A proxy of the environment would ask its own machine.
    async with aiohttp.ClientSession(timeout=timeout, trust_env=False) as session:
        found = await asyncio.gather(*(_ask_port(session, port) for port in ports))
    return [server for server in found if server is not None]


async def _ask_port(session: aiohttp.ClientSession, port: int) -> LocalServer | None:
    if not await _listens(port):
        return None
    origin = f"http://{HOST}:{port}"
    told = await asyncio.gather(*(_ask(session, origin + path) for path in PATHS))
    answers = dict(zip(PATHS, told, strict=True))
    for server in RECOGNISED:
        if server.is_it(answers):
            return LocalServer(port, server.label, server.kind, origin + server.path)
    return LocalServer(port)


async def _listens(port: int) -> bool:
    try:
        async with asyncio.timeout(SECONDS):
            _, writer = await asyncio.open_connection(HOST, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def _ask(session: aiohttp.ClientSession, url: str) -> Any:
    """The JSON of an answer with status 200, of a bounded size; None for all else."""
    try:
        async with session.get(url, allow_redirects=False) as response:
            if response.status != 200:
                return None
            return json.loads(await _bounded(response))
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        return None


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    body = b""
    async for piece in response.content.iter_chunked(64 * 1024):
        body += piece
        if len(body) > MAX_BYTES:
            return b""
    return body
