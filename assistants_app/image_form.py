"""The image tool of an assistant as a form whose choices follow the chosen model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from assistants_app.models.assistant import IMAGE_TOOL
from assistants_app.tools.image_options import image_ask
from images_app.catalog.descriptors import EnumParameter, SizeParameter
from images_app.catalog.load import ImageModel
from images_app.services.plan import PlanError, plan
from images_app.services.routing import (
    ImageRoute,
    choose_image_route,
    offered_models,
)
from images_app.services.sizes import (
    AUTO,
    nearest_to_ratio,
    offers,
    parse_ratio,
    parse_size,
    same_shape,
)
from images_app.services.tool_schema import COMMON_RATIOS
from playground.organizations.models import Organization
from playground.organizations.services.connections import NoConnectionError

PREFIX = "image"
MODES = (("auto", "Auto"), ("on", "On"), ("off", "Off"))
WORDS = {
    "quality": "Quality",
    "background": "Background",
    "output_format": "File type",
}
# Where the plan's complaint belongs on the form.
FIELD_OF = {"aspect_ratio": "size", "prompt": "style", "style": "style"}
Choices = list[tuple[str, Any]]


class ImageToolForm(forms.Form):
    """Mode and options; fields that the model has no use for are not there.

    `entry` is the tool as it is stored, or None. `problem` says why the chosen model
    cannot be used; then the options stay as they are stored. `dropped` are options
    that the model does not take, in words.
    """

    mode = forms.ChoiceField(choices=MODES, widget=forms.RadioSelect)
    route = forms.ChoiceField(label="Provider and model", required=False)
    style = forms.CharField(
        label="Style",
        max_length=1000,
        required=False,
        help_text="This text is added to every prompt, and shown as it was sent.",
        widget=forms.TextInput(attrs={"placeholder": "flat layered shapes, no text"}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        organization: Organization,
        entry: Mapping[str, Any] | None = None,
    ) -> None:
        self.organization = organization
        self.entry = dict(entry or {})
        self.has_entry = entry is not None
        super().__init__(data, prefix=PREFIX, initial=initial_of(entry))
        self.wish = self._said("route")
        self.image_route, self.problem = self._find()
        self.dropped: list[str] = []
        self.offered: dict[str, set[str]] = {}
        self._offer_routes()
        if self.image_route is not None:
            self._offer_options(self.image_route.model)
        self.order_fields([*self.option_names, "style"])

    @property
    def option_names(self) -> list[str]:
        """The options besides style that this model takes, in the order of the form."""
        names = ("size", *WORDS, "partial_images")
        return [name for name in names if name in self.fields]

    @property
    def options(self) -> list[forms.BoundField]:
        return [self[name] for name in self.option_names]

    def _said(self, name: str) -> str:
        """The value that is on the form at this moment."""
        if self.is_bound:
            return str(self.data.get(self.add_prefix(name), ""))
        return str(self.initial.get(name) or "")

    def _find(self) -> tuple[ImageRoute | None, str]:
        provider, _, model = self.wish.partition("/")
        try:
            route = choose_image_route(
                self.organization, model=model, provider=provider
            )
        except NoConnectionError as exc:
            return None, str(exc)
        return route, ""

    def _offer_routes(self) -> None:
        groups: dict[str, Choices] = {}
        for route in offered_models(self.organization):
            group = groups.setdefault(route.connection.name, [])
            value = f"{route.connection.name}/{route.model.id}"
            group.append((value, _with_retirement(route.model)))
        choices: Choices = [("", self._default_label()), *groups.items()]
        known = {value for group in groups.values() for value, _ in group}
        if self.wish and self.wish not in known:
            choices.append((self.wish, f"{self.wish.strip('/')} (as stored)"))
        self._choices("route", choices)

    def _default_label(self) -> str:
        try:
            route = choose_image_route(self.organization)
        except NoConnectionError:
            return "Organization default (none is set up)"
        return f"Organization default: {route.model.label}"

    def _choices(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        self.offered[name] = set(_values(choices))
        label = self.image_route.model.label if self.image_route else "this model"
        field.error_messages["invalid_choice"] = (
            f"“%(value)s” is not offered by {label}. Choose another value."
        )

    def _offer_options(self, model: ImageModel) -> None:
        if model.size is not None:
            self._add("size", "Size or ratio", self._sizes(model.size))
        for name, label in WORDS.items():
            parameter = model.parameters.get(name)
            if isinstance(parameter, EnumParameter):
                self._add(name, label, self._words(name, parameter))
        if model.partial_images:
            counts = [str(number) for number in range(model.partial_images + 1)]
            choices = [
                ("", f"Default: {model.previews}"),
                *((count, count) for count in counts),
            ]
            self._add("partial_images", "Previews", choices)
        self._drop_what_does_not_fit(model)

    def _add(self, name: str, label: str, choices: Choices) -> None:
        self.fields[name] = forms.ChoiceField(label=label, required=False)
        self._choices(name, choices)

    def _sizes(self, parameter: SizeParameter) -> Choices:
        sizes = [(value, _spoken_size(value)) for value in parameter.values]
        ratios = [
            (ratio, ratio) for ratio in COMMON_RATIOS if _has_ratio(parameter, ratio)
        ]
        said = self._said("size")
        own: Choices = []
        if said and said not in dict([*sizes, *ratios]) and _has(parameter, said):
            own = [("Own size", [(said, _spoken_size(said))])]
        default: Choices = [("", "Model decides")]
        return [*default, *own, ("Pixels", sizes), ("Ratio", ratios)]

    def _words(self, name: str, parameter: EnumParameter) -> Choices:
        said = self._said(name)
        words = [*parameter.values]
        if said and said not in words and parameter.open:
            words.append(said)
        default = f"Default: {parameter.default}" if parameter.default else "Default"
        return [("", default), *((word, word) for word in words)]

    def _drop_what_does_not_fit(self, model: ImageModel) -> None:
        """A form that was not sent yet shows only what the model takes."""
        if self.is_bound:
            return
        for name in ("size", *WORDS, "partial_images"):
            value = str(self.initial.get(name) or "")
            if value and value not in self.offered.get(name, ()):
                self.initial[name] = ""
                self.dropped.append(f"{name.replace('_', ' ')} {value}")

    def clean_style(self) -> str:
        return " ".join(str(self.cleaned_data["style"]).split())

    def clean(self) -> dict[str, Any]:
        """Ask the plan, with any prompt: it knows what goes together."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors or cleaned.get("mode") == "off":
            return cleaned
        if self.image_route is None:
            self.add_error("route", self.problem)
            return cleaned
        model = self.image_route.model
        try:
            ask = image_ask(self._entry(), {"prompt": "x"}, model)
            plan(ask, model, strict=True)
        except PlanError as exc:
            name = FIELD_OF.get(exc.parameter, exc.parameter)
            field = name if name in self.fields else None
            self.add_error(field, ValidationError(exc.message))
        return cleaned

    def tool(self) -> dict[str, Any] | None:
        """The tool as it is to be stored; None where there was none and it stays off.

        What this form does not show is kept, and so is an entry that says nothing of
        its mode where the mode is what it means.
        """
        entry = self._entry()
        mode = self.cleaned_data["mode"]
        if not self.has_entry and mode == "off" and not entry:
            return None
        if mode != self.entry.get("mode", "auto") or not self.has_entry:
            entry["mode"] = mode
        return {"type": IMAGE_TOOL, **entry}

    def _entry(self) -> dict[str, Any]:
        entry = {key: value for key, value in self.entry.items() if key != "type"}
        provider, _, model = str(self.cleaned_data.get("route", "")).partition("/")
        values: dict[str, Any] = {"provider": provider, "model": model}
        values["style"] = self.cleaned_data.get("style", "")
        if self.image_route is not None:
            values |= self._option_values()
        for name, value in values.items():
            entry.pop(name, None)
            if value not in ("", None):
                entry[name] = value
        # In the stored order, so that nothing looks changed that is not.
        order = [*self.entry, *entry]
        return {key: entry[key] for key in dict.fromkeys(order) if key in entry}

    def _option_values(self) -> dict[str, Any]:
        values: dict[str, Any] = {
            name: self.cleaned_data.get(name, "") for name in WORDS
        }
        size = str(self.cleaned_data.get("size", ""))
        is_ratio = parse_ratio(size) is not None
        values["aspect_ratio"] = size if is_ratio else ""
        values["size"] = "" if is_ratio else size
        previews = self.cleaned_data.get("partial_images", "")
        values["partial_images"] = int(previews) if previews else None
        return values


