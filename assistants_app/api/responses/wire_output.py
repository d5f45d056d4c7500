"""The items of a response while they are made, and the events that tell of them.

Sequence numbers count the wire's events from the run's first on, whether they are sent
or not: a reader that comes back gets the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from assistants_app.api.responses.wire_items import (
    call_json,
    message_json,
    output_text,
    picture_json,
)
from assistants_app.api.responses.wire_pictures import DELETED, Facts
from assistants_app.engine.events import (
    ArgumentsAdded,
    FunctionCallStarted,
    ImageCallEnded,
    ImagePreviewed,
    MessageEnded,
    ToolStepEnded,
)
from assistants_app.models import Run
from assistants_app.models.assistant import IMAGE_TOOL
from assistants_app.services.item_ids import call_item_id

JsonObject = dict[str, Any]
Preview = tuple[str, JsonObject]


class OutputWire:
    """Keeps the output of one run and spells its changes.

    Events up to number `after` are counted and not sent. With `is_silent` nothing is
    spelled: only the output is wanted.
    """

    def __init__(self, run: Run, *, after: int, is_silent: bool) -> None:
        self.previews = _previews(run)
        self.functions = {
            tool["function"]["name"] for tool in run.tools if tool["type"] == "function"
        }
        self.after = after
        self.is_silent = is_silent
        self.sequence = 0
        self.output: list[JsonObject] = []
        # Why the answer is not whole, where a message says it.
        self.reason: str | None = None
        self._message_id = ""
        self._message: JsonObject | None = None
        self._texts: list[str] = []
        self._prefix = b""
        # Where the calls of the open step stand in the output, by their index.
        self._places: dict[int, int] = {}

    # Messages.

    def _add_text(self, text: str) -> bytes:
        opened = b"" if self._message else self._open_message()
        self._texts.append(text)
        sequence, self.sequence = self.sequence, self.sequence + 1
        if self.is_silent or sequence <= self.after:
            return opened
        return b'%s%s%s,"sequence_number":%d}\n\n' % (
            opened,
            self._prefix,
            orjson.dumps(text),
            sequence,
        )

    def _open_message(self) -> bytes:
        """Announced with its first words: pictures alone make no message here."""
        place = len(self.output)
        self._message = message_json(self._message_id, None, "in_progress")
        self._prefix = (
            b"event: response.output_text.delta\n"
            b'data: {"type":"response.output_text.delta","item_id":"%s",'
            b'"output_index":%d,"content_index":0,"logprobs":[],"delta":'
        ) % (self._message_id.encode(), place)
        added = self._added(self._message)
        return added + self._say(
            "response.content_part.added", **self._spot(), part=output_text("")
        )

    def _end_message(self, event: MessageEnded) -> bytes:
        sent = b""
        if not self._texts:
            whole = "\n\n".join(
                part["text"]["value"]
                for part in event.content
                if part["type"] == "text" and part["text"]["value"]
            )
            if not whole:
                return b""
            sent = self._add_text(whole)
        text, spot = "".join(self._texts), self._spot()
        status = "incomplete" if event.incomplete_reason else "completed"
        if event.incomplete_reason == "content_filter":
            self.reason = "content_filter"
        self.output[spot["output_index"]] = message_json(self._message_id, text, status)
        sent += self._say("response.output_text.done", **spot, text=text, logprobs=[])
        sent += self._say("response.content_part.done", **spot, part=output_text(text))
        self._message = None
        return sent + self._done(spot["output_index"])

    def _spot(self) -> JsonObject:
        """Where the open message's only part stands; it is the output's last item."""
        return {
            "item_id": self._message_id,
            "output_index": len(self.output) - 1,
            "content_index": 0,
        }

    # Function calls.

    def _start_call(self, event: FunctionCallStarted) -> bytes:
        if event.name not in self.functions:
            return b""  # nobody offered it; the model is told so within the run
        self._places[event.index] = len(self.output)
        name = call_item_id(event.step_id, event.index)
        return self._added(
            call_json(name, event.call_id, event.name, "", "in_progress")
        )

    def _add_arguments(self, event: ArgumentsAdded) -> bytes:
        place = self._places.get(event.index)
        if place is None:
            return b""
        item = self.output[place]
        item["arguments"] += event.text
        return self._say(
            "response.function_call_arguments.delta",
            item_id=item["id"],
            output_index=place,
            delta=event.text,
        )

    def _end_calls(self, event: ToolStepEnded) -> bytes:
        sent = b""
        for place in self._places.values():
            item = self.output[place]
            if item["type"] != "function_call":
                continue
            is_whole = event.step_status == "completed"
            item["status"] = "completed" if is_whole else "incomplete"
            sent += self._say(
                "response.function_call_arguments.done",
                item_id=item["id"],
                output_index=place,
                name=item["name"],
                arguments=item["arguments"],
            )
            sent += self._done(place)
        self._places = {}
        return sent

    # Pictures.

    def _start_picture(self, index: int, item_id: str) -> bytes:
        place = self._places[index] = len(self.output)
        item = {
            "id": item_id,
            "type": "image_generation_call",
            "status": "in_progress",
            "result": None,
        }
        sent = self._added(item)
        for state in ("in_progress", "generating"):
            sent += self._say(
                f"response.image_generation_call.{state}",
                item_id=item_id,
                output_index=place,
            )
        item["status"] = "generating"
        return sent

    def _preview(self, event: ImagePreviewed, preview: Preview | None) -> bytes:
        if event.number >= self.previews:
            return b""
        if preview is None:  # removed since: its number stays taken
            self.sequence += 1
            return b""
        encoded, measures = preview
        return self._say(
            "response.image_generation_call.partial_image",
            item_id=event.generation_id,
            output_index=self._places[event.index],
            partial_image_index=event.number,
            partial_image_b64=encoded,
            **measures,
        )

    def _end_picture(self, event: ImageCallEnded, facts: Facts | None) -> bytes:
        sent = b""
        if event.index not in self._places:  # refused before it began
            sent = self._start_picture(event.index, event.generation_id)
        place = self._places[event.index]
        if facts is None and event.status == "completed":
            facts = DELETED
        item = picture_json(event.generation_id, facts, event.error)
        self.output[place] = item
        if item["status"] == "completed":
            sent += self._say(
                "response.image_generation_call.completed",
                item_id=event.generation_id,
                output_index=place,
            )
        return sent + self._done(place)

    # Spelling.

    def _added(self, item: JsonObject) -> bytes:
        self.output.append(item)
        place = len(self.output) - 1
        return self._say("response.output_item.added", output_index=place, item=item)

    def _done(self, place: int) -> bytes:
        return self._say(
            "response.output_item.done", output_index=place, item=self.output[place]
        )

    def _say(self, kind: str, /, **fields: Any) -> bytes:
        sequence, self.sequence = self.sequence, self.sequence + 1
        if self.is_silent or sequence <= self.after:
            return b""
        data = {"type": kind, "sequence_number": sequence, **fields}
        return b"event: %s\ndata: %s\n\n" % (kind.encode(), orjson.dumps(data))


def _previews(run: Run) -> int:
    """How many previews of each picture the client wants to see."""
    tools: Sequence[JsonObject] = run.tools
    tool = next((tool for tool in tools if tool["type"] == IMAGE_TOOL), {})
    return int(tool.get("partial_images") or 0)
