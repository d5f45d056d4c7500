"""Recognises whether a text wishes for a picture, and which words say what is wanted.

It reads only the text at hand; changes to an earlier picture are read by `follow_up`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistants_app.providers.offline_model.foreign import read_foreign_wish
from assistants_app.providers.offline_model.phrases import (
    NOT_PICTURES,
    NUMBER,
    PICTURE_NOUN,
    PLAIN_PICTURE,
    sentences,
)
from assistants_app.providers.offline_model.things import names_a_thing
from playground.lib.picture_prompt import read_prompt


@dataclass(frozen=True)
class WishText:
    """The words of a wish without its command: "a fox in snow", and the verb used."""

    brief: str
    verb: str = ""
    language: str = "en"


_ASIDE = (
    r"(?:(?:hi|hello|hey|hallo|good (?:morning|evening|afternoon)|ok|okay|well|so|now|"
    r"then|and|also|great|perfect|nice|thanks|thank you|please|pls|kindly|alright|yes|"
    r"sure|next|maybe|perhaps|just|simply|quickly|easel|there|first|finally|instead|"
    r"after that|but)\b[\s,!.:;-]*)*"
)
_ASKING = (
    r"(?:(?:can|could|would|will) you (?:please |kindly |maybe |perhaps |also |just |"
    r"quickly |mind |try to |try and |help me |help me to )*|(?:are you able|is it "
    r"possible|would it be possible) to |i(?:'d| would)? (?:want|need|like|love) you to |"
    r"let'?s |let us |help me (?:to )?|try to |go ahead and |i(?:'d| would) like to |"
    r"i(?: want| need|'d love) to |we (?:want|need|should) (?:to )?)?"
)
_TO_ME = r"(?:\s+(?:me|us|for me|for us|up|out|him|her))*"
_DRAW = (
    r"(?P<draw>draw(?:ing)?|paint(?:ing)?|sketch(?:ing)?|illustrat(?:e|ing)|doodl(?:e|"
    r"ing)|visuali[sz](?:e|ing)|depict|render(?:ing)?|photograph|imagine|picture)"
)
_MAKE = (
    r"(?P<make>mak(?:e|ing)|creat(?:e|ing)|generat(?:e|ing)|produc(?:e|ing)|give|show|"
    r"design|craft|compose|prepare|get|do|gimme|build|whip up|come up with|have|see|"
    r"send)"
)
_DESIRE = (
    r"(?P<desire>(?:(?:i|we)(?:'d| would)? (?:like|want|need|love|wish for)(?: to (?:see|"
    r"have|get))?|(?:can|could|may) (?:i|we) (?:have|get|see)|let me see))"
)
_WISH = re.compile(
    rf"^{_ASIDE}(?:{_ASKING}{_DRAW}|{_DESIRE}|{_ASKING}{_MAKE}){_TO_ME}"
    r"(?:\s+|:\s*)(?P<rest>\S.*)$",
    re.I | re.S,
)
_LOOKS_LIKE = re.compile(
    r"^what (?:would|does|could|might|do) (?P<rest>(?:a|an|the|two|three)\s.+?) look"
    r"(?:s)? like(?P<more>.*)$",
    re.I | re.S,
)
_WHAT_IT_LOOKS_LIKE = re.compile(
    r"^what (?P<rest>.+?) (?:looks?|would look|might look) like(?P<more>.*)$",
    re.I | re.S,
)
_HOW_ABOUT = re.compile(
    rf"^{_ASIDE}(?:how|what) about (?P<rest>(?:a|an|two|three|some)\s.+)$", re.I | re.S
)
_REFUSAL = re.compile(
    rf"^{_ASIDE}(?:i (?:do not|don't|dont) (?:want|need)|(?:do not|don't|dont|never|stop|"
    r"no need to|you (?:need not|don't (?:have|need) to)|no|not)\b)",
    re.I,
)
_QUESTION = re.compile(
    rf"^{_ASIDE}(?:what|why|how|when|who|whom|whose|where|which|is|are|am|was|were|do|"
    r"does|did|has|have you|should|if|i (?:am|was|have|had|can|can't|cannot|think|know|"
    r"heard|drew|did|tried|understand|will|love|hate|get|got)|my|you|we|it|they|he|she|"
    r"there|can (?:i|it|we|they|easel|this)|could (?:i|it|we)|tell|explain|write|"
    r"translate|describe|say|count|list|summari[sz]e|calculate|compare)\b",
    re.I,
)
_TECHNICAL = re.compile(
    r"\b(?:urls?|api|json|base64|endpoints?|sdk|tokens?|python)\b", re.I
)
_IDIOM = re.compile(
    r"^(?:(?:a|an|the|some|any|my|your|me)\s+)*(?:conclusions?|attention|the line|line "
    r"between|lots?\b|inspiration|(?:deep )?breath|curtains(?=[\s.!?]*$)|comparison|parallels?|"
    r"distinction)\b",
    re.I,
)
_OF = re.compile(
    rf"^(?:(?:a|an|the|one|some|another|your|any)\s+)?(?:(?:nice|new|little|quick|simple|"
    rf"pretty|beautiful|good|small|single|first|second|third)\s+)*{PLAIN_PICTURE}\s+"
    r"(?:of|showing|with|that shows|depicting|where|for|about|from|in which)\s+"
    r"(?P<rest>.+)$",
    re.I | re.S,
)
_HAS_PICTURE_NOUN = re.compile(
    rf"^(?:(?:a|an|the|some|{NUMBER}|me|us|another|your)\s+)*(?:[\w'-]+\s+){{0,4}}?"
    rf"{PICTURE_NOUN}s?\b(?!\s+(?:model|provider|mode|tool|connection|size|api|"
    r"generation|generator))",
    re.I,
)
_END = re.compile(
    r"(?:[\s,]+(?:please|pls|thanks|thank you|for me|for us|if you can|if possible|"
    r"will you|would you|can you|now|ok))*[\s?!.,;:]*$",
    re.I,
)
_ABOUT_IT = re.compile(
    r"^(?:it|this|that|them|these|those|the same|another|one more|again|something else|"
    r"(?:the|this|that) (?:picture|image|one|scene|drawing|painting)s?)\b",
    re.I,
)
_VAGUE = re.compile(
    r"^(?:(?:a|an|the|some|me|any)\s+)*(?:something|anything|whatever|surprise|(?:nice |"
    r"random |cool |good )?(?:picture|image|drawing|painting|pic|pictures|images))"
    r"(?:\s+(?:nice|cool|beautiful|random|you (?:like|want)|for me|pretty|fun|else))*$",
    re.I,
)
SURPRISE = "a lighthouse above a calm bay at sunset"


def read_wish_text(text: str) -> WishText | None:
    """Return what is wished for in one sentence, or None when it is no picture wish."""
    text = " ".join(text.replace("\u2019", "'").split())
    foreign = read_foreign_wish(text)
    if foreign:
        return WishText(_clean(foreign[1]), language=foreign[0])
    if _REFUSAL.match(text):
        return None
    if match := _LOOKS_LIKE.match(text):
        return WishText(_clean(f"{match['rest']}{match['more']}"))
    if match := _HOW_ABOUT.match(text):
        return _if_visible(match["rest"])
    if match := _WISH.match(text):
        return _read_command(match)
    return _read_bare(text)


def is_vague(brief: str) -> bool:
    """Whether a wish leaves the choice to us: "something nice", "a picture"."""
    return bool(_VAGUE.match(brief))


def speaks_of_earlier(brief: str) -> bool:
    """Whether the thing wished for is a picture that exists already: "it", "another"."""
    return bool(_ABOUT_IT.match(brief))


def wish_sentences(text: str) -> list[tuple[str, WishText | None]]:
    """Read every sentence of a message by itself."""
    return [(part, read_wish_text(part)) for part in sentences(text)]


def _read_command(match: re.Match[str]) -> WishText | None:
    if shown := _WHAT_IT_LOOKS_LIKE.match(match["rest"]):
        return WishText(_clean(f"{shown['rest']}{shown['more']}"), "show")
    verb = (match["draw"] or match["make"] or match["desire"]).lower()
    rest = match["rest"]
    brief = _clean(rest)
    if not brief or _ABOUT_IT.match(brief):
        return WishText(brief, verb) if match["draw"] and brief else None
    if not match["draw"] and _TECHNICAL.search(brief):
        return None
    if match["draw"]:
        return None if _is_no_object(rest) else WishText(_clean(_after_of(rest)), verb)
    if _HAS_PICTURE_NOUN.match(rest) and not _leads_elsewhere(rest):
        return WishText(_clean(_after_of(rest)), verb)
    return _if_visible(rest, verb)


def _is_no_object(rest: str) -> bool:
    """After a drawing verb: idioms, "draw well", "draw something about my settings"."""
    if _IDIOM.match(rest):
        return True
    first = re.split(r"\W+", rest.lower())[0]
    return first in {"well", "or", "better", "on", "with", "from", "things", "stuff"}


def _leads_elsewhere(rest: str) -> bool:
    return bool(
        re.match(
            r"(?:how|what|why|where|which|when|to|my|all|the (?:last|first))\b",
            rest,
            re.I,
        )
    )


def _after_of(rest: str) -> str:
    """Drop "a picture of"; a poster or an oil painting stays, it says something."""
    match = _OF.match(rest)
    return match["rest"] if match else rest


def _if_visible(rest: str, verb: str = "") -> WishText | None:
    """A wish without the word picture: only when the thing can be seen."""
    brief = _clean(_after_of(rest))
    if _leads_elsewhere(rest) or not re.match(r"\w", brief):
        return None
    if _names_no_picture(brief):
        return None
    starts_well = re.match(rf"(?:a|an|the|some|{NUMBER})\s", brief, re.I)
    return WishText(brief, verb) if starts_well or names_a_thing(brief) else None


def _names_no_picture(brief: str) -> bool:
    """Whether the head of the phrase is a list, a poem, a key, ..."""
    head = re.split(
        r"\s(?:of|about|for|in|on|with|to|that|which|at|from|by|under|over|where|and|"
        r"using|between)\s|[,;:.]",
        brief.lower(),
    )[0]
    words = re.findall(r"[a-z']+", head)
    return not words or words[-1] in NOT_PICTURES


def _read_bare(text: str) -> WishText | None:
    """A noun phrase alone: "a mountain at sunset, oil painting"."""
    if text.endswith("?") or _QUESTION.match(text) or len(text.split()) > 60:
        return None
    brief = _clean(re.sub(rf"^{_ASIDE}", "", text, flags=re.I))
    if len(brief) < 3 or _names_no_picture(brief) or _ABOUT_IT.match(brief):
        return None
    if _HAS_PICTURE_NOUN.match(brief) and re.search(r"\bof\b|\bfor\b", brief):
        return WishText(_clean(_after_of(brief)))
    read = read_prompt(brief)
    says_how = bool(read.styles or read.moods or read.composition)
    article = re.match(rf"(?:a|an|{NUMBER})\s+\w", brief, re.I)
    if article and not re.search(
        r"\b(?:i|you|is|are|was|my|your|please)\b", brief, re.I
    ):
        return WishText(brief)
    words = len(brief.split())
    if says_how and words > 1 and names_a_thing(brief):
        return WishText(brief)
    return WishText(brief) if names_a_thing(brief) and words <= 6 else None


def _clean(brief: str) -> str:
    return _END.sub("", brief.strip()).strip(" \"'“”`*")
