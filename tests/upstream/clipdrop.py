"""ClipDrop's endpoints as the loopback upstream checks and answers them.

Their base URL is `upstream.url`. Builders: `picture(png())`, `error(402, "…")`.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from PIL import Image

from tests.upstream import answers
from tests.upstream.answers import Answer
from tests.upstream.received import Part, Received, require

PATH = "/text-to-image/v1"
PROMPT_LIMIT = 1000
MEGAPIXEL = 1_000_000
MIMES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


def whole(low: int, high: int) -> Callable[[str], bool]:
    """A whole number within bounds, spelled plainly."""

    def fits(text: str) -> bool:
        return text.removeprefix("-").isdecimal() and low <= int(text) <= high

    return fits


def one_of(*words: str) -> Callable[[str], bool]:
    return lambda text: text in words


def text(least: int, most: int) -> Callable[[str], bool]:
    return lambda value: least <= len(value.strip()) and len(value) <= most


@dataclass(frozen=True)
class Rules:
    """What one endpoint's form takes, as its page tells it."""

    required: Mapping[str, Callable[[str], bool]] = field(default_factory=dict)
    optional: Mapping[str, Callable[[str], bool]] = field(default_factory=dict)
    picture: str = "image_file"
    formats: tuple[str, ...] = ("PNG", "JPEG", "WEBP")
    max_pixels: int = 0
    max_edge: int = 0
    max_bytes: int = 30_000_000
    mask: bool = False
    square_sketch: bool = False
    accepts: tuple[str, ...] = ()


EXTEND = whole(-(10**9), 2000)
RULES = {
    "/replace-background/v1": Rules(
        required={"prompt": text(0, 10**6)},
        max_edge=2048,
        max_bytes=20_000_000,
        accepts=("image/png", "image/webp", "image/jpeg", "image/jpg"),
    ),
    "/remove-background/v1": Rules(
        optional={
            "transparency_handling": one_of(
                "return_input_if_non_opaque", "discard_alpha_layer"
            )
        },
        max_pixels=25 * MEGAPIXEL,
        accepts=("image/png", "image/webp", "image/jpeg", "image/jpg"),
    ),
    "/uncrop/v1": Rules(
        optional={
            "extend_left": EXTEND,
            "extend_right": EXTEND,
            "extend_up": EXTEND,
            "extend_down": EXTEND,
            "seed": whole(0, 100_000),
        },
        max_pixels=10 * MEGAPIXEL,
    ),
    "/image-upscaling/v1/upscale": Rules(
        required={"target_width": whole(1, 4096), "target_height": whole(1, 4096)},
        max_pixels=16 * MEGAPIXEL,
    ),
    "/reimagine/v1/reimagine": Rules(max_edge=1024),
    "/sketch-to-image/v1/sketch-to-image": Rules(
        required={"prompt": text(1, 5000)},
        picture="sketch_file",
        max_edge=1024,
        square_sketch=True,
    ),
    "/text-inpainting/v1": Rules(
        required={"text_prompt": text(1, 10**6)},
        formats=("PNG", "JPEG"),
        max_pixels=10 * MEGAPIXEL,
        mask=True,
    ),
    "/cleanup/v1": Rules(
        optional={"mode": one_of("fast", "quality")},
        formats=("PNG", "JPEG"),
        max_pixels=16 * MEGAPIXEL,
        mask=True,
    ),
    "/remove-text/v1": Rules(),
}


class Routes(Protocol):
    def route(self, path: str, check: Any, *, paid: bool = False) -> None: ...


def add_routes(server: Routes) -> None:
    server.route(PATH, check, paid=True)
    for path, rules in RULES.items():
        server.route(path, partial(check_edit, rules=rules), paid=True)


