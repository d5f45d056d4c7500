"""Patterns of the clauses that change a picture; `follow_up` says what each means."""

from __future__ import annotations

import re

from assistants_app.providers.offline_model.phrases import NUMBER

ASIDE = (
    r"(?:(?:please|pls|ok|okay|now|then|and|also|great|perfect|nice|cool|good|thanks|"
    r"thank you|yes|no(?=,)|but|so|well|hmm|could you|can you|would you|will you|could we|"
    r"can we|can i|let's|i'd like you to|i want you to|maybe|perhaps|just|try to|(?:is|"
    r"would) it (?:be )?possible to|"
    r"i(?:'d| would) (?:like|love|prefer)(?: to (?:see|have))?|i (?:want|need)|lovely|"
    r"beautiful|love it|like it|awesome|what if(?: (?:you|we))?|how about|what about|"
    r"try|let me see|(?:this|that|it) (?:looks|is) (?:very |so |really )?(?:great|good|nice|"
    r"lovely|beautiful|cool|perfect|better))\b[\s,.!:;-]*)*"
)
PICTURE = (
    r"(?:it|this|that|everything|(?:the|this|that|my)(?: (?:last|first|second|third|"
    r"fourth|same|whole))? (?:picture|image|scene|one|drawing|painting|illustration))"
)
VERB = (
    r"(?:make|turn|set|render|show|do|draw|paint|change|put|convert|redo|have|edit|"
    r"give|adjust|transform|recreate|repaint|redraw|bring)"
)
LEAD = re.compile(
    rf"^(?:{VERB}\s+)?{PICTURE}(?:\s+(?:to be|to|into|in|as|look(?:ing)? like|look|be|"
    r"with|at|during|under|more like|like|should be|was|were|is|had|but|again)\b)*\s*",
    re.I,
)
JOINT = re.compile(
    r"\s*(?:[;.!]+\s|,\s*(?:and |but |then )?|\b(?:and then|then|but)\b)\s*|\s+and\s+"
    r"(?=(?:make|add|remove|put|change|turn|give|take|set|without|no|with no|in|at|more|"
    r"less|bigger|smaller|wider|replace|use|draw|paint|also)\b)",
    re.I,
)
AGAIN = re.compile(
    rf"^(?:(?:draw|make|do|generate|create|paint|show|give|try|run)\s+)?(?:me\s+|us\s+|"
    rf"it\s+|that\s+)*(?:(?:yet )?another(?: one| version| try| take| variation| picture|"
    r" image| go)?|one more(?: time| picture| image| version)?|once more|once again|again|"
    r"(?:a |an |some )?(?:different|new|second|fresh|alternative) (?:one|version|try|take|"
    r"variation|picture|image)|redo(?: it| that)?|regenerate(?: it| that)?|repeat(?: it|"
    r" that)?|retry|re-?roll|(?:the )?same (?:again|prompt|thing)(?: again)?|more like "
    rf"(?:this|that)|(?P<more>{NUMBER}) more|(?P<several>{NUMBER}) (?:more )?(?:variations?|"
    rf"versions?|alternatives)|(?:a )?variation)(?:\s+of (?:it|this|that|them|these|"
    rf"{PICTURE}))?(?:\s+again)?\s*[.!?]*(?=$|\s(?:in|at|with|as|without|from|but)\b)",
    re.I,
)
REMOVE = re.compile(
    r"^(?:without|with no|no more|no(?! (?:problem|idea|worr|thank|way|need|comment|"
    r"pictures?|images?|drawings?)\w*)|remove|delete|take (?:out|away|off)|get rid of|erase|"
    r"drop|lose|hide|leave out|exclude|minus|i don'?t want|don'?t (?:show|draw|include))\s+"
    r"(?P<what>.+?)(?:\s+(?:away|out|please|from (?:it|the picture|the image)))*$",
    re.I,
)
ADD = re.compile(
    r"^(?:add|put(?: in)?|include|insert|place|with|plus|(?:there should|let there) be|"
    r"also|(?:make|let) there be|i want(?: to see)?|give (?P<whom>it|him|her|them|the \w+))"
    r"\s+(?:in\s+)?(?P<what>(?!it\b|this\b|that\b).+?)(?:\s+(?:to|into|in) (?:it|the "
    r"picture|the image|the scene|this|there))?$",
    re.I,
)
REPLACE = re.compile(
    r"^(?:(?:replace|swap|exchange|substitute)\s+(?P<old>.+?)\s+(?:with|by|for)|(?:change|"
    r"turn|make|transform)\s+(?P<old2>(?:the|its|that)\s+(?!picture|image|scene)\w+(?:\s\w+)?"
    r")\s+(?:in)?to)\s+(?P<new>.+)$",
    re.I,
)
INSTEAD = re.compile(
    r"^(?:(?:draw|paint|make|do|with|use)\s+(?:it\s+)?)?(?:(?P<new>.+?)\s+instead(?:\s+of\s+"
    r"(?P<old>.+))?|instead\s+of\s+(?P<old2>.+?)(?:\s+(?:draw|use|make|paint|take))?\s+"
    r"(?P<new2>(?:a|an|the|some|two|three)\s.+))$",
    re.I,
)
SAME = re.compile(
    r"^(?:(?:do|draw|make|paint|show)\s+)?(?:the\s+)?same(?:\s+(?:style|thing|picture|image|"
    r"scene|one))?(?:\s+but)?\s+(?:with|for|as|of)\s+(?P<new>(?:a|an|the|two|three|some)\s.+)$",
    re.I,
)
ANOTHER = re.compile(
    r"^(?:draw|paint|make|create|generate|show me|do|sketch)\s+(?:me\s+)?another\s+"
    r"(?P<new>\w.+)$",
    re.I,
)
BECOME = re.compile(
    rf"^(?:make|turn|change|transform|convert)\s+{PICTURE}\s+(?:into |to be |to )?"
    r"(?P<new>(?:a|an|two|three)\s+(?!bit|little|lot)\w.+)$",
    re.I,
)
EASEL = re.compile(
    r"\b(?:keys?|connections?|assistants?|budgets?|members?|organi[sz]ations?|providers?|"
    r"threads?|tools?|api|models?|password|colleagues?)\b",
    re.I,
)
TALK = re.compile(
    r"^(?:what|why|how|who|where|which|when|is|are|do|does|did|i (?:am|have|think|was)|"
    r"tell|explain|describe)\b",
    re.I,
)


COMPARATIVE = re.compile(
    r"^(?:make\s+)?(?:(?P<thing>(?:the|its|his|her|that)\s+[\w' -]+?)\s+)?(?:look\s+)?"
    r"(?:(?:much|a bit|a little|slightly|even|way|far|a lot)\s+)*(?P<more>bigger|larger|"
    r"smaller|taller|wider|longer|shorter|brighter|darker|lighter|redder|bluer|greener|"
    r"warmer|cooler|colder|softer|sharper|simpler|bolder|higher|lower|closer|rounder|"
    r"fluffier|happier|sadder|older|younger|cuter|scarier|more \w+|less \w+|extra \w+)"
    r"(?:\s+(?P<after>(?!than\b|like\b)[\w' -]+))?$",
    re.I,
)
