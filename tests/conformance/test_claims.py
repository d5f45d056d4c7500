"""Every line of the conformance page is tried against a running server."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.conformance.claims import Operation
from tests.conformance.page import PATH, page, title
from tests.conformance.probe import Probe
from tests.conformance.surfaces import SURFACES

OPERATIONS = [one for surface in SURFACES for one in surface.operations]

# The document itself, and links that only Easel's own answers hold.
NOT_CLAIMED = {
    ("GET /v1/openapi.json", ""),
    ("GET /v1/files/{}/signed/{}", ""),
    ("HEAD /v1/files/{}/signed/{}", ""),
}


def named(operation: Operation) -> str:
    return f"{operation.name}{' form' if operation.form else ''}"


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_operation_does_what_the_page_says(world, operation):
    probe = Probe(world, operation)
    problems = []
    if operation.base is not None:
        first = probe.try_base()
        assert first.status < 300, first.content
    problems = [text for c in operation.claims if (text := probe.problem_of(c))]
    assert not problems, "\n".join(problems)


def test_page_leaves_out_nothing_that_is_served(world):
    """Easel's own description names each operation and each parameter."""
    probe = Probe(world, OPERATIONS[0])
    document = probe.send("GET", "/v1/openapi.json").json
    missing = sorted(described(document) - claimed())
    assert not missing, "\n".join(f"{name}: {field}" for name, field in missing)


def described(document: dict[str, Any]) -> set[tuple[str, str]]:
    """Each operation with each of its parameters, and with none."""
    found = set()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            name = f"{method.upper()} {shape(path)}"
            found |= {(name, ""), *((name, one) for one in names(document, operation))}
    return {pair for pair in found if pair not in NOT_CLAIMED}


def claimed() -> set[tuple[str, str]]:
    found = set()
    for one in OPERATIONS:
        name = f"{one.method} {shape(one.path)}"
        found |= {(name, ""), *((name, field) for field in one.base or {})}
        found |= {(name, claim.parameter) for claim in one.claims}
    return found


def shape(path: str) -> str:
    """The path without the names of its parts."""
    return re.sub(r"{\w+}", "{}", path.replace("providers/loopback", "providers/{}"))


def names(document: dict[str, Any], operation: dict[str, Any]) -> set[str]:
    """The query's parameters and the body's fields."""
    found = {p["name"] for p in operation.get("parameters", []) if p["in"] == "query"}
    for content in operation.get("requestBody", {}).get("content", {}).values():
        found |= fields(document, content["schema"])
    return found


def fields(document: dict[str, Any], schema: dict[str, Any]) -> set[str]:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return fields(document, document["components"]["schemas"][name])
    found = set(schema.get("properties", {}))
    for kind in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(kind, []):
            found |= fields(document, part)
    return found


def test_page_says_what_the_claims_give():
    written = PATH.read_text(encoding="utf-8") if PATH.exists() else ""
    assert written == page(), "Run: python -m tests.conformance"


def test_no_line_stands_twice():
    for operation in OPERATIONS:
        names = [claim.label or claim.parameter for claim in operation.claims]
        assert len(names) == len(set(names)), (title(operation), names)
