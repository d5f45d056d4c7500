"""What a reply is decided from: the request, read once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistants_app.providers.base import ChatRequest, Picture, ToolSpec
from assistants_app.providers.offline_model import tool_use
from assistants_app.providers.offline_model.conversation import (
    Made,
    Turn,
    pictures_of,
    read_made,
    read_turns,
    system_text,
    text_of,
)
from assistants_app.providers.offline_model.shape import Shape

_FILE_ID = re.compile(r"\b(?:file-|ig_|img_)[A-Za-z0-9]{4,}\b")
_NOTED_SIZE = re.compile(r"attached[^()]*?\bfile-\w+, (\d+) × (\d+)")


@dataclass(frozen=True)
class Scene:
    """What a reply is decided from; `tools` are those that may be called now."""

    request: ChatRequest
    tools: Sequence[ToolSpec]
    turns: list[Turn]
    made: list[list[Made]]
    text: str
    attached: list[Picture] = field(default_factory=list)

    @property
    def earlier(self) -> list[list[Made]]:
        return self.made[:-1]


def read_scene(request: ChatRequest) -> Scene:
    """Read a request: its turns, the pictures made, what is attached to the newest."""
    turns = read_turns(request.messages)
    drawing = {tool.name for tool in request.tools if tool_use.draws_pictures(tool)}
    drawing |= {tool_use.GENERATE, tool_use.EDIT, "create_image"}
    made = read_made(turns, drawing.__contains__)
    newest = turns[-1] if turns else Turn("")
    attached = pictures_of(newest.message) if newest.message else []
    if any(any(turn) for turn in made[:-1]):
        # Pictures of this thread are shown again at low detail; nobody attached them.
        while attached and attached[-1].detail == "low":
            attached.pop()
    tools = () if request.tool_choice == "none" else request.tools
    return Scene(request, tools, turns, made, newest.text, attached)


def file_id(scene: Scene) -> str:
    """The id of an attached picture, where the message or a system note names it."""
    for text in (_notes(scene), system_text(scene.request)):
        found = _FILE_ID.findall(text)
        if found:
            return str(found[-1])
    return ""


def true_sizes(scene: Scene) -> list[tuple[int, int]]:
    """The sizes of the attached pictures, where notes in the message state them."""
    return [(int(w), int(h)) for w, h in _NOTED_SIZE.findall(_notes(scene))]


def shape_of_attached(scene: Scene) -> Shape:
    """A changed picture keeps its ratio unless another one is asked for."""
    sizes = true_sizes(scene)
    return Shape(ratio=sizes[-1]) if sizes else Shape()


def _notes(scene: Scene) -> str:
    message = scene.turns[-1].message if scene.turns else None
    return text_of(message) if message else ""
