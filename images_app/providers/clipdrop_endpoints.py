"""ClipDrop's endpoints: where each one is, what its form holds, what it takes.

Facts only. What a model's own parameters may be stands in the catalog.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from images_app.providers.input_pictures import MEGABYTE, MEGAPIXEL, Limits

PNG, JPEG, WEBP = "image/png", "image/jpeg", "image/webp"
COMMON = (PNG, JPEG, WEBP)
FREE_TEXT = 5000  # characters, where the documents name no limit of their own

# The documents write `image/jpg`; both names are offered.
ACCEPT = {"png": PNG, "webp": WEBP, "jpeg": "image/jpeg, image/jpg"}


@dataclass(frozen=True)
class Endpoint:
    """One path and its form.

    `picture`, `mask` and `prompt` are the names of its parts; "" where it has none.
    `options` are further parts, each a whole number or a word; `seed` and `size` say
    that it takes those too. With `fits`, a larger picture is scaled down to the limit:
    only where the result does not have the source's size anyway.
    """

    path: str
    label: str
    limits: Limits = Limits(())
    picture: str = ""
    mask: str = ""
    prompt: str = ""
    prompt_limit: int = FREE_TEXT
    needs_prompt: bool = True
    options: tuple[str, ...] = ()
    margins: tuple[str, ...] = ()
    seed: bool = False
    size: bool = False
    fits: bool = False
    is_sketch: bool = False
    formats: tuple[str, ...] = ()


def _limits(
    megabytes: int = 0,
    *,
    megapixels: int = 0,
    edge: int = 0,
    formats: tuple[str, ...] = COMMON,
) -> Limits:
    return Limits(
        formats,
        megabytes * MEGABYTE,
        max_pixels=megapixels * MEGAPIXEL,
        max_edge=edge,
    )


TEXT_TO_IMAGE = Endpoint(
    "/text-to-image/v1", "text-to-image", prompt="prompt", prompt_limit=1000
)

ENDPOINTS: Mapping[str, Endpoint] = {
    "clipdrop-text-to-image": TEXT_TO_IMAGE,
    "clipdrop-remove-background": Endpoint(
        "/remove-background/v1",
        "remove-background",
        _limits(30, megapixels=25),
        picture="image_file",
        options=("transparency_handling",),
        formats=("png", "webp", "jpeg"),
    ),
    "clipdrop-replace-background": Endpoint(
        "/replace-background/v1",
        "replace-background",
        _limits(20, edge=2048),
        picture="image_file",
        prompt="prompt",
        needs_prompt=False,
        formats=("jpeg", "png", "webp"),
    ),
    "clipdrop-uncrop": Endpoint(
        "/uncrop/v1",
        "uncrop",
        _limits(30, megapixels=10),
        picture="image_file",
        margins=("extend_left", "extend_right", "extend_up", "extend_down"),
        seed=True,
    ),
    "clipdrop-upscale": Endpoint(
        "/image-upscaling/v1/upscale",
        "upscale",
        _limits(30, megapixels=16),
        picture="image_file",
        size=True,
    ),
    "clipdrop-reimagine": Endpoint(
        "/reimagine/v1/reimagine",
        "reimagine",
        _limits(edge=1024),
        picture="image_file",
        fits=True,
    ),
    "clipdrop-cleanup": Endpoint(
        "/cleanup/v1",
        "cleanup",
        _limits(30, megapixels=16, formats=(PNG, JPEG)),
        picture="image_file",
        mask="mask_file",
        options=("mode",),
    ),
    "clipdrop-remove-text": Endpoint(
        "/remove-text/v1",
        "remove-text",
        # Nobody tells its limits; a refusal by the server costs nothing.
        _limits(),
        picture="image_file",
    ),
    "clipdrop-sketch-to-image": Endpoint(
        "/sketch-to-image/v1/sketch-to-image",
        "sketch-to-image",
        _limits(edge=1024),
        picture="sketch_file",
        prompt="prompt",
        fits=True,
        is_sketch=True,
    ),
    "clipdrop-text-inpainting": Endpoint(
        "/text-inpainting/v1",
        "text-inpainting",
        _limits(30, megapixels=10, formats=(PNG, JPEG)),
        picture="image_file",
        mask="mask_file",
        prompt="text_prompt",
    ),
}
