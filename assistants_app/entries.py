"""A thread as pages show it: what was said, and the runs that answered.

Views and the live socket build the same entries and render the same partials, so that
a page loaded at any time shows what one shows that was open all along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.utils.safestring import SafeString

from assistants_app.items import Item, PictureItem, calls_item, message_item
from assistants_app.models import Message, Run, RunStep, Thread
from assistants_app.services.paths import message_path, runs_on_path
from assistants_app.services.stored import is_at_end
from assistants_app.services.transcript import is_item
from images_app.cards import Card, card
from images_app.models import File, Generation
from playground.lib.markdown import to_html

STATUS_NAMES = {
    Run.Status.QUEUED: "Queued",
    Run.Status.IN_PROGRESS: "In progress",
    Run.Status.REQUIRES_ACTION: "Requires action",
    Run.Status.CANCELLING: "Stopping",
    Run.Status.CANCELLED: "Stopped",
    Run.Status.FAILED: "Failed",
    Run.Status.COMPLETED: "Completed",
    Run.Status.INCOMPLETE: "Incomplete",
    Run.Status.EXPIRED: "Expired",
}
NODES = {
    Run.Status.REQUIRES_ACTION: "wait",
    Run.Status.COMPLETED: "done",
    Run.Status.CANCELLED: "stopped",
    Run.Status.INCOMPLETE: "done",
    Run.Status.FAILED: "bad",
    Run.Status.EXPIRED: "bad",
}


SPEAKERS: dict[str, str] = {
    Message.Role.USER: "You",
    Message.Role.ASSISTANT: "Assistant",
}


@dataclass(frozen=True)
class SaidEntry:
    """A message that no run wrote: the user's, or one that a client of the API put
    there as the assistant's or the system's."""

    message: Message
    files: Sequence[File]

    @property
    def speaker(self) -> str:
        return SPEAKERS.get(self.message.role, "System")

    @property
    def html(self) -> SafeString | str:
        """An assistant's words, formatted as those of a run are."""
        is_answer = self.message.role == Message.Role.ASSISTANT
        return to_html(self.message.text) if is_answer else ""

    @property
    def links(self) -> list[tuple[str, str]]:
        """Pictures that are elsewhere: address and host. Pages never fetch them, for
        that would tell their server who reads."""
        return [
            (
                part["image_url"]["url"],
                urlsplit(part["image_url"]["url"]).hostname or "",
            )
            for part in self.message.content
            if part["type"] == "image_url"
        ]

    @property
    def key(self) -> str:
        return self.message.public_id

    @property
    def version(self) -> str:
        return self.key


@dataclass(frozen=True)
class RunEntry:
    """A run with everything that it did."""

    run: Run
    name: str
    step_count: int
    items: Sequence[Item] = field(default_factory=tuple)

    @property
    def key(self) -> str:
        return self.run.public_id

    @property
    def version(self) -> str:
        """The key with the number of the newest event that is shown.

        A run that was stopped may have pictures that are still being made.
        """
        still = "+" if self.awaits_picture else ""
        return f"{self.key}@{self.run.last_sequence}{still}"

    @property
    def status_name(self) -> str:
        return STATUS_NAMES[Run.Status(self.run.status)]

    @property
    def node(self) -> str:
        return NODES.get(Run.Status(self.run.status), "live")

    @property
    def seconds(self) -> float | None:
        """From the queue to the end; None while it is going on."""
        if self.run.finished_at is None:
            return None
        return (self.run.finished_at - self.run.created_at).total_seconds()

    @property
    def failed_pictures(self) -> bool:
        """Whether a picture of a run that went well otherwise is missing."""
        return any(card.failure is not None for card in self._cards)

    @property
    def may_cost_again(self) -> bool:
        """Whether a picture's outcome is unknown, so that a new try may be a second
        bill."""
        return any(card.state == "unknown" for card in self._cards)

    @property
    def _cards(self) -> list[Card]:
        return [item.card for item in self.items if isinstance(item, PictureItem)]

    @property
    def awaits_picture(self) -> bool:
        """Whether the run is over but a picture of it is still being made."""
        late = any(not card.is_finished for card in self._cards)
        return late and self.run.is_finished

    @property
    def failed_at(self) -> str:
        """The connection that failed; "" where nobody there was asked: no budget let
        the call pass."""
        is_ours = self.run.error_cause == "insufficient_quota" and not (
            self.provider_words
        )
        return "" if is_ours or not self.run.connection else self.run.connection.name

    @property
    def provider_words(self) -> str:
        """What the provider itself said, where that is more than the sentence shown."""
        words = self.run.error_admin_text
        return "" if words == self.run.error_text else words

    @property
    def can_retry(self) -> bool:
        retryable = {Run.Status.FAILED, Run.Status.EXPIRED, Run.Status.CANCELLED}
        over = self.run.is_finished and self.run.assistant_id is not None
        missed = self.run.status in retryable or self.failed_pictures
        return over and missed and is_at_end(self.run)


