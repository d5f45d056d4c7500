"""Bring the database up to date and make what the first start needs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from playground.shell import startup


class Command(BaseCommand):
    help = "Migrate the database; at the first start, make an organization to begin in."

    def handle(self, *args: Any, **options: Any) -> None:
        made = startup.prepare()
        text = "The first organization was made." if made else "Everything was there."
        self.stdout.write(f"The database is up to date. {text}")
