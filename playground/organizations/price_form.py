"""The form of a model's own price, made from how its service may be billed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from playground.lib.clock import today
from playground.organizations.model_lists import Billing, PriceNumber, served_lists
from playground.organizations.models import Connection

HIGHEST = Decimal(1_000_000)


@dataclass(frozen=True)
class Group:
    """The fields of one way of billing."""

    unit: str
    fields: list[forms.BoundField]


class PriceForm(forms.Form):
    """What a model costs. `price()` is the price as a connection's entry holds it."""

    unit = forms.ChoiceField(label="Billed", widget=forms.RadioSelect)

    def __init__(
        self,
        *args: Any,
        billings: Sequence[Billing],
        price_entry: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = _initial(billings, price_entry or {})
        super().__init__(*args, **kwargs)
        self.billings = {billing.unit: billing for billing in billings}
        self.fields["unit"].choices = [(b.unit, b.label) for b in billings]  # type: ignore[attr-defined]
        if len(billings) == 1:
            self.fields["unit"].required = False
        for billing in billings:
            for number in billing.numbers:
                self.fields[_name(billing, number)] = _field(number)

    @property
    def has_choice(self) -> bool:
        """Whether there is more than one way of billing."""
        return len(self.billings) > 1

    @property
    def groups(self) -> list[Group]:
        """The numbers of each way of billing."""
        return [
            Group(unit, [self[_name(billing, n)] for n in billing.numbers])
            for unit, billing in self.billings.items()
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        billing = self._billing(data)
        for number in billing.numbers if billing else ():
            name = _name(billing, number)
            if (
                number.is_required
                and data.get(name) is None
                and name not in self.errors
            ):
                self.add_error(name, "Write a price; 0 where it is free.")
        return data

    def price(self) -> dict[str, Any]:
        """Numbers as texts, since JSON has no decimals; it holds from today on."""
        billing = self._billing(self.cleaned_data)
        numbers = {
            number.name: f"{self.cleaned_data[_name(billing, number)]:f}"
            for number in billing.numbers
            if self.cleaned_data[_name(billing, number)] is not None
        }
        unit = {"unit": billing.unit} if billing.unit else {}
        return {**unit, "as_of": today().isoformat(), **numbers}

    def _billing(self, data: Mapping[str, Any]) -> Any:
        return self.billings.get(data.get("unit", ""))


class ModelChoiceForm(forms.Form):
    """Which model gets a price: one that no list names can be typed."""

    model_of = forms.ChoiceField(label="Connection")
    model = forms.CharField(
        label="Model",
        max_length=200,
        help_text="As requests name it, such as gpt-image-2.",
        widget=forms.TextInput(attrs={"class": "mono", "spellcheck": "false"}),
    )

    def __init__(
        self, *args: Any, connections: Sequence[Connection], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        words = {"chat": "chat", "image": "pictures"}
        self.fields["model_of"].choices = [  # type: ignore[attr-defined]
            (f"{service}/{connection.name}", f"{connection.name}, {words[service]}")
            for connection in connections
            for service in served_lists(connection)
        ]


def _name(billing: Billing, number: PriceNumber) -> str:
    return f"{billing.unit or 'any'}-{number.name}"


def _field(number: PriceNumber) -> forms.Field:
    unit = "USD" if number.is_usd else ""
    optional = "" if number.is_required else "Leave it empty where there is none."
    return forms.DecimalField(
        label=", ".join(part for part in (number.label, unit) if part),
        required=False,
        min_value=Decimal(0),
        max_value=HIGHEST,
        max_digits=15,
        decimal_places=8,
        help_text=optional,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "invalid": "Write a number such as 0.04, without a sign.",
            "min_value": "Write 0 or more.",
        },
    )


def _initial(
    billings: Sequence[Billing], entry: Mapping[str, Any]
) -> dict[str, str | None]:
    """The price that holds, in the fields of its own way of billing."""
    units = [billing.unit for billing in billings]
    unit = entry.get("unit", "")
    values: dict[str, str | None] = {"unit": unit if unit in units else units[0]}
    for billing in billings:
        if billing.unit == unit:
            for number in billing.numbers:
                values[_name(billing, number)] = entry.get(number.name)
    return values
