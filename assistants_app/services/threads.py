"""Threads and the messages that people put into them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from assistants_app.engine.progress import picture_part, text_part
from assistants_app.models import Assistant, Message, Thread
from assistants_app.services.endings import expire_overdue
from assistants_app.services.runs import RunInProgressError
from assistants_app.services.stored import unfinished_run
from images_app.models import File
from playground.lib.clock import now
from playground.organizations.models import Organization, User

TITLE_LENGTH = 60


def create_thread(
    *,
    organization: Organization,
    user: User | None = None,
    assistant: Assistant | None = None,
    title: str = "",
) -> Thread:
    """An empty thread."""
    return Thread.objects.create(
        organization=organization, created_by=user, assistant=assistant, title=title
    )


@transaction.atomic
def add_user_message(
    *,
    thread: Thread,
    text: str,
    files: Sequence[File] = (),
    user: User | None = None,
) -> Message:
    """The user's next words and pictures at the end of the shown path.

    RunInProgressError while a run is unfinished: its answer comes first.
    """
    thread = Thread.objects.select_for_update().get(pk=thread.pk)
    expire_overdue(thread)
    run = unfinished_run(thread)
    if run is not None:
        raise RunInProgressError(thread, run)
    content: list[dict[str, Any]] = [text_part(text)] if text else []
    content.extend(picture_part(file.public_id) for file in files)
    message = Message.objects.create(
        thread=thread,
        parent=thread.head,
        role=Message.Role.USER,
        content=content,
        created_by=user,
        completed_at=now(),
    )
    thread.head = message
    thread.updated_at = message.created_at
    thread.title = thread.title or title_of(text)
    thread.save(update_fields=["head", "updated_at", "title"])
    return message


def title_of(text: str) -> str:
    """A thread's first name: the first words of what was asked."""
    words = " ".join(text.split())
    if len(words) <= TITLE_LENGTH:
        return words
    return words[:TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(",.;:") + "…"
