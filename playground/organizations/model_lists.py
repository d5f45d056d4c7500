"""What the settings pages know of models: described and checked by the apps.

The apps register a `ModelList` for their service (`kinds.add_model_list`); the pages
know neither catalogs nor what an entry may hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from playground.lib.clock import today
from playground.organizations.kinds import Service, get_kind, model_lists
from playground.organizations.models import Connection

PriceOrigin = Literal["list", "own", "reported", "unknown"]
RETIRES_SOON = timedelta(days=90)
"""How long before its end a model is marked."""


@dataclass(frozen=True)
class EntryField:
    """Something that an admin may say of a model: a whole number, or yes or no."""

    name: str
    label: str
    help: str = ""
    is_flag: bool = False
    minimum: int = 0


@dataclass(frozen=True)
class PriceNumber:
    """One number of a price: USD, or a count where `is_usd` is false."""

    name: str
    label: str
    is_usd: bool = True
    is_required: bool = True


@dataclass(frozen=True)
class Billing:
    """A way of billing that an admin's own price may have.

    `unit` is what the entry's price says of it, "" where its service has only one way.
    """

    unit: str
    label: str
    numbers: tuple[PriceNumber, ...]


@dataclass(frozen=True)
class ListedModel:
    """A model at one connection.

    `values` holds what is in force for the fields of its list and the label; `facts`
    are the same as one line. `price` is in words for `unit` ("$2 in, $8 out" for "1M
    tokens"), "" where it is unknown; `price_entry` is the price as an entry holds it.
    """

    service: Service
    name: str
    label: str
    facts: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    price: str = ""
    unit: str = ""
    price_origin: PriceOrigin = "unknown"
    price_as_of: date | None = None
    price_entry: Mapping[str, Any] | None = None
    shutdown_date: date | None = None
    successor: str = ""
    in_catalog: bool = False
    is_changed: bool = False  # an admin has said something of it

    @property
    def is_retired(self) -> bool:
        """Whether its provider has shut it down."""
        return self.shutdown_date is not None and self.shutdown_date <= today()

    @property
    def retires_soon(self) -> bool:
        """Whether a badge warns of its end."""
        day = self.shutdown_date
        return day is not None and today() < day <= today() + RETIRES_SOON


@dataclass(frozen=True)
class ModelList:
    """One service's models, for the settings pages.

    `names`: the catalog's names for a connection, those that are shut down left out.
    `describe`: one model there, whether the catalog knows it or not. `check`: what is
    wrong with an entry of `Connection.model_entries`; "" when nothing is. `fields`:
    what an entry may say besides label and price. `billings`: how a price may be told,
    the usual way first.
    """

    names: Callable[[Connection], list[str]]
    describe: Callable[[Connection, str], ListedModel]
    check: Callable[[Connection, str, Mapping[str, Any]], str]
    fields: tuple[EntryField, ...] = ()
    billings: tuple[Billing, ...] = ()


def served_lists(connection: Connection) -> dict[Service, ModelList]:
    """The lists of those services that the connection's kind has."""
    served = get_kind(connection.kind).services
    return {s: models for s, models in model_lists().items() if s in served}


def models_of(connection: Connection) -> list[ListedModel]:
    """Every model of which something is known at this connection, chat first.

    The catalog's, the defaults, the admin's own entries, and those allowed or listed
    ones whose service is certain.
    """
    lists = served_lists(connection)
    return [
        models.describe(connection, name)
        for service, models in lists.items()
        for name in names_of(connection, service)
    ]


def names_of(connection: Connection, service: Service) -> list[str]:
    """The names of this service's models at a connection, each once."""
    models = served_lists(connection)[service]
    own = getattr(connection, f"{service}_model")
    preset = getattr(get_kind(connection.kind), f"{service}_model")
    known = models.names(connection)
    if connection.listed_models and not _is_makers(connection):
        known = [name for name in known if name in connection.listed_models]
        preset = preset if preset in connection.listed_models else ""
    first = [name for name in (own or preset,) if name]
    told = connection.model_entries.get(service, {})
    return list(dict.fromkeys([*first, *told, *known, *_certain(connection, service)]))


def unsorted_names(connection: Connection) -> list[str]:
    """What the server lists or the admin allows, of which no service is known."""
    sorted_names = {
        name
        for service in served_lists(connection)
        for name in names_of(connection, service)
    }
    names = dict.fromkeys([*connection.allowed_models, *connection.listed_models])
    return [name for name in names if name not in sorted_names]


def find_model(connection: Connection, name: str) -> ListedModel | None:
    """What is known of this name here; None where no catalog and no admin said a word."""
    for models in served_lists(connection).values():
        model = models.describe(connection, name)
        if model.in_catalog or model.is_changed:
            return model
    return None


def usd_words(value: Decimal) -> str:
    """A price as people read it: $8, $0.40, $0.0672."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    whole, _, cents = text.partition(".")
    return f"${whole}.{cents:0<2}" if cents else f"${whole}"


def _certain(connection: Connection, service: Service) -> list[str]:
    """Allowed and listed models of a connection that serves nothing else, and those
    that its catalog knows."""
    lists = served_lists(connection)
    names = [*connection.allowed_models, *connection.listed_models]
    if len(lists) == 1:
        return names
    return [n for n in names if lists[service].describe(connection, n).in_catalog]


def _is_makers(connection: Connection) -> bool:
    return connection.base_url == get_kind(connection.kind).base_url
