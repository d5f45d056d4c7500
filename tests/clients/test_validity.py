"""Everything that the clients were sent, held against two descriptions of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from tests.clients.validation import client_types, description
from tests.clients.validation.gaps import CLIENT_GAPS, DESCRIPTION_GAPS, Gap
from tests.clients.validation.surfaces import SURFACES
from tests.clients.validation.wire import Value, values_of


@pytest.fixture(scope="session")
def values(clients) -> list[Value]:
    """All bodies, events and errors of all clients."""
    found = [c for c in clients.values() if c.recorder is not None]
    if not found:
        pytest.skip("No client is installed.")
    return [value for c in found for value in values_of(c.recorder.exchanges)]


def judge(
    values: Sequence[Value], check: Callable[[Value], str], gaps: Sequence[Gap]
) -> tuple[Counter[str], list[str]]:
    """How many are valid, by the gap that had to be set aside; and what is invalid."""
    counts: Counter[str] = Counter()
    problems: list[str] = []
    for value in values:
        problem = check(value)
        if not problem:
            counts["valid"] += 1
            continue
        gap = explained(value, check, gaps)
        counts[gap or "INVALID"] += 1
        if not gap:
            problems.append(f"{value}: {problem}")
    return counts, problems


def explained(value: Value, check: Callable[[Value], str], gaps: Sequence[Gap]) -> str:
    """The gaps without which the value is valid, as few as will do."""
    for gap in gaps:
        if not check(gap.applied_to(value)):
            return gap.name
    mended, names = value, []
    for gap in gaps:
        if gap.applied_to(mended).data != mended.data:
            mended = gap.applied_to(mended)
            names.append(gap.name)
    return " and ".join(names) if names and not check(mended) else ""


def told(counts: Counter[str], gaps: Sequence[Gap]) -> str:
    """The share that is valid, and why the rest is not."""
    total = sum(counts.values())
    share = 100 * counts["valid"] / total
    lines = [
        f"{counts['valid']} of {total} values are valid as they are ({share:.2f} %)"
    ]
    lines += [f"  {n}: {name}" for name, n in counts.items() if name != "valid"]
    lines += [f"  ({gap.name}: {gap.why})" for gap in gaps]
    return "\n".join(lines)


def test_clients_types_accept_everything_but_the_named_gaps(values, record_property):
    counts, problems = judge(values, client_types.problem_of, CLIENT_GAPS)
    record_property("Valid by the client's types", told(counts, CLIENT_GAPS))
    assert not problems, summary(problems)


def test_description_accepts_everything_but_the_named_gaps(values, record_property):
    if description.description_path() is None:
        pytest.skip("There is no local copy of OpenAI's description.")
    counts, problems = judge(values, description.problem_of, DESCRIPTION_GAPS)
    record_property("Valid by OpenAI's description", told(counts, DESCRIPTION_GAPS))
    assert not problems, summary(problems)


def summary(problems: list[str]) -> str:
    """Each kind of problem once, with how often it came."""
    kinds = Counter(problem.partition(": ")[2] for problem in problems)
    return "\n".join(f"{n} times {kind}" for kind, n in kinds.most_common(40))


def test_stories_reach_every_surface(values):
    """A check of nothing would pass: each operation was met with an answer."""
    met = {f"{v.surface.method} {v.surface.path}" for v in values if v.kind != "error"}
    missed = {f"{s.method} {s.path}" for s in SURFACES} - met
    assert not missed


def test_server_met_all_of_it_without_an_error_of_its_own(world, clients):
    assert not [line for line in world.said if "Traceback" in line], world.said[-60:]
