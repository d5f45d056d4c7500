"""Decides what the offline model says or calls, from nothing but the request."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistants_app.providers.base import ChatRequest, ToolSpec
from assistants_app.providers.offline_model import tool_use, vision
from assistants_app.providers.offline_model.about_pictures import answer_about_pictures
from assistants_app.providers.offline_model.conversation import (
    Planned,
    plan_pictures,
    system_text,
    text_of,
)
from assistants_app.providers.offline_model.enhance import enhance
from assistants_app.providers.offline_model.follow_up import read_change
from assistants_app.providers.offline_model.phrases import sentences
from assistants_app.providers.offline_model.picture_wish import (
    MOST_PICTURES,
    Wish,
    whole_text_as_wish,
)
from assistants_app.providers.offline_model.report import (
    report_function,
    report_pictures,
)
from assistants_app.providers.offline_model.scene import (
    Scene,
    file_id,
    read_scene,
    shape_of_attached,
    true_sizes,
)
from assistants_app.providers.offline_model.shape import words_for
from assistants_app.providers.offline_model.small_talk import (
    answer_anything,
    answer_question,
    answer_small_talk,
)


@dataclass(frozen=True)
class Call:
    """A tool call to make: the tool's name and the JSON text of its arguments."""

    name: str
    arguments: str


@dataclass(frozen=True)
class Reply:
    """Either words or calls, never both: words before a call would open a message."""

    text: str = ""
    calls: tuple[Call, ...] = ()


_ONLY_PROMPT = re.compile(
    r"\b(?:only|just|nothing but)\b.{0,24}\bprompts?\b|\bprompts?\b.{0,60}\bnothing else\b",
    re.I | re.S,
)
_SENTENCES = re.compile(
    r"\b(one|two|three|1|2|3|a single)\s+(?:short\s+)?sentences?\b", re.I
)
_TOOL_NOTE = "A tool has answered:"
_OFF = (
    "Image generation is off for this assistant, so I can’t draw here. To switch it on, open "
    "**Assistants**, choose this assistant, set **image_generation** to **Auto**, and ask again."
)
_NOTHING_YET = (
    "There is no picture in this thread that could be changed. Say first what to draw, for "
    "example “a harbour at dusk, oil painting”."
)


def respond(request: ChatRequest) -> Reply:
    """Return the reply to a request; the same request always has the same one.

    Decodes attached pictures, so call it in a thread when there are any.
    """
    scene = read_scene(request)
    if not scene.tools and _ONLY_PROMPT.search(system_text(request)):
        return Reply(_only_prompt(scene))
    forced = _forced_tools(request)
    if forced:
        return _forced(scene, forced)
    if request.messages and request.messages[-1].role == "tool":
        return _after_tools(scene)
    note = _tool_note(request)
    return Reply(report_function("The tool", note)) if note else _free(scene)


def _forced_tools(request: ChatRequest) -> list[ToolSpec]:
    choice = request.tool_choice or ""
    if choice == "required":
        return list(request.tools)
    name = choice.removeprefix("function:")
    return [tool for tool in request.tools if choice != name and tool.name == name]


def _forced(scene: Scene, tools: list[ToolSpec]) -> Reply:
    drawing = tool_use.picture_tool(tools)
    named = tool_use.named_tool(scene.text, tools) if len(tools) > 1 else None
    if drawing is None or named not in (None, drawing, tool_use.edit_tool(tools)):
        tool = named or tools[0]
        arguments, _ = tool_use.read_arguments(scene.text, tool)
        return Reply(
            calls=(_call(tool, tool_use.complete(tool, arguments, scene.text)),)
        )
    if drawing.name != tool_use.GENERATE and drawing.name in scene.text:
        arguments, _ = tool_use.read_arguments(scene.text, drawing)
        return Reply(
            calls=(_call(drawing, tool_use.complete(drawing, arguments, scene.text)),)
        )
    planned = plan_pictures(scene.text, scene.earlier)
    return _draw(scene, tools, planned or [Planned(whole_text_as_wish(scene.text))])


def _after_tools(scene: Scene) -> Reply:
    """Report what the tools answered, or make the next call where only one is allowed."""
    turn, made = scene.turns[-1], scene.made[-1]
    own = {tool_use.GENERATE, tool_use.EDIT}
    planned = plan_pictures(turn.text, scene.earlier) if made else []
    if (
        scene.request.parallel_tool_calls is False
        and len(made) < len(planned)
        and scene.tools
    ):
        return _draw(scene, scene.tools, planned[len(made) :])
    wishes = {picture.call.id: picture.wish for picture in made}
    parts = [
        report_function(call.name, turn.results.get(call.id, ""), wishes.get(call.id))
        for call in turn.calls
        if call.name not in own
    ]
    drawn = [picture for picture in made if picture.call.name in own]
    if drawn:
        edited = all(picture.call.name == tool_use.EDIT for picture in drawn)
        more = planned[0].wish.more_wanted if planned else 0
        parts.insert(
            0,
            report_pictures(
                drawn, edited=edited, first=not any(scene.earlier), more=more
            ),
        )
    return Reply(_in_sentences("\n\n".join(parts), system_text(scene.request)))


