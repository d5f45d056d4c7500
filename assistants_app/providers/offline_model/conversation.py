"""What happened before in a conversation: which pictures were made, and of what.

Nothing is remembered between turns. The wishes are read again from the messages, so the
same request always means the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistants_app.providers.base import (
    ChatMessage,
    ChatRequest,
    Picture,
    Text,
    ToolCall,
)
from assistants_app.providers.offline_model.follow_up import Change, read_change
from assistants_app.providers.offline_model.foreign import read_foreign_change
from assistants_app.providers.offline_model.intent import (
    speaks_of_earlier,
)
from assistants_app.providers.offline_model.phrases import capital
from assistants_app.providers.offline_model.picture_wish import (
    MOST_PICTURES,
    Wish,
    read_wishes,
    whole_text_as_wish,
)
from assistants_app.providers.offline_model.schema import parse_object
from assistants_app.providers.offline_model.things import names_a_thing


@dataclass(frozen=True)
class Made:
    """One picture that was asked for: the wish, the call, and what came of it."""

    wish: Wish
    call: ToolCall
    arguments: dict[str, Any]
    result: dict[str, Any] | None = None

    @property
    def image_id(self) -> str:
        """The picture's id, or an empty string when none was made."""
        result = self.result or {}
        for key in ("image_id", "file_id", "id"):
            if isinstance(result.get(key), str):
                return str(result[key])
        ids = result.get("image_ids")
        return str(ids[-1]) if isinstance(ids, list) and ids else ""


@dataclass(frozen=True)
class Planned:
    """A picture to be asked for; with `base` it is a change of that picture."""

    wish: Wish
    base: Made | None = None
    instruction: str = ""


@dataclass(frozen=True)
class Turn:
    """What one user message led to."""

    text: str
    message: ChatMessage | None = None
    calls: tuple[ToolCall, ...] = ()
    results: dict[str, str] = field(default_factory=dict)


_NOTE = re.compile(r"\((?:The|An) (?:attached picture|user attached)[^()]*\)")


def said_by(message: ChatMessage) -> str:
    """The user's own words, without the server's notes about attached pictures."""
    return _NOTE.sub("", text_of(message)).strip()


def text_of(message: ChatMessage) -> str:
    return "\n".join(
        part.text for part in message.content if isinstance(part, Text)
    ).strip()


def pictures_of(message: ChatMessage) -> list[Picture]:
    return [part for part in message.content if isinstance(part, Picture)]


def read_turns(messages: Sequence[ChatMessage]) -> list[Turn]:
    """Group the messages: each user message with the calls and results after it."""
    turns: list[Turn] = []
    for message in messages:
        if message.role == "user":
            turns.append(Turn(said_by(message), message))
        elif message.role == "assistant" and message.tool_calls:
            last = turns.pop() if turns else Turn("")
            calls = (*last.calls, *message.tool_calls)
            turns.append(Turn(last.text, last.message, calls, last.results))
        elif message.role == "tool" and turns:
            turns[-1].results[message.tool_call_id] = text_of(message)
    return turns


def system_text(request: ChatRequest) -> str:
    return "\n".join(text_of(m) for m in request.messages if m.role == "system")


def read_made(turns: Sequence[Turn], draws: Callable[[str], bool]) -> list[list[Made]]:
    """Return per turn the pictures that were asked for; `draws` knows the tools' names."""
    made: list[list[Made]] = []
    for turn in turns:
        calls = [call for call in turn.calls if draws(call.name)]
        planned = plan_pictures(turn.text, made) if calls else []
        made.append(
            [
                _made(
                    call,
                    planned[number].wish if len(planned) == len(calls) else None,
                    turn,
                )
                for number, call in enumerate(calls)
            ]
        )
    return made


def plan_pictures(text: str, made: Sequence[Sequence[Made]]) -> list[Planned]:
    """Return the pictures a message asks for, given those made in earlier turns."""
    earlier = next((turn for turn in reversed(made) if turn), None)
    if earlier:
        base = _named_picture(text, earlier)
        bare = re.sub(_NAMED, "it", text, count=1, flags=re.I)
        change = read_change(read_foreign_change(bare) or bare, base.wish)
        if change is not None:
            return _planned(change, base)
    wishes = read_wishes(text)
    if wishes and not earlier and all(speaks_of_earlier(wish.brief) for wish in wishes):
        return []
    return [Planned(wish) for wish in wishes]


_NAMED = r"\bthe (first|second|third|fourth|last) (?:one|picture|image|drawing)\b"
_ORDER = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}


def _named_picture(text: str, earlier: Sequence[Made]) -> Made:
    """ "The second one" of several; the newest one when none is named."""
    match = re.search(_NAMED, text, re.I)
    if not match:
        words = set(re.findall(r"[a-z]{3,}", text.lower()))
        named = [m for m in earlier if words & set(_things(m.wish.brief))]
        return named[0] if len(named) == 1 else earlier[-1]
    number = _ORDER[match[1].lower()]
    return earlier[number] if -1 <= number < len(earlier) else earlier[-1]


def _things(brief: str) -> list[str]:
    return [
        word for word in re.findall(r"[a-z]{3,}", brief.lower()) if names_a_thing(word)
    ]


def _planned(change: Change, base: Made) -> list[Planned]:
    if change.count > 1:
        wishes = [
            Wish(change.wish.brief, change.wish.shape, variation=number + 2)
            for number in range(min(change.count, MOST_PICTURES))
        ]
        return [Planned(wish) for wish in wishes]
    if change.anew:
        return [Planned(change.wish)]
    return [Planned(change.wish, base, change.instruction)]


def _made(call: ToolCall, wish: Wish | None, turn: Turn) -> Made:
    arguments = parse_object(call.arguments) or {}
    prompt = next(
        (v for v in arguments.values() if isinstance(v, str) and " " in v), ""
    )
    told = str(arguments.get("prompt") or prompt or turn.text)
    whole = whole_text_as_wish(turn.text)
    if wish is None and told.startswith(capital(whole.brief)):
        wish = whole
    result = turn.results.get(call.id)
    return Made(
        wish or Wish(told.partition(". Edit: ")[0].strip().rstrip(".")),
        call,
        arguments,
        None if result is None else parse_object(result) or {"output": result},
    )
