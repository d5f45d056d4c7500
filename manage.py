#!/usr/bin/env python3
"""Django's command line for Easel; `python3 run.py` sets everything up first."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as exc:
        own = Path(__file__).resolve().parent / ".venv" / "bin" / "python"
        if own.exists() and Path(sys.prefix) != own.parent.parent:
            os.execv(own, [str(own), *sys.argv])
        raise SystemExit(
            "Easel is not set up yet. Run `python3 run.py` once; then this works."
        ) from exc
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
