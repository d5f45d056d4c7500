"""How a prompt is read: which words ask for something, which only tell of it.

People and chat models describe light and depth in prose ("The sky runs from deep orange
to violet"). The first sentence that names anything says what to draw; later ones add
only what they introduce, such as "two boats" or "a moon".
"""

from __future__ import annotations

import re

from .colours import COLOUR_WORDS

Word = re.compile(r"[a-z]+(?:[-'][a-z]+)*|\d+|[.,;:!?]")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")
_MARKS = frozenset(".,;:!?")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that name a colour more often than a thing, and things that name one at times.
_COLOUR_FIRST = frozenset(("orange", "rose"))
_THING_FIRST = _words("lavender lemon peach plum cherry apple coffee wine tomato pumpkin banana sunflower "
     "poppy tea pear avocado grape candle")  # fmt: skip
_COLOURED = _words("sky light glow glows glowing hue hues tone tones shade shades tint tints tinted colour "
     "colours color colors coloured colored palette accent accents gradient gradients haze "
     "highlight highlights ray rays wash washes background sunset sunrise dusk dawn")  # fmt: skip
_SHADES = _words(
    "deep pale dark light bright burnt soft warm vivid rich dusty glowing fiery faint muted "
    "more less very much"
)
_AFTER_THINGS = _words("on in at by with and or of under over near beside behind before for from to into that "
     "which is are lies lying lie sits sitting stands standing grows growing blooms blooming "
     "floats floating hangs hanging falls falling next")  # fmt: skip
_DETERMINERS = _words("a an the one single this that my your his her two three four five six seven eight nine "
     "ten some several many few")  # fmt: skip
_INTRODUCING = _words("a an one single lone another two three four five six seven eight nine ten some several "
     "many few pair flock herd group dozen")  # fmt: skip
_AMONG_FRUIT = _words("bowl basket fruit fruits plate table lemon lemons apple apples pear pears grapes "
     "vase bouquet roses oranges tulips")  # fmt: skip


def tokens(text: str) -> list[str]:
    """The words and marks of a text, in small letters."""
    return Word.findall(text.lower())


def sentences(text: str) -> list[list[str]]:
    """The words of each sentence that has any."""
    split = (tokens(part) for part in _SENTENCE_END.split(text))
    return [words for words in split if any(word not in _MARKS for word in words)]


def is_colour(words: list[str], at: int) -> bool:
    """Whether a word such as "orange" or "rose" stands for the colour, not the thing."""
    word = words[at]
    after = words[at + 1] if at + 1 < len(words) else "."
    if word in _THING_FIRST:
        return after in _COLOURED or (after in COLOUR_WORDS and after != "rose")
    if word not in _COLOUR_FIRST:
        return False
    ends = after in _MARKS or after in _AFTER_THINGS
    before = _phrase_before(words, at)
    if not ends or _SHADES & set(before) or (before[:1] == ["the"] and after == "of"):
        return True
    alone = all(other in _MARKS for other in words[:at])
    if (alone and after in _MARKS) or _AMONG_FRUIT & set(words):
        return False
    return not (before and before[0] in _DETERMINERS)


def is_introduced(words: list[str], at: int, *, plural: bool) -> bool:
    """Whether a later sentence brings this thing in, instead of speaking of a known one."""
    before = _phrase_before(words, at)
    start = at - len(before)
    if start > 0 and words[start - 1] in ("like", "as"):
        return False
    if before and before[0] in _INTRODUCING:
        return True
    return plural and not {"the", "its", "his", "her", "their"} & set(before)


def _phrase_before(words: list[str], at: int) -> list[str]:
    """The article and the adjectives of a noun, at most four words."""
    first = at
    while first > max(0, at - 4):
        word = words[first - 1]
        if word in _MARKS or word in _AFTER_THINGS or word in ("like", "as"):
            break
        first -= 1
        if word in _DETERMINERS or word in _INTRODUCING:
            break
    return words[first:at]
