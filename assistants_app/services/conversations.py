"""Conversations: threads as the Responses API knows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.http import Http404

from assistants_app.models import Message, Run, Thread
from assistants_app.services import hub
from assistants_app.services.endings import end_idle_run, expire_overdue
from assistants_app.services.input_items import ItemWriter
from assistants_app.services.item_ids import thread_id
from assistants_app.services.paths import message_path
from assistants_app.services.runs import RunInProgressError
from assistants_app.services.stored import unfinished_run
from assistants_app.services.threads import title_of
from playground.lib.clock import now
from playground.organizations.models import Organization, User


def get_conversation(organization: Organization, name: str) -> Thread:
    """A conversation of this organization, or 404."""
    found = Thread.objects.select_related("organization", "head").filter(
        organization=organization, public_id=thread_id(name), is_hidden=False
    )
    thread = found.first()
    if thread is None:
        raise Http404(f"Conversation with id '{name}' not found.")
    return thread


@transaction.atomic
def create_conversation(
    *,
    organization: Organization,
    items: Sequence[dict[str, Any]] = (),
    metadata: Mapping[str, str] | None = None,
    user: User | None = None,
) -> Thread:
    """A conversation that begins with these items; ItemError for a wrong one."""
    thread = Thread.objects.create(
        organization=organization, created_by=user, metadata=dict(metadata or {})
    )
    _append(thread, items, user)
    return thread


@transaction.atomic
def add_items(
    thread: Thread, items: Sequence[dict[str, Any]], *, user: User | None = None
) -> list[Message]:
    """The items at the end; RunInProgressError while a response is made there."""
    thread = locked_idle(thread)
    return _append(thread, items, user)


@transaction.atomic
def delete_conversation(thread: Thread) -> None:
    """Remove it; as long as a response of it can be read, only from sight."""
    if not thread.runs.filter(pauses=False, is_stored=True).exists():
        thread.delete()
        return
    for run in thread.runs.filter(status__in=Run.UNFINISHED):
        end_idle_run(run)
    thread.is_hidden = True
    thread.save(update_fields=["is_hidden"])


def locked_idle(thread: Thread) -> Thread:
    """The thread, locked, when nothing is at work in it."""
    thread = Thread.objects.select_for_update(of=("self",)).get(pk=thread.pk)
    expire_overdue(thread)
    busy = unfinished_run(thread)
    if busy is not None:
        raise RunInProgressError(thread, busy)
    return thread


def _append(
    thread: Thread, items: Sequence[dict[str, Any]], user: User | None
) -> list[Message]:
    rows = ItemWriter(thread, user, "items").write(items, thread.head)
    if rows:
        move_head(thread, rows[-1])
    return rows


def move_head(thread: Thread, head: Message | None) -> None:
    """Show the path to here, and name the thread after the first words in it."""
    thread.head, thread.updated_at = head, now()
    if not thread.title and head is not None:
        thread.title = title_of(_first_words(head))
    thread.save(update_fields=["head", "updated_at", "title"])
    hub.tell(thread.public_id, thread.organization.public_id)


def _first_words(head: Message) -> str:
    path = message_path(head.thread, head.pk)
    texts = [m.text for m in path if m.role == Message.Role.USER and m.text]
    return texts[0] if texts else ""


def update_metadata(thread: Thread, metadata: Mapping[str, str]) -> Thread:
    """Replace the metadata."""
    thread.metadata = dict(metadata)
    thread.save(update_fields=["metadata"])
    return thread
