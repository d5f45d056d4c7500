"""Print a link that signs a person in, once and soon."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from playground.organizations.management.result import ResultCommand, sign_in_url
from playground.organizations.models import Membership, User


class Command(ResultCommand):
    help = "Print a sign-in link for a person, or else for the first owner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", metavar="EMAIL")

    def result(self, **options: Any) -> str:
        return sign_in_url(self.person(options["user"]))

    def person(self, email: str | None) -> User:
        """The active user of this address, or the oldest active owner."""
        users = User.objects.filter(is_active=True)
        if email:
            user = users.filter(email=email.strip().lower()).first()
            if user is None:
                raise CommandError(f"There is no active user with the email {email}.")
            return user
        owners = users.filter(memberships__role=Membership.Role.OWNER)
        owner = owners.order_by("memberships__created_at", "pk").first()
        if owner is None:
            raise CommandError(
                "No organization has an owner yet. Make one with `manage.py create_user"
                " EMAIL --organization ORG --role owner`."
            )
        return owner
