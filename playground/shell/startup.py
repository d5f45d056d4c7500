"""What happens before the first request, and where the apps hook into it.

Apps append to the lists in `AppConfig.ready()`; this module knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse

from playground.organizations.models import Membership, Organization, User
from playground.organizations.services.connections import add_connection
from playground.organizations.services.ledger import release_all
from playground.organizations.services.organizations import create_organization
from playground.organizations.services.sign_in import create_sign_in_link

FIRST_ORGANIZATION = "My organization"
FIRST_OWNER = "owner@easel.local"

Recovery = Callable[[], object]
FirstRun = Callable[[Organization, User], object]

# Called once before the server listens: ends what a dead process left unfinished.
recoveries: list[Recovery] = []
# Called once in the life of an installation, with its first organization and owner.
on_first_run: list[FirstRun] = []


def register(recovery: Recovery) -> None:
    """Have this called at each start of the server, before it listens."""
    recoveries.append(recovery)


def recover() -> None:
    """Bring to an end what the last process could not."""
    for recovery in recoveries:
        recovery()
    release_all()


def prepare() -> bool:
    """Bring the database up to date and fill it at the first start; True if it was.

    Safe to repeat: what exists stays as it is.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode=WAL")
    call_command("migrate", verbosity=0, interactive=False)
    return first_run()


@transaction.atomic
def first_run() -> bool:
    """Make the first organization with all it needs to draw, unless there is one."""
    if Organization.objects.exists():
        return False
    organization = create_organization(name=FIRST_ORGANIZATION)
    owner = User.objects.create_superuser(FIRST_OWNER, name="Owner")
    Membership.objects.create(
        organization=organization, user=owner, role=Membership.Role.OWNER
    )
    add_connection(
        organization=organization,
        kind="offline",
        name="offline",
        default_chat=True,
        default_image=True,
        user=owner,
    )
    for hook in on_first_run:
        hook(organization, owner)
    return True


def somebody_has_a_password() -> bool:
    """Whether the sign-in form is of use to anybody."""
    return any(
        user.has_usable_password()
        for user in User.objects.filter(is_active=True).only("password").iterator()
    )


def first_owner() -> User | None:
    """The oldest active owner of any organization."""
    membership = (
        Membership.objects.filter(role=Membership.Role.OWNER, user__is_active=True)
        .select_related("user")
        .order_by("created_at", "pk")
        .first()
    )
    return membership.user if membership else None


def start_link(base_url: str) -> str | None:
    """A sign-in link for this start, as long as no user has a password.

    None when a password exists, or when there is no owner who could sign in.
    """
    owner = first_owner()
    if owner is None or somebody_has_a_password():
        return None
    lifetime = timedelta(hours=settings.SIGN_IN_LINK_FIRST_HOURS)
    token = create_sign_in_link(user=owner, lifetime=lifetime)
    return base_url.rstrip("/") + reverse("shell:sign_in_link", args=[token])