def check_edit(request: Received, key: str, *, rules: Rules) -> None:
    """Refuse what the endpoint's own page says it refuses."""
    check_head(request, key)
    check_accept(request, rules)
    files = {part.name: part for part in request.parts if part.filename is not None}
    texts = {part.name: part for part in request.parts if part.filename is None}
    require(len(files) + len(texts) == len(request.parts), "a part was sent twice")
    wanted = {rules.picture, *(["mask_file"] if rules.mask else [])}
    require(set(files) == wanted, f"the files are {sorted(files)}, not {wanted}")
    check_texts(texts, rules)
    size = check_picture(files[rules.picture], rules)
    if rules.mask:
        check_mask(files["mask_file"], size)


def check_head(request: Received, key: str) -> None:
    require(request.method == "POST", "the method is not POST")
    require(request.headers.get("x-api-key") == key, "the x-api-key is not the key")
    require("Authorization" not in request.headers, "there is a second key")


def check_accept(request: Received, rules: Rules) -> None:
    """The 406 of endpoints that make some formats only."""
    wished = [word.strip() for word in request.headers.get("Accept", "*/*").split(",")]
    fits = wished == ["*/*"] or bool(set(wished) & set(rules.accepts))
    require(fits, f"it cannot make {wished}")


def check_texts(texts: Mapping[str, Part], rules: Rules) -> None:
    rules_of = {**rules.required, **rules.optional}
    unknown = set(texts) - set(rules_of)
    require(not unknown, f"unknown fields: {sorted(unknown)}")
    missing = set(rules.required) - set(texts)
    require(not missing, f"missing fields: {sorted(missing)}")
    for name, part in texts.items():
        require(rules_of[name](part.text), f"{name} must not be {part.text[:50]!r}")


def check_picture(part: Part, rules: Rules) -> tuple[int, int]:
    with Image.open(io.BytesIO(part.data)) as image:
        image.load()
    kind, (width, height) = str(image.format), image.size
    require(kind in rules.formats, f"{kind} is not taken")
    require(part.content_type == MIMES.get(kind), f"{kind} is no {part.content_type}")
    require((part.filename or "").isascii(), "the file's name is not plain")
    require(len(part.data) <= rules.max_bytes, "the file is too large")
    edge, area = rules.max_edge, rules.max_pixels
    require(not edge or max(width, height) <= edge, "an edge is too long")
    require(not area or width * height <= area, "there are too many pixels")
    if rules.square_sketch:
        require(width == height, "the sketch is not square")
        dark = image.convert("L").histogram()[:128]
        require(sum(dark) * 2 > width * height, "the sketch is not on black")
    return image.size


def check_mask(part: Part, size: tuple[int, int]) -> None:
    with Image.open(io.BytesIO(part.data)) as mask:
        mask.load()
    require(mask.format == "PNG", "the mask is no PNG")
    require(part.content_type == "image/png", "the mask's type is not image/png")
    require(mask.size == size, f"the mask has {mask.size}, the picture {size}")
    require(mask.mode in {"L", "1"}, f"the mask is {mask.mode}, not black and white")
    grey = mask.convert("L").histogram()[1:255]
    require(not any(grey), "the mask has grey pixels")


def check(request: Received, key: str) -> None:
    """Refuse what the real endpoint would refuse; a form without a prompt is what a
    connection's test sends, and the test scripts the refusal."""
    check_head(request, key)
    parts = request.parts
    names = [part.name for part in parts]
    require(names in (["prompt"], ["check"]), f"the form has {names}")
    require(parts[0].filename is None, "the prompt was sent as a file")
    if names == ["prompt"]:
        prompt = parts[0].text
        require(prompt.strip(), "the prompt is empty")
        require(len(prompt) <= PROMPT_LIMIT, "the prompt is too long")


def picture(
    data: bytes,
    *,
    consumed: str | None = "1",
    remaining: str | None = "99",
    content_type: str = "image/png",
) -> Answer:
    """A finished picture with the account's headers; None leaves one out."""
    told: Mapping[str, str | None] = {
        "x-credits-consumed": consumed,
        "x-remaining-credits": remaining,
    }
    headers = {name: value for name, value in told.items() if value is not None}
    return answers.raw(data, content_type, headers=headers)


def error(status: int, sentence: str = "It went wrong.") -> Answer:
    """A failure: one sentence, no code."""
    return answers.json({"error": sentence}, status=status)
