"""What the calls of the seed dialect share: which organization a request works in."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from playground.api.callers import ROLE_SCOPES, Caller
from playground.api.errors import ApiError
from playground.organizations.models import Membership, Organization

OrganizationId = Annotated[
    str,
    Field(
        description="The org_… id. Needed by a person who belongs to several; a key has"
        " one organization."
    ),
]


def resolve_organization(caller: Caller, organization_id: str | None) -> Organization:
    """The organization that a request names, or the only one its caller has.

    A foreign and a missing one are the same 403, so that nobody learns which exist.
    """
    return in_organization(caller, organization_id).organization


def in_organization(caller: Caller, organization_id: str | None) -> Caller:
    """The caller as what he is in that organization: another role, other scopes.

    A key has one organization. A person with several names one; 403 otherwise.
    """
    if caller.user is None:
        if organization_id not in (None, caller.organization.public_id):
            raise _denied()
        return caller
    memberships = caller.user.memberships.select_related("organization")
    if organization_id is None:
        return _as_member(caller, _only_one(list(memberships)))
    named = memberships.filter(organization__public_id=organization_id).first()
    if named is None:
        raise _denied()
    return _as_member(caller, named)


def _only_one(memberships: list[Membership]) -> Membership:
    if len(memberships) != 1:
        raise ApiError(
            403,
            "You belong to several organizations. Name one in 'organization_id'.",
            "organization_id",
            "ambiguous_organization",
            seed_code="AMBIGUOUS_ORGANIZATION",
        )
    return memberships[0]


def _as_member(caller: Caller, membership: Membership) -> Caller:
    scopes = frozenset(ROLE_SCOPES[Membership.Role(membership.role)])
    return replace(
        caller,
        organization=membership.organization,
        membership=membership,
        scopes=scopes,
    )


def _denied() -> ApiError:
    return ApiError(
        403,
        "You have no access to this organization.",
        "organization_id",
        "organization_access_denied",
        seed_code="ORGANIZATION_ACCESS_DENIED",
    )
