"""Made pictures brought down to a size that their model does not make."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace

from PIL import Image, UnidentifiedImageError

from images_app.providers.base import GeneratedImage, ImageResult
from images_app.services.sizes import Box, parse_size

QUALITY = 92  # of JPEG and WebP


async def scaled(result: ImageResult, size: str) -> ImageResult:
    """The result with its pictures at `size`; unchanged where `size` is "".

    A picture that is not larger stays as it came.
    """
    box = parse_size(size)
    if box is None:
        return result
    images = [
        await asyncio.to_thread(_scale_down, image, box) for image in result.images
    ]
    return replace(result, images=tuple(images))


def _scale_down(made: GeneratedImage, box: Box) -> GeneratedImage:
    try:
        with Image.open(io.BytesIO(made.data)) as image:
            if image.width <= box.width or image.height <= box.height:
                return made
            kind = image.format or "PNG"
            target = (box.width, box.height)
            small = image.resize(target, Image.Resampling.LANCZOS, reducing_gap=3)
    except (UnidentifiedImageError, OSError, ValueError):
        return made  # the storing side says what is wrong with it
    out = io.BytesIO()
    small.save(out, kind, **({} if kind == "PNG" else {"quality": QUALITY}))
    return replace(made, data=out.getvalue())
