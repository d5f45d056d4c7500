"""Connect an organization to a provider; prints the connection's name."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from playground.organizations.kinds import all_kinds
from playground.organizations.management.result import ORGANIZATION_HELP, ResultCommand
from playground.organizations.services.connections import add_connection
from playground.organizations.services.organizations import find_organization


class Command(ResultCommand):
    help = "Add a provider to an organization and print the connection's name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = [kind.name for kind in all_kinds()]
        parser.add_argument("--organization", metavar="ORG", help=ORGANIZATION_HELP)
        parser.add_argument("--kind", required=True, choices=kinds)
        parser.add_argument("--name", required=True, help="a-z, 0-9, -; 40 at most")
        parser.add_argument("--base-url", default="", metavar="URL")
        parser.add_argument(
            "--api-key-env",
            metavar="VAR",
            help="the environment variable that holds the key",
        )
        parser.add_argument("--chat-model", default="", metavar="M")
        parser.add_argument("--image-model", default="", metavar="M")
        parser.add_argument(
            "--model",
            action="extend",
            nargs="+",
            metavar="NAME",
            help="an allowed model; may be repeated; without any, all are allowed",
        )
        parser.add_argument("--default-chat", action="store_true")
        parser.add_argument("--default-image", action="store_true")

    def result(self, **options: Any) -> str:
        connection = add_connection(
            organization=find_organization(options["organization"]),
            kind=options["kind"],
            name=options["name"],
            base_url=options["base_url"],
            api_key=key_from(options["api_key_env"]),
            chat_model=options["chat_model"],
            image_model=options["image_model"],
            allowed_models=list(dict.fromkeys(options["model"] or [])),
            default_chat=options["default_chat"],
            default_image=options["default_image"],
        )
        return connection.name


def key_from(variable: str | None) -> str:
    """The key in this variable; a command line would show it to every process."""
    if variable is None:
        return ""
    key = os.environ.get(variable, "").strip()
    if not key:
        raise CommandError(f"The environment variable {variable} is not set.")
    return key
