"""Threads and the messages that people put into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from assistants_app.engine.progress import picture_part, text_part
from assistants_app.models import Assistant, Message, Run, Thread
from assistants_app.services import hub
from assistants_app.services.endings import busy_run
from assistants_app.services.runs import RunInProgressError
from images_app.models import File
from playground.lib import written_rows
from playground.lib.clock import now
from playground.lib.markdown import plain_words
from playground.organizations.models import Organization, User

TITLE_LENGTH = 60
# As much of a text as its title can come from.
TITLE_READ = 600


def create_thread(
    *,
    organization: Organization,
    user: User | None = None,
    assistant: Assistant | None = None,
    title: str = "",
    metadata: Mapping[str, Any] | None = None,
) -> Thread:
    """An empty thread."""
    hub.tell(organization.public_id)
    thread = Thread(
        organization=organization,
        created_by=user,
        assistant=assistant,
        title=title,
        metadata=dict(metadata or {}),
    )
    written_rows.insert(thread)
    return thread


def assistant_of(thread: Thread) -> Assistant | None:
    """Who answers there: the thread's own assistant, or that of its last run, as a
    thread of the API has none. It may be deleted."""
    if thread.assistant is not None:
        return thread.assistant
    last = thread.runs.select_related("assistant").order_by("-pk").first()
    return last.assistant if last else None


def add_user_message(
    *,
    thread: Thread,
    text: str,
    files: Sequence[File] = (),
    user: User | None = None,
) -> Message:
    """The user's next words and pictures, as a page sends them."""
    content: list[dict[str, Any]] = [text_part(text)] if text else []
    content.extend(picture_part(file.public_id) for file in files)
    return add_message(thread=thread, content=content, user=user)


@transaction.atomic
def add_message(
    *,
    thread: Thread,
    content: Sequence[Mapping[str, Any]],
    role: str = Message.Role.USER,
    attachments: Sequence[Mapping[str, Any]] = (),
    metadata: Mapping[str, Any] | None = None,
    user: User | None = None,
    is_new: bool = False,
) -> Message:
    """A message at the end of the shown path; `content` are parts as they are stored.

    RunInProgressError while a run is unfinished: its answer comes first. A thread that
    `is_new`, made in the same transaction, can have none and is not asked.
    """
    given, thread = thread, thread if is_new else _idle(thread)
    message = Message(
        thread=thread,
        parent_id=thread.head_id,
        role=role,
        content=[*content],
        attachments=[*attachments],
        metadata=dict(metadata or {}),
        created_by=user,
        completed_at=now(),
    )
    written_rows.insert(message)
    thread.head = message
    thread.updated_at = message.created_at
    if role == Message.Role.USER:
        thread.title = thread.title or title_of(message.text)
    written_rows.update(thread, ("head", "updated_at", "title"))
    given.head = message
    _tell(given)
    return message


@transaction.atomic
def delete_message(message: Message) -> None:
    """Take it out of its thread: what followed it follows what was before it.

    RunInProgressError while a run is unfinished: it reads or writes the thread.
    """
    thread = _idle(message.thread)
    parent = message.parent
    message.answers.update(parent=parent)
    Run.objects.filter(input_message=message).update(input_message=parent)
    if thread.head_id == message.pk:
        thread.head = parent
        thread.save(update_fields=["head"])
    message.delete()
    _tell(thread)


def _tell(thread: Thread) -> None:
    """Open pages of the thread, and lists of threads, look again."""
    hub.tell(thread.public_id, thread.organization.public_id)


def delete_thread(thread: Thread) -> None:
    """Remove it with its messages and runs; pictures stay (see `dispatch`)."""
    thread.delete()


def _idle(thread: Thread) -> Thread:
    """The thread, locked and without an unfinished run, or RunInProgressError."""
    thread = Thread.objects.select_for_update().get(pk=thread.pk)
    run = busy_run(thread)
    if run is not None:
        raise RunInProgressError(thread, run)
    return thread


def title_of(text: str) -> str:
    """A thread's first name: the first words of what was asked."""
    start = text[:TITLE_READ]
    words = plain_words(start) or " ".join(start.split())
    if len(words) <= TITLE_LENGTH:
        return words
    return words[:TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(",.;:") + "…"
