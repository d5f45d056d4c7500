"""A model's own parameters, which a request has no field for: what of them is sent."""

from __future__ import annotations

from dataclasses import fields

from images_app.catalog.descriptors import (
    BooleanParameter,
    EnumParameter,
    Parameter,
    RangeParameter,
    TextParameter,
)
from images_app.catalog.load import ImageModel
from images_app.providers.base import ImageRequest
from images_app.services.plan_values import Option, PlanError
from images_app.services.wording import spoken

# What a request has a field for, so that no option may say it a second time.
FIELDS = frozenset(field.name for field in fields(ImageRequest))


def fit_option(
    model: ImageModel, parameter: Parameter, name: str, value: Option
) -> Option | None:
    """The value as it is sent, None for nothing; PlanError says what it must be."""
    match parameter:
        case EnumParameter(values=values):
            if value not in values and not parameter.open:
                offered = ", ".join(values)
                raise PlanError(name, f"The {spoken(name)} must be one of {offered}.")
            return str(value)
        case RangeParameter():
            if isinstance(value, str | bool):
                raise PlanError(name, f"The {spoken(name)} must be a number.")
            check_number(model, parameter, name, value)
            return value
        case BooleanParameter():
            if not isinstance(value, bool):
                raise PlanError(name, f"The {spoken(name)} must be true or false.")
            return value
        case TextParameter(max_length=limit):
            text = str(value)
            if len(text) > limit:
                raise PlanError(
                    name,
                    f"The {spoken(name)} has {len(text):,} characters;"
                    f" {model.label} takes at most {limit:,}.",
                )
            return text or None
    raise PlanError(name, f"The {spoken(name)} is no option: it has a field.")


def check_number(
    model: ImageModel, parameter: RangeParameter, name: str, value: float
) -> None:
    """PlanError with the nearest number that would do."""
    is_whole = not parameter.integer or value == int(value)
    if is_whole and parameter.minimum <= value <= parameter.maximum:
        return
    kind = "a whole number " if parameter.integer else ""
    raise PlanError(
        name,
        f"The {spoken(name)} must be {kind}from {_plain(parameter.minimum)}"
        f" to {_plain(parameter.maximum)} for {model.label}.",
        min(max(value, parameter.minimum), parameter.maximum),
    )


def _plain(value: float) -> str:
    """A number in full: no exponent, no point without a fraction."""
    return str(int(value)) if value == int(value) else str(value)
