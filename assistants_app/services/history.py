"""A run's conversation as chat messages, read from the rows of its path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Literal

from assistants_app.engine import prompt
from assistants_app.models import Message, Run, RunStep
from assistants_app.providers.base import (
    ChatMessage,
    Content,
    Picture,
    Text,
    ToolCall,
)
from assistants_app.services.paths import message_path, runs_on_path
from assistants_app.services.transcript import (
    Called,
    Entry,
    Said,
    Wrote,
    transcript_of,
)
from images_app.models import File
from images_app.services.for_models import picture_for_model

__all__ = ["History", "message_path", "runs_on_path"]

# How many earlier pictures are put before a model that can see.
SHOWN_PICTURES = 4


class History:
    """Builds the chat messages of one run."""

    def __init__(self, run: Run, *, sees: bool, names_files: bool) -> None:
        self.run = run
        self.sees = sees
        self.names_files = names_files
        self.transcript = transcript_of(run)
        self.path = self.transcript.path
        self.made: list[str] = []
        self.given: list[str] = []
        self.files = self._files()

    def messages(self) -> list[ChatMessage]:
        """System prompt, conversation, and what this run itself has done so far."""
        built: list[ChatMessage] = []
        if self.run.instructions:
            built.append(ChatMessage("system", (Text(self.run.instructions),)))
        for _, group in groupby(self.transcript.entries, key=_group):
            built.extend(self._told(list(group)))
        return built

    @property
    def asked(self) -> str:
        """What the user said last."""
        message = self.transcript.last_said
        return message.text if message else ""

    def file_ids(self) -> list[str]:
        """Pictures that can be edited by id, oldest first (after `messages`)."""
        return [*dict.fromkeys([*self.given, *self.made])]

    def waiting_pictures(self) -> list[str]:
        """Pictures that this run made after its last message."""
        waiting: list[str] = []
        if self.run.started_at is None:
            return waiting
        for step in self.run.steps.order_by("index"):
            if step.type == RunStep.Type.MESSAGE_CREATION:
                waiting = []
            for call in step.tool_calls:
                waiting.extend(call.get("file_ids", []))
        return waiting

    def _files(self) -> dict[str, File]:
        wanted = [file_id for message in self.path for file_id in message.file_ids]
        for entry in self.transcript.entries:
            if isinstance(entry, Called):
                wanted.extend(entry.file_ids)
                wanted.extend(
                    part["image_file"]["file_id"]
                    for part in entry.parts
                    if part["type"] == "image_file"
                )
        if not wanted:
            return {}
        found = File.objects.filter(
            organization_id=self.run.thread.organization_id, public_id__in=wanted
        )
        return {file.public_id: file for file in found}

    def _told(self, group: list[Entry]) -> Iterator[ChatMessage]:
        first = group[0]
        if isinstance(first, Said):
            yield from self._said(first.message)
        elif isinstance(first, Wrote):
            yield ChatMessage("assistant", (Text(first.text),))
        else:
            yield from self._called([e for e in group if isinstance(e, Called)])

    def _said(self, message: Message) -> Iterator[ChatMessage]:
        if message.role == Message.Role.USER:
            yield self._user(message)
        elif message.text:
            is_own = message.role == Message.Role.ASSISTANT
            role: Literal["assistant", "system"] = "assistant" if is_own else "system"
            yield ChatMessage(role, (Text(message.text),))

    def _user(self, message: Message) -> ChatMessage:
        content: list[Content] = []
        for part in message.content:
            content.extend(self._part(part))
        if message == self.transcript.last_said and self.sees:
            content.extend(self._pictures(self.made[-SHOWN_PICTURES:], "low"))
        return ChatMessage("user", tuple(content))

    def _part(self, part: dict[str, Any]) -> Iterator[Content]:
        if part["type"] == "text":
            yield Text(part["text"]["value"])
        elif part["type"] == "image_url":
            if self.sees:
                yield Picture(
                    url=part["image_url"]["url"],
                    detail=_detail(part["image_url"].get("detail")),
                )
            else:
                yield Text("(The user attached a picture you cannot see.)")
        elif part["type"] == "image_file":
            yield from self._attached(part["image_file"])

    def _attached(self, image_file: dict[str, Any]) -> Iterator[Content]:
        file = self.files.get(image_file["file_id"])
        if file is None:
            yield Text("(An attached picture was deleted.)")
            return
        self.given.append(file.public_id)
        facts = f"{file.public_id}, {file.width} × {file.height}"
        if self.sees:
            yield from self._pictures([file.public_id], image_file.get("detail"))
            if self.names_files:
                yield Text(f"(The attached picture is {facts}.)")
        else:
            yield Text(f"(The user attached a picture you cannot see: {facts}.)")

    def _pictures(self, file_ids: Iterable[str], detail: Any) -> Iterator[Picture]:
        for file_id in file_ids:
            if file_id in self.files:
                level = _detail(detail)
                mime, data = picture_for_model(self.files[file_id], detail=level)
                yield Picture(mime, data, detail=level)

    def _called(self, calls: list[Called]) -> Iterator[ChatMessage]:
        """Calls that were made together, and their results."""
        yield ChatMessage(
            "assistant",
            (),
            tuple(ToolCall(c.id, c.name, c.arguments or "{}") for c in calls),
        )
        shown: list[Content] = []
        for call in calls:
            self.made.extend(name for name in call.file_ids if name in self.files)
            yield prompt.tool_result(call.id, self._result(call))
            for part in call.parts:
                shown.extend(self._part(part))
        if shown:
            # Chat models take no pictures in a tool's result.
            note = Text("(Pictures that the tool has answered with:)")
            yield ChatMessage("user", (note, *shown))

    def _result(self, call: Called) -> str:
        """What the call's output is by now: its picture may have been deleted."""
        if call.output is None:
            return '{"status": "cancelled"}'
        if call.is_picture and call.file_ids and not self.files.keys() & call.file_ids:
            return prompt.DELETED_PICTURE
        return call.output


def _group(entry: Entry) -> object:
    """Calls of one group belong together, everything else stands alone."""
    return entry.group if isinstance(entry, Called) else id(entry)


def _detail(said: Any) -> Literal["auto", "low", "high"]:
    if said == "low":
        return "low"
    return "high" if said in {"high", "original"} else "auto"
