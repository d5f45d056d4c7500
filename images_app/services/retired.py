"""The names of models that were shut down but that clients still send.

Their own rules are checked first, so that a program gets the refusals it knows. Then
the organization's default image connection makes the picture, as near as it can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from images_app.catalog.descriptors import EnumParameter
from images_app.catalog.load import ImageModel, image_models
from images_app.models import File, Generation
from images_app.services.plan import Adjustment, ImageAsk, Plan, PlanError, plan
from images_app.services.routing import ImageRoute
from images_app.services.sizes import parse_size
from playground.lib.clock import today

NAMES = ("dall-e-2", "dall-e-3")
MAX_PICTURE_BYTES = 4 * 1024 * 1024
# One tool for both models gives both the words that only one of them took.
WORDS = {
    "quality": frozenset({"standard", "hd"}),
    "style": frozenset({"vivid", "natural"}),
}


def retired_model(name: str | None) -> ImageModel | None:
    """The catalog's entry if this is such a name."""
    if name not in NAMES:
        return None
    model = image_models()[name]
    return model if model.retired(today()) else None


def asked_name(generation: Generation) -> str:
    """The model that its client named, where that is such a name; else ""."""
    adjustments = generation.plan.get("adjustments", [])
    named = [e["asked"] for e in adjustments if e["parameter"] == "model"]
    return next((n for n in (*named, generation.model) if n in NAMES), "")


def check_pictures(old: ImageModel, sources: Sequence[File]) -> None:
    """PlanError for a picture that DALL-E 2 would not have changed."""
    for file in sources:
        if file.mime != "image/png" or file.size > MAX_PICTURE_BYTES:
            raise PlanError("image", f"{old.label} takes a PNG of less than 4 MB.")
        if file.width != file.height:
            raise PlanError(
                "image",
                f"{old.label} takes a square picture; this one has {file.width} ×"
                f" {file.height} pixels.",
            )


def plan_retired(ask: ImageAsk, old: ImageModel, route: ImageRoute) -> Plan:
    """What is sent instead, with every difference told; PlanError by the old rules.

    A picture that the serving model can only make larger is scaled down afterwards.
    """
    notes = others_words(ask, old)
    own_words: dict[str, Any] = {note.parameter: note.sent for note in notes}
    old_ask = replace(ask, model=old.id, **own_words)
    plan(old_ask, old, strict=True)
    if old.size is not None and old_ask.size in (None, "auto"):
        old_ask = replace(old_ask, size=old.size.default)
    planned = plan(replace(old_ask, model=route.model.id), route.model)
    planned = replace(planned, adjustments=(*notes, *planned.adjustments))
    return _told(planned, old_ask, old, route)


def others_words(ask: ImageAsk, old: ImageModel) -> list[Adjustment]:
    """What is asked in a word of the other DALL-E: this one's default is meant."""
    return [
        _own_word(name, value, old)
        for name, words in WORDS.items()
        if (value := getattr(ask, name)) in words and value not in _offered(old, name)
    ]


def _offered(old: ImageModel, name: str) -> tuple[str, ...]:
    parameter = old.parameters.get(name)
    return parameter.values if isinstance(parameter, EnumParameter) else ()


def _own_word(name: str, value: str, old: ImageModel) -> Adjustment:
    parameter = old.parameters.get(name)
    default = parameter.default if isinstance(parameter, EnumParameter) else None
    if default is None:
        reason = f"{old.label} has no {name} option; it was left out"
    else:
        reason = f"{name.capitalize()} {value} is not offered by {old.label}"
        reason += f"; {default} was taken"
    return Adjustment(name, value, default, reason)


def _told(planned: Plan, ask: ImageAsk, old: ImageModel, route: ImageRoute) -> Plan:
    serving = f"{route.connection.name}/{route.model.id}"
    note = Adjustment(
        "model",
        old.id,
        serving,
        f"{old.label} was shut down on {old.shutdown_date}; {serving} serves it",
    )
    scale_to = _smaller(ask.size, planned.request_fields.get("size"))
    adjustments = tuple(
        replace(entry, reason=f"{entry.reason}; scaled down afterwards")
        if scale_to and entry.parameter == "size"
        else entry
        for entry in planned.adjustments
    )
    return replace(planned, adjustments=(note, *adjustments), scale_to=scale_to)


def _smaller(asked: str | None, sent: object) -> str:
    """The asked size, where what is sent is a larger picture of the same shape."""
    box, sent_box = parse_size(asked or ""), parse_size(str(sent or ""))
    if box is None or sent_box is None or box == sent_box:
        return ""
    fits = box.width < sent_box.width and box.height < sent_box.height
    same = box.width * sent_box.height == box.height * sent_box.width
    return str(box) if fits and same else ""
