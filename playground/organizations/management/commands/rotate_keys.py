"""Encrypt all stored secrets again with the newest key of the data folder."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction

from playground.lib import data_dir
from playground.lib.secrets import EncryptedTextField
from playground.organizations.management.result import ResultCommand


class Command(ResultCommand):
    help = (
        "Encrypt stored provider keys again with the newest key in the data folder's"
        " field_keys, and print how many there were."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--new", action="store_true", help="make a new key first, and use it"
        )

    def result(self, **options: Any) -> str:
        if options["new"]:
            data_dir.add_field_key(settings.DATA_DIR)
        settings.FIELD_KEYS[:] = data_dir.field_keys(settings.DATA_DIR)
        return str(encrypt_again())


@transaction.atomic
def encrypt_again() -> int:
    """Save every encrypted value once more; the count of those that are not empty."""
    count = 0
    for model in apps.get_models():
        fields = [f for f in model._meta.fields if isinstance(f, EncryptedTextField)]
        for field in fields:
            # Locked, so that a key that is typed meanwhile is not written over.
            for row in model._base_manager.select_for_update():
                if getattr(row, field.name):
                    row.save(update_fields=[field.name])
                    count += 1
    return count
