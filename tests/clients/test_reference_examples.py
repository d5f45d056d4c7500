"""The reference's examples that make pictures, run as they stand on a fresh server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html import unescape

import pytest

from playground.api.reference_examples import Examples, Server
from playground.api.samples import BASE64, SDK_METHODS
from tests.upstream.images import png

FORM = "multipart/form-data"
MAKING = [name for name in BASE64 if name in SDK_METHODS and name.startswith("POST")]


def text_of(html):
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()


@pytest.mark.parametrize("language", ["python", "curl"])
def test_an_example_leaves_a_picture(world, tmp_path, language):
    if language == "curl" and os.system("curl --version > /dev/null 2>&1") != 0:
        pytest.skip("curl is not installed.")
    (tmp_path / "lighthouse.png").write_bytes(png(64, 64))
    for name in MAKING:
        types = [FORM] if name.endswith(("edits", "variations")) else []
        examples = Examples(name, types, Server(world.url))
        code = text_of(getattr(examples, language)())
        shell = [sys.executable, "-c"] if language == "python" else ["sh", "-ec"]
        done = subprocess.run(
            [*shell, code],
            cwd=tmp_path,
            env={**os.environ, "EASEL_API_KEY": world.playground_key},
            capture_output=True,
            timeout=120,
        )
        assert done.returncode == 0, (name, done.stderr)
        assert len(done.stdout) < 2000, name
        picture = tmp_path / "picture.png"
        assert picture.read_bytes().startswith(b"\x89PNG"), name
        picture.unlink()
