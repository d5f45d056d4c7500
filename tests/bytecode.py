"""Loaded first of all (`-p tests.bytecode`): modules are compiled once, not everywhere.

The tests start dozens of Python processes, and compiling what each imports would take
more than half of their time. Where Python is told to leave no bytecode beside the
sources, it is kept in pytest's own folder.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / ".pytest_cache" / "bytecode"

if sys.dont_write_bytecode:
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.pycache_prefix = os.environ.setdefault("PYTHONPYCACHEPREFIX", str(FOLDER))
    # What earlier sessions compiled in folders that were theirs alone.
    temporary = Path(tempfile.gettempdir()).resolve()
    for kept in Path(sys.pycache_prefix, *temporary.parts[1:]).glob("pytest-of-*"):
        shutil.rmtree(kept, ignore_errors=True)
