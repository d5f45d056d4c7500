"""The objects that a path or a body names, or the published 404."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

from assistants_app.api.assistants_v2.wire_objects import is_message
from assistants_app.models import Assistant, Message, Run, RunStep, Thread
from assistants_app.services.endings import expire_if_overdue
from images_app.models import File
from playground.api.errors import ApiError, not_found
from playground.lib.written_query import WrittenQuery
from playground.organizations.models import Organization

_Row = TypeVar("_Row", bound=Model)

_assistants = WrittenQuery(
    lambda: (
        Assistant.objects.filter(deleted_at=None)
        .filter(organization_id=0)
        .filter(public_id="")
    )
)


def find_assistant(organization: Organization, public_id: str) -> Assistant:
    """An assistant of this organization that has not been deleted."""
    found = _assistants.rows(organization.pk, public_id)
    if not found:
        raise not_found("assistant", public_id[:64])
    return found[0]


def find_thread(
    organization: Organization, public_id: str, *, or_hidden: bool = False
) -> Thread:
    """A thread of this organization; with `or_hidden` also one that is in no list."""
    rows = Thread.objects.filter(organization=organization)
    if not or_hidden:
        rows = rows.filter(is_hidden=False)
    return _found(rows.select_related("organization", "head"), "thread", public_id)


def find_message(thread: Thread, public_id: str) -> Message:
    """A message of this thread, on whichever branch."""
    rows = thread.messages.select_related("assistant", "run")
    message = _found(rows, "message", public_id)
    if not is_message(message):
        raise not_found("message", public_id)
    return message


def runs_of(thread: Thread) -> QuerySet[Run]:
    """The runs of a thread that clients are told of, with what their JSON needs."""
    return thread.runs.filter(is_stored=True).select_related(
        "assistant", "thread__organization"
    )


def find_run(thread: Thread, public_id: str) -> Run:
    """A run of this thread; one whose time for tool outputs is over has expired."""
    run = _found(runs_of(thread), "run", public_id)
    expire_if_overdue(run)
    return run


def find_step(run: Run, public_id: str) -> RunStep:
    """A step of this run."""
    return _found(run.steps.select_related("message"), "run step", public_id)


def check_file(organization: Organization, public_id: str, param: str) -> File:
    """A file that a body names; ApiError 404 names the field."""
    rows = File.objects.filter(organization=organization)
    try:
        return _found(rows.exclude(purpose=File.Purpose.PARTIAL), "file", public_id)
    except ApiError as exc:
        raise ApiError(404, exc.message, param) from None


def check_picture(organization: Organization, public_id: str, param: str) -> None:
    """A file that a body names as a picture."""
    file = check_file(organization, public_id, param)
    if file.width is None:
        raise ApiError(
            400,
            f"Invalid '{param}': the file '{public_id}' is no picture.",
            param,
            "invalid_value",
        )


def _found(rows: QuerySet[_Row], what: str, public_id: str) -> _Row:
    # A NUL is a fault for some databases; no id has one.
    named = rows.none() if "\0" in public_id else rows.filter(public_id=public_id)
    row = named.first()
    if row is None:
        raise not_found(what, public_id[:64])
    return row
