"""Items that a client brings become message rows, one row per item, in order."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistants_app.engine.progress import picture_part, text_part
from assistants_app.models import Message, RunStep, Thread
from assistants_app.services import item_ids
from assistants_app.services.item_bytes import (
    ItemError,
    bytes_of_base64,
    bytes_of_url,
)
from assistants_app.services.picture_calls import called_picture, known_picture
from assistants_app.services.transcript import (
    CALL,
    OUTPUT,
    PICTURE_CALL,
)
from images_app.models import File, Generation
from images_app.services.files import NotAPictureError, store_picture
from playground.lib.clock import now
from playground.lib.public_address import is_public_url
from playground.organizations.models import Organization, User

MAX_URL = 8192


@dataclass(frozen=True)
class ItemWriter:
    """Writes items into one thread; `param` is where the client put them."""

    thread: Thread
    user: User | None = None
    param: str = "input"

    @property
    def organization(self) -> Organization:
        return self.thread.organization

    def write(
        self, items: Sequence[dict[str, Any]], parent: Message | None
    ) -> list[Message]:
        """The rows, each the next one's parent; ItemError for the first wrong item."""
        rows: list[Message] = []
        for index, item in enumerate(items):
            row = self._row(item, f"{self.param}[{index}]")
            row.parent = parent
            row.save()
            rows.append(row)
            parent = row
        return rows

    def say(self, text: str, parent: Message | None) -> Message:
        """A plain text of the user."""
        row = self._new(Message.Role.USER, [text_part(text)])
        row.parent = parent
        row.save()
        return row

    def _new(self, role: str, content: list[dict[str, Any]]) -> Message:
        return Message(
            thread=self.thread,
            role=role,
            content=content,
            created_by=self.user,
            completed_at=now(),
        )

    def _row(self, item: dict[str, Any], place: str) -> Message:
        match item["type"]:
            case "message":
                return self._message(item, place)
            case "function_call":
                return self._new(Message.Role.ASSISTANT, [_call_part(item)])
            case "function_call_output":
                part = self._output_part(item, place)
                return self._new(Message.Role.USER, [part])
            case "image_generation_call":
                part = self._picture_part(item, place)
                return self._new(Message.Role.ASSISTANT, [part])
            case "reasoning":
                return self._new(Message.Role.ASSISTANT, [item])
            case _:
                return self._referenced(item, place)

    def _message(self, item: dict[str, Any], place: str) -> Message:
        content = item["content"]
        if isinstance(content, str):
            return self._new(item["role"], [text_part(content)])
        parts = [
            self._part(part, f"{place}.content[{index}]")
            for index, part in enumerate(content)
        ]
        if item["role"] != Message.Role.USER:
            _refuse_pictures(parts, f"{place}.content", item["role"])
        return self._new(item["role"], parts)

    def _part(self, part: dict[str, Any], place: str) -> dict[str, Any]:
        match part["type"]:
            case "input_text" | "output_text":
                return text_part(part["text"])
            case "refusal":
                return text_part(part["refusal"])
            case "input_image":
                return self.image_part(part, place)
            case _:
                raise ItemError(
                    f"Invalid '{place}': input_file is not served here. Send the"
                    " file's text as input_text, or a picture as input_image.",
                    place,
                    "unsupported_value",
                )

    def image_part(self, said: dict[str, Any], place: str) -> dict[str, Any]:
        """A picture of the client as a message holds it: a file, or an https URL.

        Both may be there where our own answer gave a file with its bytes.
        """
        file_id, url = said.get("file_id"), said.get("image_url")
        if file_id is None and url is None or not self._is_one(file_id, url, place):
            raise ItemError(
                f"Invalid '{place}': exactly one of 'file_id' and 'image_url' must be"
                " there, or both of the same picture.",
                place,
            )
        detail = "high" if said.get("detail") == "original" else said.get("detail")
        if file_id is not None:
            return picture_part(
                self._file(file_id, f"{place}.file_id"), detail or "auto"
            )
        if str(url).startswith("data:"):
            place = f"{place}.image_url"
            file = self._store(bytes_of_url(str(url), place), place)
            return picture_part(file.public_id, detail or "auto")
        if not is_public_url(str(url)) or len(str(url)) > MAX_URL:
            raise ItemError(
                f"Invalid '{place}.image_url': expected a data: URL of a picture, or a"
                f" public https address of at most {MAX_URL} characters.",
                f"{place}.image_url",
            )
        address = {"url": url, "detail": detail or "auto"}
        return {"type": "image_url", "image_url": address}

    def _is_one(self, file_id: str | None, url: str | None, place: str) -> bool:
        """Whether no two different pictures are meant."""
        if file_id is None or url is None:
            return True
        if not url.startswith("data:"):
            return False
        data = bytes_of_url(url, f"{place}.image_url")
        return File.objects.filter(
            organization=self.organization,
            public_id=file_id,
            sha256=hashlib.sha256(data).hexdigest(),
        ).exists()

    def _file(self, file_id: str, place: str) -> str:
        found = File.objects.filter(
            organization=self.organization, public_id=file_id, width__isnull=False
        )
        if not found.exists():
            raise ItemError(
                f"Invalid '{place}': there is no picture with id '{file_id}'.", place
            )
        return file_id

    def _store(self, data: bytes, place: str) -> File:
        try:
            return store_picture(
                organization=self.organization,
                data=data,
                name="picture",
                purpose=File.Purpose.VISION,
                user=self.user,
            )
        except NotAPictureError as exc:
            raise ItemError(
                f"Invalid '{place}': {exc}", place, "invalid_image"
            ) from exc

    def _output_part(self, item: dict[str, Any], place: str) -> dict[str, Any]:
        output = item["output"]
        part = {"type": OUTPUT, "call_id": item["call_id"], "output": output}
        if isinstance(output, str):
            return part
        parts = [
            self._part(entry, f"{place}.output[{index}]")
            for index, entry in enumerate(output)
        ]
        texts = [p["text"]["value"] for p in parts if p["type"] == "text"]
        pictures = [p for p in parts if p["type"] != "text"]
        return {**part, "output": "\n\n".join(texts), "parts": pictures, "said": parts}

    def _picture_part(self, item: dict[str, Any], place: str) -> dict[str, Any]:
        """An earlier picture: found by its id, else stored from its own bytes."""
        generation = (
            Generation.objects.filter(
                organization=self.organization, public_id=item["id"]
            )
            .prefetch_related("pictures__file")
            .first()
        )
        if generation is not None:
            return known_picture(generation)
        if item.get("result"):
            place = f"{place}.result"
            file = self._store(bytes_of_base64(item["result"], place), place)
            prompt = item.get("revised_prompt") or ""
            return called_picture(item["id"], prompt, [file], "completed")
        if item.get("status") == "failed":
            return called_picture(item["id"], "", [], "failed")
        raise ItemError(
            f"Invalid '{place}.id': no picture was made with id '{item['id']}', and"
            " there is no 'result' with its bytes.",
            f"{place}.id",
        )

    def _referenced(self, item: dict[str, Any], place: str) -> Message:
        name = item["id"]
        if name.startswith("ig_"):
            return self._row({"type": PICTURE_CALL, "id": name}, place)
        found = self._find_row(name) or self._find_call(name)
        if found is None:
            raise ItemError(
                f"Invalid '{place}.id': there is no item with id '{name}'.",
                f"{place}.id",
            )
        return found

    def _find_row(self, name: str) -> Message | None:
        source = Message.objects.filter(
            thread__organization=self.organization,
            public_id=item_ids.row_id(name),
        ).exclude(run__is_stored=False)
        found = source.first()
        return self._new(found.role, list(found.content)) if found else None

    def _find_call(self, name: str) -> Message | None:
        step_id, index = item_ids.step_call(name)
        step = (
            RunStep.objects.filter(
                run__thread__organization=self.organization, public_id=step_id
            )
            .exclude(run__is_stored=False)
            .first()
        )
        if step is None or index >= len(step.tool_calls):
            return None
        call = step.tool_calls[index]
        if call["type"] != "function":
            return None
        item = {**call["function"], "call_id": call["id"]}
        return self._new(Message.Role.ASSISTANT, [_call_part(item)])


def _call_part(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": CALL,
        "call_id": item["call_id"],
        "name": item["name"],
        "arguments": item["arguments"],
    }


def _refuse_pictures(parts: Sequence[dict[str, Any]], place: str, role: str) -> None:
    for index, part in enumerate(parts):
        if part["type"] != "text":
            raise ItemError(
                f"Invalid '{place}[{index}]': a message of role {role} can hold no"
                " picture.",
                f"{place}[{index}]",
            )
