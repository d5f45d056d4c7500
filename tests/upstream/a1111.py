"""The web UI's API as the loopback upstream checks and answers it.

Its base URL is `upstream.url`; set `upstream.key` to `user:password`, or "" for a
server without. Builders: `pictures(png(), seeds=[7])`, `error(500, "…")`,
`progress(png(), 0.5)`, `checkpoints("…")`.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import orjson
from PIL import Image

from tests.upstream import answers
from tests.upstream.answers import Answer
from tests.upstream.images import base64_text
from tests.upstream.received import Received, check_fields, require

TXT2IMG = "/sdapi/v1/txt2img"
IMG2IMG = "/sdapi/v1/img2img"
CHECKPOINTS = "/sdapi/v1/sd-models"
PROGRESS = "/internal/progress"

FIELDS: dict[str, type | tuple[type, ...]] = {
    "prompt": str,
    "negative_prompt": str,
    "width": int,
    "height": int,
    "steps": int,
    "cfg_scale": (int, float),
    "seed": int,
    "sampler_name": str,
    "scheduler": str,
    "batch_size": int,
    "n_iter": int,
    "denoising_strength": (int, float),
    "override_settings": dict,
    "override_settings_restore_afterwards": bool,
    "send_images": bool,
    "save_images": bool,
    "force_task_id": str,
}
GENERATE_FIELDS = {**FIELDS, "enable_hr": bool, "hr_scale": (int, float)}
EDIT_FIELDS = {
    **FIELDS,
    "init_images": list,
    "include_init_images": bool,
    "mask": str,
    "inpainting_fill": int,
    "inpaint_full_res": bool,
}


class Routes(Protocol):
    def route(self, path: str, check: Any, *, paid: bool = False) -> None: ...


def add_routes(server: Routes) -> None:
    server.route(TXT2IMG, check_generation, paid=True)
    server.route(IMG2IMG, check_edit, paid=True)
    server.route(PROGRESS, check_progress)
    server.route(CHECKPOINTS, check_checkpoints)


def check_generation(request: Received, key: str) -> None:
    """Refuse what would be refused, ignored, or change the server for others."""
    check_body(request, key, GENERATE_FIELDS)


def check_edit(request: Received, key: str) -> None:
    check_body(request, key, EDIT_FIELDS)
    body = request.json
    require(len(body["init_images"]) == 1, "an edit starts from one picture")
    source = opened(body["init_images"][0])
    if "mask" in body:
        mask = opened(body["mask"])
        require(mask.size == source.size, "the mask is of another size")
        require(mask.mode == "L", "the mask is not grey")
        shades = {shade for _, shade in mask.getcolors() or ()}
        require(shades <= {0, 255}, "the mask is not black and white")


def check_body(
    request: Received, key: str, fields: Mapping[str, type | tuple[type, ...]]
) -> None:
    require(request.method == "POST", "the method is not POST")
    check_basic(request, key)
    require(request.content_type == "application/json", "the body is not JSON")
    body = request.json
    check_fields(body, fields, required={"prompt", "send_images", "save_images"})
    require(body["send_images"] is True, "no picture would come back")
    require(body["save_images"] is False, "the server would keep the picture")
    require("<sd_cpp_extra_args" not in body["prompt"], "the prompt gives orders")
    for name in ("width", "height"):
        edge = body.get(name, 512)
        require(64 <= edge <= 2048 and edge % 8 == 0, f"the {name} is {edge}")
    settings = body.get("override_settings", {})
    require(set(settings) <= {"sd_model_checkpoint"}, "foreign settings are changed")
    restores = body.get("override_settings_restore_afterwards", False)
    require(not settings or restores, "the checkpoint would stay changed for everybody")


def check_progress(request: Received, key: str) -> None:
    require(request.method == "POST", "the method is not POST")
    check_basic(request, key)
    names = {"id_task": str, "id_live_preview": int}
    check_fields(request.json, names, required=set(names))


def check_checkpoints(request: Received, key: str) -> None:
    require(request.method == "GET", "the method is not GET")
    check_basic(request, key)


def check_basic(request: Received, key: str) -> None:
    expected = f"Basic {base64.b64encode(key.encode()).decode()}" if key else None
    found = request.headers.get("Authorization")
    require(found == expected, "the Authorization header is not this connection's")


def opened(text: str) -> Image.Image:
    image = Image.open(io.BytesIO(base64.b64decode(text, validate=True)))
    image.load()
    return image


def pictures(
    *datas: bytes, seeds: Sequence[int] = (), first: int = 0, **info: Any
) -> Answer:
    """A whole answer; `first` is the place of the first picture after the grid."""
    told = {"all_seeds": list(seeds), "index_of_first_image": first, **info}
    return bare(*datas, info=orjson.dumps(told).decode())


def bare(*datas: bytes, info: Any = "") -> Answer:
    """An answer with just this `info`; sd-server leaves it empty."""
    texts = [base64_text(data) for data in datas]
    return answers.json({"images": texts, "parameters": {}, "info": info})


def error(
    status: int,
    detail: str = "",
    *,
    name: str = "HTTPException",
    errors: str = "",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    body = {"error": name, "detail": detail, "body": "", "errors": errors}
    return answers.json(body, status=status, headers=headers)


def progress(data: bytes | None, share: float, number: int = 1) -> Answer:
    """How far the task is, with a preview where there is one."""
    preview = data and f"data:image/png;base64,{base64_text(data)}"
    body = {"active": True, "queued": False, "completed": False, "progress": share}
    return answers.json({**body, "live_preview": preview, "id_live_preview": number})


def waiting() -> Answer:
    """The server works on somebody else's picture."""
    body = {"active": False, "queued": True, "completed": False, "progress": None}
    return answers.json({**body, "live_preview": None, "id_live_preview": -1})


def checkpoints(*names: str) -> Answer:
    return answers.json([{"title": f"{n}.ckpt [1]", "model_name": n} for n in names])
