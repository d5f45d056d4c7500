"""Function calling: which tool a text names, and arguments that fit its schema."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from assistants_app.providers.base import ToolSpec
from assistants_app.providers.offline_model.dall_e import fitted, with_sizes
from assistants_app.providers.offline_model.schema import (
    Schema,
    choices,
    coerce,
    filler,
    fits,
    parse_object,
    problems,
    properties,
    required,
    types_of,
)
from assistants_app.providers.offline_model.shape import Shape

GENERATE = "generate_image"
EDIT = "edit_image"
_DRAWS = re.compile(
    r"\b(?:creat|generat|mak|draw|paint|produc|render)\w*\b.{0,60}?\b(?:image|picture|drawing|"
    r"illustration|photo|artwork)s?\b|\b(?:image|picture)\s+(?:generation|generator|creation)",
    re.I | re.S,
)
_IDS = re.compile(r"image|file|picture", re.I)
_QUOTED = re.compile(r"[\"“”„«']([^\"“”„«»']{1,2000})[\"“”»'](?!\w)")
# "This parameter is only supported for …": it is left out unless it was asked for.
_LIMITED = re.compile(
    r"\bonly (?:supported|available|valid|used) (?:for|by|with)\b", re.I
)
_PAIR = r"\b{name}\s*(?:=|:|\bis\b|\bof\b)\s*(\"[^\"]*\"|'[^']*'|[^\s,;)]+)"


def draws_pictures(tool: ToolSpec) -> bool:
    """Whether a tool is clearly about making images, by its name or description."""
    words = re.sub(r"[_-]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", tool.name))
    takes_text = any(
        "string" in types_of(s) for s in properties(tool.parameters).values()
    )
    return takes_text and bool(
        _DRAWS.search(words) or _DRAWS.search(tool.description[:200])
    )


def picture_tool(tools: Sequence[ToolSpec]) -> ToolSpec | None:
    """Return the tool a wish for a picture calls: generate_image, else a function."""
    own = next((tool for tool in tools if tool.name == GENERATE), None)
    if own is not None:
        return own
    return next((t for t in tools if t.name != EDIT and draws_pictures(t)), None)


def edit_tool(tools: Sequence[ToolSpec]) -> ToolSpec | None:
    return next((tool for tool in tools if tool.name == EDIT), None)


def named_tool(text: str, tools: Sequence[ToolSpec]) -> ToolSpec | None:
    """Return the tool whose name stands in the text, as code or in plain words."""
    for tool in sorted(tools, key=lambda tool: -len(tool.name)):
        name = re.escape(tool.name)
        if re.search(rf"(?<![\w]){name}(?![\w])", text) and not _asks_about(
            tool.name, text
        ):
            return tool
        words = re.sub(r"[_-]+", " ", tool.name).lower()
        plain = rf"^(?:please |now )*(?:call|use|run|invoke|try|test)\s+(?:the\s+)?{words}\b"
        if " " in words and re.search(plain, text, re.I):
            return tool
    return _tool_by_topic(text, tools)


def picture_arguments(
    tool: ToolSpec, prompt: str, shape: Shape, image_id: str = ""
) -> dict[str, Any]:
    """Fill a picture tool: its prompt, the asked format as far as offered, an image.

    What the schema gives a default is said too, so that a client that sends the
    arguments on gets what the schema promises.
    """
    known = with_sizes(properties(tool.parameters))
    name = _prompt_name(known)
    asked: dict[str, Any] = {}
    for key, schema in known.items():
        value = _format_value(key, schema, shape, prompt)
        if value is not None and fits(schema, value):
            asked[key] = value
    values = fitted({**_defaults(known), name: prompt, **asked}, asked, known)
    if "size" in values and "aspect_ratio" in values:
        del values["aspect_ratio" if shape.size else "size"]
    if image_id:
        values |= _image_argument(known, image_id)
    return complete(tool, values, prompt)


def read_arguments(text: str, tool: ToolSpec) -> tuple[dict[str, Any], list[str]]:
    """Read a tool's arguments from a text that names it, and say what does not fit."""
    after = _after_name(text, tool.name)
    if after == text:
        after = _after_topic(text)
    given = _json_in(after)
    if given is not None:
        schema = tool.parameters or {}
        return given, problems(schema, given)
    return complete(tool, _plain_values(after, tool), after.strip(" :,.?!") or text), []


