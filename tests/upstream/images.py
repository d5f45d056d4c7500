"""`POST /v1/images/generations`, `/v1/images/edits` and `GET /v1/models` as the loopback
upstream checks and answers them.

Builders: `pictures(png())` with base64, `picture_urls("/files/a.png")`, `stream(...)`
of `preview` and `completed` events, `model_list`; errors come from `chat.error`.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol

import orjson
from PIL import Image

from tests.upstream import answers
from tests.upstream.answers import Answer, Step
from tests.upstream.received import (
    Part,
    Received,
    check_bearer,
    check_fields,
    require,
)

GENERATIONS = "/v1/images/generations"
EDITS = "/v1/images/edits"
MODELS = "/v1/models"
MODEL = "loopback-image"

USAGE = {
    "input_tokens": 14,
    "output_tokens": 196,
    "total_tokens": 210,
    "input_tokens_details": {"text_tokens": 14, "image_tokens": 0},
}
BODY_FIELDS: dict[str, type | tuple[type, ...]] = {
    "prompt": str,
    "model": str,
    "n": int,
    "size": str,
    "quality": str,
    "background": str,
    "output_format": str,
    "output_compression": int,
    "moderation": str,
    "style": str,
    "seed": int,
    "response_format": str,
    "user": str,
    "safety_identifier": str,
    "stream": bool,
    "partial_images": int,
}
EDIT_FIELDS = {**BODY_FIELDS, "input_fidelity": str}
FORM_FIELDS = set(EDIT_FIELDS) - {"moderation", "style"}
FORM_NUMBERS = {"n", "output_compression", "seed", "partial_images"}
FIRST_BYTES = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/webp": b"RIFF",
}
MAX_PICTURES = 16
SIZE = re.compile(r"auto|[1-9]\d{1,4}x[1-9]\d{1,4}")


class Routes(Protocol):
    def route(self, path: str, check: Any, *, paid: bool = False) -> None: ...


def add_routes(server: Routes) -> None:
    server.route(GENERATIONS, check_generation, paid=True)
    server.route(EDITS, check_edit, paid=True)
    server.route(MODELS, check_models)


def check_generation(request: Received, key: str) -> None:
    """Refuse what the real endpoint would refuse."""
    require(request.method == "POST", "the method is not POST")
    check_bearer(request, key)
    require(request.content_type == "application/json", "the body is not JSON")
    check_fields(request.json, BODY_FIELDS, required={"prompt", "model"})
    check_values(request.json)


def check_edit(request: Received, key: str) -> None:
    """The same for the multipart form with its pictures."""
    require(request.method == "POST", "the method is not POST")
    check_bearer(request, key)
    files = [part for part in request.parts if part.filename is not None]
    plain = [part for part in request.parts if part.filename is None]
    check_files(files)
    fields: dict[str, Any] = {}
    for part in plain:
        require(part.name in FORM_FIELDS, f"{part.name} is no field of an edit")
        require(part.name not in fields, f"{part.name} was sent twice")
        fields[part.name] = form_value(part)
    check_fields(fields, EDIT_FIELDS, required={"prompt", "model"})
    check_values(fields)


def check_models(request: Received, key: str) -> None:
    require(request.method == "GET", "the method is not GET")
    check_bearer(request, key)


def check_values(body: Mapping[str, Any]) -> None:
    require(body["prompt"].strip(), "the prompt is empty")
    require(1 <= body.get("n", 1) <= 10, "n is not from 1 to 10")
    require(SIZE.fullmatch(body.get("size", "auto")), "the size is no size")
    require(0 <= body.get("partial_images", 0) <= 3, "partial_images is not 0 to 3")
    require(0 <= body.get("output_compression", 0) <= 100, "compression is not 0-100")
    if "partial_images" in body:
        require(body.get("stream") is True, "previews need a stream")
    if body.get("background") == "transparent":
        output = body.get("output_format", "png")
        require(output in {"png", "webp"}, f"{output} cannot be transparent")


def check_files(files: list[Part]) -> None:
    pictures = [part for part in files if part.name in {"image", "image[]"}]
    masks = [part for part in files if part.name == "mask"]
    require(len(pictures) + len(masks) == len(files), "a file has an unknown name")
    require(1 <= len(pictures) <= MAX_PICTURES, "an edit takes 1 to 16 pictures")
    require(len(masks) <= 1, "an edit takes one mask")
    name = "image" if len(pictures) == 1 else "image[]"
    require(all(part.name == name for part in pictures), f"they must all be {name}")
    require(all(part.content_type == "image/png" for part in masks), "a mask is a PNG")
    for part in files:
        first = FIRST_BYTES.get(part.content_type or "")
        require(first, f"{part.filename}: {part.content_type} is not taken")
        require(first and part.data.startswith(first), f"{part.filename} is no picture")
        require(part.filename, "a picture has no file name")


def form_value(part: Part) -> Any:
    """A form knows only text; numbers and bools are spelled."""
    if part.name in FORM_NUMBERS:
        require(part.text.isdecimal(), f"{part.name} is no number")
        return int(part.text)
    if part.name == "stream":
        require(part.text in {"true", "false"}, "stream is neither true nor false")
        return part.text == "true"
    return part.text


@lru_cache
def png(width: int = 8, height: int = 8, colour: str = "navy") -> bytes:
    """A true picture."""
    return picture("PNG", width, height, colour)


@lru_cache
def mask(width: int = 8, height: int = 8) -> bytes:
    """A PNG that is transparent all over."""
    buffer = io.BytesIO()
    Image.new("RGBA", (width, height), (0, 0, 0, 0)).save(buffer, "PNG")
    return buffer.getvalue()


@lru_cache
def picture(kind: str, width: int = 8, height: int = 8, colour: str = "navy") -> bytes:
    """A true picture of a format that Pillow knows: PNG, JPEG, WEBP, GIF."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, kind)
    return buffer.getvalue()


