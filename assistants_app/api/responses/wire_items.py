"""Rows as the items of responses and conversations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistants_app.api.responses.wire_pictures import (
    DELETED,
    Facts,
    file_facts,
    read_picture,
)
from assistants_app.models import Message, Run, RunStep, Thread
from assistants_app.services.item_ids import call_item_id, row_item_id
from assistants_app.services.transcript import (
    CALL,
    OUTPUT,
    PICTURE_CALL,
    is_item,
)
from images_app.access import files_of
from images_app.models import File

JsonObject = dict[str, Any]


def message_json(item_id: str, text: str | None, status: str) -> JsonObject:
    """A message that a model wrote; None while it has no words yet."""
    content = [] if text is None else [output_text(text)]
    return {
        "id": item_id,
        "type": "message",
        "role": "assistant",
        "status": status,
        "content": content,
    }


def output_text(text: str) -> JsonObject:
    """A written part of an output."""
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def call_json(
    item_id: str, call_id: str, name: str, arguments: str, status: str = "completed"
) -> JsonObject:
    """A call of one of the client's functions."""
    return {
        "id": item_id,
        "type": "function_call",
        "status": status,
        "call_id": call_id,
        "name": name,
        "arguments": arguments,
    }


def output_json(item_id: str, call_id: str, output: Any) -> JsonObject:
    """The output of such a call."""
    return {
        "id": item_id,
        "type": "function_call_output",
        "status": "completed",
        "call_id": call_id,
        "output": output,
    }


def picture_json(item_id: str, facts: Facts | None, error: str = "") -> JsonObject:
    """A picture call that is over.

    One without a picture has failed, unless the picture was deleted since.
    """
    is_made = facts is not None and facts.error is None
    item: JsonObject = {
        "id": item_id,
        "type": "image_generation_call",
        "status": "completed" if is_made else "failed",
        "result": facts.result if facts else None,
        **(facts.said if facts else {}),
    }
    if item["status"] == "failed":
        item["error"] = (facts and facts.error) or {
            "type": "server_error",
            "code": "image_generation_failed",
            "message": error or "The picture is not there.",
            "param": None,
        }
    return item


def item_name(message: Message) -> str:
    """The id of a row's item."""
    if not is_item(message):
        return message.public_id
    part = message.content[0]
    if part["type"] == PICTURE_CALL:
        return str(part["id"])
    return row_item_id(part["type"], message.public_id)


class ItemReader:
    """Spells the items of one thread; reads files where an item needs its bytes.

    `image_urls` gives the bytes of a user's stored pictures as data: URLs, too.
    """

    def __init__(self, thread: Thread, *, image_urls: bool = False) -> None:
        self.thread = thread
        self.image_urls = image_urls

    def items(
        self, path: Sequence[Message], answering: Mapping[int, Sequence[Run]]
    ) -> list[JsonObject]:
        """The items along a path: rows that clients brought, and what runs made."""
        told = {run.pk for runs in answering.values() for run in runs}
        found: list[JsonObject] = []
        for message in path:
            if message.run_id is None or message.run_id not in told:
                found.append(self.row(message))
            for run in answering.get(message.pk, ()):
                found.extend(self._made(run))
        return found

    def row(self, message: Message) -> JsonObject:
        """The item of one row."""
        if is_item(message):
            return self._item(message, message.content[0])
        content = [self._part(message, part) for part in message.content]
        if message.role == Message.Role.ASSISTANT:
            content = [part for part in content if part["type"] == "output_text"]
        return {
            "id": message.public_id,
            "type": "message",
            "role": message.role,
            "status": message.status,
            "content": content,
        }

    def _part(self, message: Message, part: JsonObject) -> JsonObject:
        if part["type"] == "text":
            text = part["text"]["value"]
            if message.role == Message.Role.ASSISTANT:
                return output_text(text)
            return {"type": "input_text", "text": text}
        return self._image(part)

    def _image(self, part: JsonObject) -> JsonObject:
        if part["type"] == "image_url":
            said = part["image_url"]
            where = {"file_id": None, "image_url": said["url"]}
        else:
            said = part["image_file"]
            where = {"file_id": said["file_id"], "image_url": self._url(said)}
        return {
            "type": "input_image",
            "detail": said.get("detail") or "auto",
            **where,
        }

    def _url(self, said: JsonObject) -> str | None:
        file = self._file(said["file_id"]) if self.image_urls else None
        if file is None:
            return None
        return f"data:{file.mime};base64,{file_facts(file, '').result}"

    def _file(self, file_id: str) -> File | None:
        return next(iter(files_of(self.thread.organization, [file_id])), None)

    def _item(self, message: Message, part: JsonObject) -> JsonObject:
        kind = part["type"]
        name = item_name(message)
        if kind == CALL:
            return call_json(name, part["call_id"], part["name"], part["arguments"])
        if kind == OUTPUT:
            said = part.get("said")
            output = [self._part(message, p) for p in said] if said else part["output"]
            return output_json(name, part["call_id"], output)
        if kind == PICTURE_CALL:
            return self._picture(part)
        return {
            "id": name,
            "type": "reasoning",
            "summary": part.get("summary") or [],
            **{k: part[k] for k in ("content", "encrypted_content") if k in part},
        }

    def _picture(self, part: JsonObject) -> JsonObject:
        facts = read_picture(self.thread.organization_id, part["id"])
        if facts is None and part["file_ids"]:
            file = self._file(part["file_ids"][0])
            facts = file_facts(file, part["prompt"]) if file else None
        return picture_json(part["id"], facts)

    def _made(self, run: Run) -> Iterator[JsonObject]:
        for step in run.steps.select_related("message").order_by("index"):
            if step.type == RunStep.Type.MESSAGE_CREATION:
                message = step.message
                if message is not None and message.text:
                    yield message_json(message.public_id, message.text, message.status)
                continue
            for index, call in enumerate(step.tool_calls):
                yield from self._step_call(step, index, call)

    def _step_call(
        self, step: RunStep, index: int, call: JsonObject
    ) -> Iterator[JsonObject]:
        if call["type"] != "function":
            name = call["generation_id"]
            facts = read_picture(self.thread.organization_id, name)
            if facts is None and call["status"] == "completed":
                facts = DELETED
            yield picture_json(name, facts, call.get("error", ""))
            return
        function = call["function"]
        name = call_item_id(step.public_id, index)
        yield call_json(name, call["id"], function["name"], function["arguments"])
        if function["output"] is not None:
            output_name = f"fco_{name.removeprefix('fc_')}"
            yield output_json(output_name, call["id"], function["output"])
