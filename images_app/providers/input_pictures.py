"""Pictures that are sent along: measured, held against a provider's limits, and brought
into the form that it demands. Nothing is paid here; a refusal is a sentence."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from PIL import Image, ImageOps, ImageStat

from images_app.providers.base import InputImage
from images_app.providers.picture_bytes import sniff
from playground.lib.errors import ErrorKind, ProviderError

MEGAPIXEL = 1_000_000
MEGABYTE = 1_000_000
_NAMES = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/webp": "WebP",
    "image/gif": "GIF",
}
_READ = [name.upper() for name in _NAMES.values()]
_ENDINGS = {"image/jpeg": "jpg"}
PNG = "image/png"
HALF = 128  # of 255: where a grey or half transparent pixel is decided


@dataclass(frozen=True)
class Limits:
    """What a provider takes, as far as it says so: a maximum of 0 is not known.

    `max_bytes` is of one file, `max_pixels` of its whole area.
    """

    formats: tuple[str, ...]
    max_bytes: int = 0
    max_pixels: int = 0
    max_edge: int = 0
    min_edge: int = 1


@dataclass(frozen=True)
class Prepared:
    """A picture as it will be sent, its true size, and what was done to it."""

    image: InputImage
    width: int
    height: int
    changes: tuple[str, ...] = ()

    def told(self) -> dict[str, object]:
        """The picture without its bytes, small enough to be kept and shown."""
        note: dict[str, object] = {
            "name": self.image.name,
            "mime": self.image.mime,
            "bytes": len(self.image.data),
            "size": f"{self.width}x{self.height}",
        }
        return note | ({"changes": list(self.changes)} if self.changes else {})


def refuse(text: str, param: str) -> ProviderError:
    """A refusal before anything was sent."""
    return ProviderError(ErrorKind.INVALID, text, param=param)


def file_name(field: str, mime: str) -> str:
    """A name that every server can read and that tells nothing of the user's files."""
    return f"{field}.{_ENDINGS.get(mime, mime.removeprefix('image/'))}"


def prepare(image: InputImage, param: str = "image") -> Prepared:
    """The picture as it is, with the type and the size that its bytes show."""
    with _opened(image, param) as opened:
        width, height = opened.size
    return Prepared(replace(image, mime=sniff(image.data) or image.mime), width, height)


def check(picture: Prepared, limits: Limits, who: str, param: str = "image") -> None:
    """Raise ProviderError with a sentence for the first limit that is not kept."""
    for sentence in _problems(picture, limits, who):
        raise refuse(sentence, param)


def _problems(picture: Prepared, limits: Limits, who: str) -> Iterator[str]:
    width, height = picture.width, picture.height
    size, found = f"{width} × {height} pixels", len(picture.image.data)
    if picture.image.mime not in limits.formats:
        listed = ", ".join(_NAMES[mime] for mime in limits.formats)
        yield f"{who} takes {listed}. Convert the picture first."
    if limits.max_bytes and found > limits.max_bytes:
        yield (
            f"The picture has {found / MEGABYTE:.1f} MB; {who} takes at most"
            f" {limits.max_bytes / MEGABYTE:g} MB."
        )
    if limits.max_edge and max(width, height) > limits.max_edge:
        yield (
            f"The picture has {size}; {who} takes at most"
            f" {limits.max_edge} × {limits.max_edge}."
        )
    if min(width, height) < limits.min_edge:
        yield (
            f"The picture has {size}; for {who} both edges must have at least"
            f" {limits.min_edge}."
        )
    if limits.max_pixels and width * height > limits.max_pixels:
        yield (
            f"The picture has {size}; {who} takes at most"
            f" {limits.max_pixels / MEGAPIXEL:g} megapixels."
        )


def converted(picture: Prepared, formats: tuple[str, ...]) -> Prepared:
    """The same picture as PNG, without loss, where its own format is not taken."""
    mime = picture.image.mime
    if mime in formats or PNG not in formats:
        return picture
    with _opened(picture.image, "image") as opened:
        # Of an animation only its first picture can be kept.
        return _changed(
            picture, _plain(opened), f"converted from {_NAMES[mime]} to PNG"
        )


def scaled_down(picture: Prepared, max_edge: int) -> Prepared:
    """The picture with its long edge at `max_edge`; unchanged where that is kept."""
    if max(picture.width, picture.height) <= max_edge:
        return picture
    with _opened(picture.image, "image") as opened:
        smaller = ImageOps.contain(
            _plain(opened), (max_edge, max_edge), Image.Resampling.LANCZOS
        )
    change = (
        f"scaled from {picture.width}x{picture.height}"
        f" to {smaller.width}x{smaller.height}"
    )
    return _changed(picture, smaller, change)


def light_on_dark(picture: Prepared) -> Prepared:
    """A drawing of white strokes on black: one that is mostly light is inverted."""
    with _opened(picture.image, "image") as opened:
        grey = _on_white(opened).convert("L")
    if ImageStat.Stat(grey).mean[0] < HALF:
        return picture
    return _changed(
        picture, ImageOps.invert(grey), "inverted to white strokes on black"
    )


def black_and_white(mask: InputImage) -> Prepared:
    """A mask as a PNG of only black (stays) and white (changes).

    Where it is transparent the picture shall change; in a mask without transparent
    parts, where it is white.
    """
    with _opened(mask, "mask") as opened:
        changes = _marked(opened)
    if changes.getextrema() == (0, 0):
        raise refuse(
            "The mask marks nothing. Make it transparent where the picture shall"
            " change.",
            "mask",
        )
    return _changed(prepare(mask, "mask"), changes, "turned into black and white")


def _marked(mask: Image.Image) -> Image.Image:
    """White where the mask says "change"."""
    if "A" in mask.getbands() or "transparency" in mask.info:
        alpha = mask.convert("RGBA").getchannel("A")
        if alpha.getextrema() != (255, 255):
            return alpha.point(lambda value: 255 if value < HALF else 0)
    return mask.convert("L").point(lambda value: 255 if value >= HALF else 0)


def _changed(picture: Prepared, image: Image.Image, change: str) -> Prepared:
    out = io.BytesIO()
    image.save(out, "PNG")
    return Prepared(
        replace(picture.image, data=out.getvalue(), mime=PNG),
        image.width,
        image.height,
        (*picture.changes, change),
    )


def _plain(image: Image.Image) -> Image.Image:
    """Upright, and in a mode that can be scaled and saved as PNG."""
    upright = ImageOps.exif_transpose(image)
    has_alpha = "A" in upright.getbands() or "transparency" in upright.info
    return upright.convert("RGBA" if has_alpha else "RGB")


def _on_white(image: Image.Image) -> Image.Image:
    """The picture as it looks on paper: what is transparent is white."""
    drawn = image.convert("RGBA")
    paper = Image.new("RGBA", drawn.size, "white")
    return Image.alpha_composite(paper, drawn)


@contextmanager
def _opened(image: InputImage, param: str) -> Iterator[Image.Image]:
    try:
        with Image.open(io.BytesIO(image.data), formats=_READ) as opened:
            yield opened
    except (OSError, ValueError, SyntaxError, EOFError) as exc:
        raise refuse("The picture is damaged or of an unknown kind.", param) from exc
    except Image.DecompressionBombError as exc:
        raise refuse("The picture has far too many pixels.", param) from exc
