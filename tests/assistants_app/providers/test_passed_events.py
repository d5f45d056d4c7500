from __future__ import annotations

import pytest

from assistants_app.providers.base import Usage
from assistants_app.providers.passed_events import PassedEvents
from tests.upstream import chat

TEXT = chat.chunk({"content": 'She said "usage": {1} and "error" and [DONE].'})
STOP = chat.chunk(finish="stop")
USAGE = chat.usage_chunk(12, 5)
WHOLE = TEXT + STOP + USAGE + chat.DONE


def passed(stream: bytes, size: int = 10_000, *, shows_usage: bool = True):
    events = PassedEvents(shows_usage=shows_usage)
    pieces = [events.feed(stream[at : at + size]) for at in range(0, len(stream), size)]
    if not events.is_over:
        pieces.append(events.finish())
    return b"".join(pieces), events


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50, 10_000])
def test_bytes_are_the_same_however_they_come(size):
    found, events = passed(WHOLE, size)
    assert found == WHOLE
    assert events.usage == Usage(12, 5)
    assert events.is_over
    assert events.error is None


@pytest.mark.parametrize("size", [1, 5, 10_000])
@pytest.mark.parametrize("end", [b"\r\n", b"\r"])
def test_other_line_ends_become_plain_ones(end, size):
    found, events = passed(WHOLE.replace(b"\n", end), size)
    assert found == WHOLE
    assert events.error is None


def test_the_count_alone_is_left_out_for_who_did_not_ask():
    found, events = passed(WHOLE, shows_usage=False)
    assert found == TEXT + STOP + chat.DONE
    assert events.usage == Usage(12, 5)


def test_a_count_beside_an_answer_stays():
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    last = chat.chunk(finish="stop", usage=usage)
    found, events = passed(TEXT + last + chat.DONE, shows_usage=False)
    assert found == TEXT + last + chat.DONE
    assert events.usage == Usage(1, 2)


@pytest.mark.parametrize("name", [b"", b"event: error\n"])
def test_an_error_ends_the_stream_and_is_not_passed_on(name):
    told = b'data: {"error": {"message": "sk-secret-0123456789", "code": "busy"}}\n\n'
    events = PassedEvents(shows_usage=True, secret="sk-secret-0123456789")
    assert events.feed(TEXT + name + told + TEXT) == TEXT
    assert events.is_over
    assert events.error.code == "busy"
    assert "secret" not in events.error.admin_text


def test_a_stream_without_a_reason_broke_off():
    found, events = passed(TEXT)
    assert found == TEXT
    assert events.error.may_have_cost


def test_a_stream_without_done_gets_one():
    found, events = passed(TEXT + STOP)
    assert found == TEXT + STOP + chat.DONE
    assert events.error is None


def test_a_last_event_without_its_blank_line_is_passed_on():
    found, _ = passed((TEXT + STOP).removesuffix(b"\n\n"))
    assert found == TEXT + STOP + chat.DONE


def test_an_event_without_end_is_an_error_and_not_kept_for_ever(monkeypatch):
    monkeypatch.setattr("assistants_app.providers.passed_events.MAX_EVENT", 100)
    events = PassedEvents(shows_usage=True)
    assert events.feed(b"data: " + b"x" * 200) == b""
    assert events.is_over
    assert events.error is not None
