"""The answer after tools have answered: what was made, in words, from the real result."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from assistants_app.providers.offline_model.conversation import Made
from assistants_app.providers.offline_model.enhance import enhance
from assistants_app.providers.offline_model.phrases import (
    choose,
    join_words,
    lower_first,
    shorten,
    word_set,
)
from assistants_app.providers.offline_model.picture_wish import Wish
from assistants_app.providers.offline_model.shape import Shape
from assistants_app.providers.offline_model.things import (
    families_of,
    is_landscape,
    main_family,
)
from assistants_app.providers.offline_model.undrawn import offer_others, undrawn_in

_OPENINGS = ("Here is {}.", "Here you are: {}.", "Done: {}.")
_BAD = word_set("failed moderated cancelled unknown error expired incomplete")


def report_pictures(
    made: Sequence[Made], *, edited: bool = False, first: bool = True, more: int = 0
) -> str:
    """Say what came of the picture calls of one turn, and offer two ways on."""
    good = [picture for picture in made if not _problem(picture.result)]
    bad = [picture for picture in made if _problem(picture.result)]
    parts = [_good(good, edited=edited, first=first)] if good else []
    parts += _bad(bad)
    if more:
        parts.append(
            f"I draw at most four at once; {more} more {'is' if more == 1 else 'are'} left. "
            "Say “another one” for the next."
        )
    if good and any(undrawn_in(picture) for picture in good):
        parts.append(offer_others(good[-1].wish))
    elif good:
        parts.append(suggest(good[-1].wish))
    return "\n\n".join(parts)


def report_function(name: str, output: str, wish: Wish | None = None) -> str:
    """Say what a function of the client answered, value by value."""
    said = _report(name, output)
    return f"I asked for **{_title(wish)}**. {said}" if wish else said


def _report(name: str, output: str) -> str:
    if not output.strip():
        return f"`{name}` answered with nothing. The call is done, and there is no value to show."
    try:
        value = json.loads(output)
    except (ValueError, RecursionError):  # the second: nested far too deeply
        return f"`{name}` answered: {_text(output)}"
    if isinstance(value, dict):
        return _report_object(name, value)
    if isinstance(value, list):
        rows = "\n".join(f"- {_value(item)}" for item in value[:10])
        rest = f"\n\n{len(value) - 10} more are not listed." if len(value) > 10 else ""
        return (
            f"`{name}` answered with {len(value)} items:\n\n{rows}{rest}"
            if value
            else (f"`{name}` answered with an empty list.")
        )
    return f"`{name}` answered: {_value(value)}"


def suggest(wish: Wish) -> str:
    """Offer two follow-ups that fit and that are not there yet."""
    read = wish.read
    words = wish.brief.lower()
    ideas: list[str] = []
    if is_landscape(wish.brief) or "building" in families_of(wish.brief):
        if "night" not in read.moods:
            ideas.append("make it night")
        if re.search(r"\b(sea|lake|bay|ocean|river|fjord|coast|harbou?r)\b", words):
            ideas += ["add a boat"] if not re.search(r"boat|ship", words) else []
        if wish.shape.ratio is None:
            ideas.append("wider")
        if "fog" not in read.moods and "storm" not in read.moods:
            ideas.append("add fog")
    elif main_family(wish.brief) in {"graphic", "abstract"}:
        ideas += ["warmer colours", "simpler"]
    else:
        ideas += ["closer"] if "close-up" not in read.composition else []
        ideas += ["at golden hour"] if not read.moods else []
    ideas.append(
        "in watercolour" if "watercolour" not in read.styles else "as line art"
    )
    ideas.append("as pixel art")
    kept = [
        idea
        for idea in ideas
        if idea not in words and not any(out in idea for out in read.exclusions)
    ]
    start = len(wish.brief) % 2
    chosen = kept[start : start + 2] if len(kept) > start + 1 else kept[:2]
    return f"To go on: “{chosen[0]}” or “{chosen[1]}”."


def _good(made: Sequence[Made], *, edited: bool, first: bool) -> str:
    drawn = [picture for picture in made if not undrawn_in(picture)]
    others = [picture for picture in made if undrawn_in(picture)]
    told = [f"{undrawn_in(picture)} {_size(picture)}".strip() for picture in others]
    said = [_drawn(drawn, edited=edited, first=first)] if drawn else []
    return "\n\n".join([*said, *dict.fromkeys(told)])


def _drawn(made: Sequence[Made], *, edited: bool, first: bool) -> str:
    if len(made) > 1:
        return _several(made)
    picture = made[0]
    title = f"**{_title(picture.wish)}**"
    opening = "Changed: {}." if edited else choose(_OPENINGS, picture.wish.brief)
    said = [_ended(opening.format(title)), _size(picture)]
    if first and not edited:
        said.append(_added(picture))
    said.append(_rewritten(picture))
    return " ".join(part for part in said if part)


def _ended(sentence: str) -> str:
    """A sentence whose last words were cut ends with the ellipsis alone."""
    return sentence.removesuffix(".") if sentence.endswith("…**.") else sentence


def _several(made: Sequence[Made]) -> str:
    briefs = list(dict.fromkeys(picture.wish.brief for picture in made))
    if len(briefs) == 1:
        return (
            f"Here are {len(made)} pictures of **{_title(made[0].wish)}**, each composed a "
            f"little differently. {_each_size(made)}"
        ).strip()
    titles = [f"**{_title(picture.wish)}**" for picture in made]
    opening = _ended(f"Here are {join_words(titles)}.")
    return f"{opening} {_each_size(made)}".strip()


def _each_size(made: Sequence[Made]) -> str:
    sizes = {_size(picture) for picture in made}
    return sizes.pop().replace("It is", "Each is", 1) if len(sizes) == 1 else ""


def _title(wish: Wish) -> str:
    """The asked words, fit to stand inside a sentence."""
    return lower_first(shorten(wish.brief, 140))


def _size(made: Made) -> str:
    """State the true size, and say so when another one was asked for."""
    result = made.result or {}
    size = result.get("size")
    if not size and result.get("width") and result.get("height"):
        size = f"{result['width']}x{result['height']}"
    match = re.fullmatch(r"(\d+)\s*[x×]\s*(\d+)", str(size or ""))
    if not match:
        return ""
    width, height = int(match[1]), int(match[2])
    asked = made.wish.shape
    if asked.size and asked.size != f"{width}x{height}":
        wanted = asked.size.replace("x", " × ")
        return f"It is {width} × {height}; {wanted} was asked for and is not offered."
    if _is_other_ratio(asked, width, height):
        ratio = ":".join(map(str, asked.ratio or ()))
        return f"It is {width} × {height}, the nearest that was offered to {ratio}."
    return f"It is {width} × {height}."


def _is_other_ratio(asked: Shape, width: int, height: int) -> bool:
    if asked.ratio is None:
        return False
    wanted = asked.ratio[0] / asked.ratio[1]
    return not 0.95 < (width / height) / wanted < 1.05


def _added(made: Made) -> str:
    """Say which light the sent prompt added, if this model wrote it."""
    enhanced = enhance(made.wish)
    sent = str(made.arguments.get("prompt", ""))
    if not enhanced.added or not sent.startswith(enhanced.prompt[:40]):
        return ""
    return f"To your words I added {join_words(enhanced.added[:3])}."


def _rewritten(made: Made) -> str:
    revised = (made.result or {}).get("revised_prompt")
    sent = made.arguments.get("prompt")
    if not isinstance(revised, str) or not revised or revised == sent:
        return ""
    return "The provider rewrote the prompt; the picture's card shows both."


def _problem(result: dict[str, Any] | None) -> str:
    """Return how a call went wrong, or an empty string when it went well."""
    if result is None:
        return "unknown"
    status = str(result.get("status", "")).lower()
    if status in _BAD:
        return status
    return "failed" if result.get("error") else ""


def _reason(result: dict[str, Any]) -> str:
    error = result.get("error") or result.get("message") or result.get("reason") or ""
    if isinstance(error, dict):
        error = error.get("message") or error.get("code") or ""
    text = _text(str(error)) if error else ""
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def _bad(made: Sequence[Made]) -> list[str]:
    return list(dict.fromkeys(_bad_sentence(picture) for picture in made))


def _bad_sentence(made: Made) -> str:
    kind, reason = _problem(made.result), _reason(made.result or {})
    title = f"**{_title(made.wish)}**"
    if kind == "moderated":
        said = f"The provider refused to draw {title} because of its content."
        way = "Change the words and ask again; the same prompt will be refused again."
    elif kind == "unknown":
        said = f"It is not known whether {title} was made."
        way = "It may have been billed, so nothing is repeated by itself. Look at its card first."
    elif kind == "cancelled":
        said = f"The picture of {title} was stopped."
        way = "Say “again” to start it anew."
    else:
        said = f"The picture of {title} failed."
        way = "Say “again” to repeat it, or change the words or the size."
    return " ".join(part for part in (said, reason, way) if part)


def _report_object(name: str, value: dict[str, Any]) -> str:
    error = value.get("error")
    if error:
        return (
            f"`{name}` answered with an error: {_reason(value)} Nothing was made of it."
        )
    if not value:
        return f"`{name}` answered with an empty object: no values to report."
    if len(value) == 1:
        key, only = next(iter(value.items()))
        return f"`{name}` answered with this {_words(key).replace('url', 'address')}: {_value(only)}"
    rows = "\n".join(
        f"- **{_words(key)}**: {_value(item)}" for key, item in value.items()
    )
    return f"`{name}` answered:\n\n{rows}"


def _words(key: str) -> str:
    return re.sub(r"[_-]+", " ", key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return _text(value)
    if value in ([], {}):
        return "none"
    if isinstance(value, int | float):
        return str(value)
    return f"`{shorten(json.dumps(value, ensure_ascii=False), 300)}`"


def _text(text: str) -> str:
    text = shorten(text, 600)
    return f"<{text}>" if re.fullmatch(r"https?://\S+", text) else text
