"""Invitations: a link that makes whoever opens it a member, once, within seven days."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from playground.lib.clock import now
from playground.organizations.models import (
    Invitation,
    Membership,
    Organization,
    User,
)
from playground.organizations.services import audit
from playground.organizations.services.sign_in import hash_token


class DeadInvitationError(Exception):
    """The invitation was used, revoked, has expired, or never existed."""


class WrongPersonError(Exception):
    """The invitation is for another address; the text says so."""


class AccountExistsError(Exception):
    """The address has an account: its owner signs in and then accepts."""


@transaction.atomic
def create_invitation(
    *, organization: Organization, role: str, user: User, email: str = ""
) -> tuple[Invitation, str]:
    """A new invitation and its token, which is not stored. "" is for anybody."""
    email = email.strip().lower()
    if organization.memberships.filter(user__email=email).exists():
        raise ValidationError({"email": "This person is a member already."})
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        organization=organization,
        created_by=user,
        email=email,
        role=role,
        token_hash=hash_token(token),
        expires_at=now() + timedelta(days=settings.INVITATION_DAYS),
    )
    invitation.full_clean(exclude=["token_hash"])
    invitation.save()
    detail = {"role": role, "expires_at": invitation.expires_at.isoformat()}
    audit.record(organization, user, "invitation.created", _subject(invitation), detail)
    return invitation, token


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, user: User | None) -> bool:
    """Make the link useless; False when it was used or revoked before."""
    done = Invitation.objects.filter(
        pk=invitation.pk, used_at=None, revoked_at=None
    ).update(revoked_at=now())
    if done:
        audit.record(
            invitation.organization, user, "invitation.revoked", _subject(invitation)
        )
    return bool(done)


def find_invitation(token: str) -> Invitation:
    """The open invitation of this token; DeadInvitationError else."""
    invitation = (
        Invitation.objects.select_related("organization", "created_by")
        .filter(
            token_hash=hash_token(token),
            used_at=None,
            revoked_at=None,
            expires_at__gt=now(),
        )
        .first()
    )
    if invitation is None:
        raise DeadInvitationError
    return invitation


@transaction.atomic
def accept_invitation(token: str, *, user: User) -> Invitation:
    """Make this person a member; of two racing uses one wins.

    Somebody who is a member keeps his role, and the invitation stays open for whom it
    was meant.
    """
    invitation = find_invitation(token)
    if invitation.email and invitation.email != user.email:
        raise WrongPersonError(
            f"This invitation is for {invitation.email}, and you are signed in as"
            f" {user.email}."
        )
    organization = invitation.organization
    if organization.memberships.filter(user=user).exists():
        return invitation
    won = Invitation.objects.filter(
        pk=invitation.pk, used_at=None, revoked_at=None
    ).update(used_at=now())
    if not won:
        raise DeadInvitationError
    Membership.objects.create(
        organization=organization, user=user, role=invitation.role
    )
    detail = {"role": invitation.role, "invited_by": str(invitation.created_by or "")}
    audit.record(organization, user, "member.joined", user.email, detail)
    return invitation


@transaction.atomic
def join_as_new(token: str, *, email: str, name: str, password: str) -> User:
    """Make the account of somebody new and accept the invitation with it.

    AccountExistsError for an address that has one: only its owner may use it.
    """
    invitation = find_invitation(token)
    email = invitation.email or email.strip().lower()
    if User.objects.filter(email=email).exists():
        raise AccountExistsError
    user = User.objects.create_user(email, password, name=name.strip())
    accept_invitation(token, user=user)
    return user


def revoke_unbacked(
    organization: Organization, person: User, *, user: User | None
) -> None:
    """Take back the open invitations of somebody who could not give them any more.

    `user` is who changed that.
    """
    membership = organization.memberships.filter(user=person).first()
    role = membership.role if membership else ""
    if role == Membership.Role.OWNER:
        return
    open_ones = organization.invitations.filter(
        created_by=person, used_at=None, revoked_at=None
    )
    if role == Membership.Role.ADMIN:
        open_ones = open_ones.filter(role=Membership.Role.OWNER)
    for invitation in open_ones:
        revoke_invitation(invitation, user=user)


def _subject(invitation: Invitation) -> str:
    return invitation.email or "whoever has the link"
