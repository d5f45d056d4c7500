"""The output items of the seed dialect: messages, pictures, calls of functions.

Addresses of pictures are made once for each file: a message shows the very address
that stands in its picture's item. Each picture of a message has its item in the same
answer, also where it was made before the run waited for outputs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistants_app.engine.events import (
    ArgumentsAdded,
    FunctionCallStarted,
    ImageCallEnded,
    ImageCallStarted,
    ImagePreviewed,
    MessageEnded,
    MessageStarted,
    OutputGiven,
    PictureShown,
    RunEvent,
    TextAdded,
    ToolStepEnded,
)
from images_app.services.signed_urls import sign

Event = tuple[str, dict[str, Any]]

# Why a picture is not there, by how its call ended.
PICTURE_ERRORS = {
    "failed": "image_generation_failed",
    "moderated": "moderation_blocked",
    "unknown": "outcome_unknown",
    "cancelled": "cancelled",
}


class OutputItems:
    """A run's items, in the order in which they began; each event changes them.

    What is yielded is what a stream says of the change: a name and its fields.
    """

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.output: list[dict[str, Any]] = []
        self._open: dict[str, int] = {}
        self._urls: dict[str, str] = {}
        self._sent_prompts: dict[str, str] = {}
        # Pictures of an earlier answer of this run that no message has shown yet.
        self._waiting: list[ImageCallEnded] = []

    def remember(self, event: RunEvent) -> None:
        """Take over an event that an earlier answer of this run has told."""
        match event:
            case ImageCallStarted():
                self._sent_prompts[event.generation_id] = event.sent_prompt
            case ImageCallEnded(status="completed"):
                self._waiting.append(event)
            case MessageStarted():
                self._waiting.clear()

    def apply(self, event: RunEvent) -> Iterator[Event]:
        """Take over one event of the run. Read it to its end."""
        match event:
            case TextAdded():
                yield self._text(event)
            case MessageStarted(message_id=message_id):
                for picture in self._waiting:
                    yield from self._picture(picture)
                self._waiting.clear()
                yield self._add_message(message_id)
            case MessageEnded():
                yield from self._end_message(event)
            case PictureShown():
                pass  # its part stands behind the text, which comes later
            case ImageCallStarted() | ImagePreviewed() | ImageCallEnded():
                yield from self._picture(event)
            case FunctionCallStarted() | ArgumentsAdded() | OutputGiven():
                yield from self._function(event)
            case ToolStepEnded():
                yield from self.close_functions("incomplete")

    # Messages

    def _add_message(self, message_id: str) -> Event:
        item = {
            "type": "message",
            "id": message_id,
            "role": "assistant",
            "status": "in_progress",
            "content": [],
        }
        return self._add(message_id, item)

    def _text(self, event: TextAdded) -> Event:
        return (
            "response.output_text.delta",
            {**self._place(event.message_id), "content_index": 0, "delta": event.text},
        )

    def _end_message(self, event: MessageEnded) -> Iterator[Event]:
        texts = [p["text"]["value"] for p in event.content if p["type"] == "text"]
        files = [
            part["image_file"]["file_id"]
            for part in event.content
            if part["type"] == "image_file"
        ]
        text = "\n\n".join(texts)
        place = self._place(event.message_id)
        item = self.output[place["output_index"]]
        item["status"] = "incomplete" if event.incomplete_reason else "completed"
        item["content"] = [
            {"type": "output_text", "text": text, "annotations": []},
            *(
                {"type": "image_url", "image_url": {"url": self._url(file_id)}}
                for file_id in files
            ),
        ]
        yield (
            "response.output_text.done",
            {**place, "content_index": 0, "text": text},
        )
        yield self._done(event.message_id)

    # Pictures

    def _picture(
        self, event: ImageCallStarted | ImagePreviewed | ImageCallEnded
    ) -> Iterator[Event]:
        name = "response.image_generation_call"
        match event:
            case ImageCallStarted():
                self._sent_prompts[event.generation_id] = event.sent_prompt
                yield self._add_picture(event.generation_id)
                yield f"{name}.in_progress", self._place(event.generation_id)
            case ImagePreviewed():
                shown = {
                    "partial_image_index": event.number,
                    "url": self._url(event.file_id),
                }
                place = self._place(event.generation_id)
                yield f"{name}.partial_image", {**place, **shown}
            case ImageCallEnded():
                if event.generation_id not in self._open:  # refused before it began
                    yield self._add_picture(event.generation_id)
                item = self._end_picture(event)
                if item["status"] == "completed":
                    place = self._place(event.generation_id)
                    yield f"{name}.completed", {**place, "result": item["result"]}
                yield self._done(event.generation_id)

    def _add_picture(self, generation_id: str) -> Event:
        item = {
            "type": "image_generation_call",
            "id": generation_id,
            "status": "in_progress",
            "result": None,
        }
        return self._add(generation_id, item)

    def _end_picture(self, event: ImageCallEnded) -> dict[str, Any]:
        """The item as it ends: with its picture, or with the reason why not."""
        item = self.output[self._open[event.generation_id]]
        if event.status == "completed" and event.file_ids:
            sent = self._sent_prompts.get(event.generation_id, "")
            item["status"] = "completed"
            item["result"] = {
                "url": self._url(event.file_ids[0]),
                "revised_prompt": event.revised_prompt or sent,
            }
            return item
        item["status"] = "cancelled" if event.status == "cancelled" else "failed"
        item["error"] = {
            "code": PICTURE_ERRORS.get(event.status, "image_generation_failed"),
            "message": event.error or "No picture was made.",
        }
        return item

    # Function calls

    def _function(
        self, event: FunctionCallStarted | ArgumentsAdded | OutputGiven
    ) -> Iterator[Event]:
        key = _call_key(event.step_id, event.index)
        match event:
            case FunctionCallStarted():
                item = {
                    "type": "function_call",
                    "id": key,
                    "call_id": event.call_id,
                    "name": event.name,
                    "arguments": "",
                    "status": "in_progress",
                }
                yield self._add(key, item)
            case ArgumentsAdded(text=text):
                self.output[self._open[key]]["arguments"] += text
            case OutputGiven():
                # Open still: Easel itself answered, as nobody offered this function.
                if key in self._open:
                    self.output[self._open[key]]["status"] = "failed"
                    yield self._done(key)

    def close_functions(self, status: str) -> Iterator[Event]:
        """End the calls that are still open."""
        for key, index in [*self._open.items()]:
            if self.output[index]["type"] == "function_call":
                self.output[index]["status"] = status
                yield self._done(key)

    # Any item

    def _add(self, key: str, item: dict[str, Any]) -> Event:
        self._open[key] = len(self.output)
        self.output.append(item)
        index = self._open[key]
        told = {"output_index": index, "index": index, "item": item}
        return "response.output_item.added", told

    def _done(self, key: str) -> Event:
        index = self._open.pop(key)
        told = {"output_index": index, "index": index, "item": self.output[index]}
        return "response.output_item.done", told

    def _place(self, key: str) -> dict[str, Any]:
        index = self._open[key]
        return {"output_index": index, "index": index, "item_id": key}

    def _url(self, file_id: str) -> str:
        if file_id not in self._urls:
            self._urls[file_id] = sign(self.base_url, file_id)
        return self._urls[file_id]


def _call_key(step_id: str, index: int) -> str:
    return f"fc_{step_id.removeprefix('step_')}{index}"
