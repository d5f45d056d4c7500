from __future__ import annotations

import io

from PIL import Image

from images_app.services.sample import sample_picture


def test_the_sample_is_drawn_once_and_kept_privately(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    data, etag = sample_picture()
    kept = tmp_path / "files" / "sample.webp"
    assert Image.open(io.BytesIO(data)).size == (1200, 800)
    assert kept.stat().st_mode & 0o077 == 0
    kept.write_bytes(b"kept")
    assert sample_picture()[0] == b"kept"
    assert sample_picture()[1] != etag
