"""Make an API key; prints it once."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date, datetime, timedelta
from typing import Any

from playground.lib.clock import now
from playground.organizations.api_key_form import end_of
from playground.organizations.management.result import ORGANIZATION_HELP, ResultCommand
from playground.organizations.models.api_key import DEFAULT_SCOPES, SCOPES
from playground.organizations.services.organizations import (
    create_api_key,
    find_organization,
)


def expiry(text: str) -> datetime:
    """The moment that the option names."""
    try:
        if text.isascii() and text.isdigit():
            return now() + timedelta(days=int(text))
        return end_of(date.fromisoformat(text))
    except (OverflowError, ValueError):
        raise ArgumentTypeError(
            f"“{text}” is neither a number of days nor a date such as 2027-01-31."
        ) from None


class Command(ResultCommand):
    help = "Make an API key for an organization and print it. It is never shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", metavar="ORG", help=ORGANIZATION_HELP)
        parser.add_argument("--name", required=True)
        parser.add_argument(
            "--scope",
            action="extend",
            nargs="+",
            choices=SCOPES,
            help="read: read what is there; run: all of read, make assistants and"
            " threads, upload files, start runs, also those that draw; images: make"
            " pictures directly, with files and the list of models; admin: change the"
            f" providers; may be repeated; default: {' '.join(DEFAULT_SCOPES)}",
        )
        parser.add_argument(
            "--expires",
            metavar="DAYS_OR_DATE",
            type=expiry,
            help="after this many days, or at the end of this day (2027-01-31, UTC);"
            " default: never",
        )

    def result(self, **options: Any) -> str:
        _, text = create_api_key(
            organization=find_organization(options["organization"]),
            name=options["name"],
            scopes=options["scope"] or DEFAULT_SCOPES,
            expires_at=options["expires"],
        )
        return text
