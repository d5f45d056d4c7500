from __future__ import annotations

import json
import re

import pytest

from assistants_app.samples import CREATE_IMAGE
from assistants_app.tools.functions import (
    MAX_CHARACTERS,
    MAX_FUNCTIONS,
    FunctionError,
    check_together,
    read_functions,
)

WEATHER = {"name": "weather", "parameters": {"type": "object", "properties": {}}}
TOOL = {"type": "function", "function": WEATHER}


@pytest.mark.parametrize(
    "written",
    [
        WEATHER,
        TOOL,
        {"type": "function", **WEATHER},
        [TOOL],
        [WEATHER],
        {"tools": [TOOL]},
    ],
)
def test_every_usual_form_of_a_function_is_understood(written) -> None:
    assert read_functions(json.dumps(written)) == [TOOL]


def test_a_pasted_list_gives_several_functions() -> None:
    other = {"name": "lookup"}
    names = [
        tool["function"]["name"]
        for tool in read_functions(json.dumps([WEATHER, other]))
    ]
    assert names == ["weather", "lookup"]


def test_the_example_is_itself_valid() -> None:
    assert read_functions(json.dumps(CREATE_IMAGE)) == [CREATE_IMAGE]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{\n  "name": "a",\n  oops\n}', "Line 3, character 3"),
        ("", "Line 1, character 1"),
        ('{"name": NaN}', "NaN"),
        ("[" * 50_000, "nested too deeply"),
        ("[]", "empty"),
        ('"weather"', "JSON object"),
        ("{}", "needs a “name”"),
        ('{"name": 3}', "needs a “name”"),
        ('{"name": "get weather"}', "get weather"),
        ('{"name": "wétter"}', "wétter"),
        (json.dumps({"name": "x" * 65}), "1 to 64"),
        ('{"name": "generate_image"}', "Easel's own"),
        ('{"name": "edit_image"}', "Easel's own"),
        ('{"type": "code_interpreter"}', "code_interpreter"),
        ('{"type": "function", "function": []}', "“function” must be"),
        ('{"name": "a", "parmeters": {}}', "parmeters"),
        ('{"name": "a", "description": 1}', "description of a"),
        ('{"name": "a", "strict": "yes"}', "“strict” of a"),
        ('{"name": "a", "parameters": []}', '"type": "object"'),
        ('{"name": "a", "parameters": {"type": "array"}}', '"type": "object"'),
        (
            '{"name": "a", "parameters": {"type": "object", "properties": []}}',
            "“properties” of a",
        ),
        (
            '{"name": "a", "parameters": {"type": "object", "properties": {"b": 1}}}',
            "“b” of a",
        ),
        (
            '{"name": "a", "parameters": {"type": "object", "required": ["b"]}}',
            "requires “b”",
        ),
        (
            '{"name": "a", "parameters": {"type": "object", "required": "b"}}',
            "“required” of a",
        ),
        (" " * (MAX_CHARACTERS + 1), "at most"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(FunctionError, match=re.escape(said)) as caught:
        read_functions(text)
    assert str(caught.value).endswith((".", ".”"))


def test_two_functions_of_one_name_are_refused() -> None:
    with pytest.raises(FunctionError, match="Two functions"):
        check_together([TOOL, TOOL])


def test_the_number_of_functions_is_bounded() -> None:
    tools = [{"function": {"name": f"f{number}"}} for number in range(MAX_FUNCTIONS)]
    check_together(tools)
    with pytest.raises(FunctionError, match="at most 128"):
        check_together([*tools, TOOL])
