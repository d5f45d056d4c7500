"""Give a person a role in an organization; prints a link that signs him in."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from playground.organizations.management.result import (
    ORGANIZATION_HELP,
    ResultCommand,
    sign_in_url,
)
from playground.organizations.models import Membership
from playground.organizations.services.organizations import (
    add_member,
    find_organization,
)


class Command(ResultCommand):
    help = "Add a person to an organization and print a sign-in link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--organization", metavar="ORG", help=ORGANIZATION_HELP)
        parser.add_argument("--role", required=True, choices=Membership.Role.values)

    def result(self, **options: Any) -> str:
        organization = find_organization(options["organization"])
        user, _ = add_member(
            organization=organization, email=options["email"], role=options["role"]
        )
        return sign_in_url(user)
