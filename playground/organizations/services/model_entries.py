"""What an admin says of models at a connection, over what the catalogs know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from playground.organizations.kinds import Service
from playground.organizations.model_lists import served_lists
from playground.organizations.models import Connection, User
from playground.organizations.services import audit


@transaction.atomic
def change_entry(
    connection: Connection,
    service: Service,
    name: str,
    said: Mapping[str, Any],
    *,
    user: User | None,
    action: str = "model.changed",
) -> None:
    """Say something of a model; None takes back what was said before.

    What is not named stays. ValidationError tells what the catalog's reader refuses.
    """
    models = served_lists(connection).get(service)
    if models is None:
        raise ValidationError(f"{connection.name} does not serve {service}.")
    entries = _locked(connection)
    before = entries.get(service, {}).get(name, {})
    entry = {k: v for k, v in {**before, **said}.items() if v is not None}
    if problem := models.check(connection, name, entry):
        raise ValidationError(problem)
    of_service = {**entries.get(service, {}), name: entry}
    if not entry:
        del of_service[name]
    _save(connection, {**entries, service: of_service})
    if changes := audit.difference(before, entry):
        subject = f"{connection.name}/{name}"
        detail = {"service": service, "changes": changes}
        audit.record(connection.organization, user, action, subject, detail)


@transaction.atomic
def remove_entry(
    connection: Connection, service: Service, name: str, *, user: User | None
) -> bool:
    """Forget all that was said of a model; False where nothing was."""
    entries = _locked(connection)
    of_service = dict(entries.get(service, {}))
    said = of_service.pop(name, None)
    if said is None:
        return False
    _save(connection, {**entries, service: of_service})
    changes = audit.difference(said, {})
    detail = {"service": service, "changes": changes}
    subject = f"{connection.name}/{name}"
    audit.record(connection.organization, user, "model.reset", subject, detail)
    return True


def _locked(connection: Connection) -> dict[str, Any]:
    """The entries as they are now, which no other request changes meanwhile."""
    rows = Connection.objects.select_for_update().only("model_entries")
    return dict(rows.get(pk=connection.pk).model_entries)


def _save(connection: Connection, entries: dict[str, Any]) -> None:
    connection.model_entries = {s: told for s, told in entries.items() if told}
    connection.save(update_fields=["model_entries"])
