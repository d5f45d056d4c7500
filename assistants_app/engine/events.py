"""What can happen in a run: plain, frozen values, and nothing of any API's spelling.

A reader gets each event in a `Numbered` envelope. The order is strict: one message or
one tool step is open at a time, and every segment of a run (from its start, or from
the submission of tool outputs, on) ends with exactly one of `ENDINGS`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

StepStatus = Literal["completed", "failed", "cancelled", "expired"]
CallStatus = Literal["completed", "failed", "moderated", "unknown", "cancelled"]


@dataclass(frozen=True)
class RunQueued:
    """The run waits for its turn: new, or with all tool outputs submitted."""


@dataclass(frozen=True)
class RunStarted:
    """Work has begun or goes on."""


@dataclass(frozen=True)
class TurnFinished:
    """One call of the chat model is over; tokens are 0 where nobody counted."""

    model: str
    counted: bool
    prompt_tokens: int = 0
    completion_tokens: int = 0

    @property
    def usage(self) -> dict[str, int] | None:
        """The tokens as a step holds them, or None where nobody counted."""
        if not self.counted:
            return None
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "total_tokens": self.prompt_tokens + self.completion_tokens,
        }


@dataclass(frozen=True)
class MessageStarted:
    """A step that writes a message has begun, and with it the message."""

    step_id: str
    message_id: str


@dataclass(frozen=True)
class PictureShown:
    """The message got a finished picture as its part `index`."""

    message_id: str
    index: int
    file_id: str


@dataclass(frozen=True)
class TextAdded:
    """More text for the message's part `index`."""

    message_id: str
    index: int
    text: str


@dataclass(frozen=True)
class MessageEnded:
    """The message and its step are over; `content` holds all its parts."""

    step_id: str
    message_id: str
    content: list[dict[str, Any]]
    step_status: StepStatus = "completed"
    # "" for a complete message, else why it is none: max_tokens, run_cancelled, …
    incomplete_reason: str = ""
    usage: dict[str, int] | None = None


@dataclass(frozen=True)
class ToolStepStarted:
    """A step that calls tools has begun, with no calls yet."""

    step_id: str


@dataclass(frozen=True)
class FunctionCallStarted:
    """The model calls one of the client's functions."""

    step_id: str
    index: int
    call_id: str
    name: str


@dataclass(frozen=True)
class ArgumentsAdded:
    """More of the JSON text of a function call's arguments."""

    step_id: str
    index: int
    call_id: str
    text: str


@dataclass(frozen=True)
class OutputGiven:
    """A function call has its output."""

    step_id: str
    index: int
    call_id: str
    output: str


@dataclass(frozen=True)
class ImageCallStarted:
    """The server makes a picture: what was asked, what will be sent, its shape."""

    step_id: str
    index: int
    call_id: str
    name: str
    arguments: str
    generation_id: str
    prompt: str
    sent_prompt: str


@dataclass(frozen=True)
class ImagePreviewed:
    """A preview of the picture is stored as a file."""

    step_id: str
    index: int
    generation_id: str
    number: int
    file_id: str


@dataclass(frozen=True)
class ImageCallEnded:
    """The picture is there, or it is known why not.

    `output` is the JSON text that the model is told.
    """

    step_id: str
    index: int
    generation_id: str
    status: CallStatus
    output: str
    file_ids: list[str] = field(default_factory=list)
    revised_prompt: str = ""
    error: str = ""


@dataclass(frozen=True)
class ToolStepEnded:
    """All calls of the step are answered, or the run ended before."""

    step_id: str
    step_status: StepStatus = "completed"
    usage: dict[str, int] | None = None


@dataclass(frozen=True)
class RunCancelling:
    """Somebody asked to stop; the end follows."""


@dataclass(frozen=True)
class RunPaused:
    """Open function calls of the last step wait for the client's outputs."""


@dataclass(frozen=True)
class RunCompleted:
    """The model has answered."""


@dataclass(frozen=True)
class RunIncomplete:
    """The answer was cut: max_completion_tokens or max_prompt_tokens."""

    reason: str


@dataclass(frozen=True)
class RunFailed:
    """The run could not go on.

    `code` is server_error, rate_limit_exceeded or invalid_prompt; `admin_text` may hold
    the provider's own words and is for admins only. `cause` is the provider's own code,
    such as model_not_found.
    """

    code: str
    text: str
    admin_text: str = ""
    cause: str = ""


@dataclass(frozen=True)
class RunCancelled:
    """The run was stopped."""


@dataclass(frozen=True)
class RunExpired:
    """Nobody submitted the tool outputs in time."""


RunEvent = (
    RunQueued
    | RunStarted
    | TurnFinished
    | MessageStarted
    | PictureShown
    | TextAdded
    | MessageEnded
    | ToolStepStarted
    | FunctionCallStarted
    | ArgumentsAdded
    | OutputGiven
    | ImageCallStarted
    | ImagePreviewed
    | ImageCallEnded
    | ToolStepEnded
    | RunCancelling
    | RunPaused
    | RunCompleted
    | RunIncomplete
    | RunFailed
    | RunCancelled
    | RunExpired
)

Ending = (
    RunPaused | RunCompleted | RunIncomplete | RunFailed | RunCancelled | RunExpired
)
ENDINGS = (
    RunPaused,
    RunCompleted,
    RunIncomplete,
    RunFailed,
    RunCancelled,
    RunExpired,
)

_BY_NAME: dict[str, type[Any]] = {kind.__name__: kind for kind in RunEvent.__args__}


@dataclass(frozen=True)
class Numbered:
    """An event with its place in the run (from 1) and its time (ms since 1970)."""

    sequence: int
    at: int
    event: RunEvent


def to_json(numbered: Numbered) -> dict[str, Any]:
    """As stored: the event's fields beside its name, sequence number and time."""
    return {
        "sequence": numbered.sequence,
        "at": numbered.at,
        "type": type(numbered.event).__name__,
        **vars(numbered.event),
    }


def from_json(stored: dict[str, Any]) -> Numbered:
    """The value that `to_json` made this of."""
    fields = dict(stored)
    kind = _BY_NAME[fields.pop("type")]
    return Numbered(fields.pop("sequence"), fields.pop("at"), kind(**fields))
