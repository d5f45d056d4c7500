"""Pictures as they are put before a chat model: small enough to be worth their tokens.

Only these copies are re-encoded; the stored bytes stay as they came.
"""

from __future__ import annotations

import io

from PIL import Image

from images_app.models import File
from images_app.services.files import read_bytes

EDGE = {"low": 512, "auto": 1024, "high": 2048}


def picture_for_model(file: File, *, detail: str = "auto") -> tuple[str, bytes]:
    """MIME type and bytes, at most `EDGE[detail]` pixels on the longer edge."""
    data = read_bytes(file)
    edge = EDGE.get(detail, EDGE["auto"])
    if max(file.width or 0, file.height or 0) <= edge and len(data) < 1_000_000:
        return file.mime, data
    with Image.open(io.BytesIO(data)) as image:
        has_alpha = image.mode in {"RGBA", "LA", "P", "PA"}
        small = image.convert("RGBA" if has_alpha else "RGB")
        small.thumbnail((edge, edge), Image.Resampling.LANCZOS, reducing_gap=2)
        out = io.BytesIO()
        if has_alpha:
            small.save(out, "PNG")
            return "image/png", out.getvalue()
        small.save(out, "JPEG", quality=88)
        return "image/jpeg", out.getvalue()
