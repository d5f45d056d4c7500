from __future__ import annotations

from typing import Any

from django import forms

from playground.organizations.forms import mono_input
from playground.organizations.kinds import Service
from playground.organizations.model_lists import (
    EntryField,
    ListedModel,
    ModelList,
)

MAX_NUMBER = 100_000_000


class ModelEntryForm(forms.Form):
    """What an admin says of a model: its label and its limits.

    A field that is left empty, or that says what is known anyway, is not kept.
    """

    label = forms.CharField(
        max_length=120, required=False, help_text="The name in lists."
    )

    def __init__(
        self, *args: Any, models: ModelList, known: ListedModel, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        self.told = models.fields
        for field in models.fields:
            self.fields[field.name] = _form_field(field)

    def said(self) -> dict[str, Any]:
        """What differs from what is known without the admin; None takes it back."""
        names = ["label", *(field.name for field in self.told)]
        return {name: self._said(name) for name in names}

    def _said(self, name: str) -> Any:
        value = self.cleaned_data[name]
        return None if value in (None, "", self.known.values.get(name)) else value


class ModelNameForm(forms.Form):
    """Names a model that no list has yet."""

    service = forms.ChoiceField(label="It is for", widget=forms.RadioSelect)
    model = forms.CharField(
        label="Model",
        max_length=200,
        widget=mono_input(),
        help_text="As the server names it.",
    )

    def __init__(self, *args: Any, services: list[Service], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {"chat": "chat", "image": "pictures"}
        self.fields["service"].choices = [(s, words[s]) for s in services]  # type: ignore[attr-defined]
        self.fields["service"].initial = services[0]


def _form_field(field: EntryField) -> forms.Field:
    if field.is_flag:
        return forms.BooleanField(
            label=field.label, required=False, help_text=field.help
        )
    return forms.IntegerField(
        label=field.label,
        required=False,
        min_value=field.minimum,
        max_value=MAX_NUMBER,
        help_text=field.help,
    )