Entry = SaidEntry | RunEntry


def thread_entries(thread: Thread, *, after: str = "") -> list[Entry]:
    """The entries of the shown path, from the entry `after` on (that one included)."""
    path = message_path(thread, thread.head_id)
    runs = runs_on_path(thread, path)
    builder = _Builder(thread)
    entries: list[Entry] = []
    wanted = _from_key(path, runs, after)
    for message in path:
        if wanted is not None and message.pk < wanted:
            continue
        if message.run_id is None and not is_item(message):
            entries.append(builder.said(message))
        if message.pk in runs:
            entries.append(builder.run(runs[message.pk]))
    return _drop_before(entries, after)


def _from_key(path: Sequence[Message], runs: dict[int, Run], key: str) -> int | None:
    """The message from which on entries have to be built; None for all of them."""
    for message in path:
        run = runs.get(message.pk)
        if message.public_id == key or (run is not None and run.public_id == key):
            return message.pk
    return None


def _drop_before(entries: list[Entry], key: str) -> list[Entry]:
    for index, entry in enumerate(entries):
        if entry.key == key:
            return entries[index:]
    return entries


def run_entry(run: Run) -> RunEntry:
    """One run's entry, read anew."""
    return _Builder(run.thread).run(run)


class _Builder:
    """Reads what the entries of one thread need."""

    def __init__(self, thread: Thread) -> None:
        self.thread = thread

    def said(self, message: Message) -> SaidEntry:
        found = {
            file.public_id: file
            for file in File.objects.filter(
                organization_id=self.thread.organization_id,
                public_id__in=message.file_ids,
            )
        }
        files = [found[file_id] for file_id in message.file_ids if file_id in found]
        return SaidEntry(message, files)

    def run(self, run: Run) -> RunEntry:
        name = str(run.assistant) if run.assistant else "Assistant"
        steps = list(run.steps.select_related("message__run").order_by("index"))
        generations = self._generations(run)
        items: list[Item] = []
        for step in steps:
            items.extend(self._items(run, step, generations))
        return RunEntry(run, name, len(steps), items)

    def _generations(self, run: Run) -> dict[str, Generation]:
        found = Generation.objects.filter(
            organization_id=self.thread.organization_id, reference=run.public_id
        )
        related = found.select_related("partial", "connection").prefetch_related(
            "pictures__file", "sources"
        )
        return {generation.public_id: generation for generation in related}

    def _items(
        self, run: Run, step: RunStep, generations: dict[str, Generation]
    ) -> list[Item]:
        if step.type == RunStep.Type.MESSAGE_CREATION:
            until = run.last_sequence
            return [message_item(step.message, until=until)] if step.message else []
        pictures: list[Item] = [
            PictureItem(card(generations[call["generation_id"]]))
            for call in step.tool_calls
            if call.get("generation_id") in generations
        ]
        calls = calls_item(run, step)
        return [*pictures, calls] if calls.calls else pictures
