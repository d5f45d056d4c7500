"""Small talk, and facts about Easel: a topic is found by its words, never invented."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistants_app.providers.offline_model.facts import FACTS
from assistants_app.providers.offline_model.phrases import choose, shorten
from assistants_app.providers.offline_model.things import names_a_thing

EXAMPLES = (
    "- “Draw a mountain at sunset, oil painting, wide”\n"
    "- then “make it night” or “add a boat”\n"
    "- attach a picture and ask “What colours are in it?”"
)
_LEAD = re.compile(
    r"^(?:(?:hi|hello|hey|please|ok|so|well|and|now|then|easel)[\s,!.]+)*(?:(?:can|could|"
    r"would|will) you (?:please )?|please |i (?:want|need|would like)(?: you)? to |i'd like "
    r"(?:you )?to |tell me (?:about |more about )?|explain (?:to me )?|what(?:'s| is| are) |"
    r"who (?:is|was) |how (?:do|does|can|to) |why (?:is|are|do|does) )?(?:(?:a|an|the|i)\s+)?",
    re.I,
)


@dataclass(frozen=True)
class _Talk:
    pattern: re.Pattern[str]
    answers: tuple[str, ...]


def _talk(pattern: str, *answers: str) -> _Talk:
    return _Talk(re.compile(pattern, re.I), answers)


_ALONE = r"[\s!.,?:)\U0001F300-\U0001FAFF]*$"
_FRIENDLY = (
    _talk(
        rf"^(?:hi|hello|hey|hiya|howdy|good (?:morning|evening|afternoon|day)|hallo|guten tag|"
        rf"bonjour|salut|hola|ciao|moin|yo|greetings)(?:\s+(?:there|easel|you|everyone))?{_ALONE}",
        "Hello! Tell me what to draw, for example “a lighthouse in a storm, watercolour”.",
        "Hello! A few words are enough for a picture: try “a fox in snow, line art”.",
    ),
    _talk(
        r"\b(?:how are you|how's it going|how do you do|what's up|how are things)\b",
        "All brushes are clean, thank you. What shall it be: a harbour at night, perhaps?",
    ),
    _talk(
        r"^(?:(?:ok|okay|great|perfect|cool|wow|nice)[\s,!.]*)*(?:thank(?:s| you)|thx|merci|"
        r"danke|gracias|cheers|much appreciated)\b(?!.*\b(?:but|now|draw|make)\b)",
        "You are welcome. Everything stays in this thread, and can be changed at any time.",
        "Gladly. Say “another one” if you want to see it differently.",
    ),
    _talk(
        r"^(?:(?:i )?(?:love|like) (?:it|this|that)|(?:it(?:'s| is)|this is|that(?:'s| is)|so|"
        r"very|really|wow|oh)?\s*(?:wow|beautiful|gorgeous|lovely|great|awesome|amazing|nice|"
        r"perfect|cool|pretty|wonderful|fantastic|stunning|good (?:job|work)|well done|haha|"
        rf"lol|brilliant|excellent))(?:\s+(?:picture|image|job|work|one|very much|so much))?{_ALONE}",
        "Glad that you like it. A change is one sentence away: “make it night”, for example.",
    ),
    _talk(
        r"\b(?:(?:don'?t|do not) like (?:it|this|that)|ugly|terrible|awful|bad picture|"
        r"looks? (?:bad|wrong|weird)|that'?s not what i|not what i (?:asked|wanted|meant)|"
        r"disappoint)",
        "Then let us change it. Say what is wrong in a few words, such as “without the "
        "clouds”, “in watercolour” or “closer”, or say “another one” for a new try.",
    ),
    _talk(
        rf"^(?:bye|goodbye|see you|good night|ciao|tschüss|au revoir|adios|cu)\b.{{0,20}}{_ALONE}",
        "Goodbye. Your pictures and this thread stay here.",
    ),
    _talk(
        r"^(?:please )?(?:(?:don'?t|do not|never|stop) (?:draw|paint|generat|creat|mak)\w*|no "
        r"(?:more )?(?:pictures?|images?|drawings?))\b|^(?:i )?(?:don'?t|do not) (?:want|need) "
        rf"(?:a |any )?(?:pictures?|images?|drawings?)\b|^stop{_ALONE}",
        "All right, no picture. Ask me about Easel, or say when you want to see something.",
    ),
    _talk(
        rf"^(?:please )?(?:draw|paint|sketch|illustrate)(?: me| for me| please)*{_ALONE}",
        "Gladly: what shall it be? A thing, a light and a style are enough, such as “a fox in "
        "snow, watercolour”.",
    ),
    _talk(
        rf"^(?:ok|okay|k|yes|yep|sure|no|nope|alright|fine|hm+|got it|i see|test|testing)"
        rf"{_ALONE}",
        "Good. Tell me what to draw, or ask a question about Easel.",
    ),
    _talk(
        r"\b(?:tell|know|say)\b.{0,20}\bjoke\b",
        "Two brushes meet at an easel. Says one: “You look drawn.” That is the only joke in "
        "here; pictures are what I do.",
    ),
    _talk(
        r"\b(?:go back|undo|revert|previous (?:one|version|picture)|the (?:old|first) one was "
        r"better)\b",
        "Every earlier picture is still above in this thread, nothing was replaced. Name the "
        "change you want from here, for example “make it day again”.",
    ),
)


def answer_small_talk(text: str) -> str | None:
    """Answer a greeting, thanks and the like; None for anything else."""
    text = _plain(text)
    for talk in _FRIENDLY:
        if talk.pattern.search(text):
            return choose(talk.answers, text)
    return None


def answer_question(text: str) -> str | None:
    """Answer a question about Easel from its facts; None when it is about none."""
    text = _plain(text)
    for pattern, answer in FACTS:
        if re.search(pattern, text, re.I):
            return answer
    return None


def answer_anything(text: str, *, draws: bool, again: bool = False) -> str:
    """Say honestly what this model is, what the text was about, and what works.

    `again` when the conversation has heard it before: it is then said in short.
    """
    plain = _plain(text)
    topic = _LEAD.sub("", plain).strip(" ?!.,")
    drawn = _drawable(topic) if draws else ""
    hint = f" I could draw it, though: say “draw {drawn}”." if drawn else ""
    if again and topic:
        return f"{_reaction(plain, topic)}{hint} It would take a real language model."
    return (
        f"{_reaction(plain, topic)} I am Easel’s offline demonstration: fixed rules, no "
        f"language model.{hint} What works here:\n\n{EXAMPLES}\n\n"
        "For real answers, add a connection with a key in the organization’s settings and "
        "choose its model for this assistant."
    )


def _reaction(text: str, topic: str) -> str:
    """Name the kind of thing that was asked for, so that it is clear it was read."""
    about = f"“{shorten(topic, 60)}”"
    kinds = (
        (r"\b(?:story|poem|haiku|essay|email|letter|song|lyrics|text|write|rhyme|tale)\b",
         "Writing is beyond me."),
        (r"\b(?:translate|translation)\b", "I can’t translate."),
        (r"\d\s*[-+*/x×÷]\s*\d|\b(?:calculate|solve|equation|sum of)\b",
         "I don’t calculate."),
        (r"\b(?:code|python|javascript|function|program|script|sql|regex|html|css)\b",
         "I can’t write or read code."),
        (r"\b(?:weather|news|today|time is it|date)\b",
         f"I can’t look out of the window or at a clock, so nothing on {about}."),
        (r"^(?:who|what|when|where|which|how many|how much|how far|why)\b",
         f"I know nothing of the world outside Easel, so nothing about {about}."),
    )  # fmt: skip
    for pattern, reaction in kinds:
        if re.search(pattern, text, re.I):
            return reaction
    return (
        f"I don’t understand {about}."
        if re.search(r"\w", topic)
        else "I need words for that."
    )


def _drawable(topic: str) -> str:
    """The thing in a topic that could be drawn: “a fox” of “a story about a fox”."""
    about = re.search(
        r"\b(?:about|of|on)\s+((?:a |an |the )?[\w' -]{3,40})$", topic, re.I
    )
    thing = about[1] if about else topic
    return thing if len(thing.split()) <= 5 and names_a_thing(thing) else ""


def _plain(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").split())
