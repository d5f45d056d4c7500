"""Earlier pictures that a client names, as the calls that made them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from assistants_app.engine import prompt as prompts
from assistants_app.services.transcript import PICTURE_CALL
from images_app.models import File, Generation
from images_app.services.tool_schema import EDIT, GENERATE


def known_picture(generation: Generation) -> dict[str, Any]:
    """The call of a picture that was made here."""
    files = [picture.file for picture in generation.pictures.all()]
    is_edit = generation.operation == Generation.Operation.EDIT
    name = EDIT if is_edit else GENERATE
    return called_picture(
        generation.public_id,
        generation.sent_prompt,
        files,
        generation.status,
        name,
    )


def called_picture(
    name: str, prompt: str, files: Sequence[File], status: str, tool: str = GENERATE
) -> dict[str, Any]:
    """A call with these pictures, under the name that its client knows."""
    output = prompts.DELETED_PICTURE
    if files:
        size = f"{files[0].width}x{files[0].height}"
        told = {"status": status, "image_id": files[0].public_id, "size": size}
        output = json.dumps(told)
    elif status != Generation.Status.COMPLETED:
        output = json.dumps({"status": status})
    return {
        "type": PICTURE_CALL,
        "id": name,
        "name": tool,
        "arguments": json.dumps({"prompt": prompt}, ensure_ascii=False),
        "prompt": prompt,
        "status": "completed" if files else "failed",
        "file_ids": [file.public_id for file in files],
        "output": output,
    }
