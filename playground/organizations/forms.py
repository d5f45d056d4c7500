from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from playground.organizations.kinds import Kind, Service, all_kinds, get_kind
from playground.organizations.models import Connection, Organization

SERVICE_WORDS: dict[Service, str] = {"chat": "chat", "image": "pictures"}


def service_words(kind: Kind) -> str:
    """What a kind serves, as in “chat and pictures”."""
    return " and ".join(SERVICE_WORDS[s] for s in SERVICE_WORDS if s in kind.services)


def secret_input() -> forms.PasswordInput:
    """A box for a key: never filled by the server, never kept by the browser."""
    attrs = {"autocomplete": "off", "spellcheck": "false", "class": "mono"}
    return forms.PasswordInput(attrs=attrs, render_value=False)


def mono_input() -> forms.TextInput:
    return forms.TextInput(attrs={"class": "mono", "spellcheck": "false"})


def clean_key(value: str) -> str:
    """A key without blanks around it; one that cannot stand in a header is refused."""
    key = value.strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ValidationError(
            "A key has only plain letters, digits and signs. Copy it once more."
        )
    return key


class FirstKeyForm(forms.Form):
    """The welcome page's short form: which provider, and its key."""

    kind = forms.ChoiceField(label="Provider")
    api_key = forms.CharField(label="Key", max_length=4000, widget=secret_input())
    make_default = forms.BooleanField(
        label="Use it as the default once it works", required=False, initial=True
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization
        choices = [(kind.name, kind.label) for kind in all_kinds() if kind.needs_key]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
        self.fields[
            "api_key"
        ].help_text = (
            "Encrypted on this server; only its last four characters are ever shown."
        )

    def clean_api_key(self) -> str:
        return clean_key(self.cleaned_data["api_key"])

    def values(self) -> dict[str, Any]:
        """What `add_connection` takes, with a free name made from the kind's."""
        kind = self.cleaned_data["kind"]
        taken = set(self.organization.connections.values_list("name", flat=True))
        names = [kind, *(f"{kind}-{n}" for n in range(2, len(taken) + 3))]
        name = next(name for name in names if name not in taken)
        return {"name": name, "api_key": self.cleaned_data["api_key"]}


class DefaultsForm(forms.Form):
    """Which connection serves what no request decides."""

    chat = forms.ChoiceField(label="Default for chat", required=False)
    image = forms.ChoiceField(label="Default for pictures", required=False)

    def __init__(
        self, *args: Any, connections: list[Connection], **kwargs: Any
    ) -> None:
        kwargs["initial"] = {
            service: next(
                (c.name for c in connections if getattr(c, f"is_default_{service}")), ""
            )
            for service in ("chat", "image")
        }
        super().__init__(*args, **kwargs)
        self.by_name = {c.name: c for c in connections}
        for service, field in self.fields.items():
            field.choices = [  # type: ignore[attr-defined]
                ("", "None: each request has to name one"),
                *(
                    (c.name, described(c, service))
                    for c in connections
                    if service in get_kind(c.kind).services
                ),
            ]

    def chosen(self) -> dict[str, Connection | None]:
        """The connection of each service, or None."""
        return {
            service: self.by_name.get(self.cleaned_data[service])
            for service in self.fields
        }


class RetiredModelsForm(forms.Form):
    """Whether names that clients still send are served by something else."""

    serves_retired_models = forms.BooleanField(
        required=False,
        label="Serve dall-e-2 and dall-e-3 with the default connection for pictures",
        help_text=(
            "Both were shut down on 2026-05-12, but older programs still name them."
            " They are answered under DALL-E's own rules; a header of the answer tells"
            " which model made the picture. Off: the API refuses them."
        ),
    )


def described(connection: Connection, service: str) -> str:
    """A connection in a list of choices: “openai · gpt-image-2”."""
    field = f"{service}_model"
    model = getattr(connection, field) or getattr(get_kind(connection.kind), field)
    off = "" if connection.is_enabled else " (not offered to members)"
    return f"{connection.name} · {model}{off}" if model else f"{connection.name}{off}"
