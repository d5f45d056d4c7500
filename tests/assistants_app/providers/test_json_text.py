import pytest

from assistants_app.providers.json_text import set_members

SET = {"model": "m"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"model":"a/m"}', '{"model":"m"}'),
        (' {"x" : 1e2 , "model" : "a/m" } ', ' {"x" : 1e2 , "model" : "m" } '),
        ('{"model":"a","n":[{"model":"a"}]}', '{"model":"m","n":[{"model":"a"}]}'),
        ('{"mod\\u0065l":"a","b":"}"}', '{"mod\\u0065l":"m","b":"}"}'),
        (
            '{"model":"a","x":1,"model":"b","x":2}',
            '{"model":"m","x":1,"model":"m","x":2}',
        ),
        (
            '{"x":"é\\u00e9 \\"{","y":null}',
            '{"x":"é\\u00e9 \\"{","y":null,"model":"m"}',
        ),
    ],
)
def test_only_the_named_member_changes(text, expected):
    assert set_members(text.encode(), SET).decode() == expected


def test_numbers_of_any_length_stay_as_they_were_written():
    number = "1" * 5000
    text = f'{{"seed":{number},"t":0.10000000000000000000001,"model":"a"}}'
    assert set_members(text.encode(), SET).decode() == text.replace('"a"', '"m"')


def test_several_members_are_set_and_those_that_are_missing_added():
    said = set_members(
        b'{"model":"a"}\n', {**SET, "stream_options": {"include_usage": True}}
    )
    assert said == b'{"model":"m","stream_options":{"include_usage":true}}\n'
