"""Make an API key; prints it once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from playground.organizations.management.result import ResultCommand
from playground.organizations.models.api_key import DEFAULT_SCOPES, SCOPES
from playground.organizations.services.organizations import (
    create_api_key,
    find_organization,
)


class Command(ResultCommand):
    help = "Make an API key for an organization and print it. It is never shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="ORG")
        parser.add_argument("--name", required=True)
        parser.add_argument(
            "--scope",
            action="extend",
            nargs="+",
            choices=SCOPES,
            help=f"may be repeated; default: {' '.join(DEFAULT_SCOPES)}",
        )

    def result(self, **options: Any) -> str:
        _, text = create_api_key(
            organization=find_organization(options["organization"]),
            name=options["name"],
            scopes=options["scope"] or DEFAULT_SCOPES,
        )
        return text
