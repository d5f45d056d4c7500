"""The conformance page as text, from the claims and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from tests.conformance.claims import SERVED, Claim, Operation, Surface
from tests.conformance.surfaces import SURFACES

PATH = Path(__file__).resolve().parents[2] / "docs" / "conformance.md"
# Slots of the claims that stand for a published name.
ALIAS = re.compile(r"{(?:run|paused|seed|busy)_((?:thread|run|response)_id)}")

INTRODUCTION = """\
# Conformance

What Easel's HTTP API does with each parameter of each endpoint. This page is written by
`python -m tests.conformance` from claims. The test run sends a request for every line
below and fails when the answer does not bear the line out, or when this page is not what
the claims give.

- **served**: it has its effect, and the last column says what showed that.
- **accepted and ignored**: it may be sent and changes nothing.
- **refused**: the answer is a 4xx that names the parameter.

Where a line depends on the model, it is about OpenAI's models, for which a strict double
of OpenAI's servers stands in, or about Easel's offline ones. What another model takes is
in its own entry of the catalog, and refusals name it.

The clients that ran against this API in the same tests: the official Python client
1.109.1, 2.54.0 and 3.52.0, the official Node client 6.49.0, and plain Java 17. Where one
is not installed, its tests are skipped and say so."""


def page() -> str:
    """The whole page."""
    return "\n\n".join([INTRODUCTION, *(chapter(s) for s in SURFACES)]) + "\n"


def chapter(surface: Surface) -> str:
    parts = [f"## {surface.title}", surface.text]
    return "\n\n".join(parts + [section(one) for one in surface.operations])


def section(operation: Operation) -> str:
    heading = f"### {title(operation)}"
    rows = [base_row(name) for name in unclaimed(operation)]
    rows += [row(claim) for claim in operation.claims]
    if not rows:
        return f"{heading}\n\n{operation.summary} Served; it has no parameters."
    lines = [heading, "", operation.summary, ""]
    lines += ["| parameter | state | shown by |", "| --- | --- | --- |"]
    return "\n".join(lines + rows)


def unclaimed(operation: Operation) -> list[str]:
    """What the smallest request holds and no claim is about."""
    named = {claim.parameter for claim in operation.claims if claim.state == SERVED}
    return [name for name in operation.base or {} if name not in named]


def base_row(name: str) -> str:
    return f"| {name} | {SERVED} | the smallest request that works has it |"


def title(operation: Operation) -> str:
    """The operation under its published names."""
    path = ALIAS.sub(r"{\1}", operation.path)
    path = path.replace("{background_id}", "{response_id}")
    path = path.replace("/loopback", "/{provider_name}")
    return f"`{operation.method} {path}`"


def row(claim: Claim) -> str:
    name = claim.label or claim.parameter
    return f"| {name} | {claim.state} | {claim.shown_by} |"