def complete(tool: ToolSpec, values: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Add what is required and missing, and drop what the schema refuses."""
    known = properties(tool.parameters)
    closed = (tool.parameters or {}).get("additionalProperties") is False
    kept = {
        name: value
        for name, value in values.items()
        if (name in known and fits(known[name], value))
        or (name not in known and not closed)
    }
    for name in required(tool.parameters):
        if name not in kept:
            kept[name] = filler(known.get(name, {}), text)
    return kept


def prompt_limit(tool: ToolSpec) -> int | None:
    """Return how many characters the prompt may have, where the schema says so."""
    known = properties(tool.parameters)
    limit = known.get(_prompt_name(known), {}).get("maxLength")
    return limit if isinstance(limit, int) else None


def has_format(tool: ToolSpec) -> bool:
    return bool(
        {"size", "aspect_ratio", "ratio", "width"} & set(properties(tool.parameters))
    )


def to_json(arguments: Mapping[str, Any]) -> str:
    return json.dumps(arguments, ensure_ascii=False)


def _asks_about(name: str, text: str) -> bool:
    """ "What does create_image do?" is a question, no call."""
    asks = r"^\s*(?:what|how|why|when|does|is|do|explain|should|which|where)\b"
    return bool(re.match(asks, text, re.I)) and "{" not in text


def _tool_by_topic(text: str, tools: Sequence[ToolSpec]) -> ToolSpec | None:
    """ "What is the weather in Oslo?" names get_weather by its topic."""
    words = set(re.findall(r"[a-z]{4,}", text.lower()))
    for tool in tools:
        if draws_pictures(tool) or tool.name in {GENERATE, EDIT}:
            continue
        topic = re.findall(r"[a-z]{4,}", re.sub(r"([A-Z])", r" \1", tool.name).lower())
        verbs = {
            "fetch",
            "find",
            "lookup",
            "look",
            "search",
            "list",
            "read",
            "query",
            "call",
        }
        nouns = {word for word in topic if word not in verbs}
        if nouns and nouns <= words:
            return tool
    return None


def _defaults(known: Mapping[str, Schema]) -> dict[str, Any]:
    return {
        name: schema["default"]
        for name, schema in known.items()
        if "default" in schema and not _LIMITED.search(str(schema.get("description")))
    }


def _prompt_name(known: Mapping[str, Schema]) -> str:
    for name in ("prompt", "description", "text", "instruction", "query"):
        if name in known:
            return name
    strings = [
        n for n, s in known.items() if "string" in types_of(s) and not choices(s)
    ]
    return strings[0] if strings else "prompt"


def _format_value(key: str, schema: Schema, shape: Shape, prompt: str) -> Any:
    if key == "size" and shape.ratio:
        return _nearest_size(schema, shape)
    if key in {"aspect_ratio", "ratio"} and shape.ratio:
        return (
            _nearest(choices(schema), shape.ratio)
            or f"{shape.ratio[0]}:{shape.ratio[1]}"
        )
    if key == "quality" and shape.quality:
        options = choices(schema)
        other = {"high": "hd", "medium": "standard", "low": "standard"}[shape.quality]
        return shape.quality if not options or shape.quality in options else other
    if key == "style":
        return _choice_in(prompt, schema)
    if key == "background":
        return shape.background or None
    return (shape.output_format or None) if key in {"output_format", "format"} else None


def _nearest_size(schema: Schema, shape: Shape) -> str | None:
    options = choices(schema)
    if shape.size and (not options or shape.size in options):
        return shape.size
    if options:
        return _nearest(options, shape.ratio or (1, 1))
    ratio = shape.ratio or (1, 1)
    value = ratio[0] / ratio[1]
    return (
        "1024x1024" if 0.9 < value < 1.1 else "1536x1024" if value > 1 else "1024x1536"
    )


def _nearest(options: Sequence[Any], ratio: tuple[int, int]) -> str | None:
    """Choose the offered value whose ratio is nearest; the largest of equal ones."""
    wanted = ratio[0] / ratio[1]
    found: list[tuple[float, int, str]] = []
    for option in options:
        match = re.fullmatch(r"(\d+)\s*[x×:]\s*(\d+)", str(option))
        if match and int(match[1]) and int(match[2]):
            value = int(match[1]) / int(match[2])
            far = max(value / wanted, wanted / value)
            found.append((round(far, 3), -int(match[1]) * int(match[2]), str(option)))
    return min(found)[2] if found else None


def _image_argument(known: Mapping[str, Schema], image_id: str) -> dict[str, Any]:
    for name, schema in known.items():
        if not _IDS.search(name) or name in {"mask", "output_format"}:
            continue
        value: Any = image_id if fits(schema, image_id) else [image_id]
        return {name: value} if fits(schema, value) else {}
    return {}


def _after_name(text: str, name: str) -> str:
    plain = re.sub(
        r"[_-]+", r"[ _-]", re.escape(name).replace(r"\_", "_").replace(r"\-", "-")
    )
    match = re.search(rf"`?(?:{re.escape(name)}|{plain})`?", text, re.I)
    if not match:
        return text
    after = text[match.end() :].strip()
    lead = r"^(?:\(|with|for|about|on|to|using|please|tool|function|arguments?|:|,|and|of|in)+\s*"
    for _ in range(3):
        after = re.sub(lead, "", after, flags=re.I).strip()
    return after.rstrip(")").strip()


def _after_topic(text: str) -> str:
    """ "What is the weather in Oslo?" is about what stands behind "in"."""
    match = re.search(
        r"\b(?:in|for|of|about|from|at)\s+(\S.*)$", text.strip(" ?!."), re.I
    )
    return match[1] if match else text


def _json_in(text: str) -> dict[str, Any] | None:
    """Find the JSON object in a text: the widest piece between braces that reads."""
    start, end = text.find("{"), text.rfind("}")
    return parse_object(text[start : end + 1]) if 0 <= start < end else None


def _plain_values(text: str, tool: ToolSpec) -> dict[str, Any]:
    """Take `name=value` pairs, enum words, then quoted texts and what is left."""
    known = properties(tool.parameters)
    values: dict[str, Any] = {}
    for name, schema in known.items():
        pair = _PAIR.replace("{name}", re.escape(name).replace("_", "[ _]"))
        if match := re.search(pair, text, re.I):
            values[name] = coerce(schema, match[1].strip("\"'"))
            text = text.replace(match[0], " ", 1)
        elif word := _choice_in(text, schema):
            values[name] = word
            said = rf"(?:\b(?:in|as|with)\s+)?{re.escape(word)}"
            text = re.sub(said, " ", text, count=1, flags=re.I)
    quoted = _QUOTED.findall(text)
    rest = " ".join(_QUOTED.sub(" ", text).split()).strip(" :,.?!()")
    open_names = [
        n for n in required(tool.parameters) if n not in values and n in known
    ]
    for name in open_names:
        if "string" in types_of(known[name]) and not choices(known[name]):
            given = quoted.pop(0) if quoted else rest
            if given:
                values[name], rest = given, "" if given == rest else rest
        elif number := re.search(r"-?\d+(?:\.\d+)?", rest):
            values[name] = coerce(known[name], number[0])
    return values


def _choice_in(text: str, schema: Schema) -> str | None:
    for option in choices(schema):
        if isinstance(option, str) and re.search(
            rf"(?<!\w){re.escape(option)}(?!\w)", text, re.I
        ):
            return option
    return None
