"""The built-in painter as an image provider: no key, no network, no cost.

Painting runs in a thread, never on the event loop; previews are passed on while it
goes on, and cancelling stops it before its next layer.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo

from images_app.painter import PaintingStopped, paint, repaint, tell_not_drawn
from images_app.providers.base import (
    GeneratedImage,
    ImageRequest,
    ImageResult,
    InputImage,
    OnPartial,
)
from playground.lib.errors import ErrorKind, ProviderError

logger = logging.getLogger(__name__)

DEFAULT_SIZE = (1024, 1024)
MIN_EDGE, MAX_EDGE = 16, 2048  # pixels
MAX_INPUT_PIXELS = 40_000_000
QUALITY = 90  # of JPEG and WebP when the request names none
_EXIF_DESCRIPTION = 0x010E
_MARK = "easel "  # before the notes in a description

Preview = tuple[int, bytes]


class OfflineImageProvider:
    """Pictures from the built-in painter; the same seed gives the same picture.

    A picture that lacks what was asked for says so as its `revised_prompt`.
    """

    stops_truly = True

    async def generate(
        self, request: ImageRequest, *, on_partial: OnPartial
    ) -> ImageResult:
        """See `ImageProvider.generate`. Without a seed, each call draws a new one."""
        work = _Work(request, asyncio.get_running_loop())
        painting = asyncio.create_task(asyncio.to_thread(work.run))
        painting.add_done_callback(lambda done: _tell_the_end(done, work))
        try:
            while (preview := await work.previews.get()) is not None:
                await on_partial(*preview)
            return await painting
        finally:
            work.stop.set()

    async def aclose(self) -> None:
        """Nothing is held open."""


def _tell_the_end(painting: asyncio.Task[ImageResult], work: _Work) -> None:
    """End the previews; of a stopped painting nobody else asks how it ended."""
    if not painting.cancelled():
        painting.exception()
    work.previews.put_nowait(None)


class _Work:
    """One call's work in its thread, and what crosses over to the event loop."""

    def __init__(self, request: ImageRequest, loop: asyncio.AbstractEventLoop) -> None:
        self.request = request
        self.stop = threading.Event()
        self.previews: asyncio.Queue[Preview | None] = asyncio.Queue()
        self._loop = loop
        self._sent = 0

    def run(self) -> ImageResult:
        """Paint all pictures. This is the boundary: only ProviderError leaves it."""
        try:
            return self._paint_all()
        except ProviderError:
            raise
        except PaintingStopped as exc:
            raise ProviderError(
                ErrorKind.UPSTREAM, "The picture was stopped.", retry_safe=True
            ) from exc
        except Exception as exc:
            logger.exception("The offline painter failed.")
            raise ProviderError(
                ErrorKind.UPSTREAM,
                "The offline painter could not finish this picture. Try other words.",
                admin_text=f"The offline painter failed: {exc!r}",
                retry_safe=True,
            ) from exc

    def _paint_all(self) -> ImageResult:
        request = self.request
        first = secrets.randbelow(2**32) if request.seed is None else request.seed
        sources = [_read_picture(image) for image in request.images[:1]]
        mask = _read_picture(request.mask) if request.mask is not None else None
        size = _size_of(request, sources)
        images = []
        for seed in range(first, first + request.n):
            brush = _Brush(request, size, seed % 2**32, self._show, self.stop.is_set)
            picture = brush.edit(sources[0], mask) if sources else brush.draw()
            told = None if mask else _tell(picture)
            data = _encode(picture, request)
            images.append(GeneratedImage(data, told, seed=seed % 2**32))
        sent = {"prompt": request.prompt, "size": f"{size[0]}x{size[1]}", "seed": first}
        return ImageResult(images=tuple(images), sent=sent)

    def _show(self, number: int, preview: Image.Image) -> None:
        """Hand a preview over to the loop; the last ones are the most telling."""
        if number < 3 - self.request.partial_images or self._sent >= (
            self.request.partial_images
        ):
            return
        data = io.BytesIO()
        preview.convert("RGB").save(data, "JPEG", quality=82)
        shown = (self._sent, data.getvalue())
        self._sent += 1
        with suppress(RuntimeError):  # the loop is closed: nobody is looking any more
            self._loop.call_soon_threadsafe(self.previews.put_nowait, shown)


