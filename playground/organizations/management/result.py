"""The form that Easel's commands share: one result alone on standard output."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError
from django.urls import reverse

from playground.lib.address import public_url
from playground.organizations.models import User
from playground.organizations.services.sign_in import create_sign_in_link

ORGANIZATION_HELP = (
    "its org_… id, or its name; may be left out where there is only one organization"
)


class ResultCommand(BaseCommand):
    """Prints what `result` returns, and every refusal as one sentence."""

    requires_system_checks: list[str] = []

    def result(self, **options: Any) -> str:
        """Do the work; ValidationError and CommandError are shown to the caller."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(self.result(**options))
        except ValidationError as exc:
            raise CommandError(sentence(exc)) from exc
        except (OperationalError, ProgrammingError) as exc:
            if "no such table" not in str(exc) and "does not exist" not in str(exc):
                raise
            raise CommandError(
                "The database is not set up yet. Run `python3 run.py` or `manage.py"
                " prepare` first."
            ) from exc


def sentence(exc: ValidationError) -> str:
    """All that is wrong, each with the name of its option."""
    if not hasattr(exc, "error_dict"):
        return " ".join(exc.messages)
    return " ".join(
        " ".join(texts) if field == "__all__" else f"{field}: {' '.join(texts)}"
        for field, texts in exc.message_dict.items()
    )


def sign_in_url(user: User) -> str:
    """A one-time link that is good for the next minutes."""
    token = create_sign_in_link(user=user)
    path = reverse("shell:sign_in_link", args=[token])
    return public_url(settings.DATA_DIR).rstrip("/") + path
