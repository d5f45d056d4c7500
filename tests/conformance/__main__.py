"""Write docs/conformance.md: python -m tests.conformance"""

from __future__ import annotations

from tests.conformance.page import PATH, page

if __name__ == "__main__":
    PATH.write_text(page(), encoding="utf-8")
