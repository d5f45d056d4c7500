"""Assistants: made, changed with a version for each save, deleted."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from assistants_app.models import Assistant, AssistantVersion
from playground.lib.clock import now
from playground.organizations.models import Organization, User

FIELDS = (
    "name",
    "description",
    "instructions",
    "model",
    "tools",
    "tool_resources",
    "metadata",
    "temperature",
    "top_p",
    "response_format",
    "reasoning_effort",
)


@transaction.atomic
def create_assistant(
    *, organization: Organization, user: User | None = None, **fields: Any
) -> Assistant:
    """A new assistant and its first version."""
    assistant = Assistant.objects.create(
        organization=organization, created_by=user, **fields
    )
    _keep_version(assistant, user)
    return assistant


@transaction.atomic
def update_assistant(
    *, assistant: Assistant, user: User | None = None, **fields: Any
) -> Assistant:
    """Change it and keep the new state as a version; nothing changed keeps nothing."""
    assistant = Assistant.objects.select_for_update().get(pk=assistant.pk)
    before = snapshot(assistant)
    for name, value in fields.items():
        setattr(assistant, name, value)
    if snapshot(assistant) != before:
        assistant.version += 1
        assistant.save()
        _keep_version(assistant, user)
    return assistant


def restore_version(
    *, assistant: Assistant, number: int, user: User | None = None
) -> Assistant:
    """Make an earlier version the newest one; AssistantVersion.DoesNotExist."""
    version = assistant.versions.get(number=number)
    return update_assistant(assistant=assistant, user=user, **version.snapshot)


def duplicate_assistant(*, assistant: Assistant, user: User | None = None) -> Assistant:
    """A copy with a name of its own, which belongs to whoever made it."""
    fields = snapshot(assistant)
    fields["name"] = copied_name(assistant)
    return create_assistant(organization=assistant.organization, user=user, **fields)


def copied_name(assistant: Assistant) -> str:
    """“Illustrator, copy”, or with the first number that is free."""
    taken = set(
        assistant.organization.assistants.filter(deleted_at=None).values_list(
            "name", flat=True
        )
    )
    base = f"{assistant.name or 'Assistant'}"[:240]
    name, number = f"{base}, copy", 2
    while name in taken:
        name, number = f"{base}, copy {number}", number + 1
    return name


def delete_assistant(assistant: Assistant) -> None:
    """Take it out of use; threads and runs keep its name."""
    assistant.deleted_at = now()
    assistant.save(update_fields=["deleted_at"])


def snapshot(assistant: Assistant) -> dict[str, Any]:
    """Everything that a version keeps."""
    return {name: getattr(assistant, name) for name in FIELDS}


def _keep_version(assistant: Assistant, user: User | None) -> None:
    AssistantVersion.objects.create(
        assistant=assistant,
        number=assistant.version,
        snapshot=snapshot(assistant),
        created_by=user,
    )
