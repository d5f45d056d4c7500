from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from playground.lib.clock import today
from playground.organizations.models.api_key import DEFAULT_SCOPES, SCOPES

SCOPE_WORDS = {
    "read": "read: threads, runs, pictures",
    "run": "run: all of read, and start runs, upload files, spend money",
    "images": "images: make pictures directly, with files and the list of models",
    "admin": "admin: connections, members and keys",
}


def end_of(day: date) -> datetime:
    """The moment at which this day is over, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)


class ApiKeyForm(forms.Form):
    """Makes a key: what it is for, what it may do, and until when."""

    name = forms.CharField(
        max_length=120, help_text="What uses it, such as “postcard script”."
    )
    expires_on = forms.DateField(
        label="Expires",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="The last day on which it works, in UTC. Empty: it does not expire.",
    )
    scopes = forms.MultipleChoiceField(
        label="Scopes",
        choices=[(scope, SCOPE_WORDS[scope]) for scope in SCOPES],
        initial=DEFAULT_SCOPES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one scope."},
    )

    def clean_expires_on(self) -> date | None:
        day: date | None = self.cleaned_data["expires_on"]
        if day is not None and day < today():
            raise ValidationError("This day is over. Choose today or a later one.")
        if day == date.max:
            raise ValidationError("Choose an earlier day.")
        return day

    def values(self) -> dict[str, Any]:
        """What `create_api_key` takes."""
        day = self.cleaned_data["expires_on"]
        return {
            "name": self.cleaned_data["name"],
            "scopes": self.cleaned_data["scopes"],
            "expires_at": day and end_of(day),
        }
