"""What some servers obey inside a prompt, taken out of what a user wrote. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from images_app.providers.dialects import PromptRule

# Where it stands for a space, no new tag can grow together from what is left.
_TAGGED = re.compile(r"<sd_cpp_extra_args>.*?</sd_cpp_extra_args>", re.I | re.S)
_TAG = re.compile(r"</?\s{0,9}sd_cpp_extra_args[^<>]*>?", re.I)


@dataclass(frozen=True)
class Prompt:
    """The prompt as it is sent; `changes` are sentences about what was done to it."""

    text: str
    changes: tuple[str, ...] = ()


def written_prompt(rule: PromptRule, text: str, negative: str = "") -> Prompt:
    """The prompt for a server with this rule. `negative` is what the picture shall not
    show, for servers that take it within the prompt."""
    if rule == "extra_args_tag":
        return _without_tag(text)
    if rule == "bar":
        return _without_bar(text, negative)
    return Prompt(text)


def _without_tag(text: str) -> Prompt:
    """sd-server reads settings for the whole call out of such a tag."""
    cleaned = _TAG.sub(" ", _TAGGED.sub(" ", text))
    if cleaned == text:
        return Prompt(text)
    return Prompt(
        cleaned.strip(),
        ("The tag sd_cpp_extra_args was left out: the server would obey it.",),
    )


def _without_bar(text: str, negative: str) -> Prompt:
    """LocalAI draws what stands before the first bar, avoids what stands before the
    second, and drops the rest."""
    cleaned = text.replace("|", "/")
    changes = (
        ("Each “|” was written as “/”: the server would split the prompt there.",)
        if cleaned != text
        else ()
    )
    avoided = negative.replace("|", "/").strip()
    return Prompt(f"{cleaned}|{avoided}" if avoided else cleaned, changes)
