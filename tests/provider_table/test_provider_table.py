from __future__ import annotations

import subprocess
import sys

from tests.provider_table.page import CELLS, ROOT, page


def test_the_document_is_what_the_tests_say():
    command = [sys.executable, "-m", "tests.provider_table", "--check"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr + run.stdout[-2000:]


def test_a_cell_without_a_test_stays_empty():
    text = page({("own", "edit"): ["test_own.py::test_it_edits"]})
    row = next(line for line in text.splitlines() if line.startswith("| `own`"))
    cells = [cell.strip() for cell in row.split("|")[2:-1]]
    assert cells[CELLS.index("edit")] == "[1](#1)"
    assert [cell for cell in cells if cell] == ["[1](#1)"]
    assert "it edits (`test_own.py`)" in text
