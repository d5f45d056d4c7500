"""What a run is given, and what changes while it goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from assistants_app.engine.progress import Progress
from assistants_app.providers.base import ChatMessage, ToolSpec

ImageMode = Literal["auto", "on", "off"]


@dataclass(frozen=True)
class RunSetup:
    """Everything a run needs besides its providers.

    `turns` counts the model turns of earlier segments (before tool outputs came),
    `tokens_used` and `prompt_tokens_used` their tokens;
    `pictures` are files made by this run that no message has shown yet. A run that does
    not `pauses` ends with its function calls; somebody else answers them.
    """

    model: str
    history: Sequence[ChatMessage]
    functions: Sequence[ToolSpec] = ()
    image_mode: ImageMode = "off"
    tool_choice: str | None = None
    parallel_tool_calls: bool | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    max_prompt_tokens: int | None = None
    response_format: Mapping[str, Any] | None = None
    reasoning_effort: str | None = None
    calls_tools: bool = True
    turns: int = 0
    tokens_used: int = 0
    prompt_tokens_used: int = 0
    pictures: Sequence[str] = ()
    pauses: bool = True
    # What the log calls it by.
    run_id: str = ""
    connection: str = ""


@dataclass
class State:
    """What changes from turn to turn."""

    history: list[ChatMessage]
    turns: int
    pictures: list[str]
    tokens: int
    prompt_tokens: int = 0
    made: int = 0
    progress: Progress = field(default_factory=Progress)
