"""The welcome page's picture: drawn by this installation itself, once."""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import threading
from pathlib import Path

from django.conf import settings
from django.utils.http import quote_etag

PROMPT = "a mountain at sunset"
SIZE = (1200, 800)
SEED = 7

_drawing = threading.Lock()


def sample_picture() -> tuple[bytes, str]:
    """The WebP bytes and their ETag; takes about a second the first time."""
    path = Path(settings.DATA_DIR) / "files" / "sample.webp"
    with _drawing:
        if not path.exists():
            _keep(path, _draw())
    data = path.read_bytes()
    return data, quote_etag(hashlib.sha256(data).hexdigest())


def _draw() -> bytes:
    # The painter loads NumPy, which no other page needs.
    from images_app.painter import paint

    width, height = SIZE
    image = paint(PROMPT, width=width, height=height, seed=SEED)
    out = io.BytesIO()
    image.save(out, "WEBP", quality=90, method=4)
    return out.getvalue()


def _keep(path: Path, data: bytes) -> None:
    """Write it whole or not at all, readable by the server only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"sample.{secrets.token_hex(4)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(data)
    draft.replace(path)
