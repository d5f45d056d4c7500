"""Loaded before Django's settings (`-p tests.data_folder`): tests never touch `var/`."""

from __future__ import annotations

import os
import tempfile

_folder = tempfile.TemporaryDirectory(prefix="easel-tests-", ignore_cleanup_errors=True)
os.environ["EASEL_DATA_DIR"] = _folder.name
for name in (
    "EASEL_ALLOWED_HOSTS",
    "EASEL_TRUSTED_ORIGINS",
    "EASEL_HTTPS",
    "HOST",
    "PORT",
):
    os.environ.pop(name, None)
