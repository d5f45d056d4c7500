"""Servers that speak OpenAI's Images API their own way, each as strict as the true one.

`PEERS["xai"]` knows its paths (below a prefix of its own), what its server takes, and
how it answers: `peer.pictures(png())`, `peer.refuse(400, "…")`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from tests.upstream import chat, images
from tests.upstream.dialect_peer import NUMBER, Peer, Routes, Types
from tests.upstream.received import Received, require

TAG = "sd_cpp_extra_args"
SHAPES = ("1:1", "3:2", "4:3", "16:9", "2:1", "19.5:9", "20:9")
RATIOS = {"auto", *SHAPES, *(":".join(s.split(":")[::-1]) for s in SHAPES)}


def _pixels(body: Mapping[str, Any], sign: str = "x") -> None:
    size = body.get("size", f"8{sign}8")
    edges = size.split(sign)
    is_size = len(edges) == 2 and all(edge.isdecimal() for edge in edges)
    require(is_size, f"{size!r} is no size here")


def _sd_server(body: Mapping[str, Any]) -> None:
    _pixels(body)
    require(f"<{TAG}>" not in body["prompt"], "the prompt gives orders to the server")


def _localai(body: Mapping[str, Any]) -> None:
    _pixels(body)
    require(body["prompt"].count("|") <= 1, "what follows the second bar is lost")


def _xinference(body: Mapping[str, Any]) -> None:
    _pixels(body, "*")
    if "kwargs" in body:
        known = {"negative_prompt", "num_inference_steps", "guidance_scale", "seed"}
        require(set(orjson.loads(body["kwargs"])) <= known, "kwargs has unknown names")


def _together(body: Mapping[str, Any]) -> None:
    require(("width" in body) == ("height" in body), "width and height go together")


def _xai(body: Mapping[str, Any]) -> None:
    require(body.get("aspect_ratio", "auto") in RATIOS, "the ratio is not offered")
    require(body.get("resolution", "1k") in {"1k", "2k"}, "the tier is not offered")


SIZED: Types = {"size": str}
DIFFUSION: Types = {
    "negative_prompt": str,
    "num_inference_steps": int,
    "guidance_scale": NUMBER,
    "seed": int,
    **SIZED,
}
OUTPUT: Types = {"output_format": str, "output_compression": int, **SIZED}
FULL: Types = {k: v for k, v in images.EDIT_FIELDS.items() if k not in {"model"}}
XAI_FIELDS: Types = {"aspect_ratio": str, "resolution": str, "quality": str}
TOGETHER_FIELDS: Types = {
    "width": int,
    "height": int,
    "steps": int,
    "seed": int,
    "negative_prompt": str,
    "output_format": str,
}
LEMONADE_FIELDS: Types = {"steps": int, "cfg_scale": NUMBER, "seed": int, **SIZED}
VLLM_FIELDS: Types = {**DIFFUSION, "true_cfg_scale": NUMBER}
SGLANG_FIELDS: Types = {**DIFFUSION, "background": str, "output_format": str}
DEPLOYMENT = "/azure/openai/deployments/painter"

# fmt: off
PEERS: dict[str, Peer] = {peer.kind: peer for peer in (
    Peer("azure", DEPLOYMENT, FULL, FULL, model=False, header="api-key",
         query="api-version=2025-04-01-preview", max_pictures=16, mask="alpha"),
    Peer("litellm", "/litellm/v1", FULL, FULL, max_pictures=16, mask="alpha"),
    Peer("localai", "/localai/v1", {"step": int, **SIZED}, {"step": int, **SIZED},
         response_format="b64_json", edits_as="json",
         edits_path="/images/generations", extra=_localai),
    Peer("sd-server", "/sd-server/v1", OUTPUT, OUTPUT, model=False, errors="string",
         max_n=8, mask="white", extra=_sd_server),
    Peer("vllm-omni", "/vllm-omni/v1", VLLM_FIELDS, VLLM_FIELDS, errors="detail",
         response_format="b64_json", many="image", extra=_pixels),
    Peer("sglang", "/sglang/v1", SGLANG_FIELDS, SGLANG_FIELDS, errors="detail",
         response_format="b64_json", many="image", extra=_pixels),
    Peer("xinference", "/xinference/v1", {"kwargs": str, **SIZED}, SIZED,
         errors="detail", response_format="b64_json", many="image", mask="white",
         extra=_xinference),
    Peer("lemonade", "/lemonade/v1", LEMONADE_FIELDS, LEMONADE_FIELDS, max_n=1,
         response_format="b64_json", max_pictures=1, mask="white", extra=_pixels),
    Peer("together", "/together/v1", TOGETHER_FIELDS, TOGETHER_FIELDS, max_n=4,
         response_format="base64", edits_as="json",
         edits_path="/images/generations", extra=_together),
    Peer("xai", "/xai/v1", XAI_FIELDS, XAI_FIELDS, response_format="b64_json",
         errors="string", edits_as="json", max_pictures=3, extra=_xai),
    Peer("deepinfra", "/deepinfra/v1/openai", SIZED, SIZED, errors="detail",
         response_format="b64_json", many="image", max_n=4, extra=_pixels),
    Peer("recraft", "/recraft/v1", {"style": str, "style_id": str, **SIZED},
         response_format="b64_json", max_n=6, extra=_pixels),
)}
# fmt: on
AZURE_V1 = Peer(
    "azure", "/azure-v1/openai/v1", FULL, FULL, header="api-key", mask="alpha"
)


AZURE_CHATS = (
    "/azure/openai/deployments/gpt/chat/completions",
    "/azure-v1/openai/v1/chat/completions",
)


def check_azure_chat(request: Received, key: str) -> None:
    PEERS["azure"].check_key(request, key)
    by_path = "/deployments/" in request.path
    expected = PEERS["azure"].query if by_path else ""
    require(request.query == expected, f"the query is {request.query!r}")
    chat.check(request, "")  # there is no bearer


def add_routes(server: Routes) -> None:
    for peer in (*PEERS.values(), AZURE_V1):
        server.route(peer.generations, peer.check_generation, paid=True)
        server.route(peer.models, peer.check_models)
        if peer.edit_fields is not None and peer.edits != peer.generations:
            server.route(peer.edits, peer.check_edit, paid=True)
    for path in AZURE_CHATS:
        server.route(path, check_azure_chat, paid=True)
    azure = PEERS["azure"]
    server.route("/azure/openai/models", azure.check_models)
    server.route("/recraft/v1/users/me", PEERS["recraft"].check_models)
    server.route("/models", PEERS["sglang"].check_models)
