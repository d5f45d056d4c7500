"""Refusals of bodies: the field's path, the rule, and the code, in one sentence each."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
import pytest
from django.test import RequestFactory
from pydantic import (
    Discriminator,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from playground.api.errors import ApiError
from playground.api.validation import Schema, parse_json, read_json, validate


class Function(Schema):
    name: str = Field(min_length=2, max_length=5, pattern="^[a-z]*$")
    parameters: dict[str, Any] | None = None


class FunctionTool(Schema):
    """The nested form, whose tag and field have the same name."""

    type: Literal["function"]
    function: Function


class FlatTool(Schema):
    type: Literal["function"]
    name: str


class PictureTool(Schema):
    type: Literal["picture"]
    size: str | None = None


class TextPart(Schema):
    type: Literal["text"]
    text: str


class PicturePart(Schema):
    type: Literal["picture"]
    url: str


Tool = Annotated[FunctionTool | PictureTool, Discriminator("type")]
Part = Annotated[TextPart | PicturePart, Discriminator("type")]
Key = Annotated[str, Field(max_length=4)]
Value = Annotated[str, Field(max_length=6)]


class Body(Schema):
    prompt: str | None = None
    count: int = Field(1, ge=1, le=10)
    warmth: float | None = Field(None, ge=0, lt=2)
    is_kept: bool | None = None
    size: Literal["small", "large"] | None = None
    tags: list[str] | None = Field(None, min_length=1, max_length=2)
    metadata: dict[Key, Value] | None = Field(None, max_length=2)
    tools: list[Tool] | None = None
    flat: list[Annotated[FlatTool | PictureTool, Discriminator("type")]] | None = None
    content: str | list[Part] | None = None
    choice: Literal["auto", "none"] | FunctionTool | None = None
    function: FunctionTool | None = None
    even: int | None = None
    name: str | None = Field(None, pattern=r"^[a-z]{1,9}$")

    @field_validator("even")
    @classmethod
    def must_be_even(cls, value: int | None) -> int | None:
        if value is not None and value % 2:
            raise ValueError("it must be an even number.")
        return value

    @model_validator(mode="after")
    def one_of_two(self) -> Body:
        if self.prompt and self.content:
            raise ValueError("Give either 'prompt' or 'content', not both.")
        return self


class Needy(Schema):
    model: str
    input: str


def refusal(data: Any, schema: type[Schema] = Body) -> tuple[str | None, str | None]:
    """The field and the code."""
    error = refused(data, schema)
    assert error.status == 400
    return error.param, error.code


def refused(data: Any, schema: type[Schema] = Body) -> ApiError:
    with pytest.raises(ApiError) as caught:
        validate(schema, data)
    return caught.value


@pytest.mark.parametrize(
    ("data", "param", "code"),
    [
        ({"nmae": 1}, "nmae", "unknown_parameter"),
        ({"count": "3"}, "count", "invalid_type"),
        ({"count": 1.5}, "count", "invalid_type"),
        ({"count": True}, "count", "invalid_type"),
        ({"count": None}, "count", "invalid_type"),
        ({"count": 0}, "count", "integer_below_min_value"),
        ({"count": 2**80}, "count", "integer_above_max_value"),
        ({"warmth": -1}, "warmth", "decimal_below_min_value"),
        ({"warmth": 2}, "warmth", "decimal_above_max_value"),
        ({"warmth": "hot"}, "warmth", "invalid_type"),
        ({"is_kept": 1}, "is_kept", "invalid_type"),
        ({"size": "huge"}, "size", "invalid_value"),
        ({"size": {}}, "size", "invalid_value"),
        ({"tags": []}, "tags", "array_below_min_length"),
        ({"tags": ["a", "b", "c"]}, "tags", "array_above_max_length"),
        ({"tags": ["a", 2]}, "tags[1]", "invalid_type"),
        ({"tags": "a"}, "tags", "invalid_type"),
        ({"metadata": []}, "metadata", "invalid_type"),
        ({"metadata": {"a": 1}}, "metadata.a", "invalid_type"),
        ({"metadata": {"a": "too long"}}, "metadata.a", "string_above_max_length"),
        (
            {"metadata": {"long_key": "a"}},
            "metadata.long_key",
            "string_above_max_length",
        ),
        (
            {"metadata": {"a": "", "b": "", "c": ""}},
            "metadata",
            "object_above_max_length",
        ),
        ({"even": 3}, "even", "invalid_value"),
        ({"name": "a b"}, "name", "invalid_value"),
        ({"prompt": "a", "content": "b"}, None, "invalid_value"),
    ],
)
def test_each_rule_has_its_code_and_names_its_field(data, param, code):
    assert refusal(data) == (param, code)


@pytest.mark.parametrize(
    ("data", "param", "code"),
    [
        ({"tools": [{"type": "saw"}]}, "tools[0].type", "invalid_value"),
        ({"tools": [{}]}, "tools[0].type", "missing_required_parameter"),
        ({"tools": [7]}, "tools[0]", "invalid_type"),
        ({"tools": {}}, "tools", "invalid_type"),
        (
            {"tools": [{"type": "function"}]},
            "tools[0].function",
            "missing_required_parameter",
        ),
        (
            {"tools": [{"type": "function", "function": {}}]},
            "tools[0].function.name",
            "missing_required_parameter",
        ),
        (
            {"tools": [{"type": "function", "function": {"name": "A-B"}}]},
            "tools[0].function.name",
            "invalid_value",
        ),
        (
            {"tools": [{"type": "function", "function": {"name": "a"}}]},
            "tools[0].function.name",
            "string_below_min_length",
        ),
        (
            {"tools": [{"type": "picture"}, {"type": "picture", "function": {}}]},
            "tools[1].function",
            "unknown_parameter",
        ),
        # The nested form where the flat one is spoken: what is missing is `name`.
        (
            {"flat": [{"type": "function", "function": {"name": "draw"}}]},
            "flat[0].name",
            "missing_required_parameter",
        ),
        (
            {"flat": [{"type": "function", "name": "draw", "function": {}}]},
            "flat[0].function",
            "unknown_parameter",
        ),
        ({"function": {"type": "picture"}}, "function.type", "invalid_value"),
        (
            {"function": {"type": "function", "function": {"name": 1}}},
            "function.function.name",
            "invalid_type",
        ),
    ],
)
def test_tags_of_unions_are_told_from_fields_of_the_same_name(data, param, code):
    assert refusal(data) == (param, code)


@pytest.mark.parametrize(
    ("data", "param", "code"),
    [
        ({"content": 3}, "content", "invalid_type"),
        ({"content": {}}, "content", "invalid_type"),
        ({"content": [{"type": "text", "text": 1}]}, "content[0].text", "invalid_type"),
        ({"content": [{"type": "sound"}]}, "content[0].type", "invalid_value"),
        (
            {"content": [{"type": "text"}]},
            "content[0].text",
            "missing_required_parameter",
        ),
        (
            {"content": [{"type": "text", "text": "a", "url": "b"}]},
            "content[0].url",
            "unknown_parameter",
        ),
        ({"choice": "maybe"}, "choice", "invalid_value"),
        (
            {"choice": {"type": "function"}},
            "choice.function",
            "missing_required_parameter",
        ),
    ],
)
def test_of_a_union_the_form_that_was_meant_is_judged(data, param, code):
    assert refusal(data) == (param, code)


def test_all_types_of_a_union_are_named():
    assert (
        refused({"content": 3}).message
        == "Invalid type for 'content': expected a string or an array, but got an"
        " integer instead."
    )


def test_the_message_holds_the_rule_and_what_came():
    assert refused({"count": 11}).message == (
        "Invalid 'count': the value is not allowed. Expected a value <= 10, but got 11"
        " instead."
    )
    assert refused({"size": "huge"}).message == (
        "Invalid 'size': the value is not allowed. Expected one of 'small' or 'large',"
        " but got 'huge' instead."
    )
    assert "at most 2 properties, but got an object with 3 properties" in (
        refused({"metadata": {"a": "", "b": "", "c": ""}}).message
    )
    assert refused({"name": "a b"}).message == (
        "Invalid 'name': the value is not allowed. Expected a string that matches"
        " ^[a-z]{1,9}$, but got 'a b' instead."
    )
    assert refused({"even": 3}).message == "Invalid 'even': it must be an even number."
    assert refused({"prompt": "a", "content": "b"}).message == (
        "Give either 'prompt' or 'content', not both."
    )


def test_a_key_that_is_too_long_is_told_as_a_key():
    assert refused({"metadata": {"long_key": "a"}}).message == (
        "Invalid 'metadata.long_key': the key is not allowed. Expected a string with"
        " maximum length 4, but got 'long_key' instead."
    )


def test_a_long_text_is_told_by_its_length_and_a_long_name_is_cut():
    assert "secret" not in refused({"size": "secret" * 100}).message
    assert "a string with length 600" in refused({"size": "secret" * 100}).message
    assert len(refused({"x" * 5000: 1}).message) < 300


def test_what_is_missing_is_told_before_what_nobody_knows():
    data = {"modle": "a", "input": "b"}
    assert refusal(data, Needy) == ("model", "missing_required_parameter")


def test_the_first_of_several_faults_is_told():
    assert refusal({"size": 1, "count": "a", "warmth": "b"})[0] == "count"


def test_a_field_that_is_named_like_a_deep_one_stays_apart():
    data = {"prompt": 1, "prompting": {"a": 1}}
    assert refusal(data) == ("prompt", "invalid_type")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "not valid JSON"),
        (b'{"a": "\xff"}', "not valid JSON"),
        (b'{"a": "\\ud800"}', "not valid JSON"),
        (b'{"a": NaN}', "not valid JSON"),
        (b'{"a": 1e999}', "not valid JSON"),
        (b'{"a": ' * 2000, "not valid JSON"),
        (b"[]", "an array"),
        (b'"text"', "a string"),
        (b"null", "null"),
        (b"\xef\xbb\xbf{}", "not valid JSON"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(body, words):
    with pytest.raises(ApiError, match=words) as caught:
        parse_json(body)
    assert caught.value.status == 400


def test_bytes_that_are_no_text_are_told_with_their_place():
    for body, words in (
        (b'{"a":1,\n"b": "\xc3"}', r"JSON: it is not UTF-8 \(byte 15\)\.$"),
        (b"\xef\xbb\xbf{}", r"JSON: it begins with a byte order mark \(BOM\)\. "),
    ):
        with pytest.raises(ApiError, match=words):
            parse_json(body)


def test_an_empty_body_is_an_empty_object():
    assert parse_json(b" \n") == {}


def test_a_number_beyond_64_bits_is_refused_where_a_whole_one_is_needed():
    data = parse_json(b'{"count": 123456789012345678901234567890}')
    assert refusal(data) == ("count", "invalid_type")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", b"model=a"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--"),
        ("Multipart/Form-Data; boundary=x", b"--x--"),
    ],
)
def test_a_form_sent_to_a_json_endpoint_is_told_so(content_type, body):
    request = RequestFactory().post("/v1/x", body, content_type=content_type)
    with pytest.raises(ApiError, match="Content-Type: application/json") as caught:
        read_json(request)
    assert (caught.value.status, caught.value.code) == (400, "invalid_content_type")


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded"]
)
def test_json_that_lacks_only_its_header_is_taken(content_type):
    body = orjson.dumps({"a": 1})
    request = RequestFactory().post("/v1/x", body, content_type=content_type)
    assert read_json(request) == {"a": 1}


def test_a_body_above_the_limit_is_413_and_names_it(settings):
    settings.UPLOAD_MAX_JSON_BYTES = 1024 * 1024
    request = RequestFactory().post(
        "/v1/x", b"{" + b" " * 1024 * 1024, content_type="application/json"
    )
    with pytest.raises(ApiError, match="The limit is 1 MiB") as caught:
        read_json(request)
    assert caught.value.status == 413


def test_a_body_of_too_many_values_is_refused():
    for body in (
        b'{"tags": [' + b"1," * 200_000 + b"1]}",
        b'{"a": [' + b"{}," * 200_000 + b"{}]}",
        orjson.dumps({str(n): 1 for n in range(200_001)}),
    ):
        with pytest.raises(ApiError, match="too many values") as caught:
            parse_json(body)
        assert caught.value.status == 400


def test_commas_and_brackets_in_a_text_are_no_values():
    text = ",[{" * 200_000
    assert parse_json(orjson.dumps({"prompt": text})) == {"prompt": text}


class Endless(Schema):
    parts: list[list[Part]] | None = None
    names: list[str] | None = None


def test_a_list_is_read_up_to_its_first_wrong_item():
    with pytest.raises(ValidationError) as caught:
        Endless.model_validate({"names": [1] * 1000, "parts": [[{}] * 1000] * 1000})
    assert caught.value.error_count() == 2
    assert refusal({"names": ["a", 1, 2]}, Endless) == ("names[1]", "invalid_type")


def test_a_nul_character_is_refused_where_it_stands():
    with pytest.raises(ApiError, match=r"'tools\[0\].name'.*U\+0000") as caught:
        parse_json(b'{"tools": [{"name": "a\\u0000b"}]}')
    assert caught.value.param == "tools[0].name"


def test_writing_about_the_nul_character_is_allowed():
    assert parse_json(rb'{"text": "\\u0000 is NUL"}') == {"text": "\\u0000 is NUL"}


def test_a_body_that_is_nested_too_deeply_is_refused():
    with pytest.raises(ApiError, match="deeper than 200 levels") as caught:
        parse_json(b'{"a": ' + b"[" * 200 + b"]" * 200 + b"}")
    assert (caught.value.status, caught.value.code) == (400, "nested_too_deeply")
    assert parse_json(b'{"a": ' + b"[" * 199 + b"]" * 199 + b"}")