@dataclass(frozen=True)
class _Brush:
    """One picture of a request."""

    request: ImageRequest
    size: tuple[int, int]
    seed: int
    show: Callable[[int, Image.Image], None]
    should_stop: Callable[[], bool]

    def draw(self) -> Image.Image:
        """A new picture."""
        return paint(
            self.request.prompt,
            width=self.size[0],
            height=self.size[1],
            seed=self.seed,
            style=_style(self.request),
            on_progress=self.show,
            transparent=_wants_clear_ground(self.request),
            should_stop=self.should_stop,
        )

    def edit(self, source: Image.Image, mask: Image.Image | None) -> Image.Image:
        """A changed picture; the notes of how it was made stay with it."""
        fitted = ImageOps.fit(source, self.size) if source.size != self.size else source
        fitted.info = dict(source.info)
        return repaint(
            fitted,
            self.request.prompt,
            seed=self.seed,
            mask=mask,
            style=_style(self.request),
            on_progress=self.show,
            should_stop=self.should_stop,
            transparent=_wants_clear_ground(self.request),
        )


def _wants_clear_ground(request: ImageRequest) -> bool:
    return request.background == "transparent" and request.output_format != "jpeg"


def _style(request: ImageRequest) -> str:
    style = request.style or ""
    return "" if style == "default" else style


def _size_of(request: ImageRequest, sources: list[Image.Image]) -> tuple[int, int]:
    """The size asked for; else that of the picture to change, or a square."""
    if request.size in (None, "auto"):
        if not sources:
            return DEFAULT_SIZE
        width, height = sources[0].size
        factor = min(1.0, MAX_EDGE / max(width, height))
        return max(MIN_EDGE, round(width * factor)), max(
            MIN_EDGE, round(height * factor)
        )
    width_text, _, height_text = str(request.size).partition("x")
    try:
        size = int(width_text), int(height_text)
    except ValueError:
        size = (0, 0)
    if not all(MIN_EDGE <= edge <= MAX_EDGE for edge in size):
        raise ProviderError(
            ErrorKind.INVALID,
            f"The offline painter needs a size such as 1024x1024, with edges up to "
            f"{MAX_EDGE} pixels.",
            retry_safe=True,
            param="size",
        )
    return size


def _read_picture(given: InputImage) -> Image.Image:
    """Decode an input picture upright, with the painter's notes if it has any."""
    try:
        opened = Image.open(io.BytesIO(given.data))
        if opened.width * opened.height > MAX_INPUT_PIXELS:
            raise ValueError("too many pixels")
        opened.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as exc:
        raise ProviderError(
            ErrorKind.INVALID,
            f"The picture {given.name} cannot be read. Use a PNG, JPEG, WebP or GIF.",
            admin_text=f"{given.name}: {exc}",
            retry_safe=True,
            param="image",
        ) from exc
    notes = {str(k): str(v)[:4000] for k, v in opened.info.items() if _is_note(k)}
    description = str(opened.getexif().get(_EXIF_DESCRIPTION, ""))
    upright = ImageOps.exif_transpose(opened)
    mode = (
        "RGBA" if "A" in upright.getbands() or "transparency" in opened.info else "RGB"
    )
    picture = upright.convert(mode)
    picture.info = {}
    picture.info.update(_notes_in(description) | notes)
    return picture


def _tell(picture: Image.Image) -> str | None:
    """What a painting lacks of its prompt; nothing is known of other pictures."""
    notes = picture.info
    if "easel-prompt" not in notes or not str(notes.get("easel-seed", "")).isdecimal():
        return None
    return tell_not_drawn(
        str(notes["easel-prompt"]),
        int(notes["easel-seed"]),
        str(notes.get("easel-style", "")),
        str(notes.get("easel-layout", "")),
    )


def _is_note(key: object) -> bool:
    return str(key).startswith("easel-")


def _notes_in(description: str) -> dict[str, str]:
    """The notes in a JPEG's or WebP's description; none when it is not ours."""
    if not description.startswith(_MARK):
        return {}
    try:
        found = json.loads(description.removeprefix(_MARK))
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(k): str(v)[:4000] for k, v in found.items() if _is_note(k)}


def _encode(picture: Image.Image, request: ImageRequest) -> bytes:
    """The file, with the painter's notes in it, so that a later edit knows them."""
    notes = {str(k): str(v) for k, v in picture.info.items() if _is_note(k)}
    file = io.BytesIO()
    if request.output_format in ("jpeg", "webp"):
        exif = Image.Exif()
        exif[_EXIF_DESCRIPTION] = _MARK + json.dumps(notes)
        kind = request.output_format.upper()
        picture = picture.convert("RGB") if kind == "JPEG" else picture
        asked = request.output_compression
        picture.save(file, kind, quality=QUALITY if asked is None else asked, exif=exif)
        return file.getvalue()
    text = PngInfo()
    for key, value in notes.items():
        text.add_itxt(key, value)
    picture.save(file, "PNG", pnginfo=text, compress_level=4)
    return file.getvalue()
