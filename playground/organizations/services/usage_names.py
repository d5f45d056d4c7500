"""Whom the numbers in the daily sums stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from playground.organizations.assistant_names import assistant_names
from playground.organizations.models import ApiKey, Organization, User


@dataclass(frozen=True)
class Names:
    """Names by number, and of assistants by id; what was deleted is missing."""

    members: Mapping[int, str] = field(default_factory=dict)
    api_keys: Mapping[int, str] = field(default_factory=dict)
    assistants: Mapping[str, str] = field(default_factory=dict)

    def member(self, number: int) -> str:
        """Who it is or was."""
        return self.members.get(number, f"deleted person {number}")

    def api_key(self, number: int) -> str:
        """Which key it is or was."""
        return self.api_keys.get(number, f"deleted key {number}")

    def assistant(self, public_id: str) -> str:
        """Its name, or its id where it was deleted."""
        return self.assistants.get(public_id) or public_id


def names_of(
    organization: Organization,
    *,
    members: Iterable[int] = (),
    api_keys: Iterable[int] = (),
    assistants: Iterable[str] = (),
) -> Names:
    """The names of these, in one query for each sort.

    Numbers come from the organization's own sums, so a person who has left it is named
    as well.
    """
    people = User.objects.filter(pk__in=set(members)).only("name", "email")
    keys = ApiKey.objects.filter(organization=organization, pk__in=set(api_keys))
    return Names(
        {person.pk: str(person) for person in people},
        {key.pk: str(key) for key in keys.only("name", "key_end")},
        assistant_names(organization, sorted(set(assistants))),
    )
