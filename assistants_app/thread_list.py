"""The thread list of the rail: newest first, in groups a person understands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import OuterRef, Subquery

from assistants_app.models import Assistant, Run, Thread
from images_app.models import File
from playground.lib.clock import now
from playground.organizations.models import Organization

NEWEST = 40
DOTS: dict[str, tuple[str, str]] = {
    Run.Status.QUEUED: ("blue", "running"),
    Run.Status.IN_PROGRESS: ("blue", "running"),
    Run.Status.CANCELLING: ("blue", "stopping"),
    Run.Status.REQUIRES_ACTION: ("ochre", "waiting"),
    Run.Status.FAILED: ("madder", "failed"),
    Run.Status.EXPIRED: ("madder", "expired"),
}


@dataclass(frozen=True)
class ThreadRow:
    """A line of the list."""

    thread: Thread
    subtitle: str
    picture_id: str
    dot: str
    dot_text: str


@dataclass(frozen=True)
class ThreadGroup:
    """Threads of one period."""

    title: str
    rows: list[ThreadRow]


def thread_groups(organization: Organization) -> list[ThreadGroup]:
    """The newest threads, grouped by how long ago they changed."""
    groups: dict[str, list[ThreadRow]] = {}
    runs = Run.objects.filter(thread=OuterRef("pk"))
    made = File.objects.filter(
        picture__generation__reference__in=Run.objects.filter(
            thread=OuterRef(OuterRef("pk"))
        ).values("public_id")
    )
    threads = Thread.objects.filter(organization=organization, is_hidden=False)
    newest = runs.order_by("-pk")
    shown = threads.select_related("assistant").annotate(
        run_status=Subquery(newest.values("status")[:1]),
        run_assistant=Subquery(newest.values("assistant")[:1]),
        picture_id=Subquery(made.order_by("-pk").values("public_id")[:1]),
    )[:NEWEST]
    last = {thread.run_assistant for thread in shown if thread.assistant is None}
    assistants = Assistant.objects.in_bulk(last - {None})
    for thread in shown:
        answering = thread.assistant or assistants.get(thread.run_assistant)
        name = str(answering or "No assistant")
        row = _row(thread, name, thread.run_status or "", thread.picture_id or "")
        groups.setdefault(_period(thread), []).append(row)
    return [ThreadGroup(title, rows) for title, rows in groups.items()]


def _row(thread: Thread, name: str, status: str, picture_id: str) -> ThreadRow:
    dot, dot_text = DOTS.get(status, ("", ""))
    subtitle = f"{name} · {dot_text}" if dot_text else name
    return ThreadRow(thread, subtitle, picture_id, dot, dot_text)


def _period(thread: Thread) -> str:
    age = now() - thread.updated_at
    if thread.updated_at.date() == now().date():
        return "Today"
    if age < timedelta(days=7):
        return "This week"
    return "Earlier"
