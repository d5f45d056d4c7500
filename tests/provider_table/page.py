"""docs/providers.md: what each kind of connection can do, and the test that shows it."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PATH = ROOT / "docs" / "providers.md"
TESTS = "tests/images_app/providers"
CELLS = (
    "generate",
    "edit",
    "mask",
    "n",
    "partials",
    "moderated",
    "rate limit",
    "quota",
    "timeout",
    "cut after send",
)
HEAD = """# Providers of pictures

Made by `python -m tests.provider_table` from the tests; do not edit. Each number leads to
the tests below that show, over a real socket against a peer that answers as the
provider's documents say, what the adapter does there. An empty cell claims nothing: the
provider has no such thing, or its documents do not say how it tells of it.

"""
Proofs = dict[tuple[str, str], list[str]]


class Collector:
    """Notes which test proves what while pytest collects."""

    def __init__(self) -> None:
        self.proofs: Proofs = defaultdict(list)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            for mark in item.iter_markers("proves"):
                kind, cell = mark.args
                found = self.proofs[kind, cell]
                name = re.sub(r"\[.*", "", item.nodeid).removeprefix(f"{TESTS}/")
                if name not in found:
                    found.append(name)


def collect() -> Proofs:
    """Every proof that the tests claim; SystemExit for a cell that the table lacks."""
    collector = Collector()
    options = ["--collect-only", "-qq", "-p", "no:cacheprovider", "-n", "0"]
    code = pytest.main([*options, str(ROOT / TESTS)], plugins=[collector])
    if code != pytest.ExitCode.OK:
        raise SystemExit(f"The tests cannot be collected: {code!r}.")
    unknown = {cell for _, cell in collector.proofs} - {*CELLS}
    if unknown:
        raise SystemExit(f"There is no column for: {', '.join(sorted(unknown))}.")
    return collector.proofs


def page(proofs: Proofs) -> str:
    """The document."""
    kinds = sorted({kind for kind, _ in proofs})
    numbers: dict[str, int] = {}
    lines = [f"| | {' | '.join(CELLS)} |", "|---" * (len(CELLS) + 1) + "|"]
    for kind in kinds:
        cells = [
            " ".join(
                f"[{numbers.setdefault(name, len(numbers) + 1)}](#{numbers[name]})"
                for name in sorted(proofs.get((kind, cell), ()))
            )
            for cell in CELLS
        ]
        lines.append(f"| `{kind}` | {' | '.join(cells)} |")
    listed = [
        f'{number}. <a id="{number}"></a>{_told(name)}'
        for name, number in numbers.items()
    ]
    return HEAD + "\n".join(lines) + "\n\n## The tests\n\n" + "\n".join(listed) + "\n"


def _told(name: str) -> str:
    """A test's sentence and where it stands."""
    path, _, test = name.partition("::")
    sentence = test.removeprefix("test_").replace("_", " ")
    return f"{sentence} (`{path}`)"
