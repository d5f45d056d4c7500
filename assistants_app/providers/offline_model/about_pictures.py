"""Answers questions about pictures that were made in this conversation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistants_app.providers.offline_model.conversation import Made
from assistants_app.providers.offline_model.phrases import join_words, lower_first
from assistants_app.providers.offline_model.undrawn import undrawn_in

_PROMPT = re.compile(
    r"\b(?:what|which|show|tell|give)\b.{0,30}\bprompts?\b.{0,30}(?:\b(?:use|used|send|sent|"
    r"write|wrote|for (?:it|this|that|the))\b)?",
    re.I,
)
_SIZE = re.compile(
    r"\b(?:how (?:big|large|wide|tall)|what(?:'s| is| was)?(?: the| its)? (?:size|resolution|"
    r"dimensions))\b.{0,20}\b(?:it|this|that|picture|image|one)\b|^what size\b",
    re.I,
)
_CONTENT = re.compile(
    r"\bwhat(?:'s| is| did| was| have| do)\b.{0,16}\b(?:in (?:it|the (?:picture|image))|you "
    r"(?:just )?(?:draw|drawn|paint|make|made|see)|on (?:it|the picture)|this|that)\b|"
    r"\bdescribe (?:it|this|that|the (?:picture|image|result))|how many pictures",
    re.I,
)
_ASKS_FOR_ADVICE = re.compile(
    r"\b(?:good|better|best|write|how (?:do|to|should))\b", re.I
)


def answer_about_pictures(text: str, made: Sequence[Sequence[Made]]) -> str | None:
    """Say what is known of the newest picture; None if the text asks nothing of it."""
    pictures = [picture for turn in made for picture in turn if picture.image_id]
    if not pictures:
        return None
    newest = pictures[-1]
    if _PROMPT.search(text) and not _ASKS_FOR_ADVICE.search(text):
        return _prompts(newest)
    if _SIZE.search(text):
        size = str((newest.result or {}).get("size") or "").replace("x", " × ")
        return f"It is {size} pixels." if size else "The tool did not report its size."
    if _CONTENT.search(text):
        briefs = dict.fromkeys(picture.wish.brief for picture in pictures)
        titles = [f"**{lower_first(brief)}**" for brief in briefs]
        count = f"{len(pictures)} pictures" if len(pictures) > 1 else "one picture"
        return (
            f"This thread has {count}, asked for as {join_words(titles[-4:])}. I know what "
            "was asked, not what can be seen in it."
        )
    return None


def _prompts(made: Made) -> str:
    sent = str(made.arguments.get("prompt", ""))
    revised = (made.result or {}).get("revised_prompt")
    said = f"This prompt was sent:\n\n> {sent}" if sent else "No prompt was sent."
    if undrawn := undrawn_in(made):
        said += f"\n\n{undrawn}"
    elif isinstance(revised, str) and revised and revised != sent:
        said += f"\n\nThe provider revised it to:\n\n> {revised}"
    return said
