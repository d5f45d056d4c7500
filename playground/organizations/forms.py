from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from playground.lib.origin import validate_base_url
from playground.organizations.kinds import Kind, Service, all_kinds, get_kind
from playground.organizations.models import Connection, Membership, Organization
from playground.organizations.models.connection import name_validator

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
    allowed_models = forms.CharField(
        label="Allowed models",
        required=False,
        help_text="One on each line. Leave it empty to allow all.",
        widget=forms.Textarea(
            attrs={"class": "code", "rows": 4, "spellcheck": "false"}
        ),
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
            unused += ["api_key"]
        unused += [f"{s}_model" for s in ("chat", "image") if s not in kind.services]
        has_key = connection is not None and connection.has_api_key
        unused += [] if has_key else ["remove_key"]
        return unused + (["make_default"] if connection is not None else [])

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
        shown = {k: v for k, v in self.cleaned_data.items() if k != "make_default"}
        return {**empty, **shown}


def clean_key(value: str) -> str:
    """A key without blanks around it; one that cannot stand in a header is refused."""
    key = value.strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ValidationError(
            "A key has only plain letters, digits and signs. Copy it once more."
        )
    return key


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
    return {**values, "allowed_models": "\n".join(connection.allowed_models)}


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


class MemberForm(forms.Form):
    """Adds a person; only an owner can name owners."""

    email = forms.EmailField(label="Email", max_length=254)
    role = forms.ChoiceField(label="Role", initial=Membership.Role.MEMBER)

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = ["member", "viewer", "admin"]
        if membership.role == Membership.Role.OWNER:
            roles.append("owner")
        self.organization = membership.organization
        self.fields["role"].choices = [(r, r) for r in roles]  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if self.organization.memberships.filter(user__email=email).exists():
            raise ValidationError("This person is a member already.")
        return email
