"""The form that one request becomes at Stability, checked before it is paid.

Facts of the three endpoints stand here; what a model's parameters may be, in the
catalog.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from images_app.providers.base import ImageRequest
from images_app.providers.form_calls import Part, text_part
from images_app.providers.input_pictures import (
    Limits,
    Prepared,
    check,
    file_name,
    prepare,
    refuse,
)

PROMPT_LIMIT = 10_000
RATIOS = ("21:9", "16:9", "3:2", "5:4", "1:1", "4:5", "2:3", "9:16", "9:21")
SAME_SHAPE = 0.05  # as the difference of two ratios' logarithms
# How much of the source is left: it has to be said, and this is the middle.
STRENGTH = 0.5

_PICTURE = Limits(
    ("image/png", "image/jpeg", "image/webp"), max_edge=16_384, min_edge=64
)


@dataclass(frozen=True)
class Endpoint:
    """One path of `/v2beta/stable-image/generate`.

    `names_model` says that several models share it. `picture` are the limits of the one
    to start from, None where there can be none; with `picks_mode` that start has to be
    said and no ratio may be.
    """

    path: str
    picture: Limits | None = None
    names_model: bool = False
    picks_mode: bool = False


_BASE = "/v2beta/stable-image/generate"
_SD3 = Endpoint(
    f"{_BASE}/sd3",
    # The whole request may have 10 MiB; the texts need some of it.
    picture=replace(_PICTURE, max_bytes=10_400_000),
    names_model=True,
    picks_mode=True,
)

ENDPOINTS: Mapping[str, Endpoint] = {
    "stable-image-core": Endpoint(f"{_BASE}/core"),
    "stable-image-ultra": Endpoint(f"{_BASE}/ultra", picture=_PICTURE),
    "sd3.5-large": _SD3,
    "sd3.5-large-turbo": _SD3,
    "sd3.5-medium": _SD3,
}


@dataclass(frozen=True)
class Form:
    """The parts, and what to tell of them."""

    parts: Mapping[str, Part]
    told: Mapping[str, Any]


def make_form(endpoint: Endpoint, request: ImageRequest) -> Form:
    """What is sent to this endpoint; ProviderError for what it cannot do."""
    _check_wish(endpoint, request)
    picture = _picture(endpoint, request)
    texts = _texts(endpoint, request)
    parts = {name: text_part(text) for name, text in texts.items()}
    told: dict[str, Any] = {"path": endpoint.path, **texts}
    if picture is not None:
        image = picture.image
        parts["image"] = (file_name("image", image.mime), image.data, image.mime)
        told["image"] = picture.told()
    elif "strength" in request.options:
        told["left_out"] = ["strength"]  # it is about a picture, and there is none
    return Form(parts, told)


def _check_wish(endpoint: Endpoint, request: ImageRequest) -> None:
    length = len(request.prompt)
    if not request.prompt.strip():
        raise refuse("The prompt is empty. Say what to draw.", "prompt")
    if length > PROMPT_LIMIT:
        raise refuse(
            f"The prompt has {length:,} characters; Stability takes at most"
            f" {PROMPT_LIMIT:,}. Shorten it.",
            "prompt",
        )
    if request.n != 1:
        raise refuse("Stability makes one picture in one call.", "n")
    if request.mask:
        raise refuse("Stability's models of this catalog take no mask.", "mask")
    if request.images and endpoint.picture is None:
        raise refuse(f"{request.model} cannot edit pictures.", "image")
    if len(request.images) > 1:
        raise refuse(f"{request.model} works on one picture at once.", "image")


def _picture(endpoint: Endpoint, request: ImageRequest) -> Prepared | None:
    if endpoint.picture is None or not request.images:
        return None
    picture = prepare(request.images[0])
    check(picture, endpoint.picture, "Stability")
    return picture


def _texts(endpoint: Endpoint, request: ImageRequest) -> dict[str, str]:
    texts = {"prompt": request.prompt}
    if endpoint.names_model:
        texts["model"] = request.model
    texts |= _start(endpoint, request)
    named = {
        "seed": request.seed,
        "output_format": request.output_format,
        "style_preset": request.style,
        "negative_prompt": request.options.get("negative_prompt"),
        "cfg_scale": request.options.get("cfg_scale"),
    }
    return texts | {k: str(v) for k, v in named.items() if v is not None}


def _start(endpoint: Endpoint, request: ImageRequest) -> dict[str, str]:
    """From what the picture is made: nothing but a ratio, or another picture."""
    texts: dict[str, str] = {}
    if request.images:
        texts["strength"] = str(request.options.get("strength", STRENGTH))
        if endpoint.picks_mode:
            texts["mode"] = "image-to-image"
    if request.size is not None:
        if request.images and endpoint.picks_mode:
            raise refuse(
                f"{request.model} keeps the shape of the picture that it starts from."
                " Leave the size out.",
                "size",
            )
        texts["aspect_ratio"] = ratio_of(request.size)
    return texts


def ratio_of(size: str) -> str:
    """The service's word for the shape of this size, which is all that it takes."""
    width, _, height = size.partition("x")
    wished = math.log(int(width) / int(height))
    distances = {ratio: abs(wished - _logarithm(ratio)) for ratio in RATIOS}
    nearest = min(distances, key=lambda ratio: distances[ratio])
    if distances[nearest] > SAME_SHAPE:
        listed = ", ".join(RATIOS)
        raise refuse(f"Stability makes no {size}. It takes {listed}.", "size")
    return nearest


def _logarithm(ratio: str) -> float:
    width, _, height = ratio.partition(":")
    return math.log(int(width) / int(height))
