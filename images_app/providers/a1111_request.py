"""What the web UI's API is sent for a request."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from images_app.providers.base import ImageRequest
from images_app.providers.dialect_prompts import Prompt, written_prompt
from images_app.providers.input_pictures import black_and_white, prepare
from playground.lib.errors import ErrorKind, ProviderError

GENERATE = "/sdapi/v1/txt2img"
EDIT = "/sdapi/v1/img2img"
LOADED = "a1111-current"  # the model name for "whatever the server has loaded"
MAX_PIXELS = 1024 * 1024  # of an edit whose size nobody chose
STEP = 8  # both edges are multiples of it
KEEP_ORIGINAL = 1  # under a mask, start from what is there
_PICTURES = ("init_images", "mask")


def make_body(request: ImageRequest) -> dict[str, Any]:
    """The JSON body; ProviderError for what the API has no place for. Decodes the
    pictures, so it is called in a thread."""
    if len(request.images) > 1:
        raise _invalid("This server starts from one picture only.", "image")
    options = dict(request.options)
    body: dict[str, Any] = {
        "prompt": _written(request.prompt).text,
        "negative_prompt": _written(str(options.pop("negative_prompt", ""))).text,
        "batch_size": 1,
        "n_iter": request.n,
        "send_images": True,
        "save_images": False,
        **options,
    }
    if request.seed is not None:
        body["seed"] = request.seed
    if request.model != LOADED:
        # For this picture only: to set the option would change it for everybody.
        body["override_settings"] = {"sd_model_checkpoint": request.model}
        body["override_settings_restore_afterwards"] = True
    if request.images:
        body |= _start(request)
    if request.size is not None:
        body["width"], body["height"] = _edges(request.size)
    return body


def describe(
    path: str, request: ImageRequest, body: Mapping[str, Any]
) -> dict[str, Any]:
    """The request as it left, without key and bytes."""
    told = {name: value for name, value in body.items() if name not in _PICTURES}
    notes = [{"mime": i.mime, "bytes": len(i.data)} for i in request.images]
    sent = {"path": path, "model": request.model, **told}
    if notes:
        sent["images"] = notes
    if "mask" in body:
        sent["mask"] = "turned into black and white"
    changes = _written(request.prompt).changes
    return sent | ({"changes": list(changes)} if changes else {})


def _start(request: ImageRequest) -> dict[str, Any]:
    """What an edit begins with. Without a size it keeps the picture's shape."""
    picture = prepare(request.images[0])
    width, height = _fitted(picture.width, picture.height)
    start: dict[str, Any] = {
        "init_images": [_base64(picture.image.data)],
        "include_init_images": False,
        "width": width,
        "height": height,
    }
    if request.mask is not None:
        mask = black_and_white(request.mask)
        start["mask"] = _base64(mask.image.data)
        start["inpainting_fill"] = KEEP_ORIGINAL
        start["inpaint_full_res"] = False
    return start


def _fitted(width: int, height: int) -> tuple[int, int]:
    """About this shape, within what models of this kind can draw."""
    scale = min(1.0, (MAX_PIXELS / (width * height)) ** 0.5)
    across, down = (max(64, round(e * scale / STEP) * STEP) for e in (width, height))
    return across, down


def _edges(size: str) -> tuple[int, int]:
    width, _, height = size.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise _invalid(f"“{size}” is not a size. Write WIDTHxHEIGHT.", "size")
    return int(width), int(height)


def _written(text: str) -> Prompt:
    """Of these servers sd-server obeys a tag inside a prompt."""
    return written_prompt("extra_args_tag", text)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _invalid(text: str, param: str) -> ProviderError:
    return ProviderError(ErrorKind.INVALID, text, param=param)
