"""What a run made, piece by piece, as pages show it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from assistants_app.models import Message, Run, RunStep
from assistants_app.services.stored import content_so_far
from images_app.cards import Card
from playground.lib.markdown import to_html

INCOMPLETE = {
    "max_tokens": "The answer was cut at the most tokens that this run may write.",
    "content_filter": "The provider's filter ended the answer.",
    "run_cancelled": "Stopped here.",
    "run_failed": "The run failed here.",
    "run_expired": "The run expired here.",
}


@dataclass(frozen=True)
class MessageItem:
    """Words of an assistant; formatted once they are complete."""

    message: Message
    text: str
    html: SafeString | str
    note: str
    kind: str = "message"


@dataclass(frozen=True)
class PictureItem:
    """A picture call."""

    card: Card
    kind: str = "picture"

    @property
    def node(self) -> str:
        if not self.card.is_finished:
            return "live"
        states = {"failed": "bad", "moderated": "bad", "unknown": "unsure"}
        return states.get(self.card.state, "done")


@dataclass(frozen=True)
class Call:
    """A call of one of the client's functions; `output` is None until submitted."""

    id: str
    name: str
    arguments: str
    is_json: bool
    output: str | None
    typed: str = ""


@dataclass(frozen=True)
class CallsItem:
    """A step of function calls; while it `waits`, a form for all their outputs."""

    run: Run
    step_id: str
    calls: Sequence[Call]
    waits: bool
    is_over: bool
    error: str = ""
    kind: str = "calls"

    @property
    def node(self) -> str:
        if self.waits:
            return "wait"
        if not self.is_over:
            return "live"
        return "bad" if any(call.output is None for call in self.calls) else "done"


Item = MessageItem | PictureItem | CallsItem


def message_item(message: Message, *, until: int | None = None) -> MessageItem:
    """An assistant's message; its pictures stand in the cards before it.

    `until` is the last event of the run that is shown.
    """
    content = content_so_far(message, until=until)
    texts = [part["text"]["value"] for part in content if part["type"] == "text"]
    text = "\n\n".join(texts)
    writing = message.status == Message.Status.IN_PROGRESS
    return MessageItem(
        message,
        text,
        "" if writing else to_html(text),
        INCOMPLETE.get(message.incomplete_reason, ""),
    )


def calls_item(
    run: Run,
    step: RunStep,
    *,
    typed: Mapping[str, str] | None = None,
    error: str = "",
) -> CallsItem:
    """The function calls of a step; `typed` is by call id."""
    open_step = step.status == RunStep.Status.IN_PROGRESS
    calls = [
        _call(call, (typed or {}).get(call["id"]))
        for call in step.tool_calls
        if call["type"] == "function"
    ]
    return CallsItem(
        run, step.public_id, calls, run.waits and open_step, not open_step, error
    )


def _call(call: dict[str, Any], typed: str | None) -> Call:
    function = call["function"]
    arguments, is_json = laid_out(function["arguments"])
    return Call(
        call["id"],
        function["name"],
        arguments,
        is_json,
        function["output"],
        typed or "",
    )


def laid_out(text: str) -> tuple[str, bool]:
    """JSON with line breaks, or the text as it is; and whether it is JSON."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False), True
    except (ValueError, RecursionError):  # the second: nested far too deeply
        return text, False
