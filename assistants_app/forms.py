"""The editor of assistants; its image tool has a form of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from assistants_app.models import Assistant
from assistants_app.models.assistant import IMAGE_TOOL
from assistants_app.services.chat_models import (
    ChatRoute,
    find_chat_route,
    offered_chat_models,
)
from assistants_app.tools.functions import (
    FunctionError,
    check_together,
    read_functions,
)
from playground.lib.ids import new_id
from playground.organizations.models import Organization
from playground.organizations.services.connections import NoConnectionError

EMPTY_FUNCTION: dict[str, Any] = {
    "name": "",
    "description": "",
    "parameters": {"type": "object", "properties": {}, "required": []},
}


class AssistantForm(forms.Form):
    """Who the assistant is: name, instructions, chat model, sampling."""

    name = forms.CharField(max_length=256)
    description = forms.CharField(
        max_length=512,
        required=False,
        help_text="One line that members see in the list.",
    )
    model = forms.ChoiceField(label="Chat model", required=False)
    other_model = forms.CharField(
        label="Other model",
        max_length=250,
        required=False,
        help_text="A name that the list does not have. It wins over the list.",
        widget=forms.TextInput(attrs={"class": "mono", "spellcheck": "false"}),
    )
    instructions = forms.CharField(
        max_length=256_000,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "data-count": ""}),
    )
    temperature = forms.FloatField(
        min_value=0,
        max_value=2,
        required=False,
        help_text="0 to 2. Empty: the model's default.",
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    top_p = forms.FloatField(
        label="Top p",
        min_value=0,
        max_value=1,
        required=False,
        help_text="0 to 1. Empty: the model's default.",
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        organization: Organization,
        assistant: Assistant | None = None,
    ) -> None:
        self.organization = organization
        offered = offered_chat_models(organization)
        super().__init__(data, initial=_initial(assistant, offered))
        field = self.fields["model"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _model_choices(organization, offered)
        field.error_messages["invalid_choice"] = (
            "“%(value)s” is not offered here any more. Choose another model."
        )

    def clean_instructions(self) -> str:
        """Browsers send CR LF; nothing has changed by that."""
        text: str = self.cleaned_data["instructions"]
        return text.replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        """The other model wins; a name that leads nowhere is refused beside its field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        other = cleaned.pop("other_model", "")
        if "model" in cleaned:
            cleaned["model"] = other or cleaned["model"]
            field = "other_model" if other else "model"
            if cleaned["model"]:
                self._check_model(cleaned["model"], field)
        return cleaned

    def _check_model(self, name: str, field: str) -> None:
        try:
            find_chat_route(self.organization, name)
        except NoConnectionError as exc:
            self.add_error(field, str(exc))


def _initial(
    assistant: Assistant | None, offered: Sequence[ChatRoute]
) -> dict[str, Any]:
    if assistant is None:
        return {}
    listed = not assistant.model or assistant.model in {r.name for r in offered}
    return {
        "name": assistant.name,
        "description": assistant.description,
        "model": assistant.model if listed else "",
        "other_model": "" if listed else assistant.model,
        "instructions": assistant.instructions,
        "temperature": assistant.temperature,
        "top_p": assistant.top_p,
    }


def _model_choices(
    organization: Organization, offered: Sequence[ChatRoute]
) -> list[tuple[str, Any]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for route in offered:
        day = route.model.shutdown_date
        label = f"{route.model.label}, retires {day}" if day else route.model.label
        groups.setdefault(route.connection.name, []).append((route.name, label))
    return [("", _default_label(organization)), *groups.items()]


def _default_label(organization: Organization) -> str:
    try:
        route = find_chat_route(organization, "")
    except NoConnectionError:
        return "Organization default (none is set up)"
    return f"Organization default: {route.model}"


@dataclass
class FunctionBox:
    """One function as JSON text on the page, with what is wrong with it."""

    text: str
    error: str = ""
    key: str = ""
    title: str = ""

    def __post_init__(self) -> None:
        self.key = self.key or new_id("function-")
        self.title = self.title or _title(self.text)


class FunctionBoxes:
    """All functions of the editor, one text each; an empty text is no function."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.boxes = [FunctionBox(text.replace("\r\n", "\n")) for text in texts]
        self.tools: list[dict[str, Any]] = []

    def is_valid(self) -> bool:
        """Read all of them; what is wrong stands in each box."""
        self.tools = []
        for box in self.boxes:
            if not box.text.strip():
                continue
            try:
                found = read_functions(box.text)
                check_together([*self.tools, *found])
            except FunctionError as exc:
                box.error = str(exc)
            else:
                self.tools.extend(found)
        return not any(box.error for box in self.boxes)

    def add(self, function: dict[str, Any]) -> None:
        self.boxes.append(function_box(function))


def function_box(function: dict[str, Any]) -> FunctionBox:
    return FunctionBox(json.dumps(function, indent=2, ensure_ascii=False))


def function_boxes_of(assistant: Assistant | None) -> FunctionBoxes:
    """The stored functions, each as its own text."""
    tools = assistant.function_tools if assistant else []
    boxes = FunctionBoxes([])
    for tool in tools:
        boxes.add(tool["function"])
    return boxes


def _title(text: str) -> str:
    """The function's name while it can be read; the boxes need something to be told
    apart by."""
    try:
        return str(read_functions(text)[0]["function"]["name"])
    except FunctionError:
        return "Function"


def joined_tools(
    stored: Sequence[dict[str, Any]],
    image_tool: dict[str, Any] | None,
    functions: Sequence[dict[str, Any]],
) -> list[dict[str, Any]]:
    """The tools in the order in which they were stored, new ones at the end.

    Tools that the editor does not show, such as those of other APIs, are kept.
    """
    new_images = [image_tool] if image_tool else []
    new_functions = [*functions]
    joined: list[dict[str, Any]] = []
    for tool in stored:
        if tool["type"] == IMAGE_TOOL:
            joined.extend(new_images)
            new_images = []
        elif tool["type"] == "function":
            joined.extend(new_functions[:1])
            new_functions = new_functions[1:]
        else:
            joined.append(tool)
    return [*joined, *new_images, *new_functions]
