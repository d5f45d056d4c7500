"""Takes the body of an error apart, in every shape that is known, and cleans words.

Pure functions without judgement: what an error means is provider_errors.py.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any

import orjson

ADMIN_LENGTH = 500
NAME_LENGTH = 100
MAX_CATEGORIES = 20
READ_LENGTH = 16 * 1024
REMOVED = "[removed]"

MODERATION = re.compile(
    r"content_policy|content_filter|moderation|responsibleaipolicy|safety_violation"
)
# Repeats are bounded, for the text is a stranger's.
KEY_LIKE = re.compile(
    r"(?:\b(?:sk|pk|rk|gsk|xai|key|hf|r8|nvapi|fw|tgp)[-_]|\bAIza)[\w*.-]{6,}"
    r"|\bBearer\s{1,9}[^\s\"'<>,]+|[\w-]{0,80}\*{3,}[\w-]*",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\s\"'<>,;(){}]{6,}")


@dataclass(frozen=True)
class ErrorBody:
    """What an error body says. `message` is the provider's sentence, not cleaned;
    `status` a number that the body itself names; `moderated` that it says so.
    `is_page` is true for what is no JSON, such as the error page of a proxy."""

    message: str = ""
    type: str = ""
    param: str | None = None
    code: str | None = None
    status: int | None = None
    moderated: bool = False
    moderation: Mapping[str, Any] = field(default_factory=dict)
    is_page: bool = False


def read_error(body: bytes) -> ErrorBody:
    """What an error's body says, whatever it is: JSON, HTML, text, nothing."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        text = body[:READ_LENGTH].decode("utf-8", "replace")
        return ErrorBody(message=_without_tags(text), is_page=True)
    return read_error_value(value)


def read_error_value(value: object) -> ErrorBody:
    """The same for JSON that is parsed already."""
    if isinstance(value, list):  # some servers wrap the object into a list
        value = value[0] if value else None
    if not isinstance(value, dict):
        return ErrorBody(message=value if isinstance(value, str) else "")
    for name in ("error", "detail", "errors"):
        inner = value.get(name)
        if isinstance(inner, dict):
            return _read_fields({**value, **inner})
        if isinstance(inner, str) and inner:
            return _with_words(_read_fields(value), inner)
        if isinstance(inner, list) and inner:
            return _read_list(inner)
    return _read_fields(value)


def read_retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from `retry-after-ms` or `Retry-After` (seconds or a date)."""
    lower = {name.lower(): value for name, value in headers.items()}
    seconds = _number(lower.get("retry-after-ms"))
    if seconds is not None:
        return seconds / 1000
    after = lower.get("retry-after")
    seconds = _number(after)
    if seconds is not None or after is None:
        return seconds
    until = _date(after)
    # Both dates are the provider's, if it tells its own: clocks differ.
    now = _date(lower.get("date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds()) if until else None


def clean(text: str, secret: str = "") -> str:
    """One line of at most 500 characters without the key or anything that looks like
    one."""
    text = text[:READ_LENGTH]
    if secret:
        text = text.replace(secret, REMOVED)
        text = WORD.sub(lambda found: _without_secret(found[0], secret), text)
    return " ".join(KEY_LIKE.sub(REMOVED, text).split())[:ADMIN_LENGTH]


def _without_secret(word: str, secret: str) -> str:
    part_of_it = word in secret
    holds_its_start = len(secret) >= 8 and secret[:8] in word
    return REMOVED if part_of_it or holds_its_start else word


def _read_fields(value: Mapping[str, Any]) -> ErrorBody:
    code = value.get("code")
    metadata = value.get("metadata")
    inner = value.get("innererror") or value.get("inner_error")
    status = code if isinstance(code, int) and 400 <= code < 600 else None
    return ErrorBody(
        message=_text(value.get("message") or value.get("msg") or value.get("error")),
        type=_text(value.get("type") or value.get("status") or value.get("name")),
        param=_name(value.get("param")),
        code=None if status else _name(code),
        status=status,
        moderated=(isinstance(metadata, dict) and "flagged_input" in metadata)
        or (isinstance(inner, dict) and bool(MODERATION.search(str(inner).lower()))),
        moderation=_moderation(value.get("moderation_details")),
    )


def _with_words(found: ErrorBody, words: str) -> ErrorBody:
    """The error with a bare string for its message; a sentence beside it is kept."""
    has_more = found.message not in {"", words}
    return replace(found, message=f"{words}: {found.message}" if has_more else words)


def _moderation(value: object) -> Mapping[str, Any]:
    """At which stage and for which categories content was refused, if that is told."""
    if not isinstance(value, dict):
        return {}
    stage, categories = value.get("moderation_stage"), value.get("categories")
    told: dict[str, Any] = {}
    if isinstance(stage, str):
        told["moderation_stage"] = clean(stage)[:NAME_LENGTH]
    if isinstance(categories, list):
        words = [clean(word) for word in categories if isinstance(word, str)]
        told["categories"] = [word[:NAME_LENGTH] for word in words[:MAX_CATEGORIES]]
    return told


def _read_list(items: list[Any]) -> ErrorBody:
    """A list of complaints, as FastAPI and others give it."""
    first = items[0]
    if not isinstance(first, dict):
        return ErrorBody(message="; ".join(_text(item) for item in items))
    place = first.get("loc")
    steps = place if isinstance(place, list) else []
    names = [str(step) for step in steps if step not in ("body", "query")]
    told = (
        item.get("msg") or item.get("message")
        for item in items
        if isinstance(item, dict)
    )
    return ErrorBody(
        message="; ".join(_text(text) for text in told),
        type=_text(first.get("type")),
        param=_name(".".join(names) or first.get("param")),
        code=_name(first.get("code")),
    )


def _without_tags(text: str) -> str:
    text = re.sub(r"(?is)<(script|style)\b.*?</\1>", " ", text)
    return unescape(re.sub(r"<[^<>]*>", " ", text))


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int | float) else ""


def _name(value: object) -> str | None:
    return _text(value)[:NAME_LENGTH] or None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
