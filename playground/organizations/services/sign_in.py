"""Ways in: one-time links, and nothing else that is secret is kept in the clear."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from playground.lib.clock import now
from playground.organizations.models import SignInLink, User


class DeadLinkError(Exception):
    """The link was used before, has expired, or never existed."""


def hash_token(token: str) -> str:
    """What is stored of a random token; no salt is needed for 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_sign_in_link(*, user: User, lifetime: timedelta | None = None) -> str:
    """Make a one-time link's token; it lives 15 minutes unless told otherwise."""
    token = secrets.token_urlsafe(32)
    lifetime = lifetime or timedelta(minutes=settings.SIGN_IN_LINK_MINUTES)
    SignInLink.objects.create(
        user=user, token_hash=hash_token(token), expires_at=now() + lifetime
    )
    return token


def find_sign_in_link(token: str) -> SignInLink:
    """The living link of this token, unused; DeadLinkError else."""
    link = (
        SignInLink.objects.select_related("user")
        .filter(token_hash=hash_token(token), used_at=None, expires_at__gt=now())
        .first()
    )
    if link is None or not link.user.is_active:
        raise DeadLinkError
    return link


@transaction.atomic
def use_sign_in_link(token: str) -> User:
    """Use the link up and return whom it signs in; of two racing uses one wins."""
    link = find_sign_in_link(token)
    won = SignInLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now())
    if not won:
        raise DeadLinkError
    return link.user
