from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from playground.lib.origin import validate_base_url
from playground.organizations.forms import (
    clean_key,
    mono_input,
    secret_input,
    service_words,
)
from playground.organizations.kinds import Kind
from playground.organizations.model_lists import find_model
from playground.organizations.models import Connection
from playground.organizations.models.connection import name_validator
from playground.organizations.services.connection_settings import OPTIONS

MAX_PRIORITY = 99


@dataclass(frozen=True)
class Section:
    """Fields that stand together, under a heading."""

    title: str
    fields: list[forms.BoundField]
    is_open: bool = True


SECTIONS = {
    "Access": ("name", "base_url", "api_key", "remove_key", "usd_per_credit"),
    "Models": ("chat_model", "image_model", "listed", "allowed_models"),
    "Time-outs and fallback": ("connect_timeout", "read_timeout", "priority"),
}
SELDOM = "Time-outs and fallback"


def seconds_field(label: str, help_text: str, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=most,
        required=False,
        help_text=help_text,
    )


class ConnectionForm(forms.Form):
    """A connection of one kind, whose preset decides which fields there are."""

    name = forms.CharField(
        max_length=40,
        validators=[name_validator],
        help_text="Lower-case letters, digits and hyphens. Requests can name it as"
        " NAME/MODEL.",
        widget=mono_input(),
    )
    base_url = forms.CharField(
        label="Base URL",
        max_length=500,
        validators=[validate_base_url],
        widget=forms.URLInput(attrs={"class": "mono"}),
    )
    api_key = forms.CharField(
        label="Key", max_length=4000, required=False, widget=secret_input()
    )
    remove_key = forms.BooleanField(label="Remove the stored key", required=False)
    usd_per_credit = forms.DecimalField(
        label="Price of one credit in USD",
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=6,
        required=False,
        help_text="What you pay for a credit. Left empty, costs are shown as unknown"
        " where no list price is known.",
    )
    chat_model = forms.CharField(
        label="Default chat model",
        max_length=200,
        required=False,
        widget=mono_input(),
    )
    image_model = forms.CharField(
        label="Default image model",
        max_length=200,
        required=False,
        widget=mono_input(),
    )
    listed = forms.MultipleChoiceField(
        label="Allowed models", required=False, widget=forms.CheckboxSelectMultiple
    )
    allowed_models = forms.CharField(
        label="Allowed models",
        required=False,
        help_text="One on each line. Leave it empty to allow all.",
        widget=forms.Textarea(
            attrs={"class": "code", "rows": 4, "spellcheck": "false"}
        ),
    )
    connect_timeout = seconds_field(
        "Seconds to connect", "Left empty, 10. At most 300.", 300
    )
    read_timeout = seconds_field(
        "Seconds to wait for an answer",
        "Left empty, what suits this kind. At most 7,200.",
        7200,
    )
    priority = forms.IntegerField(
        label="Place among fallbacks",
        min_value=1,
        max_value=MAX_PRIORITY,
        required=False,
        help_text="For pictures; 1 comes first. It stands in for a connection of the"
        " same kind with the same model that has certainly billed nothing, where the"
        " request names no connection. Left empty, it stands in for none.",
    )
    make_default = forms.BooleanField(required=False)

    def __init__(
        self,
        *args: Any,
        kind: Kind,
        connection: Connection | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for name in self.unused(connection):
            del self.fields[name]
        if "listed" in self.fields and connection is not None:
            self.offer_listed(connection)
        if "base_url" in self.fields and kind.base_url:
            self.fields["base_url"].help_text = f"The provider's own is {kind.base_url}"
        if "make_default" in self.fields:
            self.fields[
                "make_default"
            ].label = f"Use it as the default for {service_words(kind)} once it works"
        if "api_key" in self.fields:
            self.fields["api_key"].help_text = key_help(kind, connection)
            self.fields["api_key"].widget.attrs["placeholder"] = kind.key_hint
        for field in ("chat_model", "image_model"):
            preset = getattr(kind, field)
            if field in self.fields and preset:
                self.fields[field].help_text = f"Left empty, it is {preset}."

    def unused(self, connection: Connection | None) -> list[str]:
        """The fields that this kind, or this connection, has no use for."""
        kind = self.kind
        unused = [] if kind.needs_base_url else ["base_url"]
        if not kind.needs_base_url and not kind.needs_key:
            unused += ["api_key", "connect_timeout", "read_timeout"]
        unused += [f"{s}_model" for s in ("chat", "image") if s not in kind.services]
        unused += [] if kind.bills_credits else ["usd_per_credit"]
        has_key = connection is not None and connection.has_api_key
        unused += [] if has_key else ["remove_key"]
        is_listed = connection is not None and bool(connection.listed_models)
        unused += [] if is_listed else ["listed"]
        return unused + (["make_default"] if connection is not None else [])

    def offer_listed(self, connection: Connection) -> None:
        """Boxes to tick for what the server listed; other names are typed."""
        self.fields["listed"].choices = [  # type: ignore[attr-defined]
            (name, _with_end(connection, name)) for name in connection.listed_models
        ]
        for name in ("chat_model", "image_model"):
            if name in self.fields:
                self.fields[name].widget.attrs["list"] = "listed-models"
        self.fields["allowed_models"].label = "Other allowed models"
        self.fields["allowed_models"].help_text = (
            "Names that the server does not list, one on each line. With nothing ticked"
            " and nothing typed, all models are allowed."
        )

    def sections(self) -> Iterator[Section]:
        """The fields in groups; the last stays closed until it says something."""
        for title, names in SECTIONS.items():
            fields = [self[name] for name in names if name in self.fields]
            told = any(field.value() or field.errors for field in fields)
            if fields:
                yield Section(title, fields, title != SELDOM or told)

    def clean_allowed_models(self) -> list[str]:
        lines = self.cleaned_data["allowed_models"].splitlines()
        models = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
        if any(len(model) > 200 for model in models):
            raise ValidationError("A model name has at most 200 characters.")
        return models

    def clean_api_key(self) -> str:
        return clean_key(self.cleaned_data["api_key"])

    def values(self) -> dict[str, Any]:
        """What the services take; a field that is not shown is empty."""
        empty = {"base_url": "", "api_key": "", "chat_model": "", "image_model": ""}
        apart = {"make_default", "listed", *OPTIONS}
        shown = {k: v for k, v in self.cleaned_data.items() if k not in apart}
        allowed = [
            *self.cleaned_data.get("listed", []),
            *self.cleaned_data["allowed_models"],
        ]
        shown["allowed_models"] = list(dict.fromkeys(allowed))
        return {**empty, **shown, "options": self.options()}

    def options(self) -> dict[str, Any]:
        """What is kept among the connection's options; JSON has no decimals."""
        told = {name: self.cleaned_data.get(name) for name in OPTIONS}
        return {
            name: str(value) if isinstance(value, Decimal) else value
            for name, value in told.items()
            if value is not None
        }


def _with_end(connection: Connection, name: str) -> str:
    model = find_model(connection, name)
    if model is None or model.shutdown_date is None:
        return name
    verb = "shut down" if model.is_retired else "retires"
    return f"{name}, {verb} {model.shutdown_date:%-d %b %Y}"


def key_help(kind: Kind, connection: Connection | None) -> str:
    """What the key field says below itself."""
    kept = "Encrypted on this server; only its last four characters are ever shown."
    if connection is not None and connection.has_api_key:
        return f"Leave it empty to keep the stored key. {kept}"
    if not kind.needs_key:
        return f"Only if the server asks for one. {kept}"
    return kept


def initial_of(connection: Connection) -> dict[str, Any]:
    """A connection as its form shows it: everything but the key."""
    names = ("name", "base_url", "chat_model", "image_model")
    values = {name: getattr(connection, name) for name in names}
    listed = set(connection.listed_models)
    allowed = connection.allowed_models
    return {
        **values,
        **{name: connection.options.get(name) for name in OPTIONS},
        "listed": [name for name in allowed if name in listed],
        "allowed_models": "\n".join(name for name in allowed if name not in listed),
    }