def initial_of(entry: Mapping[str, Any] | None) -> dict[str, Any]:
    """The form's values for a stored tool; an assistant without it is off."""
    if entry is None:
        return {"mode": "off"}
    provider, model = entry.get("provider") or "", entry.get("model") or ""
    previews = entry.get("partial_images")
    return {
        "mode": entry.get("mode", "auto"),
        "route": f"{provider}/{model}" if provider or model else "",
        "size": entry.get("size") or entry.get("aspect_ratio") or "",
        "style": entry.get("style") or "",
        "partial_images": "" if previews is None else str(previews),
        **{name: entry.get(name) or "" for name in WORDS},
    }


def entry_of(values: Mapping[str, str]) -> dict[str, Any]:
    """The tool as the form in a browser describes it, before anything is checked."""
    said = {
        key.removeprefix(f"{PREFIX}-"): value[:1000]
        for key, value in values.items()
        if key.startswith(f"{PREFIX}-") and value
    }
    provider, _, model = said.pop("route", "").partition("/")
    return {**said, "provider": provider, "model": model}


def _values(choices: Choices) -> Iterator[str]:
    """Every value, those in groups too."""
    for value, label in choices:
        if isinstance(label, list):
            yield from (inner for inner, _ in label)
        else:
            yield value


def _with_retirement(model: ImageModel) -> str:
    end = f", retires {model.shutdown_date}" if model.shutdown_date else ""
    return f"{model.label}{end}"


def _spoken_size(value: str) -> str:
    box = parse_size(value)
    return f"{box.width} × {box.height}" if box else value


def _has_ratio(parameter: SizeParameter, text: str) -> bool:
    ratio = parse_ratio(text)
    return ratio is not None and same_shape(nearest_to_ratio(parameter, ratio), ratio)


def _has(parameter: SizeParameter, text: str) -> bool:
    box = parse_size(text)
    if box is not None:
        return offers(parameter, box)
    return _has_ratio(parameter, text) or (text == AUTO and AUTO in parameter.values)
