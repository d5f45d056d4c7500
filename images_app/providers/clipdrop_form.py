"""The form that one request becomes, checked against its endpoint before it is paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from images_app.providers.base import ImageRequest
from images_app.providers.clipdrop_endpoints import ACCEPT, Endpoint
from images_app.providers.form_calls import Part, text_part
from images_app.providers.input_pictures import (
    Prepared,
    black_and_white,
    check,
    converted,
    file_name,
    light_on_dark,
    prepare,
    refuse,
    scaled_down,
)

MAX_EDGE = 4096  # of an upscaled picture


@dataclass(frozen=True)
class Form:
    """The parts, what to tell of them, and the wished format ("" for any)."""

    parts: Mapping[str, Part]
    told: Mapping[str, Any]
    accept: str = ""


def make_form(endpoint: Endpoint, request: ImageRequest) -> Form:
    """What is sent to this endpoint; ProviderError for what it cannot do."""
    _check_wish(endpoint, request)
    texts = dict(_prompt(endpoint, request))
    files: dict[str, Prepared] = {}
    if endpoint.picture:
        picture = _picture(endpoint, request)
        files[endpoint.picture] = picture
        texts |= _options(endpoint, request, picture)
    if endpoint.mask:
        files[endpoint.mask] = _mask(endpoint, request, picture)
    accept = _accept(endpoint, request)
    parts: dict[str, Part] = {
        name: (file_name(name, file.image.mime), file.image.data, file.image.mime)
        for name, file in files.items()
    }
    parts |= {name: text_part(text) for name, text in texts.items()}
    told: dict[str, Any] = {"path": endpoint.path, **texts}
    told |= {name: file.told() for name, file in files.items()}
    return Form(parts, told | ({"accept": accept} if accept else {}), accept)


def _check_wish(endpoint: Endpoint, request: ImageRequest) -> None:
    label = endpoint.label
    if request.n != 1:
        raise refuse("ClipDrop makes one picture in one call.", "n")
    if request.images and not endpoint.picture:
        raise refuse(f"ClipDrop's {label} cannot edit pictures.", "image")
    if endpoint.picture and len(request.images) != 1:
        raise refuse(f"ClipDrop's {label} works on exactly one picture.", "image")
    if request.mask and not endpoint.mask:
        raise refuse(f"ClipDrop's {label} takes no mask.", "mask")
    if endpoint.mask and not request.mask:
        raise refuse(
            f"ClipDrop's {label} needs a mask that is transparent where the picture"
            " shall change.",
            "mask",
        )


def _prompt(endpoint: Endpoint, request: ImageRequest) -> dict[str, str]:
    if not endpoint.prompt:
        return {}
    length, limit = len(request.prompt), endpoint.prompt_limit
    if endpoint.needs_prompt and not request.prompt.strip():
        raise refuse("The prompt is empty. Say what to draw.", "prompt")
    if length > limit:
        raise refuse(
            f"The prompt has {length:,} characters; ClipDrop's {endpoint.label} takes"
            f" at most {limit:,}. Shorten it.",
            "prompt",
        )
    return {endpoint.prompt: request.prompt}


def _picture(endpoint: Endpoint, request: ImageRequest) -> Prepared:
    picture, limits = prepare(request.images[0]), endpoint.limits
    if endpoint.is_sketch and picture.width != picture.height:
        raise refuse(
            f"The sketch has {picture.width} × {picture.height} pixels; ClipDrop takes"
            " square ones only.",
            "image",
        )
    picture = converted(picture, limits.formats)
    if endpoint.fits:
        picture = scaled_down(picture, limits.max_edge)
    if endpoint.is_sketch:
        picture = light_on_dark(picture)
    check(picture, limits, f"ClipDrop's {endpoint.label}")
    return picture


def _mask(endpoint: Endpoint, request: ImageRequest, picture: Prepared) -> Prepared:
    assert request.mask is not None  # _check_wish
    mask = black_and_white(request.mask)
    if (mask.width, mask.height) != (picture.width, picture.height):
        raise refuse(
            f"The mask has {mask.width} × {mask.height} pixels, the picture"
            f" {picture.width} × {picture.height}. They must be equal.",
            "mask",
        )
    check(mask, endpoint.limits, f"ClipDrop's {endpoint.label}", "mask")
    return mask


def _options(
    endpoint: Endpoint, request: ImageRequest, picture: Prepared
) -> dict[str, str]:
    given = request.options
    texts = {name: str(given[name]) for name in endpoint.options if name in given}
    if endpoint.margins:
        texts |= _margins(endpoint, request, picture)
    if endpoint.seed and request.seed is not None:
        texts["seed"] = str(request.seed)
    if endpoint.size:
        width, height = _target(request.size, picture)
        texts |= {"target_width": str(width), "target_height": str(height)}
    return texts


def _margins(
    endpoint: Endpoint, request: ImageRequest, picture: Prepared
) -> dict[str, str]:
    """Pixels to add at each side; below 0 they are cut off."""
    given = [int(request.options.get(name, 0)) for name in endpoint.margins]
    left, right, up, down = given
    if not any(given):
        names = ", ".join(endpoint.margins)
        raise refuse(
            f"Say by how many pixels the picture shall grow: {names}.",
            endpoint.margins[0],
        )
    if picture.width + left + right < 1 or picture.height + up + down < 1:
        raise refuse(
            f"Nothing would be left of a picture of {picture.width} × {picture.height}"
            " pixels. Cut off less.",
            endpoint.margins[0],
        )
    pairs = zip(endpoint.margins, given, strict=True)
    return {name: str(pixels) for name, pixels in pairs if pixels}


def _target(size: str | None, picture: Prepared) -> tuple[int, int]:
    """The wished size; without one twice the source's, within what can be asked for."""
    if size and size != "auto":
        width, _, height = size.partition("x")
        return int(width), int(height)
    factor = min(2.0, MAX_EDGE / max(picture.width, picture.height))
    if factor <= 1:
        raise refuse(
            f"The picture has {picture.width} × {picture.height} pixels already;"
            f" ClipDrop's upscale makes at most {MAX_EDGE} × {MAX_EDGE}.",
            "image",
        )
    return (
        max(1, round(picture.width * factor)),
        max(1, round(picture.height * factor)),
    )


def _accept(endpoint: Endpoint, request: ImageRequest) -> str:
    wished = request.output_format
    # The first format is what it makes when nobody asks.
    if wished is None or not endpoint.formats or wished == endpoint.formats[0]:
        return ""
    return ACCEPT[wished]
