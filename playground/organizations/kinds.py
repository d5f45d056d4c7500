"""The registry of connection kinds: all that settings and commands know of providers.

A kind is a wire format. Apps register theirs in `AppConfig.ready()`; an app that adds
another service to a kind (chat beside images) says so with `add_service`, and with
`add_catalog` which models it knows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from playground.lib.check_result import CheckResult

if TYPE_CHECKING:
    from playground.organizations.model_lists import ModelList

Service = Literal["chat", "image"]
Group = Literal["openai", "cloud", "own", "built_in"]
"""Where the settings pages list a kind: OpenAI and clouds that speak its API, other
clouds, servers of one's own, what is built in."""


Check = Callable[[str, str], Awaitable[CheckResult]]
"""`check(base_url, api_key)`: tries the connection without paying anything."""


@dataclass(frozen=True)
class Kind:
    """One wire format and what its settings form has to ask for."""

    name: str
    label: str
    description: str
    check: Check
    needs_key: bool = True
    is_free: bool = False  # its calls cost nothing, so an interrupted one is no loss
    base_url: str = ""  # the preset; "" together with needs_base_url False: no address
    needs_base_url: bool = True
    key_hint: str = ""
    services: frozenset[Service] = frozenset()
    chat_model: str = ""
    image_model: str = ""
    group: Group = "cloud"
    bills_credits: bool = False  # what a credit costs is known to its buyer alone


CatalogKind = Callable[[str], str | None]
"""Names the kind whose catalog holds a model, or None."""

_kinds: dict[str, Kind] = {}
_catalogs: dict[Service, CatalogKind] = {}
_model_lists: dict[Service, ModelList] = {}


def register(kind: Kind) -> None:
    """Make a kind known; a later registration of the same name replaces it."""
    _kinds[kind.name] = kind


def add_service(name: str, service: Service, *, model: str = "") -> None:
    """Say that a registered kind serves chat (or images) as well."""
    kind = _kinds[name]
    field = "chat_model" if service == "chat" else "image_model"
    _kinds[name] = replace(
        kind,
        services=kind.services | {service},
        **{field: model},  # type: ignore[arg-type]
    )


def add_catalog(service: Service, catalog_kind: CatalogKind) -> None:
    """Say which models are known to do this."""
    _catalogs[service] = catalog_kind


def add_model_list(service: Service, models: ModelList) -> None:
    """Let the settings pages see and change what is known of this service's models."""
    _model_lists[service] = models


def model_lists() -> dict[Service, ModelList]:
    """What the apps have registered, chat first."""
    return dict(sorted(_model_lists.items()))


def is_for(name: str, service: Service) -> bool:
    """Whether a catalog says that this model does this, and none that it does more."""
    return all(
        (kind_of(name) is not None) == (known == service)
        for known, kind_of in _catalogs.items()
    )


def get_kind(name: str) -> Kind:
    """The kind, or KeyError for a name that no app has registered."""
    return _kinds[name]


def all_kinds() -> list[Kind]:
    """Every kind in the order of registration."""
    return list(_kinds.values())
