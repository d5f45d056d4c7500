"""A run's conversation as chat messages, read from the rows of its path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any, Literal

from assistants_app.engine import prompt
from assistants_app.models import Message, Run, RunStep, Thread
from assistants_app.providers.base import (
    ChatMessage,
    Content,
    Picture,
    Text,
    ToolCall,
)
from images_app.models import File
from images_app.services.for_models import picture_for_model

# How many earlier pictures are put before a model that can see.
SHOWN_PICTURES = 4


def message_path(thread: Thread, head_id: int | None) -> list[Message]:
    """The messages from the first to `head_id`, along their parents."""
    by_id = {message.pk: message for message in thread.messages.all()}
    path: list[Message] = []
    while head_id is not None and head_id in by_id:
        message = by_id.pop(head_id)  # popped, so that no circle can trap us
        path.append(message)
        head_id = message.parent_id
    return path[::-1]


def runs_on_path(thread: Thread, path: Sequence[Message]) -> dict[int, Run]:
    """For each message that was answered, the run that answered it on this path.

    That is the run of the message that follows. Where no run wrote that one, it is the
    newest run, which may have failed, or made pictures although it wrote nothing.
    """
    runs = {run.pk: run for run in thread.runs.order_by("pk").prefetch_related("steps")}
    newest: dict[int, Run] = {}
    for run in runs.values():
        if run.input_message_id is not None:
            newest[run.input_message_id] = run
    chosen: dict[int, Run] = {}
    for message, following in zip_longest(path, path[1:]):
        if message.role != Message.Role.USER:
            continue
        if following is not None and following.run_id in runs:
            chosen[message.pk] = runs[following.run_id]
        elif message.pk in newest:
            chosen[message.pk] = newest[message.pk]
    return chosen


class History:
    """Builds the chat messages of one run."""

    def __init__(self, run: Run, *, sees: bool, names_files: bool) -> None:
        self.run = run
        self.sees = sees
        self.names_files = names_files
        self.path = message_path(run.thread, run.input_message_id)
        self.runs = runs_on_path(run.thread, self.path)
        if self.path:
            self.runs[self.path[-1].pk] = run
        self.made: list[str] = []
        self.given: list[str] = []
        self.files = self._files()

    def messages(self) -> list[ChatMessage]:
        """System prompt, conversation, and what this run itself has done so far."""
        built: list[ChatMessage] = []
        if self.run.instructions:
            built.append(ChatMessage("system", (Text(self.run.instructions),)))
        for message in self.path:
            if message.role == Message.Role.USER:
                built.append(self._user(message, is_last=message is self.path[-1]))
                if message.pk in self.runs:
                    built.extend(self._steps(self.runs[message.pk]))
            elif message.run_id is None:
                built.append(ChatMessage("assistant", (Text(message.text),)))
        return built

    def file_ids(self) -> list[str]:
        """Pictures that can be edited by id, oldest first (after `messages`)."""
        return [*dict.fromkeys([*self.given, *self.made])]

    def waiting_pictures(self) -> list[str]:
        """Pictures that this run made after its last message."""
        waiting: list[str] = []
        for step in self.run.steps.order_by("index"):
            if step.type == RunStep.Type.MESSAGE_CREATION:
                waiting = []
            for call in step.tool_calls:
                waiting.extend(call.get("file_ids", []))
        return waiting

    def _files(self) -> dict[str, File]:
        wanted = [file_id for message in self.path for file_id in message.file_ids]
        for run in self.runs.values():
            for step in run.steps.all():
                for call in step.tool_calls:
                    wanted.extend(call.get("file_ids", []))
        found = File.objects.filter(
            organization_id=self.run.thread.organization_id, public_id__in=wanted
        )
        return {file.public_id: file for file in found}

    def _user(self, message: Message, *, is_last: bool) -> ChatMessage:
        content: list[Content] = []
        for part in message.content:
            content.extend(self._part(part))
        if is_last and self.sees:
            content.extend(self._pictures(self.made[-SHOWN_PICTURES:], "low"))
        return ChatMessage("user", tuple(content))

    def _part(self, part: dict[str, Any]) -> Iterator[Content]:
        if part["type"] == "text":
            yield Text(part["text"]["value"])
        elif part["type"] == "image_url":
            if self.sees:
                yield Picture(
                    url=part["image_url"]["url"],
                    detail=part["image_url"].get("detail") or "auto",
                )
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

    def _steps(self, run: Run) -> Iterator[ChatMessage]:
        """What a run said and did, calls with their results."""
        on_path = {message.pk: message for message in self.path}
        texts = defaultdict(str, {m.pk: m.text for m in on_path.values()})
        if run == self.run:
            texts.update({m.pk: m.text for m in run.messages.all()})
        for step in run.steps.all():
            if step.type == RunStep.Type.TOOL_CALLS:
                yield from self._tool_step(step)
            elif step.message_id is not None and texts[step.message_id]:
                yield ChatMessage("assistant", (Text(texts[step.message_id]),))

    def _tool_step(self, step: RunStep) -> Iterator[ChatMessage]:
        calls = [_tool_call(call) for call in step.tool_calls]
        if not calls:
            return
        yield ChatMessage("assistant", (), tuple(calls))
        for call in step.tool_calls:
            self.made.extend(call.get("file_ids", []))
            yield prompt.tool_result(call["id"], _output(call))


def _detail(said: Any) -> Literal["auto", "low", "high"]:
    if said == "low":
        return "low"
    return "high" if said == "high" else "auto"


def _tool_call(call: dict[str, Any]) -> ToolCall:
    source = call["function"] if call["type"] == "function" else call
    return ToolCall(call["id"], source["name"], source["arguments"] or "{}")


def _output(call: dict[str, Any]) -> str:
    output = (
        call["function"]["output"] if call["type"] == "function" else call["output"]
    )
    return output if output is not None else '{"status": "cancelled"}'
