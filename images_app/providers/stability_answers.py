"""What Stability answers: a picture with its end, or a refusal with a name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from images_app.providers.picture_bytes import UnreadableAnswerError, decode_base64
from playground.lib.error_bodies import clean
from playground.lib.errors import ErrorKind, ProviderError
from playground.lib.provider_errors import TEXTS, error_from_response

# "field: what is wrong with it", as a 400 lists it.
_ABOUT_FIELD = re.compile(r"\s*([a-z][a-z0-9_-]{0,40}):\s")


@dataclass(frozen=True)
class Answer:
    """One finished picture and the seed that made it."""

    data: bytes
    seed: int | None
    finish_reason: str


def read_answer(body: bytes, secret: str) -> Answer:
    """The picture of a 200; ProviderError if it was blurred for its content,
    UnreadableAnswerError if there is none."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as exc:
        raise UnreadableAnswerError("The answer is not JSON.") from exc
    if not isinstance(value, dict):
        raise UnreadableAnswerError("The answer is no JSON object.")
    reason = str(value.get("finish_reason") or "SUCCESS")
    if reason == "CONTENT_FILTERED":
        raise _filtered()
    if reason != "SUCCESS":
        # Any other end than the two documented ones is no promise of a picture.
        raise UnreadableAnswerError(clean(f"It ended with {reason!r}.", secret))
    return Answer(decode_base64(value.get("image")), _seed(value.get("seed")), reason)


def _filtered() -> ProviderError:
    return ProviderError(
        ErrorKind.MODERATED,
        f"{TEXTS[ErrorKind.MODERATED]} It blurred the picture that it had made, and"
        " counts that as a success: it may have been charged.",
        admin_text="HTTP 200 with finish_reason CONTENT_FILTERED: a blurred picture.",
        may_have_cost=True,
        status=200,
        code="content_filtered",
    )


def _seed(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def refusal(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    secret: str,
    paid: bool = True,
) -> ProviderError:
    """The error that an answer other than 200 means.

    Failed calls are not charged: so it is documented, and so it is taken where the
    answer is the service's own and not that of some proxy before it.
    """
    own = _own_error(body)
    shaped = orjson.dumps({"error": own}) if own else body
    error = error_from_response(status, headers, shaped, secret=secret, paid=paid)
    if own and status >= 500:
        error.may_have_cost = False
        error.retry_safe = status == 503
    return error


def _own_error(body: bytes) -> dict[str, Any] | None:
    """The error in the words that all other providers use; None if it is not its own."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        return None
    listed = value.get("errors")
    texts = [str(text) for text in listed] if isinstance(listed, list) else []
    message = "; ".join(texts) or str(value.get("message") or "")
    about = _ABOUT_FIELD.match(texts[0]) if texts else None
    return {
        "message": message,
        "type": value["name"],
        "code": value["name"],
        "param": about[1] if about else None,
    }
