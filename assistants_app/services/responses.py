"""Responses: runs whose input their client brings, each naming the one before it.

A response without a conversation lives in a hidden thread, together with the chain
that it continues; chains may fork, and their runs may overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from assistants_app.models import Message, Run, Thread
from assistants_app.models.assistant import IMAGE_TOOL
from assistants_app.services.conversations import (
    get_conversation,
    locked_idle,
    move_head,
)
from assistants_app.services.input_items import ItemWriter
from assistants_app.services.item_bytes import ItemError
from assistants_app.services.item_ids import run_id
from assistants_app.services.runs import RunOptions, create_run
from assistants_app.services.transcript import Transcript, transcript_of
from assistants_app.services.withdrawal import state_of
from playground.lib.clock import now
from playground.organizations.models import ApiKey, Organization, User

# How long a response that is not stored stays for whoever reads it.
KEPT_UNSTORED = timedelta(minutes=10)
SWEPT_AT_ONCE = 100


@dataclass(frozen=True)
class Ask:
    """What a client asks for: a text or items, and where they belong."""

    organization: Organization
    options: RunOptions
    text: str | None = None
    items: Sequence[dict[str, Any]] = ()
    previous: str = ""
    conversation: str = ""
    user: User | None = None
    api_key: ApiKey | None = None


class PreviousResponseError(Exception):
    """The previous response cannot be continued; the text says why."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.code = code


def responses_of(organization: Organization) -> QuerySet[Run]:
    """The responses that can still be read."""
    return Run.objects.select_related("thread__organization").filter(
        thread__organization=organization, pauses=False, is_stored=True
    )


@transaction.atomic
def create_response(ask: Ask) -> Run:
    """Write the input's rows and the queued run that answers them.

    PreviousResponseError, ItemError or RunInProgressError refuse it.
    """
    options, thread, parent = _place(ask)
    is_new = not ask.previous and not ask.conversation
    before = state_of(None if is_new else thread, parent)
    writer = ItemWriter(thread, ask.user)
    if ask.text is not None:
        parent = writer.say(ask.text, parent)
    elif ask.items:
        parent = writer.write(ask.items, parent)[-1]
    if options.locks_thread:
        move_head(thread, parent)
    run = create_run(
        thread=thread,
        assistant=None,
        options=replace(_with_mask(options, writer), asked={**options.asked, **before}),
        user=ask.user,
        api_key=ask.api_key,
        input_message=parent,
    )
    made = transcript_of(run)
    _check_calls(made)
    _check_action(run, made)
    return run


def _place(ask: Ask) -> tuple[RunOptions, Thread, Message | None]:
    """Where the input goes: behind the previous response, into the conversation, or
    into a hidden thread of its own."""
    if ask.previous:
        previous = _previous(ask)
        options = replace(ask.options, previous_run=previous, locks_thread=False)
        return options, previous.thread, end_of(previous)
    if ask.conversation:
        thread = get_conversation(ask.organization, ask.conversation)
        thread = locked_idle(thread)
        return ask.options, thread, thread.head
    thread = Thread.objects.create(
        organization=ask.organization, created_by=ask.user, is_hidden=True
    )
    return replace(ask.options, locks_thread=False), thread, None


def _previous(ask: Ask) -> Run:
    run = responses_of(ask.organization).filter(public_id=run_id(ask.previous)).first()
    if run is None:
        raise PreviousResponseError(
            f"Previous response with id '{ask.previous}' not found.",
            "previous_response_not_found",
        )
    if not run.is_finished:
        raise PreviousResponseError(
            f"Previous response '{ask.previous}' is still in progress. Wait for its"
            " end.",
            "previous_response_in_progress",
        )
    return run


def end_of(run: Run) -> Message | None:
    """The end of the path that a run leaves behind."""
    return run.messages.order_by("pk").last() or run.input_message


def _with_mask(options: RunOptions, writer: ItemWriter) -> RunOptions:
    """The mask of the image tool as the file that the engine reads."""
    tools = [
        _stored_mask(tool, i, writer) for i, tool in enumerate(options.tools or [])
    ]
    return replace(options, tools=tools)


def _stored_mask(
    tool: dict[str, Any], index: int, writer: ItemWriter
) -> dict[str, Any]:
    said = tool.get("input_image_mask")
    if not said:
        return tool
    place = f"tools[{index}].input_image_mask"
    part = writer.image_part(said, place)
    if part["type"] != "image_file":
        raise ItemError(
            f"Invalid '{place}.image_url': a mask must be a data: URL or a file_id.",
            f"{place}.image_url",
        )
    rest = {key: value for key, value in tool.items() if key != "input_image_mask"}
    return {**rest, "mask": part["image_file"]["file_id"]}


def _check_calls(made: Transcript) -> None:
    """Every output has its call, and every call its output."""
    if made.orphans:
        raise ItemError(
            "No tool call found for function call output with call_id"
            f" {made.orphans[0]}.",
            "input",
            None,
        )
    if made.unanswered:
        name = made.unanswered[0].id
        text = f"No tool output found for function call {name}."
        if made.has_twins(name):
            text = (
                f"Two function calls of the input have the call_id {name}. Each needs"
                " one of its own."
            )
        raise ItemError(text, "input", None)


def _check_action(run: Run, made: Transcript) -> None:
    """An edit needs a picture; without one nothing could be offered to the model."""
    for index, tool in enumerate(run.tools):
        is_edit = tool["type"] == IMAGE_TOOL and tool.get("action") == "edit"
        if is_edit and not made.has_pictures:
            raise ItemError(
                f"Invalid 'tools[{index}].action': “edit” needs a picture in the input"
                " or in an earlier response.",
                f"tools[{index}].action",
            )


def delete_response(run: Run) -> None:
    """No API gives it back from now on; what continues it keeps its context."""
    Run.objects.filter(pk=run.pk).update(is_stored=False)


def sweep_unstored() -> None:
    """Remove the rows of responses that nobody may read any more.

    Only ends of chains go: what others continue is their context. Pictures and what
    was paid for them stay, as every bill does.
    """
    old = Run.objects.filter(
        is_stored=False,
        pauses=False,
        thread__is_hidden=True,
        next=None,
        finished_at__lt=now() - KEPT_UNSTORED,
    ).select_related("thread")
    for run in old[:SWEPT_AT_ONCE]:
        _remove(run)


@transaction.atomic
def _remove(run: Run) -> None:
    thread = run.thread
    rows = _own_rows(run)
    run.delete()
    Message.objects.filter(pk__in=rows).delete()
    if not thread.runs.filter(pauses=False).exists():
        thread.delete()  # a deleted conversation may hold runs of other dialects


def _own_rows(run: Run) -> list[int]:
    """The messages that it wrote, and its input as far as nothing else needs it."""
    rows = list(run.messages.values_list("pk", flat=True))
    message = run.input_message
    while message is not None and message.run_id is None:
        others = Run.objects.filter(input_message=message).exclude(pk=run.pk)
        branches = Message.objects.filter(parent=message).exclude(pk__in=rows)
        if others.exists() or branches.exists():
            break
        rows.append(message.pk)
        message = message.parent
    return rows
