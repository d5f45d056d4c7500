"""Requests that show claims, sent to a running server with nothing but HTTP."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson
import requests

from tests.clients.world import World
from tests.conformance.claims import REFUSED, Claim, Operation
from tests.conformance.makers import MAKERS
from tests.conformance.outcome import Outcome
from tests.upstream.received import Received

SLOT = re.compile(r"{(\w+)}")


class Probe:
    """One operation's requests. What a path names is made when it is first needed."""

    def __init__(self, world: World, operation: Operation) -> None:
        self.world = world
        self.operation = operation
        self.made: dict[str, str] = {}
        self.listed: list[str] = []
        self.session = requests.Session()

    # What the probe stands on

    def slot(self, name: str) -> str:
        """The id for a `{name}` in a path or a value, made once for this probe."""
        if name not in self.made:
            self.made.update(MAKERS[name](self))
        return self.made[name]

    def filled(self, value: Any) -> Any:
        """The value with its slots replaced, at any depth."""
        if callable(value):
            return value(self)
        if isinstance(value, str):
            return SLOT.sub(lambda found: self.slot(found[1]), value)
        if isinstance(value, list):
            return [self.filled(entry) for entry in value]
        if isinstance(value, Mapping):
            return {name: self.filled(entry) for name, entry in value.items()}
        return value

    # Requests

    def try_base(self) -> Outcome:
        """The smallest request that works."""
        outcome = self.request(dict(self.operation.base or {}))
        if b'"object":"list"' in outcome.content:
            self.listed = outcome.ids
        return outcome

    def problem_of(self, claim: Claim) -> str:
        """Why the claim does not hold, or an empty text."""
        fields = {**(self.operation.base or {}), **claim.beside}
        fields[claim.parameter] = claim.value
        outcome = self.request({k: v for k, v in fields.items() if v is not None})
        name = f"{self.operation.name}: {claim.label or claim.parameter}"
        if claim.state != REFUSED and outcome.status >= 300:
            return f"{name} was refused: {outcome.content[:300]!r}"
        if not claim.holds(outcome):
            return f"{name} is not {claim.state}: {outcome.status} {outcome.content[:600]!r}"
        return ""

    def request(self, fields: dict[str, Any]) -> Outcome:
        """The operation with these fields, in its query or in its body."""
        operation = self.operation
        # What is called may ask for other things to stand on; so it goes first.
        made = {k: v(self) for k, v in fields.items() if callable(v)}
        fields = self.filled({**fields, **made})
        path = self.filled(operation.path)
        options: dict[str, Any] = {}
        if operation.method != "POST" and operation.method != "PATCH":
            options["params"] = fields
        elif operation.form:
            options |= form_of(fields)
        else:
            options["params"] = {
                k: v for k, v in fields.items() if k in operation.query
            }
            options["json"] = {
                k: v for k, v in fields.items() if k not in operation.query
            }
        return self.send(operation.method, path, operation.key, **options)

    def send(
        self, method: str, path: str, key: str = "stories", **options: Any
    ) -> Outcome:
        """Any request, with what the provider was asked meanwhile."""
        before = len(self.world.provider.ledger)
        token = self.world.admin_key if key == "admin" else self.world.key
        answer = self.session.request(
            method,
            self.world.url + path,
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
            **options,
        )
        asked = [fields_of(r) for r in self.world.provider.ledger[before:]]
        return Outcome(self, answer.status_code, answer.headers, answer.content, asked)

    def post(self, path: str, **fields: Any) -> Any:
        """A request that prepares something and must work."""
        outcome = self.send("POST", path, json=fields)
        assert outcome.status == 200, outcome.content
        return outcome.json


def form_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Multipart: pictures as files, everything else as parts without a file's name."""
    parts: list[tuple[str, Any]] = []
    for name, value in fields.items():
        if isinstance(value, tuple):
            parts.append((name, value))
        elif isinstance(value, list):
            parts += [(f"{name}[]", entry) for entry in value]
        elif isinstance(value, dict):
            parts += [(f"{name}[{key}]", (None, str(v))) for key, v in value.items()]
        else:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            parts.append((name, (None, text)))
    return {"files": parts}


def fields_of(received: Received) -> dict[str, Any]:
    """What the provider was sent, a form's text fields as numbers where they are."""
    if received.content_type == "application/json":
        found: dict[str, Any] = received.json
        return found
    parts = received.parts
    fields: dict[str, Any] = {p.name: number(p.text) for p in parts if not p.filename}
    fields["files"] = [part.name for part in parts if part.filename]
    return fields


def number(text: str) -> Any:
    return orjson.loads(text) if re.fullmatch(r"\d+|true|false", text) else text
