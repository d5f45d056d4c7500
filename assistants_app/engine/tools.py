"""What the run loop knows of the tools that the server executes itself."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistants_app.engine.events import CallStatus
from assistants_app.providers.base import ToolCall, ToolSpec


@dataclass(frozen=True)
class ImagePlanned:
    """The picture's row exists; nothing has been sent yet."""

    generation_id: str
    prompt: str
    sent_prompt: str


@dataclass(frozen=True)
class ImagePreview:
    """A preview was stored."""

    number: int
    file_id: str


@dataclass(frozen=True)
class ImageOutcome:
    """How a call ended; `output` is the JSON text for the model, `error` for people."""

    status: CallStatus
    output: str
    file_ids: tuple[str, ...] = ()
    revised_prompt: str = ""
    error: str = ""


ImageProgress = ImagePlanned | ImagePreview | ImageOutcome


class ImageTools(Protocol):
    """Makes and edits pictures for a run."""

    def specs(self) -> Sequence[ToolSpec]:
        """The functions to offer to the model, `generate_image` first."""
        ...

    def draw(self, call: ToolCall) -> AsyncGenerator[ImageProgress, None]:
        """Execute a call; yields ImagePlanned first and exactly one ImageOutcome last.

        Never raises for what a provider does: the outcome says it.
        """
        ...
