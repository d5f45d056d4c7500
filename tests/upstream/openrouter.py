"""OpenRouter's Images API, its typed list and its account as the loopback upstream
checks and answers them.

Its base URL is `upstream.url + "/api/v1"`. Builders: `pictures(png())`, `completed`,
`error(402, "…")`, `LISTED`, `model_list(…)`, `account(4.2)`; previews come from
`tests.upstream.images`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any, Protocol

from tests.upstream import answers
from tests.upstream.answers import Answer
from tests.upstream.images import FIRST_BYTES, base64_text, raw_event
from tests.upstream.received import Received, check_bearer, check_fields, require

IMAGES = "/api/v1/images"
IMAGE_MODELS = "/api/v1/images/models"
CHAT_MODELS = "/api/v1/models"
ACCOUNT = "/api/v1/key"
MODEL = "bytedance-seed/seedream-4.5"

USAGE = {
    "prompt_tokens": 0,
    "completion_tokens": 4175,
    "total_tokens": 4175,
    "cost": 0.04,
}
FIELDS: dict[str, type | tuple[type, ...]] = {
    "model": str,
    "prompt": str,
    "n": int,
    "size": str,
    "aspect_ratio": str,
    "resolution": str,
    "quality": str,
    "background": str,
    "output_format": str,
    "output_compression": int,
    "seed": int,
    "input_references": list,
    "stream": bool,
}
WORDS = {
    "resolution": {"512", "768", "1K", "1.5K", "2K", "4K"},
    "quality": {"auto", "low", "medium", "high"},
    "background": {"auto", "transparent", "opaque"},
    "output_format": {"png", "jpeg", "webp", "svg"},
}
RATIO = re.compile(r"\d{1,2}(\.5)?:\d{1,2}(\.5)?")
PIXELS = re.compile(r"[1-9]\d{1,4}x[1-9]\d{1,4}")
DATA_URL = re.compile(r"data:(image/[a-z]+);base64,(.+)")


class Routes(Protocol):
    def route(self, path: str, check: Any, *, paid: bool = False) -> None: ...


def add_routes(server: Routes) -> None:
    server.route(IMAGES, check, paid=True)
    for path in (IMAGE_MODELS, CHAT_MODELS, ACCOUNT):
        server.route(path, check_get)


def check(request: Received, key: str) -> None:
    """Refuse what the real endpoint would refuse."""
    require(request.method == "POST", "the method is not POST")
    check_bearer(request, key)
    require(request.content_type == "application/json", "the body is not JSON")
    body = request.json
    check_fields(body, FIELDS, required={"model", "prompt"})
    require(body["prompt"].strip(), "the prompt is empty")
    require("/" in body["model"], "the model has no author")
    require(1 <= body.get("n", 1) <= 10, "n is not from 1 to 10")
    require(0 <= body.get("output_compression", 0) <= 100, "compression is not 0-100")
    for name, words in WORDS.items():
        require(body.get(name, min(words)) in words, f"{name} is no word of the API")
    require(RATIO.fullmatch(body.get("aspect_ratio", "1:1")), "the ratio is none")
    require(PIXELS.fullmatch(body.get("size", "64x64")), "the size is none")
    both = "size" in body and {"aspect_ratio", "resolution"} & set(body)
    require(not both, "size disagrees with aspect_ratio or resolution")
    for reference in body.get("input_references", []):
        check_reference(reference)


def check_reference(reference: Any) -> None:
    names = {"type", "image_url"}
    check_fields(reference, {"type": str, "image_url": dict}, required=names)
    require(reference["type"] == "image_url", "the reference is of another type")
    found = DATA_URL.fullmatch(reference["image_url"]["url"])
    require(found, "the reference is no data URL")
    assert found
    data = base64.b64decode(found[2], validate=True)
    require(data.startswith(FIRST_BYTES[found[1]]), "the reference is not of its type")


def check_get(request: Received, key: str) -> None:
    require(request.method == "GET", "the method is not GET")
    check_bearer(request, key)


def pictures(
    *datas: bytes,
    usage: Mapping[str, Any] | None = USAGE,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """A whole answer with base64."""
    entries = [
        {"b64_json": base64_text(data), "media_type": "image/png"} for data in datas
    ]
    return document(*entries, usage=usage, headers=headers)


def document(
    *entries: Any,
    usage: Mapping[str, Any] | None = USAGE,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """A whole answer with just these entries."""
    body = {"created": 1748372400, "data": list(entries)}
    return answers.json(body | ({"usage": usage} if usage else {}), headers=headers)


def completed(data: bytes) -> bytes:
    """The last event of a stream, whose cost is told as in a document."""
    kind = "image_generation.completed"
    told = {"media_type": "image/png", "created": 1, "usage": USAGE}
    return raw_event({"type": kind, "b64_json": base64_text(data), **told})


def error(
    status: int,
    message: str = "It went wrong.",
    *,
    metadata: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """An error whose code is the status as a number."""
    inner: dict[str, Any] = {"code": status, "message": message}
    if metadata is not None:
        inner["metadata"] = dict(metadata)
    return answers.json({"error": inner}, status=status, headers=headers)


def account(left: float | None) -> Answer:
    data = {"label": "sk-or-v1-abc", "limit": left, "limit_remaining": left, "usage": 1}
    return answers.json({"data": data})


def model_list(*entries: Any) -> Answer:
    return answers.json({"data": list(entries)})


LISTED: dict[str, Any] = {
    "id": MODEL,
    "name": "Seedream 4.5",
    "description": "A text-to-image model.",
    "created": 1692901234,
    "architecture": {
        "input_modalities": ["text", "image"],
        "output_modalities": ["image"],
    },
    "supported_parameters": {
        "resolution": {"type": "enum", "values": ["1K", "2K", "4K"]},
        "aspect_ratio": {"type": "enum", "values": ["1:1", "16:9", "9:16", "auto"]},
        "seed": {"type": "boolean"},
    },
    "supports_streaming": False,
    "endpoints": f"/api/v1/images/models/{MODEL}/endpoints",
}
"""An entry as the published page shows it."""
