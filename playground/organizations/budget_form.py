from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from playground.organizations.models import ApiKey, Budget, Organization, User

ORGANIZATION = "organization"


class BudgetForm(forms.Form):
    """How much may be spent in a month, by whom, and what happens at the end of it."""

    subject = forms.ChoiceField(label="Whose")
    amount = forms.DecimalField(
        label="Each month, in USD",
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "invalid": "Write an amount such as 200 or 59.50, without a sign.",
            "min_value": "Write 0 or more.",
        },
        help_text="A calendar month, in UTC. 0 allows nothing that costs money.",
    )
    mode = forms.ChoiceField(
        label="When it is used up",
        choices=[
            (Budget.Mode.HARD, "Refuse calls"),
            (Budget.Mode.SOFT, "Only warn admins"),
        ],
        initial=Budget.Mode.HARD,
        widget=forms.RadioSelect,
    )
    stops_unknown = forms.BooleanField(
        label="Refuse calls whose price is unknown",
        required=False,
        help_text="Else they pass, and are counted apart.",
    )

    def __init__(
        self,
        *args: Any,
        organization: Organization,
        budget: Budget | None = None,
        **kwargs: Any,
    ) -> None:
        if budget is not None:
            names = ("amount", "mode", "stops_unknown")
            kwargs["initial"] = {name: getattr(budget, name) for name in names}
        super().__init__(*args, **kwargs)
        self.organization = organization
        if budget is not None:
            del self.fields["subject"]
        else:
            self.fields["subject"].choices = _subjects(organization)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("stops_unknown") and data.get("mode") == Budget.Mode.SOFT:
            self.add_error(
                "stops_unknown",
                "A budget that only warns refuses nothing. Choose “Refuse calls”, or"
                " clear this.",
            )
        return data

    def values(self) -> dict[str, Any]:
        """What `add_budget` and `change_budget` take."""
        values = dict(self.cleaned_data)
        kind, _, key = values.pop("subject", "").partition("-")
        if kind == "member":
            values["member"] = User.objects.get(pk=key)
        if kind == "key":
            values["api_key"] = ApiKey.objects.get(pk=key)
        return values


def _subjects(organization: Organization) -> list[tuple[str, Any]]:
    """Who can have a budget and has none yet."""
    budgets = list(organization.budgets.all())
    members = organization.memberships.exclude(
        user_id__in=[budget.user_id for budget in budgets if budget.user_id]
    )
    keys = organization.api_keys.filter(revoked_at=None).exclude(
        pk__in=[budget.api_key_id for budget in budgets if budget.api_key_id]
    )
    choices: list[tuple[str, Any]] = []
    if not any(budget.user_id is budget.api_key_id is None for budget in budgets):
        choices.append((ORGANIZATION, f"{organization}, all together"))
    groups = {
        "A member": [
            (f"member-{m.user_id}", _person(m.user))
            for m in members.select_related("user").order_by("user__email")
        ],
        "An API key": [(f"key-{key.pk}", str(key)) for key in keys.order_by("name")],
    }
    return choices + [group for group in groups.items() if group[1]]


def _person(user: User) -> str:
    return f"{user.name} ({user.email})" if user.name else user.email
