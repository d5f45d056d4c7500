import pytest
from django.core.exceptions import ImproperlyConfigured

from playground.lib import env


def test_a_missing_variable_has_its_default(monkeypatch):
    monkeypatch.delenv("EASEL_X", raising=False)
    assert env.text("EASEL_X", "a") == "a"
    assert env.number("EASEL_X", 7) == 7
    assert env.flag("EASEL_X", True) is True
    assert env.words("EASEL_X") == []


def test_words_are_split_at_commas_without_blanks(monkeypatch):
    monkeypatch.setenv("EASEL_X", " a.example , ,b.example,")
    assert env.words("EASEL_X") == ["a.example", "b.example"]


@pytest.mark.parametrize(("text", "value"), [("on", True), ("NO", False), ("1", True)])
def test_a_flag_is_read_in_any_usual_spelling(monkeypatch, text, value):
    monkeypatch.setenv("EASEL_X", text)
    assert env.flag("EASEL_X") is value


def test_a_flag_that_is_neither_is_refused_by_name(monkeypatch):
    monkeypatch.setenv("EASEL_X", "maybe")
    with pytest.raises(ImproperlyConfigured, match="EASEL_X must be 1 or 0"):
        env.flag("EASEL_X")


@pytest.mark.parametrize("text", ["-1", "1.5", "many"])
def test_a_number_that_is_none_is_refused(monkeypatch, text):
    monkeypatch.setenv("EASEL_X", text)
    with pytest.raises(ImproperlyConfigured, match="EASEL_X must be a whole number"):
        env.number("EASEL_X", 1)
