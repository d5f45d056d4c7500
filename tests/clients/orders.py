"""The published order of a run's events, as the clients' tests expect it."""

from __future__ import annotations

BEGUN = ["thread.run.created", "thread.run.queued", "thread.run.in_progress"]
STEP = ["thread.run.step.created", "thread.run.step.in_progress"]
MESSAGE = ["thread.message.created", "thread.message.in_progress"]
SAID = ["thread.message.completed", "thread.run.step.completed"]


def without_deltas(names: list[str]) -> list[str]:
    """How many deltas a text takes is the server's affair."""
    return [name for name in names if not name.endswith(".delta")]


SPOKEN = [*BEGUN, *STEP, *MESSAGE, *SAID, "thread.run.completed"]
PAUSED = [*BEGUN, *STEP, "thread.run.requires_action"]
GONE_ON = [
    "thread.run.step.completed",
    "thread.run.queued",
    "thread.run.in_progress",
    *STEP,
    *MESSAGE,
    *SAID,
    "thread.run.completed",
]
DRAWN = [
    *BEGUN,
    *STEP,
    "thread.run.step.completed",
    *STEP,
    *MESSAGE,
    *SAID,
    "thread.run.completed",
]
CANCELLED = [
    *BEGUN,
    *STEP,
    *MESSAGE,
    "thread.run.cancelling",
    "thread.message.incomplete",
    "thread.run.step.cancelled",
    "thread.run.cancelled",
]
BROKEN = [
    *BEGUN,
    *STEP,
    *MESSAGE,
    "thread.message.incomplete",
    "thread.run.step.failed",
    "thread.run.failed",
]
CUT_SHORT = [
    *BEGUN,
    *STEP,
    *MESSAGE,
    "thread.message.incomplete",
    "thread.run.step.completed",
    "thread.run.incomplete",
]
