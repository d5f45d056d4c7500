from __future__ import annotations

import json

import pytest

from playground.lib.json_encoder import QuickJSONEncoder


@pytest.mark.parametrize(
    "value",
    [
        {"text": "æøå \u2028 \x00 😀", "list": [1, 2.5, None, True]},
        {"half": "\ud83d"},
        {"large": 2**80},
    ],
    ids=["text", "half a surrogate pair", "a large number"],
)
def test_what_is_written_reads_back_the_same(value):
    assert json.loads(json.dumps(value, cls=QuickJSONEncoder)) == value
