"""The words of the published images API, and how they are put into sentences."""

from __future__ import annotations

from images_app.catalog.descriptors import EnumParameter

# Words of the published API, weakest first: a wish for one that a model lacks is met
# by the nearest that it has.
QUALITY_ORDER = {
    "low": 1,
    "standard": 2,
    "medium": 2,
    "high": 3,
    "hd": 3,
    "xhigh": 4,
    "max": 5,
}
STANDARD_WORDS: dict[str, frozenset[str]] = {
    "quality": frozenset(QUALITY_ORDER),
    "background": frozenset({"opaque", "transparent"}),
    "output_format": frozenset({"png", "jpeg", "webp", "gif", "svg"}),
    "moderation": frozenset({"low"}),
    "style": frozenset({"vivid", "natural"}),
    "input_fidelity": frozenset({"high", "low"}),
}
COMPRESSED_FORMATS = frozenset({"jpeg", "webp"})
TRANSPARENT_FORMATS = frozenset({"png", "webp"})
LEFT_OUT = "; it was left out"
SIZE_TAKEN = "; the size was taken"


def with_suffix(prompt: str, suffix: str | None) -> str:
    """The prompt with a style's text after it, once."""
    suffix = (suffix or "").strip()
    if not suffix or prompt.endswith(suffix):
        return prompt
    joint = " " if prompt.endswith((".", "!", "?", ",", ";", ":")) else ", "
    return f"{prompt}{joint}{suffix}"


def nearest_quality(value: str, parameter: EnumParameter) -> str | None:
    """The offered quality that is nearest in rank; of two, the cheaper."""
    rank = QUALITY_ORDER[value]
    ranked = [word for word in parameter.values if word in QUALITY_ORDER]
    return min(
        ranked,
        key=lambda word: (abs(QUALITY_ORDER[word] - rank), QUALITY_ORDER[word]),
        default=None,
    )


def spoken(name: str) -> str:
    return name.replace("_", " ")


def one(name: str) -> str:
    """“a size”, “an output format”."""
    return f"an {spoken(name)}" if name[0] in "aeiou" else f"a {spoken(name)}"


def refusal(reason: str) -> str:
    """An adjustment's reason as the sentence of a refusal, in which nothing was done."""
    for done in (LEFT_OUT, SIZE_TAKEN):
        reason = reason.removesuffix(done)
    return f"{reason}."


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
