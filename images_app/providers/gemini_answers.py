"""Reads what Gemini answers: pictures, refusals that come with 200, and errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from images_app.providers.picture_bytes import (
    NoPictureError,
    UnreadableAnswerError,
    decode_base64,
)
from playground.lib.error_bodies import clean
from playground.lib.errors import ErrorKind, ProviderError
from playground.lib.provider_errors import TEXTS, error_from_response

MODERATED = frozenset(
    {
        "SAFETY",
        "RECITATION",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
    }
)
WORDS_SHOWN = 300  # characters
# Answers that the vendor says it does not bill, if it wrote them itself.
UNBILLED = frozenset({500, 503})
DELAY = re.compile(r"(\d+(?:\.\d+)?)s")
# A quota that is gone for the day, that was never there, or money that is.
USED_UP = re.compile(
    r"per_?day|limit: 0\b|(credit|balance|prepay)\w*\b.{0,40}(deplet|exhaust|used up)"
    r"|spend(ing)?[ _](cap|limit)",
    re.IGNORECASE,
)


def read_pictures(value: Any, secret: str) -> tuple[bytes, ...]:
    """The pictures in a whole answer; ProviderError where it refuses or only talks."""
    if not isinstance(value, dict):
        raise UnreadableAnswerError("The answer is JSON, but no object.")
    candidates = value.get("candidates") or []
    parts = [part for candidate in candidates for part in _parts(candidate)]
    found = [part["inlineData"] for part in parts if _is_picture(part)]
    if not found:
        raise _refused(value, candidates, parts, secret)
    return tuple(decode_base64(data.get("data")) for data in found)


def told(value: Mapping[str, Any]) -> dict[str, Any]:
    """What the answer says besides pictures, short enough to be kept."""
    candidates = value.get("candidates") or []
    noted = {
        "model": str(value.get("modelVersion") or "")[:100],
        "finish_reason": str(_reason(candidates))[:100],
        "text": _words([p for c in candidates for p in _parts(c)])[:WORDS_SHOWN],
    }
    return {name: text for name, text in noted.items() if text}


def refusal(
    status: int, headers: Mapping[str, str], body: bytes, secret: str, paid: bool
) -> ProviderError:
    """What an answer means that is no 200."""
    error = error_from_response(status, headers, body, secret=secret, paid=paid)
    own = _own_error(body)
    if not own:
        return error  # a proxy's page, not the vendor's word
    message = str(own.get("message", ""))
    if status == 400 and ("API_KEY_INVALID" in str(own) or "API key" in message):
        return _other_kind(error, ErrorKind.CONFIGURATION)
    if own.get("status") == "FAILED_PRECONDITION":
        return _other_kind(error, ErrorKind.CONFIGURATION)
    if status == 429:
        if USED_UP.search(str(own)):
            return _other_kind(error, ErrorKind.QUOTA)
        if error.retry_after is None:
            error.retry_after = _delay(own)
    if status in UNBILLED:
        error.may_have_cost = False
        error.retry_safe = status == 503
    return error


def _parts(candidate: Any) -> list[dict[str, Any]]:
    """A candidate's parts without the drafts of a model that thinks in pictures."""
    content = candidate.get("content") if isinstance(candidate, dict) else None
    parts = content.get("parts") if isinstance(content, dict) else None
    listed = parts if isinstance(parts, list) else []
    return [p for p in listed if isinstance(p, dict) and not p.get("thought")]


def _is_picture(part: Mapping[str, Any]) -> bool:
    return isinstance(part.get("inlineData"), dict)


def _words(parts: list[dict[str, Any]]) -> str:
    return " ".join(str(part["text"]).strip() for part in parts if part.get("text"))


def _reason(candidates: list[Any]) -> str:
    first = candidates[0] if candidates else None
    return str(first.get("finishReason") or "") if isinstance(first, dict) else ""


def _refused(
    value: Mapping[str, Any],
    candidates: list[Any],
    parts: list[dict[str, Any]],
    secret: str,
) -> Exception:
    """Why there is no picture. The prompt has been read, so it may be billed."""
    feedback = value.get("promptFeedback")
    blocked = feedback.get("blockReason") if isinstance(feedback, dict) else None
    reason, words = _reason(candidates), clean(_words(parts), secret)
    if blocked or reason in MODERATED:
        what = f"blockReason {blocked}" if blocked else f"finishReason {reason}"
        said = clean(str(_message(candidates)), secret)
        return ProviderError(
            ErrorKind.MODERATED,
            TEXTS[ErrorKind.MODERATED],
            admin_text=clean(f"{what}. {said or words}", secret),
            may_have_cost=True,
            status=200,
            code=clean(str(blocked or reason)),
            said=said or words,
        )
    if words:
        return ProviderError(
            ErrorKind.INVALID,
            "The model answered in words instead of a picture:"
            f" “{words[:WORDS_SHOWN]}” Say more plainly what to draw.",
            admin_text=clean(f"finishReason {reason or 'none'}: {words}", secret),
            may_have_cost=True,
            status=200,
            param="prompt",
            said=words,
        )
    detail = f"The answer holds no picture (finishReason {reason or 'none'})."
    return NoPictureError(clean(detail, secret))


def _message(candidates: list[Any]) -> str:
    first = candidates[0] if candidates else None
    return str(first.get("finishMessage") or "") if isinstance(first, dict) else ""


def _own_error(body: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    value = value[0] if isinstance(value, list) and value else value
    error = value.get("error") if isinstance(value, dict) else None
    return error if isinstance(error, dict) and error.get("status") else {}


def _delay(error: Mapping[str, Any]) -> float | None:
    """Seconds from `RetryInfo`, which the vendor sends in place of a header."""
    for detail in error.get("details") or []:
        text = detail.get("retryDelay") if isinstance(detail, dict) else None
        if found := DELAY.fullmatch(str(text)):
            return float(found[1])
    return None


def _other_kind(error: ProviderError, kind: ErrorKind) -> ProviderError:
    """The same refusal, understood by words that only this vendor uses."""
    return ProviderError(
        kind,
        TEXTS[kind],
        admin_text=error.admin_text,
        status=error.status,
        code=error.code,
    )