def _free(scene: Scene) -> Reply:
    """Answer a user message with no tool forced."""
    own = () if "{" in scene.text else (tool_use.GENERATE, tool_use.EDIT)
    functions = [tool for tool in scene.tools if tool.name not in own]
    named = tool_use.named_tool(scene.text, functions)
    if named is not None:
        return _call_named(scene.text, named)
    if scene.attached:
        return _about_attached(scene)
    planned = plan_pictures(scene.text, scene.earlier)
    if planned and tool_use.picture_tool(scene.tools):
        return _draw(scene, scene.tools, planned)
    if planned:
        prompt = enhance(planned[0].wish).prompt
        return Reply(f"{_OFF}\n\nThis is the prompt I would send:\n\n> {prompt}")
    return Reply(_talk(scene))


def _talk(scene: Scene) -> str:
    """Speak: about the pictures, about Easel, or say honestly that this is too much."""
    text = scene.text
    found = (
        answer_small_talk(text)
        or answer_about_pictures(text, scene.earlier)
        or answer_question(text)
    )
    if found:
        return found
    if not any(scene.earlier) and read_change(text, Wish("a picture")):
        return _NOTHING_YET
    draws = tool_use.picture_tool(scene.tools) is not None
    said = [text_of(m) for m in scene.request.messages if m.role == "assistant"]
    again = any("offline demonstration: fixed rules" in answer for answer in said)
    return answer_anything(text, draws=draws, again=again)


def _about_attached(scene: Scene) -> Reply:
    """Change an attached picture if asked and possible; otherwise describe it."""
    change = read_change(scene.text, Wish("the attached picture"))
    edit = tool_use.edit_tool(scene.tools)
    if change is not None and edit is not None:
        prompt = _limited(change.instruction, edit)
        shape = change.wish.shape.over(shape_of_attached(scene))
        arguments = tool_use.picture_arguments(edit, prompt, shape, file_id(scene))
        return Reply(calls=(_call(edit, arguments),))
    planned = plan_pictures(scene.text, scene.earlier) if change is None else []
    if planned and tool_use.picture_tool(scene.tools):
        return _draw(scene, scene.tools, planned)
    described = vision.describe(scene.attached, true_sizes(scene))
    if change is not None:
        described += "\n\nChanging it needs the image tool, which is not offered here."
    return Reply(described)


def _call_named(text: str, tool: ToolSpec) -> Reply:
    """Call a tool that the text names; arguments that do not fit are said, not sent."""
    arguments, wrong = tool_use.read_arguments(text, tool)
    if wrong:
        rows = "\n".join(f"- {problem}" for problem in wrong)
        return Reply(
            f"These arguments do not fit the parameters of `{tool.name}`:\n\n{rows}\n\n"
            "Nothing was called. Correct them and send the line again."
        )
    return Reply(calls=(_call(tool, arguments),))


def _draw(scene: Scene, tools: Sequence[ToolSpec], planned: Sequence[Planned]) -> Reply:
    calls = [_picture_call(tools, one) for one in planned[:MOST_PICTURES]]
    if scene.request.parallel_tool_calls is False:
        calls = calls[:1]
    return Reply(calls=tuple(calls))


def _picture_call(tools: Sequence[ToolSpec], planned: Planned) -> Call:
    edit, base = tool_use.edit_tool(tools), planned.base
    if edit is not None and base is not None and base.image_id:
        prompt = _limited(planned.instruction, edit)
        shape = planned.wish.shape
        return _call(
            edit, tool_use.picture_arguments(edit, prompt, shape, base.image_id)
        )
    tool = tool_use.picture_tool(tools) or tools[0]
    wish = planned.wish
    format_words = "" if tool_use.has_format(tool) else words_for(wish.shape)
    if format_words:
        wish = Wish(f"{wish.brief}, {format_words}", wish.shape, wish.variation)
    prompt = enhance(wish, tool_use.prompt_limit(tool)).prompt
    return _call(tool, tool_use.picture_arguments(tool, prompt, wish.shape))


def _only_prompt(scene: Scene) -> str:
    planned = plan_pictures(scene.text, scene.earlier)
    return enhance(
        planned[0].wish if planned else whole_text_as_wish(scene.text)
    ).prompt


def _call(tool: ToolSpec, arguments: dict[str, Any]) -> Call:
    return Call(tool.name, tool_use.to_json(arguments))


def _limited(prompt: str, tool: ToolSpec) -> str:
    limit = tool_use.prompt_limit(tool)
    return prompt if limit is None else prompt[:limit]


def _tool_note(request: ChatRequest) -> str:
    """The output of a tool that is told as a note, for models that know no tools."""
    last = request.messages[-1] if request.messages else None
    if (
        last is None
        or last.role != "system"
        or not text_of(last).startswith(_TOOL_NOTE)
    ):
        return ""
    return text_of(last).removeprefix(_TOOL_NOTE).strip()


def _in_sentences(text: str, system: str) -> str:
    """Keep to the number of sentences that the assistant's instructions name."""
    match = _SENTENCES.search(system)
    if not match or re.search(r"^(?:- |\d+\. |>)", text, re.M):
        return text
    most = {"one": 1, "1": 1, "a single": 1, "two": 2, "2": 2}.get(match[1].lower(), 3)
    return " ".join(sentences(text)[:most])
