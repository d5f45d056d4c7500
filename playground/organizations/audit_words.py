"""Audit entries as sentences: who did what, and what became of what."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from playground.organizations.models import AuditEntry

WORDS = {
    "api_key.created": "made the API key",
    "api_key.revoked": "revoked the API key",
    "budget.added": "set the budget of",
    "budget.changed": "changed the budget of",
    "budget.removed": "removed the budget of",
    "connection.added": "added the connection",
    "connection.changed": "changed the connection",
    "connection.deleted": "deleted the connection",
    "connection.disabled": "stopped offering the connection",
    "connection.enabled": "offered the connection",
    "default.changed": "changed the default for",
    "invitation.created": "invited",
    "invitation.revoked": "revoked the invitation of",
    "member.added": "added the member",
    "member.joined": "accepted an invitation as",
    "member.removed": "removed the member",
    "member.role_changed": "changed the role of",
    "model.changed": "changed the model",
    "model.reset": "took back what was said of the model",
    "price.changed": "changed the price of",
    "price.removed": "removed the own price of",
    "retired_models.changed": "decided that dall-e-2 and dall-e-3 are",
}
FIELD_WORDS = {
    "allowed_models": "allowed models",
    "base_url": "base URL",
    "chat_model": "default chat model",
    "connect_timeout": "seconds to connect",
    "expires_at": "until",
    "image_model": "default image model",
    "invited_by": "invited by",
    "read_timeout": "seconds to wait",
    "stops_unknown": "refuses unknown prices",
    "usd": "USD",
    "usd_per_credit": "price of a credit",
}
LONGEST = 160
NOBODY = "No person"


@dataclass(frozen=True)
class Change:
    """One field; `before` None where the entry only states `after`."""

    field: str
    after: str
    before: str | None = None


@dataclass(frozen=True)
class AuditLine:
    """An entry as a line of the log."""

    entry: AuditEntry
    who: str
    did: str
    changes: list[Change]


def audit_lines(entries: Iterable[AuditEntry]) -> list[AuditLine]:
    """Each entry as a line; their users have to be read already."""
    return [
        AuditLine(
            entry=entry,
            who=str(entry.user) if entry.user else NOBODY,
            did=action_words(entry.action),
            changes=list(_changes(entry.detail)),
        )
        for entry in entries
    ]


def action_words(action: str) -> str:
    """An action as the verb of a sentence whose object is the subject."""
    return WORDS.get(action) or action.replace(".", " ").replace("_", " ") + ":"


def _changes(detail: Mapping[str, Any]) -> Iterator[Change]:
    if "from" in detail and "to" in detail:
        yield _change("", detail)
    for name, value in detail.items():
        if name == "changes" and isinstance(value, Mapping):
            for field, pair in value.items():
                yield _change(field, pair)
        elif name not in {"from", "to"} and value not in ("", None, []):
            yield Change(_field(name), _words(name, value))


def _change(field: str, pair: Any) -> Change:
    if not isinstance(pair, Mapping):
        return Change(_field(field), _words(field, pair))
    before, after = pair.get("from"), pair.get("to")
    return Change(_field(field), _words(field, after), _words(field, before))


def _field(name: str) -> str:
    return FIELD_WORDS.get(name, name.replace("_", " "))


def _words(field: str, value: Any) -> str:
    """A value in words, cut where it is long."""
    if value is None or value == "" or value == []:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        text = ", ".join(value)
    elif isinstance(value, dict) and not any(
        isinstance(part, list | dict) for part in value.values()
    ):
        text = ", ".join(f"{_field(name)} {part}" for name, part in value.items())
    elif isinstance(value, list | dict):
        text = json.dumps(value, ensure_ascii=False)
    else:
        text = _moment(value) if field.endswith("_at") else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _moment(value: Any) -> str:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return f"{moment:%-d %b %Y, %H:%M} UTC"
