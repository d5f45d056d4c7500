"""Reads what the web UI's API answers: pictures with a leading grid, seeds in a JSON
document inside a string, and errors in a form of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from images_app.providers.base import GeneratedImage
from images_app.providers.picture_bytes import UnreadableAnswerError, decode_base64
from playground.lib.error_bodies import clean
from playground.lib.errors import ErrorKind, ProviderError
from playground.lib.provider_errors import UNKNOWN_MODEL, error_from_response

UNKNOWN_CHECKPOINT = re.compile(r"(unknown checkpoint|model not found|model '.*' not)")
NO_MEMORY = re.compile(r"out ?of ?memory", re.IGNORECASE)
SAMPLER = re.compile(r"sampler|scheduler", re.IGNORECASE)
NO_API = (
    "There is no API at this address. Start the server with --api, and give its address"
    " without a path."
)


@dataclass(frozen=True)
class Made:
    """The pictures, and what the server says of them."""

    pictures: tuple[GeneratedImage, ...]
    told: Mapping[str, Any] = field(default_factory=dict)


def read_answer(value: Any, n: int) -> Made:
    """The `n` pictures of an answer, without the grid before and what add-ons put
    after them; UnreadableAnswerError where there is none."""
    images = value.get("images") if isinstance(value, dict) else None
    if not isinstance(images, list) or not images:
        raise UnreadableAnswerError("The answer holds no pictures.")
    info = _info(value.get("info"))
    first = info.get("index_of_first_image")
    if not isinstance(first, int) or not 0 <= first < len(images):
        # Without a word about it, one picture too many is the grid.
        first = 1 if 1 < n == len(images) - 1 else 0
    kept = images[first : first + n]
    seeds = info.get("all_seeds")
    pictures = tuple(
        GeneratedImage(decode_base64(text), seed=_seed(seeds, place))
        for place, text in enumerate(kept)
    )
    return Made(pictures, _told(info))


def refusal(
    status: int, headers: Mapping[str, str], body: bytes, secret: str, paid: bool
) -> ProviderError:
    """What an answer means that is no 200. Nothing is billed, so nothing may be."""
    message = _message(body)
    error = error_from_response(
        status,
        headers,
        orjson.dumps({"error": {"message": message}}) if message else body,
        secret=secret,
        paid=paid,
    )
    if UNKNOWN_CHECKPOINT.search(message.lower()):
        error = _invalid(UNKNOWN_MODEL, "model", error, code="model_not_found")
    elif status < 500 and SAMPLER.search(message):
        error = _invalid(f"The server refused: {message[:200]}", "sampler_name", error)
    elif NO_MEMORY.search(message):
        error.text = (
            "The server's graphics card has too little memory for this picture. Ask for"
            " a smaller one."
        )
    elif status in {404, 405}:
        error.text, error.admin_text = NO_API, NO_API
    return error


def _info(text: Any) -> dict[str, Any]:
    """The document inside the string; empty where the server leaves it out."""
    try:
        value = orjson.loads(text) if isinstance(text, str) else text
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _seed(seeds: Any, place: int) -> int | None:
    listed = seeds if isinstance(seeds, list) else []
    found = listed[place] if place < len(listed) else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _told(info: Mapping[str, Any]) -> dict[str, Any]:
    names = ("sd_model_name", "sampler_name", "steps", "cfg_scale", "width", "height")
    found = {name: info.get(name) for name in names}
    return {
        name: told[:100] if isinstance(told, str) else told
        for name, told in found.items()
        if isinstance(told, str | int | float)
    }


def _message(body: bytes) -> str:
    """The sentence in `{error, detail, body, errors}`; "" for other errors."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    if not isinstance(value, dict):
        return ""
    told = (value.get(name) for name in ("detail", "errors", "error"))
    return next((clean(text) for text in told if isinstance(text, str) and text), "")


def _invalid(
    text: str, param: str, error: ProviderError, code: str | None = None
) -> ProviderError:
    return ProviderError(
        ErrorKind.INVALID,
        text,
        admin_text=error.admin_text,
        status=error.status,
        param=param,
        code=code,
        said=error.said,
    )
