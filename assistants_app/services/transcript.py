"""What was said and called along one run's path, as plain values in order.

Calls are matched with their outputs here, wherever these came from: the step of a run,
or a later message row with the output that a client brought.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from assistants_app.models import Message, Run, RunStep
from assistants_app.services.paths import Answering, answering_runs, message_path

# Kinds of parts that are a row of their own and no words.
CALL = "function_call"
OUTPUT = "function_call_output"
PICTURE_CALL = "image_generation_call"
REASONING = "reasoning"


@dataclass(frozen=True)
class Said:
    """A message that no run wrote."""

    message: Message


@dataclass(frozen=True)
class Wrote:
    """Words that a run wrote."""

    text: str


@dataclass
class Called:
    """A call and, once it is known, its output.

    Calls that the model made in one go share their `group`. `parts` are pictures of
    the output, as a message holds them; `file_ids` the pictures that the call made.
    """

    id: str
    name: str
    arguments: str
    group: str
    output: str | None = None
    parts: Sequence[dict[str, Any]] = ()
    file_ids: Sequence[str] = ()
    # Whether the conversation cannot go on without its output.
    is_owed: bool = False
    is_picture: bool = False


Entry = Said | Wrote | Called


@dataclass
class Transcript:
    """The entries of one path; `orphans` are ids of outputs that answer no call."""

    path: list[Message]
    runs: list[Run]
    entries: list[Entry] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)

    @property
    def unanswered(self) -> list[Called]:
        """Calls whose output is owed and missing."""
        return [
            entry
            for entry in self.entries
            if isinstance(entry, Called) and entry.is_owed and entry.output is None
        ]

    def has_twins(self, call_id: str) -> bool:
        """Whether an output could be meant for two calls."""
        return [e.id for e in self.entries if isinstance(e, Called)].count(call_id) > 1

    @property
    def has_pictures(self) -> bool:
        """Whether there is any picture that could be edited."""
        given = any(message.file_ids for message in self.path)
        calls = [entry for entry in self.entries if isinstance(entry, Called)]
        return given or any(call.file_ids or call.parts for call in calls)

    @property
    def last_said(self) -> Message | None:
        """The newest message of a user."""
        for message in reversed(self.path):
            if message.role == Message.Role.USER and not is_item(message):
                return message
        return None


def is_item(message: Message) -> bool:
    """Whether the row holds an item that is no message."""
    kinds = {CALL, OUTPUT, PICTURE_CALL, REASONING}
    return any(part["type"] in kinds for part in message.content)


def transcript_of(run: Run) -> Transcript:
    """Everything up to the run's input, and what the run itself has done so far."""
    path = _told_path(run)
    answering = answering_runs(run, path)
    made = Transcript(path, [r for runs in answering.values() for r in runs])
    return _Writer(made, run, answering).write()


def _told_path(run: Run) -> list[Message]:
    """The path that the run is told of: all of it, or its newest messages."""
    path = message_path(run.thread, run.input_message_id)
    strategy = run.truncation_strategy or {}
    if strategy.get("type") != "last_messages":
        return path
    return path[-strategy["last_messages"] :]


class _Writer:
    """Walks along a path once."""

    def __init__(self, made: Transcript, run: Run, answering: Answering) -> None:
        self.made = made
        self.run = run
        self.answering = answering
        self.calls: dict[str, Called] = {}
        self.group = 0
        self.told = {r.pk for r in made.runs}
        self.texts = defaultdict(str, {m.pk: m.text for m in made.path})
        if run.started_at is not None:
            self.texts.update({m.pk: m.text for m in run.messages.all()})

    def write(self) -> Transcript:
        for message in self.made.path:
            if message.run_id is None or message.run_id not in self.told:
                self._row(message)
            for run in self.answering.get(message.pk, ()):
                if run == self.run:
                    self._put_references_first()
                self._steps(run)
        if self.run is not None and not self.made.path:
            self._steps(self.run)  # it began with nothing but its instructions
        return self.made

    def _row(self, message: Message) -> None:
        if not is_item(message):
            self.group += 1
            self.made.entries.append(Said(message))
            return
        for part in message.content:
            if part["type"] == CALL:
                name, arguments = part["name"], part["arguments"]
                group = f"rows-{self.group}"
                self._call(
                    Called(part["call_id"], name, arguments, group, is_owed=True)
                )
            elif part["type"] == OUTPUT:
                self.group += 1
                self._answer(part)
            elif part["type"] == PICTURE_CALL:
                self._call(_picture_called(part, f"rows-{self.group}"))

    def _call(self, call: Called) -> None:
        self.calls[call.id] = call
        self.made.entries.append(call)

    def _answer(self, part: dict[str, Any]) -> None:
        call = self.calls.get(part["call_id"])
        if call is None:
            self.made.orphans.append(part["call_id"])
            return
        call.output, call.parts = part["output"], part.get("parts", [])

    def _put_references_first(self) -> None:
        """Pictures that are named behind the wish are there before it: what follows a
        wish would look like its answer."""
        entries = self.made.entries
        end = len(entries)
        while end and isinstance(last := entries[end - 1], Called) and last.is_picture:
            if not last.group.startswith("rows-"):
                return
            end -= 1
        if not end or end == len(entries):
            return
        said = entries[end - 1]
        if isinstance(said, Said) and said.message.role == Message.Role.USER:
            entries.append(entries.pop(end - 1))

    def _steps(self, run: Run) -> None:
        for step in run.steps.all() if run.started_at is not None else ():
            if step.type == RunStep.Type.TOOL_CALLS:
                for call in step.tool_calls:
                    self._call(self._step_call(run, step, call))
            elif step.message_id is not None and self.texts[step.message_id]:
                self.made.entries.append(Wrote(self.texts[step.message_id]))
        self.group += 1

    def _step_call(self, run: Run, step: RunStep, call: dict[str, Any]) -> Called:
        group = step.public_id
        if call["type"] != "function":
            return Called(
                call["id"],
                call["name"],
                call["arguments"],
                group,
                output=call["output"],
                file_ids=call.get("file_ids", []),
                is_picture=True,
            )
        function = call["function"]
        return Called(
            call["id"],
            function["name"],
            function["arguments"],
            group,
            output=function["output"],
            # Other runs wait for outputs themselves, or have ended without them.
            is_owed=not run.pauses and run.status == Run.Status.COMPLETED,
        )


def _picture_called(part: dict[str, Any], group: str) -> Called:
    return Called(
        part["id"],
        part["name"],
        part["arguments"],
        group,
        output=part["output"],
        file_ids=part["file_ids"],
        is_picture=True,
    )
