"""Events as HTML: the partials of the pages, addressed to their places on the page.

Streamed text needs no database and is escaped here; anything else is rendered anew
from the rows, which are stored before an event is seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from assistants_app.engine.events import (
    ENDINGS,
    ArgumentsAdded,
    FunctionCallStarted,
    ImageCallEnded,
    ImageCallStarted,
    ImagePreviewed,
    MessageEnded,
    MessageStarted,
    Numbered,
    OutputGiven,
    RunCancelling,
    RunEvent,
    RunPaused,
    RunStarted,
    TextAdded,
    ToolStepEnded,
)
from assistants_app.entries import Entry, RunEntry, run_entry, thread_entries
from assistants_app.items import MessageItem, PictureItem, calls_item, message_item
from assistants_app.models import Message, Run, RunStep, Thread
from assistants_app.services.stored import unfinished_run
from assistants_app.services.threads import assistant_of
from assistants_app.thread_list import thread_groups
from images_app.cards import card
from images_app.models import Generation
from playground.organizations.models import Membership, Organization

STREAMED = (TextAdded, ArgumentsAdded)


def streamed(events: Iterable[Numbered]) -> str:
    """Streamed text only: neighbours of one place are joined into one fragment."""
    pieces: list[str] = []
    places = groupby(
        (numbered.event for numbered in events if isinstance(numbered.event, STREAMED)),
        key=_place,
    )
    for place, group in places:
        text = "".join(event.text for event in group)
        pieces.append(
            format_html('<span hx-swap-oob="beforeend:#{}">{}</span>', place, text)
        )
    return "".join(pieces)


def _place(event: TextAdded | ArgumentsAdded) -> str:
    if isinstance(event, TextAdded):
        return f"{event.message_id}_text"
    return f"{event.call_id}_arguments"


def to_html(run_id: str, events: Sequence[Numbered], membership: Membership) -> str:
    """The fragments of a batch of events, in order (asks the database).

    `membership` is the reader's: admins see the provider's own words.
    """
    run = Run.objects.select_related(
        "thread__organization", "assistant", "connection"
    ).get(public_id=run_id)
    pieces: list[str] = []
    for is_text, group in groupby(events, lambda n: isinstance(n.event, STREAMED)):
        if is_text:
            pieces.append(streamed(group))
        else:
            pieces.extend(_fragment(run, n.event, membership) for n in group)
    return "".join(pieces)


def _fragment(run: Run, event: RunEvent, membership: Membership) -> str:
    match event:
        case MessageStarted(message_id=message_id):
            return _appended(run, _begun_message(message_id))
        case MessageEnded(message_id=message_id):
            return _message(message_id, oob=True)
        case FunctionCallStarted(step_id=step_id, index=index):
            html = _calls(run, step_id, oob=index > 0, begun=index)
            return html if index else _appended(run, html)
        case OutputGiven(step_id=step_id) | ToolStepEnded(step_id=step_id):
            return _calls(run, step_id, oob=True)
        case ImageCallStarted(generation_id=public_id):
            return _appended(run, _picture(public_id, membership))
        case ImagePreviewed(generation_id=public_id):
            return _preview(public_id)
        case ImageCallEnded(generation_id=public_id):
            return _picture(public_id, membership, oob=True)
        case RunPaused():
            step = run.steps.order_by("index").last()
            calls = _calls(run, step.public_id, oob=True) if step else ""
            return calls + _state(run, membership)
        case RunStarted() | RunCancelling():
            return _state(run, membership)
        case _ if isinstance(event, ENDINGS):
            return _state(run, membership) + _announcement(run)
    return ""


def _appended(run: Run, html: str) -> str:
    """At the end of what the run has shown so far."""
    return format_html(
        '<div hx-swap-oob="beforeend:#{}_items">{}</div>', run.public_id, _safe(html)
    )


def _message(message_id: str, *, oob: bool = False) -> str:
    message = Message.objects.select_related("run").get(public_id=message_id)
    context = {"item": message_item(message), "oob": oob}
    return render_to_string("assistants_app/_message.html", context)


def _begun_message(message_id: str) -> str:
    """A message without a word. Its row may be further on, but the words that are in
    it already come as events and must find an empty place."""
    message = Message(public_id=message_id, status=Message.Status.IN_PROGRESS)
    context = {"item": MessageItem(message, "", "", ""), "oob": False}
    return render_to_string("assistants_app/_message.html", context)


def _calls(run: Run, step_id: str, *, oob: bool, begun: int | None = None) -> str:
    """A step's calls; the one that has just `begun` is empty, as a message is."""
    step = RunStep.objects.get(public_id=step_id)
    item = calls_item(run, step)
    if begun is not None:
        first, newest = item.calls[:begun], item.calls[begun : begun + 1]
        empty = [replace(call, arguments="") for call in newest]
        item = replace(item, calls=[*first, *empty])
    if not item.calls:
        return ""  # a step of pictures: their cards say it
    return render_to_string(
        "assistants_app/_calls.html", {"item": item, "run": run, "oob": oob}
    )


