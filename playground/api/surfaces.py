"""The parts of the API in the order in which the reference tells them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playground.api.errors import speaks_seed


@dataclass(frozen=True)
class Surface:
    """A group of operations; `pattern` is matched against the path after `/v1`."""

    name: str
    about: str
    pattern: str = ""
    is_seed: bool = False

    @property
    def slug(self) -> str:
        """The name as a part of an address."""
        return re.sub(r"[^a-z]+", "-", self.name.lower()).strip("-")


SURFACES = (
    Surface(
        "Chat completions",
        "One exchange with a chat model, relayed to your organization's provider with"
        " its key and metered.",
        r"/chat/",
    ),
    Surface(
        "Responses",
        "One call that thinks, calls functions and draws. Responses can follow one"
        " another or belong to a conversation.",
        r"/responses",
    ),
    Surface("Conversations", "Kept items that responses add to.", r"/conversations"),
    Surface(
        "Assistants",
        "Assistants v2: a model with instructions and tools under a name.",
        r"/assistants",
    ),
    Surface(
        "Threads and messages",
        "What was said, in order, and the pictures in it.",
        r"/threads(/\{\w+\}(/messages.*)?)?$",
    ),
    Surface(
        "Runs",
        "An assistant's work on a thread: start it, follow its events, answer its"
        " function calls, cancel it.",
        r"/threads/.*runs",
    ),
    Surface(
        "Images",
        "Pictures without an assistant: made, edited and varied.",
        r"/images",
    ),
    Surface("Files", "Uploads and finished pictures, byte for byte.", r"/files"),
    Surface("Models", "What this caller may name as a model.", r"/models"),
    Surface(
        "Seed dialect",
        "The seed platform's own calls, with its own error object.",
        is_seed=True,
    ),
    Surface("This document", "The API, described for programs.", r""),
)


def surface_of(path: str) -> Surface:
    """The part of the API that a path belongs to."""
    is_seed = speaks_seed(path)
    rest = path.removeprefix("/v1")
    return next(
        surface
        for surface in SURFACES
        if (is_seed and surface.is_seed)
        or (not is_seed and not surface.is_seed and re.match(surface.pattern, rest))
    )
