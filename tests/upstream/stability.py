"""Stability's v2beta as the loopback upstream checks and answers it.

Its base URL is `upstream.url`. Builders: `picture(png())`, `filtered(png())`,
`error(403, "content_moderation", "…")`, `balance(12.5)`.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from PIL import Image

from tests.upstream import answers
from tests.upstream.answers import Answer
from tests.upstream.received import Part, Received, check_bearer, require

CORE = "/v2beta/stable-image/generate/core"
ULTRA = "/v2beta/stable-image/generate/ultra"
SD3 = "/v2beta/stable-image/generate/sd3"
BALANCE = "/v1/user/balance"

RATIOS = {"21:9", "16:9", "3:2", "5:4", "1:1", "4:5", "2:3", "9:16", "9:21"}
NEWEST = {"sd3.5-large", "sd3.5-large-turbo", "sd3.5-medium"}
STYLES = {
    *("3d-model", "analog-film", "anime", "cinematic", "comic-book", "digital-art"),
    *("enhance", "fantasy-art", "isometric", "line-art", "low-poly"),
    *("modeling-compound", "neon-punk", "origami", "photographic", "pixel-art"),
    "tile-texture",
}
NUMBER = re.compile(r"\d+(\.\d+)?")
SD3_REQUEST = 10 * 1024 * 1024


@dataclass(frozen=True)
class Rules:
    """What one endpoint's form takes, as the reference tells it."""

    formats: frozenset[str] = frozenset({"png", "jpeg", "webp"})
    styles: bool = False
    picture: bool = False
    sd3: bool = False


RULES = {
    CORE: Rules(styles=True),
    ULTRA: Rules(picture=True),
    SD3: Rules(formats=frozenset({"png", "jpeg"}), picture=True, sd3=True),
}


class Routes(Protocol):
    def route(self, path: str, check: Any, *, paid: bool = False) -> None: ...


def add_routes(server: Routes) -> None:
    for path, rules in RULES.items():
        server.route(path, partial(check, rules=rules), paid=True)
    server.route(BALANCE, check_balance)


def check_balance(request: Received, key: str) -> None:
    require(request.method == "GET", "the method is not GET")
    check_bearer(request, key)


def check(request: Received, key: str, *, rules: Rules) -> None:
    """Refuse what the real endpoint would refuse."""
    require(request.method == "POST", "the method is not POST")
    check_bearer(request, key)
    accept = request.headers.get("Accept")
    require(accept in {"application/json", "image/*"}, f"Accept is {accept}")
    require(not rules.sd3 or len(request.body) <= SD3_REQUEST, "over 10 MiB")
    files = [part for part in request.parts if part.filename is not None]
    texts = {part.name: part.text for part in request.parts if part.filename is None}
    require(len(files) + len(texts) == len(request.parts), "a part was sent twice")
    check_texts(texts, rules)
    check_start(texts, files, rules)


def check_texts(texts: Mapping[str, str], rules: Rules) -> None:
    known = {"prompt", "negative_prompt", "seed", "aspect_ratio", "output_format"}
    known |= {"style_preset"} if rules.styles else set()
    known |= {"strength"} if rules.picture else set()
    known |= {"model", "mode", "cfg_scale"} if rules.sd3 else set()
    require(set(texts) <= known, f"unknown fields: {sorted(set(texts) - known)}")
    require(1 <= len(texts.get("prompt", "").strip()) <= 10_000, "prompt: 1 to 10000")
    require(len(texts.get("negative_prompt", "")) <= 10_000, "negative_prompt: 10000")
    require(texts.get("aspect_ratio", "1:1") in RATIOS, "aspect_ratio: unknown")
    require(texts.get("output_format", "png") in rules.formats, "output_format")
    require(texts.get("style_preset", "anime") in STYLES, "style_preset: unknown")
    seed = texts.get("seed", "0")
    require(seed.isdecimal() and int(seed) <= 4294967294, "seed: out of range")
    check_number(texts, "strength", 0, 1)
    check_number(texts, "cfg_scale", 1, 10)
    if rules.sd3:
        require(texts.get("model") in NEWEST, f"model: {texts.get('model')}")
        turbo = texts["model"] == "sd3.5-large-turbo"
        require(not turbo or "negative_prompt" not in texts, "turbo takes no negative")


def check_number(texts: Mapping[str, str], name: str, low: float, high: float) -> None:
    text = texts.get(name, str(low))
    fits = NUMBER.fullmatch(text) and low <= float(text) <= high
    require(fits, f"{name}: must be {low} to {high}")


def check_start(texts: Mapping[str, str], files: list[Part], rules: Rules) -> None:
    """A picture to start from needs its strength, and no picture may have one."""
    if not files:
        require("strength" not in texts, "strength: there is no image")
        require(texts.get("mode") != "image-to-image", "mode: there is no image")
        return
    require(rules.picture and len(files) == 1, "one image at most, or none")
    require(files[0].name == "image", f"the file is called {files[0].name}")
    require("strength" in texts, "strength: is required with an image")
    if rules.sd3:
        require(texts.get("mode") == "image-to-image", "mode: is text-to-image")
        require("aspect_ratio" not in texts, "aspect_ratio: only for text-to-image")
    check_image(files[0])


def check_image(part: Part) -> None:
    with Image.open(io.BytesIO(part.data)) as image:
        kind = str(image.format).lower()
        require(kind in {"png", "jpeg", "webp"}, f"image: {kind} is not taken")
        require(part.content_type == f"image/{kind}", "image: another type was told")
        edges = min(image.size) >= 64 and max(image.size) <= 16_384
        require(edges, f"image: {image.size} is out of range")


def picture(data: bytes, *, seed: Any = 343940597, reason: str = "SUCCESS") -> Answer:
    """A finished picture with what is told beside it."""
    body = {
        "image": base64.b64encode(data).decode(),
        "finish_reason": reason,
        "seed": seed,
    }
    return answers.json(body, headers={"x-request-id": "9ba4fdf0"})


def filtered(data: bytes) -> Answer:
    """A 200 with a blurred picture."""
    return picture(data, reason="CONTENT_FILTERED")


def error(
    status: int,
    name: str,
    *errors: str,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """A refusal in the service's own shape."""
    body = {"id": "ff54b236a3acdde1522cd1ba641c43ed", "name": name, "errors": errors}
    return answers.json(body, status=status, headers=headers)


def balance(credits: Any) -> Answer:
    return answers.json({"credits": credits})
