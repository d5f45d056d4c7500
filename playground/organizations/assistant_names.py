"""What the assistants in the daily sums are called; the app that has them says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from playground.organizations.models import Organization

Lookup = Callable[[Organization, Iterable[str]], Mapping[str, str]]
"""Names by public id; an assistant that was deleted is left out."""

_lookups: list[Lookup] = []


def register(lookup: Lookup) -> None:
    """Let usage pages ask this for names."""
    _lookups.append(lookup)


def assistant_names(
    organization: Organization, public_ids: Iterable[str]
) -> dict[str, str]:
    """The names of those assistants that there still are."""
    wanted = [public_id for public_id in public_ids if public_id]
    names: dict[str, str] = {}
    for lookup in _lookups if wanted else ():
        names.update(lookup(organization, wanted))
    return names
