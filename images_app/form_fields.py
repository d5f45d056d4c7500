"""The tester's fields, made from what a model declares; and values moved between models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from images_app.catalog.descriptors import (
    BooleanParameter,
    EnumParameter,
    Parameter,
    RangeParameter,
    TextParameter,
)
from images_app.catalog.load import ImageModel
from images_app.services.sizes import AUTO, offers, parse_size
from images_app.shapes import OWN, fitting_shape, offered_shapes

LABELS = {
    "quality": "Quality",
    "background": "Background",
    "output_format": "Format",
    "output_compression": "Compression",
    "style": "Style of the model",
    "moderation": "Moderation",
    "seed": "Seed",
}
# Where a parameter's own name says little.
OWN_LABELS = {
    "cfg_scale": "Guidance (CFG scale)",
    "true_cfg_scale": "True guidance (CFG scale)",
    "denoising_strength": "Change (denoising)",
    "enable_hr": "Second, finer pass",
    "hr_scale": "Enlarged by, in that pass",
    "sampler_name": "Sampler",
}
# What the form asks for in another way, or not at all.
COMMON = ("size", "input_fidelity")


def fitted(data: Mapping[str, Any], model: ImageModel) -> dict[str, Any]:
    """The form's values as far as another model takes them."""
    free = ("prompt", "style_name", "style_suffix", "width", "height")
    kept = {"n": "1"} | {name: data[name] for name in free if name in data}
    kept |= _fitted_shape(data, model)
    for name, field in model_fields(model).items():
        if name not in free and name in data and _takes(field, data[name]):
            kept[name] = data[name]
    return kept


def _fitted_shape(data: Mapping[str, Any], model: ImageModel) -> dict[str, Any]:
    """The same pixels where the model has them, else the same shape."""
    size, wish = model.size, str(data.get("shape") or "")
    if size is None or not wish:
        return {"shape": fitting_shape(AUTO, size)}
    if wish == OWN:
        wish = f"{data.get('width')}x{data.get('height')}"
    box = parse_size(wish)
    if box is not None and size.free is not None and offers(size, box):
        return {"shape": OWN, "width": box.width, "height": box.height}
    return {"shape": fitting_shape(wish, size)}


def _takes(field: forms.Field, value: Any) -> bool:
    """Whether a field of the new model takes a value of the old one."""
    try:
        cleaned = field.clean(value)
    except forms.ValidationError:
        return False
    bounds = field.widget.attrs
    if cleaned is None or "min" not in bounds:
        return True
    return bool(bounds["min"] <= cleaned <= bounds["max"])


def model_fields(model: ImageModel) -> dict[str, forms.Field]:
    """The fields of a model beside prompt and style."""
    fields: dict[str, forms.Field] = {}
    if shapes := offered_shapes(model.size):
        fields["shape"] = forms.ChoiceField(
            required=False,
            label="Size",
            choices=[(shape.value, shape.label) for shape in shapes],
        )
        if any(shape.value == OWN for shape in shapes):
            fields |= {"width": _pixels("Width"), "height": _pixels("Height")}
    if model.max_n > 1:
        fields["n"] = _number("Pictures", RangeParameter(1, model.max_n, 1), "n")
    for name, label in LABELS.items():
        match model.parameters.get(name):
            case EnumParameter() as parameter if len(parameter.values) > 1:
                fields[name] = _choice(label, parameter, name)
            case RangeParameter() as parameter:
                fields[name] = _number(label, parameter, name)
    for name in own_parameters(model):
        fields[name] = _own(name, model.parameters[name])
    return fields


def own_parameters(model: ImageModel) -> list[str]:
    """Parameters that only this model's provider has, in the order of the catalog."""
    return [name for name in model.parameters if name not in {*LABELS, *COMMON}]


def _own(name: str, parameter: Parameter) -> forms.Field:
    label = OWN_LABELS.get(name) or name.replace("_", " ").capitalize()
    match parameter:
        case EnumParameter():
            return _choice(label, parameter, name)
        case RangeParameter(integer=True):
            return _number(label, parameter, name)
        case RangeParameter():
            return _fraction(label, parameter, name)
        case BooleanParameter():
            return forms.BooleanField(required=False, label=label)
        case TextParameter(max_length=length):
            attrs = {"aria-describedby": f"id_{name}_error"}
            return forms.CharField(
                required=False,
                label=label,
                max_length=length,
                widget=forms.TextInput(attrs=attrs),
            )
        case _:
            raise ValueError(f"{name} has no field of its own.")


def _pixels(label: str) -> forms.Field:
    attrs = {"inputmode": "numeric", "aria-describedby": "id_shape_error size-rule"}
    return forms.IntegerField(
        required=False,
        min_value=0,
        max_value=99999,
        label=label,
        widget=forms.TextInput(attrs=attrs),
        error_messages={"invalid": f"The {label.lower()} is a number of pixels."},
    )


def _choice(label: str, parameter: EnumParameter, name: str) -> forms.Field:
    """The default is sent by saying nothing, so that a plain request stays plain."""
    choices = [
        ("" if value == parameter.default else value, value.replace("-", " "))
        for value in parameter.values
    ]
    if parameter.default is None:
        choices.insert(0, ("", "default"))
    return forms.ChoiceField(
        required=False,
        label=label,
        choices=choices,
        widget=forms.Select(attrs={"aria-describedby": f"id_{name}_error"}),
        error_messages={
            "invalid_choice": f"Choose one of {', '.join(parameter.values)}."
        },
    )


def _fraction(label: str, parameter: RangeParameter, name: str) -> forms.Field:
    default = "" if parameter.default is None else f"{parameter.default:g}"
    attrs = {
        "min": parameter.minimum,
        "max": parameter.maximum,
        "step": "any",
        "placeholder": default or "default",
        "aria-describedby": f"id_{name}_error",
    }
    return forms.FloatField(
        required=False,
        label=label,
        widget=forms.NumberInput(attrs=attrs),
        error_messages={"invalid": "Write a number."},
    )


def _number(label: str, parameter: RangeParameter, name: str) -> forms.Field:
    """Its bounds are the plan's to check: it names the model and the nearest value."""
    default = "random" if parameter.default is None else str(parameter.default)
    return forms.IntegerField(
        required=False,
        label=label,
        widget=forms.NumberInput(
            attrs={
                "min": parameter.minimum,
                "max": parameter.maximum,
                "placeholder": default,
                "aria-describedby": f"id_{name}_error",
            }
        ),
        error_messages={"invalid": "Write a whole number."},
    )
