"""What OpenRouter means by a refusal, and the pictures of an answer."""

from __future__ import annotations

from collections.abc import Mapping

from images_app.providers.openai_answers import Answer
from images_app.providers.picture_answers import no_pictures
from playground.lib.errors import ProviderError
from playground.lib.provider_errors import error_from_response

OVERLOADED = 529


def refusal(
    status: int, headers: Mapping[str, str], body: bytes, secret: str, paid: bool
) -> ProviderError:
    """What an answer means that is no 200."""
    error = error_from_response(status, headers, body, secret=secret, paid=paid)
    if status == OVERLOADED:
        error.text = (
            "The model's maker has too much to do. Wait a little and try again, or"
            " choose another model."
        )
    return error


def gathered(answer: Answer, secret: str) -> tuple[list[bytes], list[str]]:
    """The pictures, and why others are missing; an error if there are none."""
    pictures = [item.data for item in answer.items if item.data is not None]
    problems = [
        item.problem or "An entry of the answer holds no bytes."
        for item in answer.items
        if item.data is None
    ]
    if pictures:
        return pictures, problems
    raise no_pictures(answer, problems, secret)
