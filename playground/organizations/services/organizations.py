"""Organizations, their members and keys."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q, QuerySet

from playground.lib.clock import now
from playground.organizations.models import (
    ApiKey,
    Membership,
    Organization,
    User,
)
from playground.organizations.models.api_key import DEFAULT_SCOPES, SCOPES
from playground.organizations.services import audit
from playground.organizations.services.invitations import revoke_unbacked
from playground.organizations.services.sign_in import hash_token

KEY_PREFIX = "esl_"


def create_organization(*, name: str) -> Organization:
    """A new organization with nothing and nobody in it."""
    organization = Organization(name=name.strip())
    organization.full_clean()
    organization.save()
    return organization


def find_organization(text: str | None) -> Organization:
    """The organization of this public id, or of this name if only one has it.

    Without a text the only one that there is. ValidationError says what was found
    instead, and which ones there are.
    """
    every = Organization.objects.order_by("pk")
    named = every if text is None else every.filter(Q(public_id=text) | Q(name=text))
    found = list(named[:2])
    if len(found) == 1:
        return found[0]
    if text is None and found:
        raise ValidationError(f"Say which organization. {_known(every)}")
    if not found:
        what = f"no organization “{text}”" if text is not None else "no organization"
        raise ValidationError(f"There is {what}. {_known(every)}")
    raise ValidationError(
        f"Several organizations have the name “{text}”. Give the org_… id."
        f" {_known(named)}"
    )


def _known(organizations: QuerySet[Organization]) -> str:
    """The first ten of them, by name and id."""
    found = [f"“{it.name}” ({it.public_id})" for it in organizations[:10]]
    if not found:
        return "Make one with create_organization, or start Easel once."
    return f"There are: {', '.join(found)}."


@transaction.atomic
def set_serves_retired_models(
    organization: Organization, *, serves: bool, user: User | None
) -> None:
    """Whether the API answers for image models that were shut down."""
    organization.serves_retired_models = serves
    organization.save(update_fields=["serves_retired_models"])
    word = "served" if serves else "refused"
    audit.record(organization, user, "retired_models.changed", word)


@transaction.atomic
def add_member(
    *,
    organization: Organization,
    email: str,
    role: str,
    user: User | None = None,
) -> tuple[User, bool]:
    """Give the person of this address a role; True when the account is new.

    Somebody who is a member already gets the new role. ValidationError for an address
    or a role that is none, and when the organization would lose its last owner.
    """
    email = email.strip().lower()
    validate_email(email)
    if role not in Membership.Role.values:
        raise ValidationError({"role": f"There is no role “{role}”."})
    person = User.objects.filter(email=email).first()
    is_new = person is None
    if person is None:
        person = User.objects.create_user(email)
    if role != Membership.Role.OWNER:
        keep_an_owner(organization, person)
    Membership.objects.update_or_create(
        organization=organization, user=person, defaults={"role": role}
    )
    audit.record(organization, user, "member.added", email, {"role": role})
    return person, is_new


@transaction.atomic
def change_role(membership: Membership, role: str, *, user: User | None) -> None:
    """Give a member another role; ValidationError when nobody would own the
    organization any more."""
    if role not in Membership.Role.values:
        raise ValidationError({"role": f"There is no role “{role}”."})
    before = membership.role
    if before == role:
        return
    if role != Membership.Role.OWNER:
        keep_an_owner(membership.organization, membership.user)
    membership.role = role
    membership.save(update_fields=["role"])
    revoke_unbacked(membership.organization, membership.user, user=user)
    detail = {"from": before, "to": role}
    audit.record(
        membership.organization,
        user,
        "member.role_changed",
        membership.user.email,
        detail,
    )


@transaction.atomic
def remove_member(membership: Membership, *, user: User | None) -> None:
    """Take away the access of a member; what he made stays."""
    keep_an_owner(membership.organization, membership.user)
    person, role = membership.user, membership.role
    membership.delete()
    revoke_unbacked(membership.organization, person, user=user)
    audit.record(
        membership.organization, user, "member.removed", person.email, {"role": role}
    )


def keep_an_owner(organization: Organization, leaving: User) -> None:
    """ValidationError when this person is the organization's last owner."""
    owners = organization.memberships.filter(role=Membership.Role.OWNER)
    is_owner = owners.filter(user=leaving).exists()
    if is_owner and not owners.exclude(user=leaving).exists():
        raise ValidationError(
            f"{leaving.email} is the last owner of {organization.name}. Name another"
            " owner first."
        )


def create_api_key(
    *,
    organization: Organization,
    name: str,
    scopes: Sequence[str] = DEFAULT_SCOPES,
    expires_at: datetime | None = None,
    created_by: User | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its text, which is never shown again.

    It is refused from `expires_at` on. ValidationError for a scope that there is not,
    and for a moment that is over.
    """
    name = name.strip()
    if expires_at is not None and expires_at <= now():
        raise ValidationError("A key cannot expire in the past.")
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        raise ValidationError({"scopes": f"There is no scope “{unknown[0]}”."})
    text = KEY_PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(
        organization=organization,
        name=name,
        scopes=[scope for scope in SCOPES if scope in scopes],
        key_hash=hash_token(text),
        key_end=text[-4:],
        expires_at=expires_at,
        created_by=created_by,
    )
    key.full_clean(exclude=["organization", "created_by"])
    key.save()
    until = expires_at.isoformat() if expires_at else None
    detail = {"scopes": key.scopes, "expires_at": until}
    audit.record(organization, created_by, "api_key.created", key.name, detail)
    return key, text


def revoke_api_key(key: ApiKey, *, user: User | None) -> None:
    """Make the key useless from now on; a second time changes nothing."""
    if key.revoked_at is None:
        key.revoked_at = now()
        key.save(update_fields=["revoked_at"])
        audit.record(key.organization, user, "api_key.revoked", key.name)
