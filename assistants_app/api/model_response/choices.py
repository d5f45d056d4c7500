"""What two fields of the seed dialect's request may say.

GET /v1/model/response/output-modes
GET /v1/model/response/reasoning-levels
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from ninja import Router

from assistants_app.api.model_response.objects import OutputModes, ReasoningLevels
from playground.api.answers import json_answer, respond
from playground.api.callers import Allow

router = Router(tags=["Seed dialect"])

OUTPUT_MODES = {
    "text": "The answer as output items; the words as the model writes them.",
    "plain": "The same as text.",
    "blocks": "The same as text: an answer is always made of items.",
    "structured": "The same as blocks.",
    "json": "The model is told to write one JSON object.",
}
REASONING_LEVELS = {
    "off": "No reasoning before the answer, where the model allows it.",
    "low": "A little reasoning.",
    "medium": "As much as most questions need.",
    "high": "A lot of reasoning.",
    "maximum": "As much as every reasoning model takes: the same as high.",
}


@router.get(
    "/model/response/output-modes",
    auth=Allow("read"),
    response=OutputModes,
    summary="List output modes",
)
def output_modes(request: HttpRequest) -> HttpResponseBase:
    """What `output_mode` may say."""
    body = {"success": True, "output_modes": _choices("mode", OUTPUT_MODES, "text")}
    return respond(json_answer(body))


@router.get(
    "/model/response/reasoning-levels",
    auth=Allow("read"),
    response=ReasoningLevels,
    summary="List reasoning levels",
)
def reasoning_levels(request: HttpRequest) -> HttpResponseBase:
    """What `reasoning.effort` may say; without it the model decides."""
    levels = _choices("level", REASONING_LEVELS, "")
    return respond(json_answer({"success": True, "reasoning_levels": levels}))


def _choices(
    name: str, described: dict[str, str], default: str
) -> list[dict[str, Any]]:
    return [
        {name: value, "description": text, "is_default": value == default}
        for value, text in described.items()
    ]