def _picture(public_id: str, membership: Membership, *, oob: bool = False) -> str:
    generation = _generation(public_id)
    if generation is None:
        return ""  # refused before it was planned: there is nothing to show
    item = PictureItem(card(generation))
    context = {"item": item, "oob": oob, "membership": membership}
    return render_to_string("assistants_app/_picture.html", context)


def _preview(public_id: str) -> str:
    generation = _generation(public_id)
    if generation is None or generation.is_finished:
        return ""  # the picture itself is on its way already
    context = {"card": card(generation), "oob": True}
    return render_to_string("images_app/_pic_frame.html", context)


def _generation(public_id: str) -> Generation | None:
    related = Generation.objects.select_related("partial", "connection")
    return (
        related.prefetch_related("pictures__file", "sources")
        .filter(public_id=public_id)
        .first()
    )


def _state(run: Run, membership: Membership) -> str:
    """What shows the run's state: its card, and what the composer offers."""
    context = {"entry": run_entry(run), "oob": True, "membership": membership}
    return (
        render_to_string("assistants_app/_run_card.html", context)
        + render_to_string("assistants_app/_run_foot.html", context)
        + composer_tools(run.thread)
    )


def composer_tools(thread: Thread) -> str:
    """The composer's buttons; never its text, which somebody may be typing."""
    context = {"run": unfinished_run(thread), "thread": thread, "oob": True}
    return render_to_string(
        "assistants_app/_composer_tools.html", context
    ) + render_to_string("assistants_app/_stop_form.html", context)


def _around(thread: Thread) -> str:
    """What a page shows around the entries: its headers, who answers, the buttons."""
    assistant = assistant_of(thread)
    context = {"thread": thread, "assistant": assistant, "oob": True}
    names = ["_thread_topbar", "_thread_bar"]
    if assistant is not None and assistant.deleted_at is None:
        names.append("_answered_by")  # without choices: nobody has to be chosen now
    pieces = [
        render_to_string(f"assistants_app/{name}.html", context) for name in names
    ]
    return "".join([*pieces, composer_tools(thread)])


def _announcement(run: Run) -> str:
    context = {"entry": run_entry(run)}
    return render_to_string("assistants_app/_announcement.html", context)


def entries_html(
    thread: Thread, membership: Membership, *, shown: str
) -> tuple[str, list[Entry]]:
    """What a page needs that has shown everything up to `shown`, and the entries.

    `shown` is the version of its last entry. A page whose last entry is not on the
    path any more gets the whole path.
    """
    key, _, _ = shown.partition("@")
    entries = thread_entries(thread, after=key)
    if not entries or entries[0].key != key:
        inner = "".join(_entry(entry, membership) for entry in entries)
        html = format_html(
            '<div id="entries" hx-swap-oob="innerHTML">{}</div>', _safe(inner)
        )
        return html + _around(thread), entries
    # With a next entry the last one changes too: it cannot be tried again any more.
    is_same = entries[0].version == shown and len(entries) == 1
    first = "" if is_same else _entry(entries[0], membership, oob=True)
    added = "".join(_entry(entry, membership) for entry in entries[1:])
    if added:
        added = format_html(
            '<div hx-swap-oob="beforeend:#entries">{}</div>', _safe(added)
        )
    changed = first + added
    return (changed + _around(thread) if changed else ""), entries


def _entry(entry: Entry, membership: Membership, *, oob: bool = False) -> str:
    name = "_run" if isinstance(entry, RunEntry) else "_said"
    context = {"entry": entry, "oob": oob, "membership": membership}
    return render_to_string(f"assistants_app/{name}.html", context)


def rail_html(organization: Organization, thread: Thread | None = None) -> str:
    """The thread list, as it is now; `thread` is the one that the page shows."""
    context = {
        "thread_groups": thread_groups(organization),
        "thread": thread,
        "oob": True,
    }
    return render_to_string("assistants_app/_thread_list.html", context)


def deleted_html(organization: Organization) -> str:
    """In the place of a thread that somebody has deleted."""
    words = render_to_string("assistants_app/_thread_deleted.html")
    return words + rail_html(organization)


def _safe(html: str) -> SafeString:
    """Output of our own templates, which have escaped what is not theirs."""
    return mark_safe(html)  # noqa: S308
