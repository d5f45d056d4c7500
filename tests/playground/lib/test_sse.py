from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.lib.sse import MAX_LINE, Event, EventDecoder, EventTooLargeError, encode


def decode(*blocks: bytes, max_line: int = MAX_LINE) -> list[Event]:
    decoder = EventDecoder(max_line=max_line)
    return [event for block in blocks for event in decoder.feed(block)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_line_end_is_read(end: bytes) -> None:
    lines = [b"event: greeting", b"data: one", b"", b"data: two", b"", b""]
    assert decode(end.join(lines)) == [("greeting", b"one"), ("", b"two")]


def test_lines_of_data_are_joined() -> None:
    assert decode(b"data: a\ndata:b\ndata\n\n") == [("", b"a\nb\n")]


def test_only_one_space_after_the_colon_is_dropped() -> None:
    assert decode(b"data:  a\n\n") == [("", b" a")]


def test_comments_and_unknown_fields_are_ignored() -> None:
    assert decode(b": ping\n\nid: 7\nretry: 3\ndata: a\n: x\n\n") == [("", b"a")]


def test_an_event_without_data_is_none_and_keeps_no_name() -> None:
    assert decode(b"event: lost\n\ndata: a\n\n") == [("", b"a")]


def test_a_byte_order_mark_is_dropped_at_the_start_only() -> None:
    mark = b"\xef\xbb\xbf"
    assert decode(mark[:1], mark[1:] + b"data: a\n\n") == [("", b"a")]
    assert decode(b"data: a\n\n" + mark + b"data: b\n\n") == [("", b"a")]


def test_a_character_may_be_cut_by_a_block() -> None:
    snow = "☃".encode()
    assert decode(b"data: " + snow[:1], snow[1:] + b"\n\n") == [("", snow)]


def test_an_event_is_given_as_soon_as_its_blank_line_is_there() -> None:
    decoder = EventDecoder()
    assert decoder.feed(b"data: a\r\n\r") == [("", b"a")]
    assert decoder.feed(b"\ndata: b\r\n\r\n") == [("", b"b")]


def test_the_last_event_may_lack_its_blank_line() -> None:
    decoder = EventDecoder()
    assert decoder.feed(b"event: e\ndata: a\ndata: b") == []
    assert decoder.finish() == [("e", b"a\nb")]
    assert EventDecoder().finish() == []


def test_a_line_end_may_be_cut_by_a_block() -> None:
    assert decode(b"data: a\r", b"\ndata: b\r\n\r\n") == [("", b"a\nb")]


@pytest.mark.parametrize("size", [1, 7, 64])
def test_a_line_over_the_limit_is_refused_however_it_comes(size: int) -> None:
    stream = b"data: " + b"x" * 15 + b"\n\n"
    blocks = [stream[at : at + size] for at in range(0, len(stream), size)]
    with pytest.raises(EventTooLargeError):
        decode(*blocks, max_line=20)


def test_a_line_of_just_the_limit_is_read() -> None:
    data = b"x" * 14
    assert EventDecoder(max_line=20).feed(b"data: " + data + b"\n\n") == [("", data)]


def test_a_line_over_the_limit_is_refused_before_it_ends() -> None:
    with pytest.raises(EventTooLargeError):
        decode(b"data: ", b"x" * 15, max_line=20)


def test_limits_are_for_each_line_and_event_not_for_the_stream() -> None:
    decoder = EventDecoder(max_line=8, max_event=3)
    stream = b"data: a\n\n" * 10
    found = [event for byte in stream for event in decoder.feed(bytes([byte]))]
    assert found == [("", b"a")] * 10


def test_an_event_of_too_many_lines_is_refused() -> None:
    decoder = EventDecoder(max_event=100)
    with pytest.raises(EventTooLargeError):
        decoder.feed(b"data: 123456789\n" * 11)


# Bytes in which fields, line ends and blank lines are frequent.
STREAMS = st.lists(
    st.sampled_from(
        [b"data:", b"data: ", b"event: ", b"x", "ü☃".encode(), b":"]
        + [b"\n", b"\r", b"\r\n", b"\n\n", b"\xef\xbb\xbf"]
    ),
    max_size=30,
).map(b"".join)


@settings(deadline=None)
@given(stream=STREAMS, data=st.data())
def test_any_split_gives_the_same_events(stream: bytes, data: st.DataObject) -> None:
    place = st.integers(0, len(stream))
    some = st.lists(place, max_size=8).map(sorted)
    every = st.just(list(range(len(stream))))
    cuts = [0, *data.draw(some | every), len(stream)]
    whole, split = EventDecoder(), EventDecoder()
    expected = whole.feed(stream) + whole.finish()
    found = [e for start, end in pairwise(cuts) for e in split.feed(stream[start:end])]
    assert found + split.finish() == expected


@settings(deadline=None)
@given(data=st.text(), name=st.from_regex(r"[a-z.]{0,9}", fullmatch=True))
def test_what_is_encoded_is_decoded(data: str, name: str) -> None:
    lines = data.replace("\r\n", "\n").replace("\r", "\n")
    assert decode(encode(data, event=name)) == [(name, lines.encode())]


def test_an_encoded_event_has_the_usual_form() -> None:
    assert encode(b"{}") == b"data: {}\n\n"
    assert encode("a\nb", event="done") == b"event: done\ndata: a\ndata: b\n\n"


def test_an_event_name_with_a_line_break_is_refused() -> None:
    with pytest.raises(ValueError, match="one line"):
        encode("", event="a\ndata: forged")
