"""Make an organization with nothing and nobody in it; prints its id."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from playground.organizations.management.result import ResultCommand
from playground.organizations.services.organizations import create_organization


class Command(ResultCommand):
    help = "Make an organization and print its id. It is empty: no users, no providers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")

    def result(self, **options: Any) -> str:
        return create_organization(name=options["name"]).public_id
