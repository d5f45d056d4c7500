"""Which models in use are about to be shut down: defaults, and what the apps add."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from playground.lib.clock import today
from playground.organizations.kinds import Service, get_kind
from playground.organizations.model_lists import ListedModel, served_lists
from playground.organizations.models import Connection, Organization

WARNED = timedelta(days=30)


@dataclass(frozen=True)
class Use:
    """Something that names a model of a connection: "Postcard Studio", with its page
    where it has one."""

    service: Service
    connection: Connection
    model: str
    who: str
    url: str = ""


@dataclass
class Retiring:
    """A model that is shut down soon, or was, and all that uses it."""

    model: ListedModel
    connection: Connection
    users: list[Use] = field(default_factory=list)


Source = Callable[[Organization], list[Use]]
_sources: list[Source] = []


def add_source(source: Source) -> None:
    """Have this asked as well for what uses models."""
    _sources.append(source)


def retiring_soon(organization: Organization) -> list[Retiring]:
    """What is shut down within 30 days, the first first."""
    uses = [*_defaults(organization)]
    for source in _sources:
        uses += source(organization)
    found: dict[tuple[int, Service, str], Retiring] = {}
    for use in uses:
        key = (use.connection.pk, use.service, use.model)
        if key not in found:
            models = served_lists(use.connection)[use.service]
            model = models.describe(use.connection, use.model)
            found[key] = Retiring(model, use.connection)
        found[key].users.append(use)
    last = today() + WARNED
    soon = [r for r in found.values() if (r.model.shutdown_date or last) < last]
    return sorted(soon, key=lambda r: (r.model.shutdown_date or last, r.model.name))


def _defaults(organization: Organization) -> Iterator[Use]:
    """The model of each default connection, where it has one."""
    words: dict[Service, str] = {"chat": "chat", "image": "pictures"}
    connections = organization.connections.defer("api_key", "listed_models")
    for connection in connections:
        for service in served_lists(connection):
            preset = getattr(get_kind(connection.kind), f"{service}_model")
            model = getattr(connection, f"{service}_model") or preset
            if model and getattr(connection, f"is_default_{service}"):
                who = f"the default for {words[service]}"
                yield Use(service, connection, model, who)
