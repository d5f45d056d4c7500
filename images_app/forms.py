"""The tester's form: its fields follow what the chosen model takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms

from images_app.card_facts import spoken_size
from images_app.catalog.load import ImageModel
from images_app.form_fields import LABELS, model_fields, own_parameters
from images_app.models import File
from images_app.plan_view import PlanView, plan_view
from images_app.services.plan import Adjustment, ImageAsk, Plan, PlanError, plan
from images_app.services.plan_values import Option
from images_app.services.sizes import AUTO, parse_ratio, parse_size
from images_app.shapes import (
    OWN,
    broken_rule,
    offered_shapes,
)

# Which field shows what the plan says about a parameter.
_FIELD_OF = {"size": "shape", "aspect_ratio": "shape", "image": "images"}


@dataclass(frozen=True)
class Fix:
    """A button that puts the nearest value into the form."""

    label: str
    apply: str


@dataclass(frozen=True)
class Slot:
    """The place under a field where its error stands, whether there is one or not."""

    name: str
    error: str = ""
    fix: Fix | None = None

    @property
    def id(self) -> str:
        return f"id_{self.name}_error"


class ImageForm(forms.Form):
    """What to draw with one model.

    A draft is planned while somebody is still writing: its empty prompt is no error.
    After `is_valid`, `plan` is what will be sent; it is None when there are errors.
    """

    prompt = forms.CharField(
        required=False,
        widget=forms.Textarea(
            attrs={
                "rows": 3,
                "placeholder": "A cute baby sea otter floating on its back",
                "aria-describedby": "prompt-count id_prompt_error",
            }
        ),
    )
    style_name = forms.CharField(required=False, max_length=60, label="Style name")
    style_suffix = forms.CharField(
        required=False, max_length=1000, label="Text added to the prompt"
    )

    def __init__(
        self,
        model: ImageModel,
        data: Mapping[str, Any],
        *,
        sources: Sequence[File] = (),
        mask: File | None = None,
        is_draft: bool = False,
    ) -> None:
        super().__init__(data, auto_id="id_%s")
        self.model = model
        # Pictures that this model cannot take wait aside for one that can.
        self.sources = sources if "edit" in model.operations else ()
        self.mask = mask if self.sources else None
        self.is_draft = is_draft
        self.plan: Plan | None = None
        self.fixes: dict[str, Fix] = {}
        self.outside_errors: dict[str, str] = {}
        self.fields.update(model_fields(model))
        for name in ("style_name", "style_suffix"):
            self.fields[name].widget.attrs["aria-describedby"] = f"id_{name}_error"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        try:
            self.plan = plan(self.ask(), self.model)
        except PlanError as exc:
            self._show(exc.parameter, exc.message, exc.nearest)
            return data
        for change in self.plan.adjustments:
            if change.parameter == "size":  # whoever types pixels means those pixels
                self._show_size(change)
        return data

    def ask(self) -> ImageAsk:
        """The wish as it stands in the fields; needs `cleaned_data`."""
        data = self.cleaned_data
        size, ratio = self._size()
        names = ("quality", "background", "output_format", "style", "moderation")
        words: dict[str, Any] = {name: data.get(name) or None for name in names}
        own = {name: data.get(name) for name in own_parameters(self.model)}
        return ImageAsk(
            prompt=data.get("prompt") or ("…" if self.is_draft else ""),
            model=self.model.id,
            n=data.get("n") or 1,
            size=size,
            aspect_ratio=ratio,
            output_compression=data.get("output_compression"),
            seed=data.get("seed"),
            style_name=data.get("style_name") or None,
            style_suffix=data.get("style_suffix") or None,
            n_images=len(self.sources),
            has_mask=self.mask is not None,
            options={k: v for k, v in own.items() if v not in (None, "", False)},
            **words,
        )

    def _size(self) -> tuple[str | None, str | None]:
        """Size and ratio: at most one of them is said."""
        shape = self.cleaned_data.get("shape") or AUTO
        if shape == OWN:
            width, height = self.cleaned_data["width"], self.cleaned_data["height"]
            return f"{width or 0}x{height or 0}", None
        if parse_size(shape):
            return shape, None
        return None, shape if parse_ratio(shape) else None

    def _show_size(self, change: Adjustment) -> None:
        box = parse_size(str(change.asked))
        free = self.model.size.free if self.model.size else None
        rule = broken_rule(free, box) if free and box else ""
        text = f"{rule} ({self.model.label})" if rule else f"{change.reason}."
        self._show("size", text, change.sent)
        self.plan = None

    def _show(self, parameter: str, message: str, nearest: Option | None) -> None:
        name = _FIELD_OF.get(parameter, parameter)
        if nearest is not None and (fix := _fix(name, nearest)):
            self.fixes[name] = fix
        if name in self.fields:
            self.add_error(name, message)
        else:
            self.outside_errors[name] = message
            self.add_error(None, message)

    def refuse(self, name: str, message: str) -> None:
        """Say beside a field without an own value (pictures, mask) what is wrong."""
        self.is_valid()
        self.outside_errors[name] = message
        self.add_error(None, message)

    def slot(self, name: str) -> Slot:
        """What stands under this field now."""
        fields = ("shape", "width", "height") if name == "shape" else (name,)
        found = [str(text) for field in fields for text in self.errors.get(field, ())]
        outside = self.outside_errors.get(name, "")
        text = " ".join(dict.fromkeys([*found, *([outside] if outside else [])]))
        return Slot(name, text, self.fixes.get(name))

    @property
    def slots(self) -> dict[str, Slot]:
        """Every place for an error, by the name of its field."""
        own = [name for name in self.fields if name not in {"width", "height"}]
        names = ("model", *own, *self.upload_names)
        return {name: self.slot(name) for name in names}

    @property
    def upload_names(self) -> tuple[str, ...]:
        """The fields of pictures that this model takes along."""
        if "edit" not in self.model.operations:
            return ()
        return ("images", "mask") if "mask" in self.model.operations else ("images",)

    @property
    def plan_view(self) -> PlanView | None:
        """The plan in words; None while there are errors."""
        if self.plan is None or self.errors:
            return None
        prompt = str(self.cleaned_data.get("prompt") or ("…" if self.is_draft else ""))
        return plan_view(
            self.plan,
            self.model,
            prompt=prompt,
            inputs=len(self.sources),
            has_mask=self.mask is not None,
        )

    @property
    def prompt_limit(self) -> str:
        """The most characters, as it is written."""
        return f"{self.model.prompt_limit:,}"

    @property
    def only_size(self) -> str:
        """The size of a model that makes no other; "" where there is a choice."""
        size = self.model.size
        return (
            ""
            if size is None or "shape" in self.fields
            else spoken_size(size.values[0])
        )

    @property
    def size_rule(self) -> str:
        """What an own size has to keep to, as a sentence; "" without own sizes."""
        free = self.model.size.free if self.model.size else None
        rule = free.rule().removeprefix("WIDTHxHEIGHT with ") if free else ""
        return f"{rule[:1].upper()}{rule[1:]}." if rule else ""

    @property
    def shapes(self) -> list[dict[str, Any]]:
        """The size picker's choices with the chosen one marked."""
        chosen = self["shape"].value() if "shape" in self.fields else ""
        return [
            {"shape": shape, "checked": shape.value == chosen}
            for shape in offered_shapes(self.model.size)
        ]

    @property
    def options(self) -> list[forms.BoundField]:
        """The model's simple fields, in the order of the catalog."""
        names = ("n", *LABELS, *own_parameters(self.model))
        return [self[name] for name in names if name in self.fields]


def _fix(name: str, nearest: Option) -> Fix | None:
    box = parse_size(str(nearest)) if name == "shape" else None
    if box is not None:
        values = {"shape": OWN, "width": box.width, "height": box.height}
        return Fix(f"Use {box.width} × {box.height}", urlencode(values))
    if name in {"prompt", "images", "mask"}:
        return None  # cutting a text or a choice of pictures is a person's decision
    return Fix(f"Use {nearest}", urlencode({name: nearest}))
