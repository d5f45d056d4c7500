"""The prices of an organization's models, and those that its admins set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from playground.organizations.kinds import Kind, Service, get_kind
from playground.organizations.model_lists import (
    ListedModel,
    names_of,
    served_lists,
)
from playground.organizations.models import Connection, User
from playground.organizations.services.model_entries import change_entry
from playground.organizations.services.usage import Sums

Used = Mapping[tuple[Any, ...], Sums]
"""By a connection's name, "chat" or "image", and a model's name."""


@dataclass(frozen=True)
class PriceLine:
    """A model of a connection, its price, and what it was used for in a month."""

    connection: Connection
    model: ListedModel
    used: Sums

    @property
    def kind(self) -> Kind:
        """What kind of connection it is."""
        return get_kind(self.connection.kind)

    @property
    def is_own(self) -> bool:
        """Whether an admin has set it."""
        return self.model.price_origin == "own"

    @property
    def matters(self) -> bool:
        """Whether it stands in the short list: used, a default, or set here."""
        defaults = {
            "chat": self.connection.chat_model or self.kind.chat_model,
            "image": self.connection.image_model or self.kind.image_model,
        }
        is_default = defaults[self.model.service] == self.model.name
        return bool(self.used.calls) or self.is_own or is_default


def price_lines(connections: Iterable[Connection], used: Used) -> list[PriceLine]:
    """Every model of these connections and every one that was used, those whose price
    was asked for in vain first."""
    lines = [
        PriceLine(
            connection,
            models.describe(connection, name),
            used.get((connection.name, service, name), Sums()),
        )
        for connection in connections
        for service, models in served_lists(connection).items()
        for name in _names(connection, service, used)
    ]
    return sorted(lines, key=lambda line: -line.used.unknown_calls)


def _names(connection: Connection, service: Service, used: Used) -> list[str]:
    of_used = [
        name
        for of_connection, of_service, name in used
        if of_connection == connection.name and of_service == service
    ]
    return list(dict.fromkeys([*names_of(connection, service), *of_used]))


def set_price(
    connection: Connection,
    service: Service,
    name: str,
    price: Mapping[str, Any],
    *,
    user: User | None,
) -> None:
    """What a model costs here from now on; ValidationError says what is wrong with it."""
    said = {"price": dict(price)}
    change_entry(connection, service, name, said, user=user, action="price.changed")


def remove_price(
    connection: Connection, service: Service, name: str, *, user: User | None
) -> None:
    """The provider's list holds again, where there is one."""
    said = {"price": None}
    change_entry(connection, service, name, said, user=user, action="price.removed")