def base64_text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def pictures(
    *datas: bytes,
    usage: Mapping[str, Any] | None = USAGE,
    revised_prompt: str | None = None,
    headers: Mapping[str, str] | None = None,
    **told: Any,
) -> Answer:
    """A whole answer with base64; `told` are more fields beside `data`."""
    revised = {"revised_prompt": revised_prompt} if revised_prompt else {}
    return document(
        *({"b64_json": base64_text(data), **revised} for data in datas),
        usage=usage,
        headers=headers,
        **told,
    )


def picture_urls(*urls: str, **told: Any) -> Answer:
    """A whole answer that only points to its pictures, as DALL-E's did."""
    return document(*({"url": url} for url in urls), usage=None, **told)


def document(
    *entries: Any,
    usage: Mapping[str, Any] | None = USAGE,
    headers: Mapping[str, str] | None = None,
    **told: Any,
) -> Answer:
    """A whole answer with just these entries."""
    body = {"created": 1763600000, "data": list(entries), **told}
    return answers.json(body | ({"usage": usage} if usage else {}), headers=headers)


def preview(data: bytes, index: int | None = 0, *, edit: bool = False) -> bytes:
    """The event of a partial picture; `index` None leaves its number out."""
    number = {} if index is None else {"partial_image_index": index}
    return event(f"{_prefix(edit)}.partial_image", data, **number)


def completed(
    data: bytes, usage: Mapping[str, Any] | None = USAGE, *, edit: bool = False
) -> bytes:
    """The event of a finished picture."""
    counted = {"usage": usage} if usage else {}
    return event(f"{_prefix(edit)}.completed", data, **counted)


def event(kind: str, data: bytes, **more: Any) -> bytes:
    value = {"type": kind, "b64_json": base64_text(data), "created_at": 1, **more}
    return raw_event(value, name=kind)


def raw_event(value: Any, *, name: str | None = None) -> bytes:
    head = f"event: {name}\n".encode() if name else b""
    return head + b"data: " + orjson.dumps(value) + b"\n\n"


def stream(*steps: Step, headers: Mapping[str, str] | None = None) -> Answer:
    """A stream of events; gates and cuts may stand between them."""
    return answers.sse(*steps, headers=headers)


def model_list(*names: str) -> Answer:
    entries = [{"id": name, "object": "model"} for name in names]
    return answers.json({"object": "list", "data": entries})


def _prefix(edit: bool) -> str:
    return "image_edit" if edit else "image_generation"
