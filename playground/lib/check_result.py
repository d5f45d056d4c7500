"""What a test of a connection found: shared by providers and settings pages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CheckResult:
    """`text` is one sentence for an admin, `milliseconds` the time of the answer.

    `models` are the names that the server lists; empty where it lists none.
    """

    ok: bool
    text: str
    milliseconds: int = 0
    models: tuple[str, ...] = ()
