"""Gemini's `generateContent` and its list of models as the loopback upstream checks and
answers them.

Its base URL is `upstream.url`. Builders: `picture(png())`, `answer(parts, …)`,
`blocked("SAFETY")`, `error(429, "RESOURCE_EXHAUSTED", …)`, `model_list(…)`.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Protocol

from tests.upstream import answers
from tests.upstream.answers import Answer
from tests.upstream.images import FIRST_BYTES
from tests.upstream.received import Received, check_fields, require

FLASH = "gemini-3.1-flash-image"
LITE = "gemini-3.1-flash-lite-image"
PRO = "gemini-3-pro-image"
OLDER = "gemini-2.5-flash-image"
UNKNOWN = "gemini-9-image"
ODD = "odd/na?me"
MODELS = "/v1beta/models"

RATIOS = {
    *("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"),
}
LONG_RATIOS = RATIOS | {"1:4", "4:1", "1:8", "8:1"}
# What each model takes; the usual tier need not be named.
TIERS = {
    FLASH: {"512", "1K", "2K", "4K"},
    LITE: {"1K"},
    PRO: {"1K", "2K", "4K"},
    OLDER: set(),
    UNKNOWN: {"1K"},
    ODD: set(),
}
USAGE = {
    "promptTokenCount": 9,
    "candidatesTokenCount": 1120,
    "totalTokenCount": 1129,
    "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1120}],
}


class Routes(Protocol):
    def route(self, path: str, check: Any, *, paid: bool = False) -> None: ...


def path(model: str = FLASH) -> str:
    return f"/v1beta/models/{model}:generateContent"


def add_routes(server: Routes) -> None:
    for model in TIERS:
        server.route(path(model), check, paid=True)
    server.route(MODELS, check_models)


def check(request: Received, key: str) -> None:
    """Refuse what the real endpoint would refuse."""
    require(request.method == "POST", "the method is not POST")
    check_key(request, key)
    require(request.content_type == "application/json", "the body is not JSON")
    body = request.json
    both = {"contents", "generationConfig"}
    check_fields(body, {"contents": list, "generationConfig": dict}, required=both)
    require(len(body["contents"]) == 1, "there is more than one turn")
    turn = body["contents"][0]
    check_fields(turn, {"role": str, "parts": list}, required={"role", "parts"})
    require(turn["role"] == "user", "the turn is not the user's")
    for part in turn["parts"]:
        check_part(part)
    check_config(request.path, body["generationConfig"])


def check_key(request: Received, key: str) -> None:
    require(request.headers.get("x-goog-api-key") == key, "x-goog-api-key is wrong")
    require("Authorization" not in request.headers, "there is a second key")
    require("key=" not in request.query, "the key stands in the address")


def check_part(part: Any) -> None:
    check_fields(part, {"text": str, "inlineData": dict}, where="A part")
    require(len(part) == 1, "a part is not of one sort")
    if "text" in part:
        require(part["text"].strip(), "the text is empty")
        return
    inline = part["inlineData"]
    names = {"mimeType", "data"}
    check_fields(inline, {"mimeType": str, "data": str}, required=names)
    first = FIRST_BYTES.get(inline["mimeType"])
    data = base64.b64decode(inline["data"], validate=True)
    require(first and data.startswith(first), "a picture is not of its type")


def check_config(address: str, config: Any) -> None:
    model = address.rpartition("/")[2].partition(":")[0]
    check_fields(
        config,
        {"responseModalities": list, "imageConfig": dict},
        required={"responseModalities"},
        where="generationConfig",
    )
    require(config["responseModalities"] == ["TEXT", "IMAGE"], "wrong modalities")
    image = config.get("imageConfig", {"aspectRatio": "1:1"})
    check_fields(image, {"aspectRatio": str, "imageSize": str}, where="imageConfig")
    ratios = LONG_RATIOS if model in {FLASH, LITE} else RATIOS
    require(image.get("aspectRatio") in ratios, f"{model} does not take this ratio")
    if "imageSize" in image:
        require(image["imageSize"] in TIERS[model], f"{model} does not take this tier")


def check_models(request: Received, key: str) -> None:
    require(request.method == "GET", "the method is not GET")
    check_key(request, key)


def inline(data: bytes, mime: str = "image/png", **more: Any) -> dict[str, Any]:
    text = base64.b64encode(data).decode()
    return {"inlineData": {"mimeType": mime, "data": text}, **more}


def answer(
    *parts: Any,
    reason: str | None = "STOP",
    usage: Mapping[str, Any] | None = USAGE,
    **candidate: Any,
) -> Answer:
    """One candidate with these parts."""
    told = {"content": {"role": "model", "parts": list(parts)}, **candidate}
    if reason is not None:
        told["finishReason"] = reason
    body: dict[str, Any] = {"candidates": [told], "modelVersion": FLASH}
    if usage:
        body["usageMetadata"] = dict(usage)
    return answers.json({**body, "responseId": "r-1"})


def picture(data: bytes) -> Answer:
    """A picture with a word of the model's."""
    return answer({"text": "Here it is."}, inline(data))


def refused(reason: str, message: str = "") -> Answer:
    """A refusal that comes with 200: a candidate without content."""
    candidate = {"finishReason": reason, "index": 0}
    if message:
        candidate["finishMessage"] = message
    return answers.json({"candidates": [candidate], "usageMetadata": dict(USAGE)})


def blocked(reason: str) -> Answer:
    """A refusal of the prompt, with 200 and no candidate."""
    return answers.json({"promptFeedback": {"blockReason": reason}})


def error(
    code: int,
    status: str,
    message: str = "It went wrong.",
    *,
    details: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    inner: dict[str, Any] = {"code": code, "message": message, "status": status}
    if details:
        inner["details"] = details
    return answers.json({"error": inner}, status=code, headers=headers)


def retry_in(delay: str) -> dict[str, str]:
    return {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}


def quota(quota_id: str) -> dict[str, Any]:
    kind = "type.googleapis.com/google.rpc.QuotaFailure"
    return {"@type": kind, "violations": [{"quotaId": quota_id}]}


def model_list(*names: str, method: str = "generateContent") -> Answer:
    entries = [
        {"name": f"models/{name}", "supportedGenerationMethods": [method]}
        for name in names
    ]
    return answers.json({"models": entries})
