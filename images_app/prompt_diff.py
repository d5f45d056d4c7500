"""How one prompt became another: word by word, as HTML that is safe to print."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# The share of the shorter text's words below which two prompts are two texts.
SHARED = 0.25

# A word or one sign, with the space before it. Only the word is compared.
_TOKEN = re.compile(r" ?(?:[\w’'-]+|[^\w\s])")


def is_same_prompt(before: str, after: str) -> bool:
    """Whether nobody would see a difference."""
    return before.split() == after.split()


def prompt_diff(before: str, after: str) -> SafeString:
    """`after` with its new words in <ins>, and what it lost in <del> at its place.

    A text that has next to nothing in common with the other is printed as it is: with
    every word marked, nobody could read either.
    """
    old, new = _tokens(before), _tokens(after)
    matcher = SequenceMatcher(a=[t.strip() for t in old], b=[t.strip() for t in new])
    kept = sum(block.size for block in matcher.get_matching_blocks())
    if kept < SHARED * min(len(old), len(new)):
        return format_html("{}", after)
    parts: list[tuple[SafeString]] = []
    for change, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if change == "equal":
            parts.append((format_html("{}", "".join(new[new_from:new_to])),))
            continue
        if lost := "".join(old[old_from:old_to]):
            parts.append((_marked("del", lost),))
        if added := "".join(new[new_from:new_to]):
            apart = " " if change == "replace" and added[0].isalnum() else ""
            parts.append((_marked("ins", apart + added),))
    return format_html_join("", "{}", parts)


def _tokens(text: str) -> list[str]:
    """The words; runs of white space count as one space, as a browser shows them."""
    return _TOKEN.findall(" ".join(text.split()))


def _marked(tag: str, text: str) -> SafeString:
    """The words in their tag; the space before them stays outside of it."""
    words = text.lstrip()
    space = text[: len(text) - len(words)]
    return format_html("{0}<{1}>{2}</{1}>", space, tag, words)
