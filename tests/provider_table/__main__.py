"""Write docs/providers.md, or with --check compare it: python -m tests.provider_table"""

from __future__ import annotations

import sys

from tests.provider_table.page import PATH, collect, page

if __name__ == "__main__":
    text = page(collect())
    if "--check" in sys.argv:
        if PATH.read_text(encoding="utf-8") != text:
            raise SystemExit("docs/providers.md is old: python -m tests.provider_table")
    else:
        PATH.write_text(text, encoding="utf-8")
