"""Pictures of pages, small enough for a repository."""

from __future__ import annotations

import io
import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
WINDOW = {"width": 1440, "height": 900}
MOST_BYTES = 300 * 1024
SETTLED = """async () => {
  await document.fonts.ready;
  await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
}"""


def folder(otherwise: Path) -> Path:
    """The README's folder when its pictures are wanted, else the given one."""
    wanted = os.environ.get("EASEL_SCREENSHOTS") == "1"
    return ROOT / "docs" / "screenshots" if wanted else otherwise


def shoot(page: Page, target: Path, name: str) -> None:
    """Write NAME-light.png and NAME-dark.png of the page as it stands."""
    target.mkdir(parents=True, exist_ok=True)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(SETTLED)
        path = target / f"{name}-{scheme}.png"
        path.write_bytes(reduced(page.screenshot()))
    page.emulate_media(color_scheme=None)


def reduced(png: bytes) -> bytes:
    """The same picture with as many colours as its size allows."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in (256, 128, 64, 32):
        buffer = io.BytesIO()
        fewer = picture.quantize(colours, method=Image.Quantize.MEDIANCUT)
        fewer.save(buffer, "PNG", optimize=True)
        if buffer.tell() <= MOST_BYTES:
            return buffer.getvalue()
    raise AssertionError(f"The screenshot needs {buffer.tell()} bytes.")
