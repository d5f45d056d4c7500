"""The import contracts of pyproject.toml hold, and are not hollow."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("playground", "images_app", "assistants_app")
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"

# Where an import is planted, what is imported, and the contract that must refuse it.
VIOLATIONS = [
    ("images_app/services", "assistants_app.engine", "Packages depend one way"),
    ("playground/lib", "images_app.models", "Packages depend one way"),
    ("playground/organizations", "images_app.models", "Packages depend one way"),
    ("assistants_app/tools", "assistants_app.services", "Inside assistants_app"),
    ("assistants_app/engine", "assistants_app.models", "The engine and the chat"),
    ("assistants_app/engine", "images_app.services", "The engine and the chat"),
    ("assistants_app/providers", "channels.layers", "The engine and the chat"),
    ("images_app/providers", "images_app.models", "The image providers"),
]


def lint(root):
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache", "--no-logo"],
        capture_output=True,
        text=True,
        cwd=root,
        check=False,
    )


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """The packages and their contracts, in a folder where harm can be done."""
    root = tmp_path_factory.mktemp("contracts")
    shutil.copy(ROOT / "pyproject.toml", root)
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            root / package,
            ignore=lambda folder, names: [
                name
                for name in names
                if Path(folder, name).is_file() and not name.endswith(".py")
            ],
        )
    return root


def test_every_contract_is_kept():
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout


@pytest.mark.parametrize(("folder", "imported", "contract"), VIOLATIONS)
def test_planted_violation_is_refused(copied, folder, imported, contract):
    planted = copied / folder / "planted.py"
    planted.write_text(f"import {imported}\n")
    try:
        result = lint(copied)
    finally:
        planted.unlink()
    importer = f"{folder.replace('/', '.')}.planted"
    assert result.returncode == 1
    assert importer in result.stdout
    broken = [line for line in result.stdout.splitlines() if line.endswith("BROKEN")]
    assert any(line.startswith(contract) for line in broken)
