"""Connection kinds whose test answers what a test wants to see."""

from __future__ import annotations

from unittest import TestCase

from playground.organizations import kinds
from playground.organizations.kinds import CheckResult, Kind


class ScriptedCheck:
    """Answers `result` and remembers what it was called with."""

    def __init__(self, result: CheckResult) -> None:
        self.result = result
        self.calls: list[tuple[str, str]] = []

    async def __call__(self, base_url: str, api_key: str) -> CheckResult:
        self.calls.append((base_url, api_key))
        return self.result


def register(test: TestCase, *, ok: bool = True, **fields: object) -> ScriptedCheck:
    """Register the kind "scripted" until the test ends."""
    text = "It answered." if ok else "It refused the key."
    check = ScriptedCheck(CheckResult(ok=ok, text=text, milliseconds=12))
    preset = {
        "base_url": "https://api.example.com/v1",
        "services": frozenset({"chat", "image"}),
        **fields,
    }
    kinds.register(
        Kind(name="scripted", label="Scripted", description="", check=check, **preset)
    )
    test.addCleanup(kinds._kinds.pop, "scripted", None)
    return check
